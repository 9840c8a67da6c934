"""Makes a database out of a backup; what was erased since stays erased."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from wsr import backups
from wsr.vault import erasing


class Command(BaseCommand):
    help = (
        "Fill the empty database that DATABASE_URL names from a backup and from the newest keys there are, migrate it, and erase "
        "again what was erased since. Put vault/erased.txt, the newest one, into the data folder first."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def add_arguments(self, parser):
        parser.add_argument("dump", type=Path, help="The file wsr-….dump.")
        parser.add_argument(
            "--keys", metavar="FILE", type=Path, required=True, help="The newest file wsr-….keys.dump."
        )

    def handle(self, *args, **options):
        try:
            backups.restore(options["dump"], options["keys"])
        except backups.BackupFailed as error:
            raise CommandError(str(error)) from error
        connections.close_all()
        call_command("prepare_database", verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        done = erasing.replay(at=timezone.now())
        self.stdout.write(f"Restored. {done.erased:,} cases were erased again.")

"""Saves the database in two files: the keys of the vault apart from everything else."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wsr import backups
from wsr.vault import erasing


class Command(BaseCommand):
    help = (
        "Save the database as the administrator that DATABASE_URL names: everything but the keys of the vault into FOLDER, the keys "
        "into another one, to be kept elsewhere and for a shorter time. Files and keys/ are saved by other means; docs/operator.md."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="Where the backup goes.")
        parser.add_argument(
            "--keys",
            metavar="FOLDER",
            type=Path,
            required=True,
            help="Where the keys go; not the same folder.",
        )

    def handle(self, *args, **options):
        if options["folder"].resolve() == options["keys"].resolve():
            raise CommandError("Keys and backup must not lie in one folder: name another one with --keys.")
        erasing.replay(at=timezone.now())
        try:
            for path in backups.save(options["folder"], options["keys"], at=timezone.now()):
                self.stdout.write(f"{path} {path.stat().st_size:,} bytes")
        except backups.BackupFailed as error:
            raise CommandError(str(error)) from error

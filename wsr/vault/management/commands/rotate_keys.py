"""Exchanges keys of the vault while people work. Ends with 0 when the old keys wrap nothing any more, else with 1."""

import time

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program
from wsr.vault import rotation
from wsr.vault.operations import RootKeyMissing


class Command(BaseCommand):
    help = (
        "Exchange keys of the vault. --root: wrap the keys of all programs by the first root key (put the new one before the old "
        "one first; docs/operator.md). --program: give one program a new key and wrap the keys of its cases by it. May be stopped at any "
        "moment and run again: it goes on where it stopped. Ends with 1 where old keys are still needed."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--root", action="store_true", help="Wrap the program keys by the first root key.")
        which.add_argument("--program", metavar="SLUG", help="Give this program a new key.")
        parser.add_argument(
            "--batch", type=int, default=rotation.BATCH, help="Case keys in one transaction (1000)."
        )

    def handle(self, *args, **options):
        try:
            self._root() if options["root"] else self._program(options["program"], options["batch"])
        except RootKeyMissing as error:
            raise CommandError(
                f"{error} Name the one that was used before in WSR_VAULT_KEY_FALLBACKS, or in the second line of vault.key."
            ) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error

    def _root(self):
        done = sum(rotation.rotate_root())
        if left := rotation.left_under_other_roots():
            raise CommandError(f"{left:,} program keys are still under another root key; run it again.")
        self.stdout.write(f"{done:,} program keys wrapped anew. No other root key is needed any more.")

    def _program(self, slug, batch):
        with engine_scope():
            program = Program.objects.filter(slug=slug).first()
        if program is None:
            raise CommandError(f"There is no program {slug}.")
        done, said, started = 0, 0.0, time.monotonic()
        for count in rotation.rotate_program(program.pk, at=timezone.now(), batch=max(1, batch)):
            done += count
            if time.monotonic() - said >= 1:
                said = time.monotonic()
                everything, fresh = rotation.case_keys(program.pk)
                self.stdout.write(f"{fresh:,} of {everything:,} case keys are under the new key.")
                self.stdout.flush()
        seconds = time.monotonic() - started
        self.stdout.write(f"{done:,} case keys wrapped anew in {seconds:.1f} s. The old key is destroyed.")

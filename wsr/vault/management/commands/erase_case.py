"""Erases what is secret about one case for good, or erases again what a restored backup brought back."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program
from wsr.vault import erasing, operations
from wsr.vault.models import CaseKey


class Command(BaseCommand):
    help = (
        "Destroy the key of a case, and with it everything confidential about it. This cannot be undone, also by restoring a "
        "backup. With --replay: erase again whatever a restored backup brought back."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def add_arguments(self, parser):
        parser.add_argument("program", nargs="?", help="Short name of the program.")
        parser.add_argument("case", nargs="?", type=UUID, help="The case's id.")
        parser.add_argument("--reason", default="", help="Why; it stays on record and names nobody.")
        parser.add_argument(
            "--with-linked",
            action="store_true",
            help="Erase the cases of the same person that belong to it as well.",
        )
        parser.add_argument("--replay", action="store_true", help="Erase again what was erased before.")

    def handle(self, *args, **options):
        if options["replay"]:
            done = erasing.replay(at=timezone.now())
            self.stdout.write(
                f"{done.erased:,} cases erased again, {done.entered:,} entered in the list of what was erased."
            )
            return
        if not options["program"] or not options["case"] or not options["reason"].strip():
            raise CommandError("Name the program, the case and the --reason; or ask for --replay.")
        with engine_scope():
            program = Program.objects.filter(slug=options["program"]).first()
        if program is None:
            raise CommandError(f"There is no program {options['program']}.")
        said = {"by": None, "at": timezone.now(), "reason": options["reason"].strip()}
        try:
            with engine_scope(program.pk):
                did = operations.destroy(options["case"], **said)
                linked = erasing.linked(options["case"])
                if options["with_linked"]:
                    for case_id in linked:
                        operations.destroy(case_id, **said)
        except CaseKey.DoesNotExist as error:
            raise CommandError("This program has no such case.") from error
        self.stdout.write("The case is erased." if did else "The case was erased before.")
        if linked:
            self._name(linked, are_erased=options["with_linked"])

    def _name(self, linked, *, are_erased):
        """The others of the same person: what she told there is told of her as well."""
        if are_erased:
            self.stdout.write("Erased with it, of the same person:")
        else:
            self.stdout.write(
                "Not erased, though of the same person; run it again with --with-linked to erase these too:"
            )
        for case_id in linked:
            self.stdout.write(f"  {case_id}")

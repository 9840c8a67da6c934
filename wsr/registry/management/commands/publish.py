"""Publish a program from the command line: the same operation as the button."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wsr.errors import DomainError
from wsr.registry import publishing
from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program


class Command(BaseCommand):
    """`manage.py publish PROGRAM [--everything]`."""

    help = "Publish what changed in a program since its last publication."

    def add_arguments(self, parser):
        parser.add_argument("program", help="short name of the program")
        parser.add_argument(
            "--everything", action="store_true", help="compare every record, not only written rows"
        )

    def handle(self, *args, **options):
        with engine_scope():
            program = Program.objects.filter(slug=options["program"]).first()
        if program is None:
            raise CommandError(f"There is no program {options['program']}.")
        try:
            with engine_scope(program.pk):
                publication = publishing.publish(
                    program=program,
                    at=timezone.now(),
                    by=None,
                    progress=self._show,
                    everything=options["everything"],
                )
        except DomainError as error:
            raise CommandError(str(error)) from None
        if publication is None:
            self.stdout.write("Nothing changed since the last publication.")
        else:
            self.stdout.write(f"Publication {publication.number} of {program.slug}: {publication.counts}")

    def _show(self, done, total):
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {total}", ending="")

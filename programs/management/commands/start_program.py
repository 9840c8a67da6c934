"""Starts a program, as the page “Start a program” does."""

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from programs import blueprints
from programs.operations.starting import start_program
from wsr.accounts.models import Person
from wsr.errors import DomainError


class Command(BaseCommand):
    help = "Start a program from a blueprint and make somebody its first director."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True, help="the name people know the program by")
        parser.add_argument(
            "--slug", required=True, help="the short name in its addresses; it cannot change later"
        )
        parser.add_argument("--blueprint", required=True, choices=blueprints.KEYS)
        parser.add_argument("--director", required=True, help="e-mail address of the first director")
        parser.add_argument(
            "--time-zone", default="UTC", help="where days are counted, for example Asia/Dhaka"
        )

    def handle(self, *args, **options):
        try:
            with transaction.atomic(using="default"):
                director, is_new = _director(options["director"])
                program = start_program(
                    name=options["name"],
                    slug=options["slug"],
                    blueprint=options["blueprint"],
                    director=director,
                    by=None,
                    at=timezone.now(),
                    time_zone=options["time_zone"],
                )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{program.name} has begun: /p/{program.slug}/")
        if is_new:
            self.stdout.write(
                f"{director.email} has no password yet and sets one with “Forgot your password?” on the sign-in page."
            )


def _director(email: str) -> tuple[Person, bool]:
    """The person with this address, created where there is none; and whether she is new."""
    person = Person.objects.filter(email=email.lower()).first()
    if person:
        return person, False
    person = Person.objects.create_user(email)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person, True

"""For a person who lost her phone and her recovery codes."""

from django.core.management.base import BaseCommand, CommandError

from wsr.accounts.models import Person
from wsr.accounts.operations import reset_second_factors


class Command(BaseCommand):
    """`manage.py reset_second_factor her@example.org`, after making sure by voice that it is she."""

    help = "Take all second factors of a person away and end her sessions; she sets up a new one when she signs in."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        try:
            person = Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist:
            raise CommandError(f"Nobody signs in as {email}.") from None
        reset_second_factors(person=person)
        self.stdout.write(
            f"{email} is asked to set up a second factor at the next sign-in. All her sessions have ended."
        )

"""Fills a demo installation and prints the sign-ins."""

from itertools import groupby

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from programs import demo


class Command(BaseCommand):
    help = "Make the demo programs that are not there yet and print the sign-ins. Only where WSR_DEMO=1."
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def handle(self, *args, **options):
        try:
            demo.build()
        except demo.NotADemo as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Demo sign-ins. The password is the same for everybody:\n")
        self.stdout.write(f"    {demo.password_of_all()}\n")
        self.stdout.write(f"The second factor's six digits, at any moment: {settings.BASE_URL}/demo/code/\n")
        self.stdout.write(
            f"{demo.WITHOUT_FACTOR} sets up her second factor at the first sign-in: choose the authenticator app,"
            " and give the key shown there to that page instead of to a telephone.\n"
        )
        self.stdout.write(
            f"Without signing in: what workers see, {settings.BASE_URL}/report/, and the public record, {settings.BASE_URL}/registry/\n"
        )
        for program, group in groupby(demo.people(), key=lambda entry: entry[0]):
            self.stdout.write(f"\n{program}")
            for _program, role, email in group:
                self.stdout.write(f"    {role:<28} {email}")

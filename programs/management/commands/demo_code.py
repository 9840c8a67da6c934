"""The six digits of a demo person's second factor."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs import demo


class Command(BaseCommand):
    help = "Print the present code of a demo person's second factor. Only where WSR_DEMO=1."

    def add_arguments(self, parser):
        parser.add_argument(
            "asked", help="the person's e-mail address, or the key shown when setting the factor up"
        )

    def handle(self, *args, **options):
        try:
            code = demo.code_for(options["asked"], at=timezone.now())
        except demo.NotADemo as error:
            raise CommandError(str(error)) from error
        if code is None:
            raise CommandError(
                "There is no such demo person, or she has no second factor yet, or this is no such key."
            )
        self.stdout.write(code)

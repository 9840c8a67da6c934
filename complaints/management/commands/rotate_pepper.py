"""Exchanges the pepper while people work. Ends with 0 when nothing lies under an older one any more, else with 1."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from complaints.operations import peppering
from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program


class Command(BaseCommand):
    help = (
        "Key what complaints are found by with the first pepper (put the new one before the old one first; docs/operator.md), and count the "
        "codes of workers that still lie under an older one: they follow when their workers come back. May be stopped and run again. Ends "
        "with 1 while an older pepper is needed."
    )
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def handle(self, *args, **options):
        with engine_scope():
            programs = list(Program.objects.order_by("slug").values_list("slug", "pk"))
        left = 0
        try:
            for slug, program_id in programs:
                done = sum(peppering.key_anew(program_id))
                waiting = peppering.secrets_left(program_id)
                left += waiting
                self.stdout.write(
                    f"{slug}: {done:,} complaints keyed anew, {waiting:,} codes under an older pepper."
                )
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if left:
            raise CommandError(
                f"{left:,} codes lie under an older pepper until their workers come back: keep it, or take it out on a day of your "
                "choice; whoever has not come by then needs a new code."
            )
        self.stdout.write("No older pepper is needed any more.")

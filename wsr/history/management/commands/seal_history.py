"""Seals what is not sealed yet, at once instead of at the worker's next turn."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from wsr.history import sealing


class Command(BaseCommand):
    help = "Seal every recorded event into the history of its program and sign the new heads."
    requires_system_checks: list[str] = []  # `migrate` checks, with each release

    def handle(self, *args, **options):
        count = sealing.seal(at=timezone.now())
        self.stdout.write(f"{count:,} events sealed.")

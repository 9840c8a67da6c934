"""Celery entry point of the vault."""

from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def replay_erasures() -> None:
    """Erase again what a restored backup brought back."""
    from wsr.vault import erasing  # noqa: PLC0415 -- tasks are leaves

    erasing.replay(at=timezone.now())

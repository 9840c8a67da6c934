"""Celery entry point of the sealer. Beat calls it every few seconds."""

from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def seal() -> None:
    """Seal what was recorded since the last call."""
    from wsr.history import sealing  # noqa: PLC0415 -- tasks are leaves

    sealing.seal(at=timezone.now())

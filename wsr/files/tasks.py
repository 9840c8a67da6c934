"""Celery entry points of files."""

from celery import shared_task
from django.utils import timezone

from wsr.files import personal, sealed, sweeping


@shared_task(ignore_result=True)
def sweep() -> None:
    """Throw away what nobody goes on with."""
    sweeping.sweep(at=timezone.now())
    sealed.sweep(at=timezone.now())
    personal.sweep(at=timezone.now())

"""Celery entry point of the relay. Beat calls it every few seconds; an act that tells somebody wakes it after commit."""

from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def relay() -> None:
    """Deliver what is due."""
    from wsr.notices import operations  # noqa: PLC0415 -- tasks are leaves; operations import them

    operations.relay(at=timezone.now())

"""Celery entry point: memberships whose last day is over."""

from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def end_memberships() -> None:
    """End what was planned to end, in all programs."""
    from wsr.handover import departures  # noqa: PLC0415 -- tasks are leaves

    departures.end_due(at=timezone.now())

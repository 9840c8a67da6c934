"""Celery entry points of agreements."""

from celery import shared_task
from django.utils import timezone

from agreements.operations import schedules


@shared_task(ignore_result=True)
def open_obligations() -> None:
    """Open the obligations of periods that begin soon, in all programs."""
    schedules.open_due(at=timezone.now())

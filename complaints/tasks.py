"""Celery entry points of complaints. PostgreSQL keeps what is to be done; a message only says that now is a good time."""

from celery import shared_task
from django.utils import timezone

from complaints.operations import drafts


@shared_task(ignore_result=True)
def forget_drafts() -> None:
    """Delete drafts and receipts whose time is over."""
    drafts.delete_expired(at=timezone.now())

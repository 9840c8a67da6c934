"""Celery entry points of complaints. PostgreSQL keeps what is to be done; a message only says that now is a good time."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from complaints.operations import drafts
from wsr.tenancy import engine_scope
from wsr.tenancy.models import Program


@shared_task(ignore_result=True)
def forget_drafts() -> None:
    """Delete drafts and receipts whose time is over."""
    drafts.delete_expired(at=timezone.now())


@shared_task(ignore_result=True)
def count_for_the_public() -> None:
    """Once an hour: most days nothing is due."""
    for program_id in Program.objects.values_list("pk", flat=True):
        count_one.delay(program_id=str(program_id))


@shared_task(ignore_result=True)
def count_one(*, program_id: str) -> None:
    """Count what is due in one program."""
    from complaints.operations import counting  # noqa: PLC0415 -- tasks are leaves

    with engine_scope(UUID(program_id)):
        counting.count_due(at=timezone.now())


@shared_task(ignore_result=True)
def redact_unconsented() -> None:
    """Look in every program for cases that may not be told any more."""
    for program_id in Program.objects.values_list("pk", flat=True):
        redact_one.delay(program_id=str(program_id))


@shared_task(ignore_result=True)
def redact_one(*, program_id: str) -> None:
    """Ask for the redaction of one program's cases that may not be told any more."""
    from complaints.operations import summaries  # noqa: PLC0415

    with engine_scope(UUID(program_id)):
        summaries.redact_unconsented(at=timezone.now())

"""Celery entry point of the sweep. Beat calls it every few seconds; it may run many times at once."""

from celery import shared_task
from django.utils import timezone
from django.utils.translation import ngettext

from wsr.jobs.handlers import JobContext, job_handler


@shared_task(ignore_result=True)
def sweep() -> None:
    """One tick: everything that is due by PostgreSQL's clock."""
    from wsr.deadlines import operations  # noqa: PLC0415 -- tasks are leaves; operations import them

    operations.sweep()


@job_handler("deadlines.recompute")
def recompute(job: JobContext) -> str:
    """Count running clocks anew."""
    from wsr.deadlines import operations  # noqa: PLC0415

    moved = operations.recompute(
        kind=job.params["kind"], reason=job.params["reason"], by=job.asked_by, at=timezone.now()
    )
    return _moved(moved)


@job_handler("deadlines.apply_length")
def apply_length(job: JobContext) -> str:
    """Give running clocks of a kind the length that the program has set by now."""
    from wsr.deadlines import operations  # noqa: PLC0415

    moved = operations.apply_length(
        kind=job.params["kind"], reason=job.params["reason"], by=job.asked_by, at=timezone.now()
    )
    return _moved(moved)


def _moved(count: int) -> str:
    return ngettext("%(count)s clock has moved.", "%(count)s clocks have moved.", count) % {"count": count}

"""Celery entry point of the sweep. Beat calls it every few seconds; it may run many times at once."""

from celery import shared_task


@shared_task(ignore_result=True)
def sweep() -> None:
    """One tick: everything that is due by PostgreSQL's clock."""
    from wsr.deadlines import operations  # noqa: PLC0415 -- tasks are leaves; operations import them

    operations.sweep()

"""Celery entry points of jobs."""

from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.db.utils import OperationalError
from django.utils import timezone

WAKE_AGAIN_SECONDS = 30


@shared_task(autoretry_for=(OperationalError,), retry_backoff=2, max_retries=10)
def run_job(*, program_id: str, job_id: str) -> None:
    """Run one job."""
    from wsr.jobs import operations  # noqa: PLC0415 -- tasks are leaves; operations import them

    operations.run(program_id=UUID(program_id), job_id=UUID(job_id), at=timezone.now())


@shared_task
def wake_jobs() -> None:
    """Wake jobs that nobody runs: their message was lost, or their worker died."""
    from wsr.jobs import operations  # noqa: PLC0415

    for program_id, job_id in operations.sleeping():
        if cache.add(f"job-wake:{job_id}", 1, WAKE_AGAIN_SECONDS):
            run_job.delay(program_id=str(program_id), job_id=str(job_id))

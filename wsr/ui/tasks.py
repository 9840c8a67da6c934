"""Celery entry points of the interface, and the handlers of its jobs."""

from celery import shared_task
from django.utils import timezone

from wsr.jobs.handlers import JobContext, job_handler


@job_handler("ui.bulk")
def act_on_rows(job: JobContext) -> str:
    """One step of an act on several rows."""
    from wsr.ui.operations import bulk  # noqa: PLC0415 -- tasks are leaves; operations import them

    return bulk.work(job)


@job_handler("ui.export")
def make_file(job: JobContext) -> str:
    """The file of a list."""
    from wsr.ui.operations import exporting  # noqa: PLC0415

    return exporting.make(job)


@shared_task(ignore_result=True)
def send_reports() -> None:
    """Start the reports that are due."""
    from wsr.ui.operations import scheduling  # noqa: PLC0415

    scheduling.send_due(at=timezone.now())


@shared_task(ignore_result=True)
def forget() -> None:
    """Throw away exports, acts on several rows and answers whose time is over."""
    from wsr.ui import answers  # noqa: PLC0415
    from wsr.ui.operations import bulk, exporting  # noqa: PLC0415

    at = timezone.now()
    exporting.sweep(at=at)
    bulk.sweep(at=at)
    answers.sweep(at=at)

"""Celery entry points and long work of agreements."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.operations import letters, schedules
from wsr.jobs.handlers import JobContext, job_handler


@shared_task(ignore_result=True)
def open_obligations() -> None:
    """Open the obligations of periods that begin soon, in all programs."""
    schedules.open_due(at=timezone.now())


@job_handler(letters.JOB)
def print_letters(job: JobContext) -> str:
    """Print and send the letters of one step. A second run finds none left."""
    sent = 0
    for done, of in letters.print_and_send(
        step_id=UUID(job.params["step"]), by=job.asked_by, at=timezone.now()
    ):
        job.progress(done, of)
        sent = done
    return _("Letters printed and sent: %(count)s.") % {"count": sent}

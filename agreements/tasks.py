"""Celery entry points and long work of agreements. PostgreSQL keeps what is to be done; a message only says that now is a good time."""

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


@shared_task(ignore_result=True)
def settle(*, program_id: str) -> None:
    """Work out premium and differences of one program."""
    from agreements.operations.money import settling  # noqa: PLC0415 -- tasks are leaves; operations import them

    settling.settle_program(UUID(program_id), at=timezone.now())


@shared_task(ignore_result=True)
def settle_waiting() -> None:
    """Wake what a lost message forgot."""
    from agreements.operations.money import settling  # noqa: PLC0415

    for program_id in settling.waiting_programs():
        settle.delay(program_id=str(program_id))


@shared_task(ignore_result=True)
def compare_all() -> None:
    """Once a day: periods end without anybody reporting, and then they are compared."""
    from agreements.operations.money import settling  # noqa: PLC0415

    for program_id in settling.programs_with_money():
        settle.delay(program_id=str(program_id))

"""Celery entry points and long work of agreements. PostgreSQL keeps what is to be done; a message only says that now is a good time."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements.models import Minutes
from agreements.operations import ending, letters, schedules, signing
from agreements.queries import agreements as queries
from agreements.queries import committee
from wsr.jobs.handlers import JobContext, job_handler
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


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


@shared_task(ignore_result=True)
def turn_days() -> None:
    """Queue what the day or a lost message left to do, one small task each, so that one bad row stops nothing.

    Versions and agreements whose day has come, minutes that may be complete, petitions that left an agenda, seats of members who left.
    """
    at = timezone.now()
    for program_id in Program.objects.values_list("pk", flat=True):
        with program_scope(program_id):
            starting, past = queries.due(at=at)
            waiting = list(Minutes.objects.filter(state="circulated").values_list("pk", flat=True))
            left = list(committee.left_the_agenda())
        for version_id in starting:
            take_effect.delay(program_id=str(program_id), version_id=str(version_id))
        for agreement_id in past:
            expire.delay(program_id=str(program_id), agreement_id=str(agreement_id))
        for minutes_id in waiting:
            settle_minutes.delay(program_id=str(program_id), minutes_id=str(minutes_id))
        for breach_id in left:
            end_clocks_of_breach.delay(program_id=str(program_id), breach_id=str(breach_id))
        end_seats.delay(program_id=str(program_id))


@shared_task(acks_late=True)
def take_effect(*, program_id: str, version_id: str) -> None:
    """A signed version takes effect on its day."""
    with program_scope(program_id):
        signing.take_effect(version_id=version_id, at=timezone.now())


@shared_task(acks_late=True)
def expire(*, program_id: str, agreement_id: str) -> None:
    """An agreement ends after its last day."""
    with program_scope(program_id):
        ending.expire(agreement_id=agreement_id, at=timezone.now())


@shared_task(acks_late=True)
def end_clocks_of_breach(*, program_id: str, breach_id: str) -> None:
    """What a party did in its portal ends clocks of the program."""
    from agreements.operations import disputes  # noqa: PLC0415

    with program_scope(program_id):
        disputes.end_clocks(breach_id=UUID(breach_id), at=timezone.now())


@shared_task(acks_late=True)
def settle_minutes(*, program_id: str, minutes_id: str) -> None:
    """What a member answered in a portal may complete the approval of minutes."""
    from agreements.operations.committee import minutes  # noqa: PLC0415

    with program_scope(program_id):
        minutes.settle(minutes_id=UUID(minutes_id), at=timezone.now())


@shared_task(acks_late=True)
def end_seats(*, program_id: str) -> None:
    """Whoever left the program or her organization sits on its committee no longer."""
    from agreements.operations.committee import seats  # noqa: PLC0415

    with program_scope(program_id):
        seats.end_of_those_who_left(at=timezone.now())

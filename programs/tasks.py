"""Celery entry points of programs. PostgreSQL keeps what is to be done; a message only says that now is a good time."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


@shared_task(ignore_result=True)
def draw_up_education() -> None:
    """Queue one task for each program, so that one bad program stops no other."""
    for program_id in Program.objects.order_by("pk").values_list("pk", flat=True):
        draw_up_education_of.delay(program_id=str(program_id))


@shared_task(acks_late=True, ignore_result=True)
def draw_up_education_of(*, program_id: str) -> None:
    """Write what the workplaces of one program are owed by the rules of today."""
    from programs.operations.education import scheduling  # noqa: PLC0415 -- tasks are leaves; operations import them

    scheduling.draw_up_program(UUID(program_id), at=timezone.now())


@shared_task(ignore_result=True)
def take_effect() -> None:
    """Queue one task for each program, so that one bad program stops no other."""
    for program_id in Program.objects.order_by("pk").values_list("pk", flat=True):
        take_effect_in.delay(program_id=str(program_id))


@shared_task(acks_late=True, ignore_result=True)
def take_effect_in(*, program_id: str) -> None:
    """Let rungs and severities of one program mean what was planned for today."""
    from programs.operations import meanings  # noqa: PLC0415 -- tasks are leaves; operations import them

    with program_scope(UUID(program_id)):
        meanings.take_effect(at=timezone.now())


@shared_task(ignore_result=True)
def send_endorsement_letters() -> None:
    """Write the mails to endorsers that are due."""
    from programs import endorser_mail  # noqa: PLC0415 -- tasks are leaves

    endorser_mail.send_due(at=timezone.now())


@shared_task(ignore_result=True)
def forget_endorsements() -> None:
    """Delete endorsements that nobody confirmed, and take out again what a restored backup brought back."""
    from programs.operations import endorsements  # noqa: PLC0415 -- tasks are leaves

    endorsements.forget(at=timezone.now())
    endorsements.replay(at=timezone.now())

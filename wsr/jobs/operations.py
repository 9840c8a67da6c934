"""Starting, running and ending jobs."""

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connections
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.jobs.handlers import Handler, JobCancelled, JobContext, handler_of
from wsr.jobs.models import Job, State
from wsr.said import gettext as _
from wsr.tenancy import aside_scope, atomic, current_alias, on_commit, program_scope
from wsr.tenancy.scope import Audience, engine_scope

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5  # a job whose worker died this often is given up and says so


class JobIsOver(DomainError):
    """The job has ended already."""


@atomic
def start(*, kind: str, title: str, by: Person | None, at: datetime, params: Mapping[str, object]) -> Job:
    """Create a job in the active program and wake a worker after commit. `params` holds ids only."""
    from wsr.jobs.tasks import run_job  # noqa: PLC0415 -- tasks are leaves; operations import them

    handler_of(kind)
    job = Job.objects.create(kind=kind, title=title, asked_by=by, asked_at=at, params=dict(params))
    record("job.started", job, by=by, at=at, after={"kind": kind})
    on_commit(lambda: run_job.delay(program_id=str(job.program_id), job_id=str(job.pk)))
    return job


@atomic
def cancel(*, job_id: UUID, by: Person, at: datetime) -> Job:
    """Ask a job to stop: at once if it waits, at its next step if it runs. Raises Job.DoesNotExist and JobIsOver."""
    job = Job.objects.select_for_update(of=("self",)).get(pk=job_id)
    if not job.is_open:
        raise JobIsOver(_("This job is over already; there is nothing to cancel."))
    job.cancel_asked = True
    if job.state == State.QUEUED:
        job.state, job.ended_at, job.message = State.CANCELLED, at, _("Cancelled before it started.")
    job.save(update_fields=["cancel_asked", "state", "ended_at", "message"])
    record("job.cancel_asked", job, by=by, at=at)
    return job


def run(*, program_id: UUID, job_id: UUID, at: datetime) -> None:
    """Run a job once; harmless when another worker runs it or it is over.

    The handler's work and the end of the job are one transaction. A lost database is raised, so that the job is woken again.
    """
    with aside_scope(program_id):
        job = Job.objects.select_related("asked_by").filter(pk=job_id).first()
    if job is None or not job.is_open:
        return
    try:
        handler = handler_of(job.kind)
        with _scope_of(handler, job):
            if not _take_lock(job_id):
                return
            _begin(job, at)
            message = handler.function(JobContext(job.pk, program_id, job.params, job.asked_by))
            _end_inside(job, message)
    except JobCancelled:
        _end_aside(job, State.CANCELLED, _("Cancelled. Nothing was changed."))
    except DomainError as error:
        _end_aside(job, State.FAILED, error.args[0] if error.args else "")
    except (OperationalError, InterfaceError):
        logger.exception("job lost its database job=%s", job_id)
        raise
    except Exception:
        logger.exception("job failed job=%s", job_id)
        _end_aside(
            job,
            State.FAILED,
            _("Something went wrong on our side. Nothing was changed; the operator can see why."),
        )


def sleeping() -> list[tuple[UUID, UUID]]:
    """[(program id, job id)] of open jobs that no worker is running. Own transaction."""
    with engine_scope(), connections[current_alias()].cursor() as cursor:
        cursor.execute(
            """
            SELECT program_id, id FROM jobs_job j WHERE ended_at IS NULL AND NOT EXISTS (
              SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
              AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(j.id::text, 0))
            ORDER BY asked_at LIMIT 1000
            """
        )
        return cursor.fetchall()


def _scope_of(handler: Handler, job: Job):
    if handler.audience == Audience.ENGINE:
        return engine_scope(job.program_id)
    return program_scope(job.program_id, handler.audience, person_id=job.asked_by_id)


def _take_lock(job_id: UUID) -> bool:
    """Held until the handler's transaction ends, however it ends; so a dead worker frees it."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [str(job_id)])
        return cursor.fetchone()[0]


def _begin(job: Job, at: datetime) -> None:
    with aside_scope(job.program_id):
        fresh = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if not fresh.is_open or fresh.cancel_asked:
            raise JobCancelled
        fresh.attempts += 1
        if fresh.attempts > MAX_ATTEMPTS:
            raise DomainError(_("This job was interrupted too often and was given up. Nothing was changed."))
        fresh.state, fresh.started_at, fresh.beat_at = State.RUNNING, fresh.started_at or at, at
        fresh.save(update_fields=["state", "started_at", "beat_at", "attempts"])


def _end_inside(job: Job, message: str) -> None:
    at = timezone.now()
    changed = Job.objects.filter(pk=job.pk, ended_at=None).update(
        state=State.DONE, ended_at=at, message=message
    )
    if not changed:
        raise JobCancelled
    record("job.done", job, by=job.asked_by, at=at, after={"message": str(message)})


def _end_aside(job: Job, state: State, message: str) -> None:
    at = timezone.now()
    with aside_scope(job.program_id):
        if Job.objects.filter(pk=job.pk, ended_at=None).update(state=state, ended_at=at, message=message):
            record(f"job.{state}", job, by=job.asked_by, at=at, after={"message": str(message)})

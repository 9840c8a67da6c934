"""Jobs in a real worker, through its death and the database's."""

import pytest
from django.conf import settings
from django.db import connections

from programs.models import Workplace
from tests import factories
from tests.celery_worker import Worker, wait_for
from wsr.history.models import Event
from wsr.jobs import operations
from wsr.jobs.models import Job
from wsr.jobs.tasks import run_job, wake_jobs
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


@pytest.fixture
def committed(transactional_db):
    """A program whose rows other processes can see."""
    settings.DATA_DIR.mkdir(exist_ok=True)
    return factories.program("garment")


@pytest.fixture
def chief(committed):
    """Its director."""
    return factories.member(committed, "director")


def _start(program: Program, by, count: int) -> Job:
    with program_scope(program.pk, person_id=by.pk):
        return operations.start(
            kind="tests.make_workplaces", title="Make", by=by, at=factories.AT, params={"count": count}
        )


def _job(program, job) -> Job:
    with program_scope(program.pk):
        return Job.objects.get(pk=job.pk)


def _made(program) -> int:
    with program_scope(program.pk):
        return Workplace.objects.count()


def test_a_job_runs_in_the_worker_and_says_what_it_did(committed, chief, worker):
    job = _start(committed, chief, 40)
    worker.wait_for(lambda: not _job(committed, job).is_open, what="the job to end")
    ended = _job(committed, job)
    assert (ended.state, ended.message, ended.done, ended.total) == ("done", "40 workplaces made.", 40, 40)
    assert str(ended) == "Make"  # in history
    with program_scope(committed.pk):
        assert list(Event.objects.order_by("id").values_list("event", flat=True)) == [
            "job.started",
            "job.done",
        ]


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (13, "Thirteen is refused."),
        (0, "Something went wrong on our side. Nothing was changed; the operator can see why."),
    ],
)
def test_a_job_that_fails_says_why_and_changes_nothing(committed, chief, count, message):
    job = _start(committed, chief, count)
    operations.run(program_id=committed.pk, job_id=job.pk, at=factories.AT)
    ended = _job(committed, job)
    assert (ended.state, ended.message) == ("failed", message)
    assert _made(committed) == 0


def test_running_twice_does_it_once(committed, chief):
    job = _start(committed, chief, 4)
    operations.run(program_id=committed.pk, job_id=job.pk, at=factories.AT)
    operations.run(program_id=committed.pk, job_id=job.pk, at=factories.AT)
    assert _made(committed) == 4


def test_a_waiting_job_is_cancelled_at_once(committed, chief):
    job = _start(committed, chief, 4)
    with program_scope(committed.pk, person_id=chief.pk):
        operations.cancel(job_id=job.pk, by=chief, at=factories.AT)
    operations.run(program_id=committed.pk, job_id=job.pk, at=factories.AT)
    assert _job(committed, job).state == "cancelled"
    assert _made(committed) == 0
    with program_scope(committed.pk), pytest.raises(operations.JobIsOver):
        operations.cancel(job_id=job.pk, by=chief, at=factories.AT)


def _hold():
    hold = settings.DATA_DIR / "hold"
    hold.touch()
    return hold, settings.DATA_DIR / "half-way"


def test_a_running_job_is_cancelled_at_its_next_step(committed, chief, worker):
    hold, half_way = _hold()
    job = _start(committed, chief, 40)
    worker.wait_for(half_way.exists, what="the middle of the job")
    with program_scope(committed.pk, person_id=chief.pk):
        operations.cancel(job_id=job.pk, by=chief, at=factories.AT)
    hold.unlink()
    worker.wait_for(lambda: not _job(committed, job).is_open, what="the job to end")
    assert _job(committed, job).message == "Cancelled. Nothing was changed."
    assert _made(committed) == 0


def test_a_job_survives_kill_9_of_its_worker(committed, chief, worker):
    hold, half_way = _hold()
    job = _start(committed, chief, 40)
    worker.wait_for(half_way.exists, what="the middle of the job")
    assert operations.sleeping() == []
    worker.kill()
    hold.unlink()
    wait_for(lambda: operations.sleeping() == [(committed.pk, job.pk)], what="the lock to be free")
    assert _made(committed) == 0
    second = Worker()
    try:
        wake_jobs()
        second.wait_for(lambda: not _job(committed, job).is_open, what="the job to end")
    finally:
        second.stop()
    assert (_job(committed, job).state, _made(committed), _job(committed, job).attempts) == ("done", 40, 2)


def test_a_job_survives_the_loss_of_its_database_connection(committed, chief, worker):
    hold, half_way = _hold()
    job = _start(committed, chief, 40)
    worker.wait_for(half_way.exists, what="the middle of the job")
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND usename = 'wsr_app' AND pid <> pg_backend_pid()"
        )
    connections["default"].close()
    hold.unlink()
    worker.wait_for(
        lambda: operations.sleeping() == [(committed.pk, job.pk)] or not _job(committed, job).is_open,
        what="the loss",
    )
    wake_jobs()
    worker.wait_for(lambda: not _job(committed, job).is_open, what="the job to end")
    assert (_job(committed, job).state, _made(committed)) == ("done", 40)


def test_a_job_interrupted_too_often_is_given_up(committed, chief):
    job = _start(committed, chief, 4)
    with program_scope(committed.pk):
        Job.objects.filter(pk=job.pk).update(attempts=operations.MAX_ATTEMPTS)
    operations.run(program_id=committed.pk, job_id=job.pk, at=factories.AT)
    assert (
        _job(committed, job).message
        == "This job was interrupted too often and was given up. Nothing was changed."
    )


def test_an_unknown_job_does_nothing(committed):
    run_job(program_id=str(committed.pk), job_id=str(committed.pk))
    assert _made(committed) == 0

"""kill -9 in the middle of a publication: the old one is served whole, a second run completes, no record twice, none lost."""

import json

import pytest
from django.utils import timezone

from programs.models import Workplace
from tests.celery_worker import running_worker
from wsr.jobs.models import Job, State
from wsr.registry import operations, publishing, verify
from wsr.registry.models import Publication, Record
from wsr.tenancy import engine_scope, program_scope

MANY = 300


def public_ids(office):
    return [
        json.loads(line)["public_id"]
        for path in office.public.glob("r/*/records.jsonl")
        for line in path.read_bytes().splitlines()
    ]


@pytest.fixture
def crowded(office):
    """One publication, and many new workplaces waiting for the next."""
    office.publish()
    with program_scope(office.program.pk):
        Workplace.objects.bulk_create(
            Workplace(program=office.program, supplier=office.supplier, name=f"Factory {n}", name_key=f"FACTORY {n}",
                      country="BD", created_at=timezone.now(), updated_at=timezone.now())
            for n in range(MANY)
        )  # fmt: skip
    return office


def start(office):
    with program_scope(office.program.pk):
        return operations.start_publication(by=office.director, at=timezone.now())


def state_of(office, job):
    with engine_scope(office.program.pk):
        return Job.objects.get(pk=job.pk)


def test_a_killed_worker_leaves_the_old_publication_and_the_next_one_completes(crowded):
    with running_worker() as first:
        job = start(crowded)
        first.wait_for(lambda: 0 < state_of(crowded, job).done < MANY, what="the publication to be half done")
        first.kill()
        assert "7 records, 7 versions, 1 publications" in verify.verify(crowded.public)
        with engine_scope(crowded.program.pk):
            assert Publication.objects.count() == 1

    from wsr.jobs.tasks import wake_jobs

    with running_worker() as second:
        second.wait_for(
            lambda: wake_jobs() or state_of(crowded, job).state == State.DONE, what="the job to be done"
        )
        served = publishing.program_folder(crowded.program)
        second.wait_for(lambda: publishing.folder.served_number(served) == 2, what="the switch")

    assert f"{MANY + 7:,} records, {MANY + 7:,} versions, 2 publications" in verify.verify(crowded.public)
    published = public_ids(crowded)
    assert len(published) == len(set(published)) == MANY + 7
    with engine_scope(crowded.program.pk):
        assert Record.objects.count() == MANY + 7
    assert state_of(crowded, job).attempts == 2


def test_pressing_publish_twice_publishes_once(office):
    from wsr.errors import DomainError

    start(office)
    with pytest.raises(DomainError, match="running already"):
        start(office)


def test_a_cancelled_publication_changes_nothing(crowded):
    from wsr.jobs import operations as jobs

    with running_worker() as worker:
        job = start(crowded)
        worker.wait_for(
            lambda: 0 < state_of(crowded, job).done < MANY, what="the publication to be half done"
        )
        with program_scope(crowded.program.pk):
            jobs.cancel(job_id=job.pk, by=crowded.director, at=timezone.now())
        worker.wait_for(lambda: not state_of(crowded, job).is_open, what="the job to stop")

    assert state_of(crowded, job).state == State.CANCELLED
    assert "7 records, 7 versions, 1 publications" in verify.verify(crowded.public)
    assert crowded.publish().counts == {"workplace": {"first": MANY}}
    assert verify.verify(crowded.public)

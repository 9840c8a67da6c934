"""Imports without a worker process: the job's functions called in the program's scope."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.factories import AT
from wsr.imports import operations, undoing
from wsr.imports.models import Batch
from wsr.jobs.models import Job, State
from wsr.tenancy import program_scope


@dataclass
class Office:
    """The director at work on imports."""

    program: object
    person: object

    @contextmanager
    def scope(self):
        with program_scope(self.program.pk, person_id=self.person.pk):
            yield

    def upload(self, path, name="") -> Batch:
        return operations.upload(
            chunks=[path.read_bytes()], name=name or path.name, media_type="text/csv", by=self.person, at=AT
        )

    def check(self, batch, *, target="", source="", columns=None, **defaults) -> Batch:
        batch = operations.map_columns(
            batch_id=batch.pk, target=target or batch.target, source=source or batch.source, columns=columns or batch.mapping,
            defaults=defaults or batch.defaults, by=self.person, at=AT,
        )  # fmt: skip
        self.end_job(batch)
        return operations.check(batch_id=batch.pk, by=self.person, at=AT, progress=lambda done, total: None)

    def apply(self, batch) -> dict[str, int]:
        return operations.apply(batch_id=batch.pk, by=self.person, at=AT)

    def undo(self, batch) -> dict[str, int]:
        return undoing.undo(batch_id=batch.pk, by=self.person, at=AT)

    def end_job(self, batch) -> None:
        Job.objects.filter(pk=batch.job_id).update(state=State.DONE, ended_at=AT)


@pytest.fixture
def office(program, director):
    """Inside the garment program as its director."""
    made = Office(program, director)
    with made.scope():
        yield made

"""The sealer as a task of a real worker, killed in the middle."""

import pytest
from django.db import connections
from django.utils import timezone

from tests.celery_worker import running_worker, wait_for
from wsr.history.models import Leaf
from wsr.history.sealing import BATCH
from wsr.history.tasks import seal
from wsr.history.verification import verify
from wsr.tenancy import engine_scope

EVENTS = 3 * BATCH


@pytest.fixture
def many(garment, at):
    """Enough events for several batches."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            """
            WITH e AS (
              INSERT INTO history_event (program_id, at, event, subject_type, commitment)
              SELECT %s, %s, 'workplace.renamed', 'programs.workplace', sha256('salt' || n::text::bytea)
              FROM generate_series(1, %s) AS n RETURNING id, program_id, commitment
            ), t AS (SELECT n::text AS body, sha256('salt' || n::text::bytea) AS commitment FROM generate_series(1, %s) AS n)
            INSERT INTO history_payload (id, program_id, salt, body)
            SELECT e.id, e.program_id, 'salt', t.body FROM e JOIN t USING (commitment)
            """,
            [garment.pk, at, EVENTS, EVENTS],
        )
    return garment


def _sealed(program):
    with engine_scope(program.pk):
        return Leaf.objects.count()


def test_killed_in_the_middle_it_loses_and_repeats_nothing(many):
    with running_worker() as worker:
        seal.delay()
        worker.wait_for(lambda: _sealed(many) > 0, what="the first batch")
        worker.kill()
    sealed = _sealed(many)
    assert 0 < sealed < EVENTS
    assert verify(many.pk, at=timezone.now()).entries == sealed
    with running_worker():
        wait_for(lambda: seal.delay() and _sealed(many) == EVENTS, what="the rest to be sealed")
    report = verify(many.pk, at=timezone.now())
    assert (report.entries, report.problem) == (EVENTS, "")

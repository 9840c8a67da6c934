"""What history costs the acts it records, and how quickly it is sealed and verified."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from django.db import connections
from django.utils import timezone

from programs.models import Workplace
from programs.operations import workplaces
from tests.bench.measure import Result, rate, rate_at_least
from wsr.history import sealing, verification
from wsr.tenancy import program_scope

ROUNDS = 7
ACTS = 240  # of all writers together, per round
WRITERS = (1, 16)
LATER = dt.timedelta(
    minutes=10
)  # what is verified is not of the last minutes, which are looked up one by one

_EVENTS = """
WITH made AS (
  INSERT INTO history_event (program_id, at, event, subject_type, subject_id, commitment)
  SELECT program_id, now(), 'workplace.changed', 'programs.workplace', id, sha256('0123456789abcdef'::bytea || %(body)s::bytea)
  FROM programs_workplace WHERE program_id = %(program)s LIMIT %(count)s RETURNING id, program_id)
INSERT INTO history_payload (id, program_id, salt, body) SELECT id, program_id, '0123456789abcdef', %(body)s FROM made
"""
_BODY = (
    '{"after":{"name":"Padma River Mill Unit 2"},"before":{"name":"Padma River Mill"},"by":"Amina Rahman","reason":"",'
    '"subject":"Padma River Mill Unit 2"}'
)


def results(program: UUID, events: int) -> Iterator[Result]:
    """All rows of history. `events`: how many to seal and verify."""
    for writers in WRITERS:
        floor, ours = _acts_per_second(program, writers)
        what = f"history: change a workplace with it, {writers} {'writer' if writers == 1 else 'writers'} in one program"
        yield rate_at_least(what, floor, ours, 0.85)
    sealing.seal(at=timezone.now())
    programs = _record(events)
    start = time.perf_counter()
    sealed = sealing.seal(at=timezone.now())
    yield rate(
        f"history: seal {sealed:,} events of {len(programs)} programs",
        sealed / (time.perf_counter() - start),
        10_000,
    )
    start = time.perf_counter()
    entries = _verified(programs)
    yield rate(
        f"history: verify {entries:,} entries of {len(programs)} programs",
        entries / (time.perf_counter() - start),
        100_000,
    )

    start = time.perf_counter()
    largest = _verified([program])
    yield rate(
        f"history: verify {largest:,} entries of the largest program",
        largest / (time.perf_counter() - start),
        100_000,
    )


def _verified(programs: list[UUID]) -> int:
    later = timezone.now() + LATER
    reports = [report for _program, report in verification.verify_each(programs, at=later)]
    if problem := next((report.problem for report in reports if report.problem), ""):
        raise AssertionError(problem)
    return sum(report.entries for report in reports)


def _record(events: int) -> list[UUID]:
    """Events of all programs, as many for each as it has workplaces, transaction by transaction in turn."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT program_id, count(*) FROM programs_workplace GROUP BY 1")
        sizes = dict(cursor.fetchall())
        total = sum(sizes.values())
        for _turn in range(10):
            for program, size in sizes.items():
                count = max(1, round(events * size / total / 10))
                cursor.execute(_EVENTS, {"program": program, "count": count, "body": _BODY})
        cursor.execute("VACUUM ANALYZE")
    return list(sizes)


@contextmanager
def _without_history() -> Iterator[None]:
    """The same operation, minus its one call of `record`."""
    record = workplaces.record
    workplaces.record = lambda *args, **kwargs: None
    try:
        yield
    finally:
        workplaces.record = record


def _acts_per_second(program: UUID, writers: int) -> tuple[float, float]:
    """(without history, with it): medians of rounds in turn."""
    with program_scope(program):
        ids = list(Workplace.objects.open().values_list("pk", flat=True)[:ACTS])
    without, with_it = [], []
    for number in range(ROUNDS + 1):
        with _without_history():
            without.append(
                _timed(writers, lambda writer, n=number: _change(program, ids[writer::writers], f"a{n}"))
            )
        with_it.append(
            _timed(writers, lambda writer, n=number: _change(program, ids[writer::writers], f"b{n}"))
        )
    return sorted(without[1:])[ROUNDS // 2], sorted(with_it[1:])[ROUNDS // 2]


def _timed(writers: int, work: Callable[[int], int]) -> float:
    """Acts per second of all writers together, each on a connection of its own."""

    def run(writer: int) -> int:
        try:
            return work(writer)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(writers) as pool:
        start = time.perf_counter()
        done = sum(pool.map(run, range(writers)))
        return done / (time.perf_counter() - start)


def _change(program: UUID, ids: list[UUID], mark: str) -> int:
    for number, pk in enumerate(ids):
        with program_scope(program):
            workplaces.change(
                workplace_id=pk, by=None, at=timezone.now(), city=f"City {mark} {number}", worker_count=number
            )
    return len(ids)

"""What a tick costs when nothing is due, and how quickly many clocks that are due at once move."""

import time
from collections.abc import Iterator

from django.db import connections
from django.utils import timezone

from tests.bench.measure import Result, duration, medians, processor_seconds, rate_at_least, time_at_most
from wsr.deadlines import operations
from wsr.deadlines.operations.sweeping import fire_plain_steps

DUE = 10_000
ACTING = 2_000
IDLE = 200

_FILL = """
INSERT INTO deadlines_clock (program_id, kind, subject_type, subject_id, title, url, started_at, due_at, length_value, length_unit,
  extended_by, extensions, basis, certainty, source, calendar_country, time_zone, rule_version, skipped, is_clipped, state, ladder, rung_ats,
  rung, next_rung_at, wake_at, failures, error, reason)
SELECT program.id, 'test.plain', 'bench.thing', gen_random_uuid(), 'Report of an inspection', '/p/x/', now(), due, 21, 'days', 0, 0,
  'binding', 'documented', '', 'BD', 'Asia/Dhaka', '0123456789abcdef', '[]', false, 'running', '{{due,later}}', ARRAY[due, due + interval '5 days'],
  0, due, due, 0, '', ''
FROM (SELECT n, {due} AS due FROM generate_series(1, %(count)s) AS n) AS made
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS total FROM tenancy_program) AS program
  ON program.place = made.n %% program.total
"""
LATER = "now() + interval '30 days' + random() * interval '300 days'"
_BY_HAND = """
WITH due AS MATERIALIZED (
  SELECT id, program_id, title, due_at, rung_ats[2] AS next_at, uuidv7() AS event_id, uuid_send(gen_random_uuid()) AS salt,
    '{"after":{"planned_at":' || to_json(due_at AT TIME ZONE 'UTC') || ',"step":"due"},"before":{},"by":"","reason":"","subject":' || to_json(title::text) || '}' AS body
  FROM deadlines_clock WHERE wake_at <= now() FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE deadlines_clock AS clock SET rung = 1, next_rung_at = next_at, wake_at = next_at, state = 'missed', missed_at = now()
  FROM due WHERE clock.id = due.id
), fired AS (
  INSERT INTO deadlines_fired (program_id, clock_id, rung, planned_at, fired_at, is_passed_over)
  SELECT program_id, id, 'due', due_at, now(), false FROM due
), event AS (
  INSERT INTO history_event (id, program_id, at, event, subject_type, subject_id, commitment)
  SELECT event_id, program_id, now(), 'clock.step', 'deadlines.clock', id, sha256(salt || convert_to(body, 'UTF8')) FROM due
), payload AS (
  INSERT INTO history_payload (id, program_id, salt, body) SELECT event_id, program_id, salt, body FROM due
)
SELECT count(*) FROM due
"""


def results(clocks: int) -> Iterator[Result]:
    """All rows of clocks. `clocks`: how many are open and not due in the larger table."""
    few, many = _idle(10_000), _idle(clocks - 10_000)
    what = f"clocks: tick with nothing due, 10,000 → {clocks:,} open"
    for named, before, after in zip((what, f"{what}, processor time"), few, many, strict=True):
        ratio = after / before
        yield Result(named, duration(before), duration(after), f"{ratio:.2f}", "≤ 1.20", ratio <= 1.2)
    by_hand, ours, whole = [], [], []
    for _round in range(5):
        by_hand.append(_moved_by_hand())
        moved, told = _moved_by_us()
        ours.append(moved)
        whole.append(told)
    what = f"clocks: {DUE:,} due at once among {clocks:,}: steps, history and orders to tell"
    yield rate_at_least(what, sorted(by_hand)[2], sorted(ours)[2], 0.7)
    yield time_at_most(
        f"clocks: the same {DUE:,} until everybody of 200 programs is told", sorted(whole)[2], 120
    )
    _fill(ACTING, "now() - interval '1 second'", kind="test.once")
    start = time.perf_counter()
    swept = operations.sweep(seconds=600)
    seconds = (time.perf_counter() - start) * DUE / swept.acts
    yield time_at_most(f"clocks: {DUE:,} due at once that each act, one process", seconds, 120)


def _idle(more: int) -> tuple[float, float]:
    """Seconds of a tick after adding clocks that are not due: by the clock (median), and of processors (mean)."""
    _fill(more, LATER)
    with connections["admin"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE deadlines_clock")
    before = processor_seconds()
    (seconds,) = medians(operations.sweep, times=IDLE)
    return seconds, (processor_seconds() - before) / (IDLE + 1)


def _moved_by_hand() -> float:
    _fill(DUE, "now() - interval '1 second'")
    with connections["admin"].cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(_BY_HAND)
        seconds = time.perf_counter() - start
        _check(cursor.fetchone()[0])
    _clear()
    return DUE / seconds


def _moved_by_us() -> tuple[float, float]:
    """(clocks per second, seconds of the whole tick)"""
    _fill(DUE, "now() - interval '1 second'")
    at, start, steps = timezone.now(), time.perf_counter(), 0
    while fired := fire_plain_steps(at=at):
        steps += fired
    seconds = time.perf_counter() - start
    _check(steps)
    _check(operations.sweep(at=at, seconds=600).told)
    whole = time.perf_counter() - start
    _clear()
    return DUE / seconds, whole


def _check(count: int) -> None:
    if count != DUE:
        raise AssertionError(f"{count} clocks moved, not {DUE}")


def _fill(count: int, due: str, kind: str = "test.plain") -> None:
    with connections["admin"].cursor() as cursor:
        cursor.execute(_FILL.format(due=due).replace("'test.plain'", f"'{kind}'"), {"count": count})


def _clear() -> None:
    """The clocks of a round are over; their steps and messages stay, as in life."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("DELETE FROM deadlines_fired")
        cursor.execute("DELETE FROM deadlines_clock WHERE state = 'missed'")
        cursor.execute("VACUUM ANALYZE deadlines_clock")
        cursor.execute("VACUUM ANALYZE deadlines_fired")

"""The sweep: what is due happens, exactly once, whoever ticks and whatever dies meanwhile.

A tick may run in any number of processes at once. Rows are claimed with FOR UPDATE SKIP LOCKED, everything is read from the locking SELECT,
and (clock, step) is unique. Steps that are only recorded and told go by one statement for many clocks of all programs (`STEPS` below);
steps that act go one by one, each by one statement (`ONE_STEP`) and its effect, in one transaction inside its program. The time is PostgreSQL's, so that servers need not agree on it.
"""

import logging
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Q

from wsr.deadlines.enums import CatchUp, State
from wsr.deadlines.kinds import kinds, plain_steps
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Asked, Clock
from wsr.deadlines.operations.moving import cancel, meet, resume
from wsr.deadlines.operations.starting import start
from wsr.deadlines.operations.telling import tell_fired
from wsr.tenancy import current_alias, engine_scope, program_scope

logger = logging.getLogger(__name__)

BATCH = 5_000
MISSES = 5
MINUTES_TO_WAIT = (1, 5, 15, 60, 240)  # after the first, second, … failure of a step; then always the last
SECONDS_OF_A_TICK = 25.0
ASK_AGAIN = timedelta(minutes=15)

_MANY = """kind || ':' || ladder[rung + 1] = ANY(%(plain)s)
  ORDER BY wake_at LIMIT %(limit)s"""
_ONE = "id = %(clock)s AND program_id = %(program)s"
_DUE = """
WITH due AS MATERIALIZED (
  SELECT id, program_id, kind, title, due_at, ladder, rung_ats, rung, state, missed_at,
         uuidv7() AS event_id, uuid_send(gen_random_uuid()) AS salt
  FROM deadlines_clock
  WHERE wake_at <= %(at)s AND state IN ('running', 'missed') AND """
_STEPS = """ FOR UPDATE SKIP LOCKED
), step AS MATERIALIZED (
  SELECT due.*, CASE WHEN kind = ANY(%(highest)s)
    THEN rung + greatest(1, (SELECT count(*) FROM unnest(rung_ats[rung + 1:]) AS planned WHERE planned <= %(at)s))::int
    ELSE rung + 1 END AS reached
  FROM due
), moved AS (
  UPDATE deadlines_clock AS clock
  SET rung = step.reached, next_rung_at = step.rung_ats[step.reached + 1], wake_at = step.rung_ats[step.reached + 1],
      failures = 0, error = '',
      state = CASE WHEN step.rung_ats[step.reached] >= step.due_at THEN 'missed' ELSE step.state END,
      missed_at = CASE WHEN step.rung_ats[step.reached] >= step.due_at THEN coalesce(step.missed_at, %(at)s) ELSE step.missed_at END
  FROM step WHERE clock.id = step.id AND clock.program_id = step.program_id
  RETURNING clock.*
), fired AS (
  INSERT INTO deadlines_fired (program_id, clock_id, rung, planned_at, fired_at, is_passed_over, told_at)
  SELECT program_id, id, ladder[place], rung_ats[place], %(at)s, place < reached,
         CASE WHEN place < reached OR kind || ':' || ladder[place] <> ALL(%(telling)s) THEN %(at)s::timestamptz END
  FROM step, generate_series(rung + 1, reached) AS place
), event AS (
  INSERT INTO history_event (id, program_id, at, event, actor_id, subject_type, subject_id, commitment)
  SELECT event_id, program_id, %(at)s, 'clock.step', NULL, 'deadlines.clock', id, sha256(salt || convert_to(body, 'UTF8'))
  FROM step, LATERAL (SELECT """
_BODY = """'{"after":{"planned_at":' || to_json(rung_ats[reached] AT TIME ZONE 'UTC') || ',"step":' || to_json(ladder[reached]::text)
    || '},"before":{},"by":"","reason":"","subject":' || to_json(title::text) || '}' AS body"""
_FIRE = f"""{_STEPS}{_BODY}) AS said
), payload AS (
  INSERT INTO history_payload (id, program_id, salt, body)
  SELECT event_id, program_id, salt, body FROM step, LATERAL (SELECT {_BODY}) AS said
)
"""  # noqa: S608 -- constants
STEPS = f"{_DUE}{_MANY}{_FIRE}SELECT count(*) FROM step"  # noqa: S608 -- constants
ONE_STEP = f"{_DUE}{_ONE}{_FIRE}SELECT * FROM moved"  # noqa: S608 -- constants


@dataclass(frozen=True)
class Swept:
    """What one tick did."""

    asked: int = 0
    steps: int = 0
    acts: int = 0
    failures: int = 0
    told: int = 0

    @property
    def is_idle(self) -> bool:
        """Nothing was due."""
        return not (self.asked or self.steps or self.acts or self.failures or self.told)


def sweep(*, at: datetime | None = None, seconds: float = SECONDS_OF_A_TICK) -> Swept:
    """One tick over all programs, outside any scope; `at` is PostgreSQL's time where it is not given. Ends after `seconds` at the latest,
    between two transactions; the next tick goes on."""
    at = at or _now()
    end = time.monotonic() + seconds
    asked = answer_asked(at=at)
    steps = 0
    while fired := fire_plain_steps(at=at):
        steps += fired
        if time.monotonic() > end:
            break
    acts, failures = fire_acting_steps(at=at, end=end)
    return Swept(asked, steps, acts, failures, tell_fired(at=at))


def fire_plain_steps(*, at: datetime, limit: int = BATCH) -> int:
    """Fire the next step of up to `limit` clocks whose step is only recorded and told, in one statement. Own transaction."""
    values: dict[str, Any] = {"at": at, "limit": limit, "plain": plain_steps(), **_ladders()}
    with engine_scope(), connections[current_alias()].cursor() as cursor:
        cursor.execute(STEPS, values)
        return cursor.fetchone()[0]


def fire_acting_steps(*, at: datetime, end: float, limit: int = 500) -> tuple[int, int]:
    """Fire what acts, one transaction per step; returns (fired, failed). A step that fails waits, and the others go on."""
    fired = failed = 0
    while waiting := _acting(at, limit):
        random.shuffle(waiting)  # so that several processes seldom want the same one
        before, misses = fired + failed, 0
        for program_id, clock_id in waiting:
            if time.monotonic() > end:
                return fired, failed
            try:
                done = fire_next(program_id=program_id, clock_id=clock_id, at=at)
            except Exception as error:
                logger.exception("clock step failed clock=%s", clock_id)
                _note_failure(program_id, clock_id, at, error)
                failed += 1
            else:
                fired += done
                misses += not done
            if misses > MISSES:  # others are at work here: look again what is left
                break
        if fired + failed == before:  # others hold them all
            break
    return fired, failed


def fire_next(*, program_id: UUID, clock_id: UUID, at: datetime) -> bool:
    """Fire the next step of one clock with its effect, or end a pause that reached its ceiling, in one transaction.

    False where another process holds the clock, or nothing of it is due any more. What the effect raises is raised.
    """
    values = {"at": at, "clock": clock_id, "program": program_id, **_ladders()}
    with program_scope(program_id):
        moved = next(iter(Clock.objects.raw(ONE_STEP, values)), None)
        if moved is None:
            return _end_pause(clock_id, at)
        rung = kinds()[moved.kind].rung(moved.ladder[moved.rung - 1])
        if rung is not None:
            rung.act(clock=moved, rung=rung, at=at)  # last: it may itself meet, cancel or restart the clock
        return True


def _end_pause(clock_id: UUID, at: datetime) -> bool:
    rows = Clock.objects.select_for_update(skip_locked=True, of=("self",))
    clock = rows.filter(pk=clock_id).first()  # by its key alone: old statistics must not tempt the planner
    if clock is None or clock.state != State.PAUSED or clock.wake_at is None or clock.wake_at > at:
        return False
    resume(clock_id=clock.pk, at=clock.wake_at)
    return True


def _ladders() -> dict[str, list[str]]:
    """What the statements must know of the kinds: whose highest step fires alone, and “kind:step” of the steps that tell."""
    known = kinds().values()
    return {
        "highest": [kind.key for kind in known if kind.catch_up == CatchUp.HIGHEST],
        "telling": [f"{kind.key}:{rung.key}" for kind in known for rung in kind.rungs if rung.tells],
    }


def answer_asked(*, at: datetime, limit: int = BATCH) -> int:
    """Do what portals, workers and auditors asked for, in order; one transaction each. What fails waits, and the others go on."""
    with engine_scope():
        ready = Asked.objects.filter(Q(failed_at=None) | Q(failed_at__lt=at - ASK_AGAIN))
        waiting = list(ready.order_by("at", "pk").values_list("program_id", "pk")[:limit])
    answered = 0
    for program_id, pk in waiting:
        try:
            answered += answer_one(program_id=program_id, pk=pk, at=at)
        except Exception:
            logger.exception("act on a clock failed asked=%s", pk)
            with program_scope(program_id):
                Asked.objects.filter(pk=pk).update(failed_at=at)
    return answered


def answer_one(*, program_id: UUID, pk: UUID, at: datetime) -> bool:
    """Do one act that a portal, worker or auditor asked for, in one transaction; False where another process is at it."""
    with program_scope(program_id):
        row = Asked.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if row is None:
            return False
        said, subject = row.values, (row.subject_type, row.subject_id)
        if row.act == "meet":
            clock = Clock.objects.open().of(subject).filter(kind=row.kind).first()
            own = row.participation_id is None or (
                clock is not None and clock.responsible_participation_id == row.participation_id
            )
            if clock is not None and own:
                meet(clock_id=clock.pk, at=row.at)
        elif row.act == "cancel":
            if row.participation_id is None:  # a portal cannot
                cancel(kind=row.kind, subject=subject, reason=said["reason"], at=row.at)
        elif row.kind in kinds():
            start(kind=row.kind, subject=subject, at=at, **_start_values(said))
        row.delete()
        return True


def _start_values(said: dict[str, Any]) -> dict[str, Any]:
    responsible = said["responsible_participation_id"]
    return {
        "started_at": datetime.fromisoformat(said["started_at"]),
        "responsible_participation_id": UUID(responsible) if responsible else None,
        "title": said["title"],
        "url": said["url"],
        "calendar_country": said["calendar_country"],
        "length": Length(*said["length"]) if said["length"] else None,
    }


def _acting(at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(program, clock) of due clocks whose next step acts, or whose pause is over; nothing is locked yet."""
    with engine_scope(), connections[current_alias()].cursor() as cursor:
        cursor.execute(
            """
            SELECT program_id, id FROM deadlines_clock
            WHERE wake_at <= %(at)s AND kind = ANY(%(known)s)
              AND (state = 'paused' OR NOT coalesce(kind || ':' || ladder[rung + 1] = ANY(%(plain)s), false))
            ORDER BY wake_at LIMIT %(limit)s
            """,
            {"at": at, "limit": limit, "known": list(kinds()), "plain": plain_steps()},
        )
        return cursor.fetchall()


def _note_failure(program_id: UUID, clock_id: UUID, at: datetime, error: Exception) -> None:
    """Let the failed step wait; its own transaction is undone whole, this is another one."""
    with program_scope(program_id):
        clock = Clock.objects.select_for_update(of=("self",)).filter(pk=clock_id).first()
        if clock is None or clock.wake_at is None or clock.wake_at > at:
            return
        wait = MINUTES_TO_WAIT[min(clock.failures, len(MINUTES_TO_WAIT) - 1)]
        clock.failures, clock.error = clock.failures + 1, type(error).__name__
        clock.wake_at = at + timedelta(minutes=wait)
        clock.save(update_fields=["failures", "error", "wake_at"])


def _now() -> datetime:
    with engine_scope(), connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]

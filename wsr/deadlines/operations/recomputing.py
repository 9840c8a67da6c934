"""Counting running clocks anew, as an act of its own: after the calendar changed, or with another length."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.deadlines.calendars import calendar_of
from wsr.deadlines.enums import NOT_THE_PROGRAMS, State
from wsr.deadlines.kinds import kinds
from wsr.deadlines.lengths import limits_of
from wsr.deadlines.models import Clock
from wsr.deadlines.operations.starting import CannotMove
from wsr.deadlines.timing import apply_timing, counted_anew
from wsr.history.operations import record
from wsr.tenancy import atomic


@atomic
def recompute(
    *,
    reason: str,
    at: datetime,
    by: Person | None = None,
    clock_id: UUID | None = None,
    kind: str = "",
) -> int:
    """Count running clocks anew by the calendar of today: one, those of a kind, or all. Returns how many moved.

    Lengths, started moments and pauses stay; so do steps that have fired. A paused clock is counted when it runs on; a missed one stays
    missed. Raises CannotMove without a reason, and CannotCount.
    """
    _explained(reason)
    moved = 0
    calendars: dict[str, Any] = {}
    for clock in _running(clock_id, kind):
        calendar = calendars.setdefault(clock.calendar_country, None) or calendar_of(clock.calendar_country)
        calendars[clock.calendar_country] = calendar
        found, used = counted_anew(clock, kinds()[clock.kind], calendar=calendar)
        before = clock.due_at
        names = apply_timing(clock, found, used)
        clock.save(update_fields=names)
        if clock.due_at != before:
            moved += 1
            _record("clock.recomputed", clock, before, reason, by, at)
    return moved


@atomic
def apply_length(*, kind: str, reason: str, at: datetime, by: Person | None = None) -> int:
    """Give the running clocks of a kind the length that the program has set by now. Returns how many moved.

    Clocks whose length a clause or the platform gave keep it. Raises CannotMove without a reason or a length, and CannotCount.
    """
    _explained(reason)
    found_kind = kinds()[kind]
    moved = 0
    for clock in _running(None, kind).exclude(basis__in=NOT_THE_PROGRAMS):
        calendar = calendar_of(clock.calendar_country)
        limits = limits_of(found_kind.length_key, on=at.astimezone(calendar.zone).date())
        length = limits.runs_on if limits else None
        if length is None:
            raise CannotMove(_("The program has no length for this clock; set one first."))
        clock.length_value, clock.length_unit = length.value, length.unit
        clock.basis, clock.certainty, clock.source = length.basis, length.certainty, length.source
        clock.extended_by = 0
        found, used = counted_anew(clock, found_kind, calendar=calendar)
        before = clock.due_at
        names = apply_timing(clock, found, used)
        clock.save(
            update_fields=[
                *names, "length_value", "length_unit", "basis", "certainty", "source", "extended_by",
            ]
        )  # fmt: skip
        if clock.due_at != before:
            moved += 1
            _record("clock.length_applied", clock, before, reason, by, at)
    return moved


def _running(clock_id: UUID | None, kind: str) -> QuerySet[Clock]:
    rows = Clock.objects.select_for_update(of=("self",)).filter(state=State.RUNNING, kind__in=kinds())
    if clock_id is not None:
        rows = rows.filter(pk=clock_id)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("pk")


def _record(event: str, clock: Clock, before: datetime, reason: str, by: Person | None, at: datetime) -> None:
    record(
        event,
        clock,
        by=by,
        at=at,
        before={"due_at": before},
        after={"due_at": clock.due_at},
        reason=reason.strip(),
    )


def _explained(reason: str) -> None:
    if not reason.strip():
        raise CannotMove(_("Say why, in a sentence that others can read later."))

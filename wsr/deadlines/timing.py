"""When a clock is due and when each step of its ladder stands, for a length, a calendar and the pauses so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wsr.deadlines.calendars import Calendar, calendar_of
from wsr.deadlines.counting import Counted, Stretch, count, shifted
from wsr.deadlines.enums import State
from wsr.deadlines.kinds import ClockKind, Rung
from wsr.deadlines.lengths import Length, Limits, limits_of
from wsr.deadlines.models import Clock


@dataclass(frozen=True)
class Timing:
    """A counted clock: its moments, and its ladder in order."""

    counted: Counted
    target_at: datetime | None
    steps: tuple[tuple[str, datetime], ...]

    @property
    def due_at(self) -> datetime:
        """The limit."""
        return self.counted.due_at


def timing(
    kind: ClockKind,
    *,
    started_at: datetime,
    length: Length,
    target: Length | None,
    calendar: Calendar,
    pauses: Sequence[Stretch] = (),
) -> Timing:
    """Count one clock. Steps that would stand before its start are left out. Raises CannotCount."""
    counted = count(started_at, length.value, length.unit, calendar, pauses)
    target_at = count(started_at, target.value, target.unit, calendar, pauses).due_at if target else None
    on = started_at.astimezone(calendar.zone).date()
    steps = []
    for rung in kind.rungs:
        after = _after(rung, on)
        if after is None:
            continue
        at = shifted(counted.due_at, after[0], after[1], calendar)
        if after[0] >= 0 or at > started_at:
            steps.append((rung.key, at))
    return Timing(counted, target_at, tuple(sorted(steps, key=lambda step: step[1])))


def own_target(limits: Limits | None, length: Length) -> Length | None:
    """The program's own target beside a binding limit; None where the clock runs on the target itself."""
    return limits.target if limits and limits.target and limits.target != length else None


def length_of(clock: Clock) -> Length:
    """The length a clock was started with, prolonged by its extensions."""
    return Length(
        clock.length_value + clock.extended_by, clock.length_unit, clock.basis, clock.certainty, clock.source
    )


def apply_timing(clock: Clock, found: Timing, calendar: Calendar) -> list[str]:
    """Write what was counted into a clock; steps that have fired stay as they are. Returns the names of the fields."""
    fired, times = clock.ladder[: clock.rung], clock.rung_ats[: clock.rung]
    left = [step for step in found.steps if step[0] not in fired]
    values: dict[str, Any] = {
        "due_at": found.due_at,
        "target_at": found.target_at,
        "skipped": [[str(one.day), one.reason] for one in found.counted.skipped],
        "is_clipped": found.counted.is_clipped,
        "calendar_country": calendar.country,
        "time_zone": calendar.zone.key,
        "rule_version": calendar.rule_version,
        "ladder": [*fired, *(key for key, _at in left)],
        "rung_ats": [*times, *(at for _key, at in left)],
        "next_rung_at": left[0][1] if left else None,
    }
    if clock.state != State.PAUSED:
        values["wake_at"] = values["next_rung_at"]
    for name, value in values.items():
        setattr(clock, name, value)
    return list(values)


def pauses_of(clock: Clock) -> list[Stretch]:
    """When a clock was paused, the present pause without an end."""
    return [
        Stretch(since, until)
        for since, until in clock.pauses.order_by("since").values_list("since", "ended_at")
    ]


def counted_anew(
    clock: Clock, kind: ClockKind, *, length: Length | None = None, calendar: Calendar | None = None
) -> tuple[Timing, Calendar]:
    """What a running clock would be by today's calendar, with its own length or another one. Raises CannotCount."""
    calendar = calendar or calendar_of(clock.calendar_country)
    limits = limits_of(kind.length_key, on=clock.started_at.astimezone(calendar.zone).date())
    length = length or length_of(clock)
    found = timing(
        kind,
        started_at=clock.started_at,
        length=length,
        target=own_target(limits, length),
        calendar=calendar,
        pauses=pauses_of(clock),
    )
    return found, calendar


def _after(rung: Rung, on: date) -> tuple[int, str] | None:
    """(how many, of what) from the limit to a step; None where the program has not set it."""
    limits = limits_of(rung.length_key, on=on) if rung.length_key else None
    own = limits.runs_on if limits else None
    if own is not None:
        return (-own.value if (rung.after or 0) < 0 else own.value), own.unit
    return None if rung.after is None else (rung.after, rung.unit)

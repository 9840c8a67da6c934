"""Counting: from the moment a clock starts to the moment it is due, and why on that day.

The rules, all in the program's time zone:

- Hours run through nights, weekends and changes of the clock: 48 hours are 48 hours.
- Days, working days, weeks, months and seasons end with the end of a day: 23:59:59 of that day, of its second 23:59:59 where the
  clock is set back at midnight. The day on which the clock starts is not counted.
- Months end on the day with the same number; where the month is too short, on its last day (January 31 and one month is February 28).
- A season counts when it begins on the day of the start or later; the clock is due at the end of its last day.
- A day at whose end the clock was paused is not counted. Hours are prolonged by the time of the pause. Months and seasons are
  prolonged by as many days as were paused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from wsr.deadlines.calendars import PAUSED, Calendar
from wsr.deadlines.enums import Unit
from wsr.errors import DomainError

LONGEST_DAYS = 36_525
_END = time(23, 59, 59, 999999, fold=1)


class CannotCount(DomainError):
    """The day cannot be known: too far away, no working day at all, or too few seasons."""


@dataclass(frozen=True)
class Skipped:
    """A day that was passed over, and why: “weekly rest”, “holiday: Eid”, “program: strike”, “paused”."""

    day: date
    reason: str


@dataclass(frozen=True)
class Counted:
    """When a clock is due and how that was counted. `is_clipped`: the last month was too short."""

    due_at: datetime
    skipped: tuple[Skipped, ...] = ()
    is_clipped: bool = False
    paused: timedelta = timedelta()


@dataclass(frozen=True)
class Stretch:
    """A time during which a clock was paused; `until` None: still is."""

    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the clock was paused at a moment."""
        return self.since <= moment and (self.until is None or moment < self.until)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of a day in a time zone, in UTC."""
    return datetime.combine(day, _END, zone).astimezone(UTC)


def count(
    started_at: datetime, value: int, unit: Unit | str, calendar: Calendar, pauses: Sequence[Stretch] = ()
) -> Counted:
    """When `value` units after `started_at` are over. A pause that is not over is counted until now only by its caller's `until`.

    Raises CannotCount.
    """
    started_at = started_at.astimezone(UTC)  # Python adds to what a wall clock shows
    if unit == Unit.HOURS:
        return _hours(started_at, value, pauses)
    start = started_at.astimezone(calendar.zone).date()
    if unit in (Unit.MONTHS, Unit.SEASONS):
        return _from_calendar(start, value, unit, calendar, pauses)
    needed = value * 7 if unit == Unit.WEEKS else value
    return _days(start, needed, calendar, pauses, working=unit == Unit.WORKING_DAYS)


def shifted(moment: datetime, value: int, unit: Unit | str, calendar: Calendar) -> datetime:
    """A moment so many units after another one, or before it for a negative number: where a step of a ladder stands.

    Raises CannotCount.
    """
    if value == 0:
        return moment
    if unit == Unit.HOURS:
        return moment.astimezone(UTC) + timedelta(hours=value)
    if value > 0:
        return count(moment, value, unit, calendar).due_at
    day = moment.astimezone(calendar.zone).date()
    if unit == Unit.MONTHS:
        return end_of(day + relativedelta(months=value), calendar.zone)
    if unit == Unit.SEASONS:
        raise CannotCount(_("A step cannot stand so many seasons before the limit."))
    left = -value * 7 if unit == Unit.WEEKS else -value
    while left:
        day -= timedelta(days=1)
        left -= not (unit == Unit.WORKING_DAYS and calendar.why_rest(day))
    return end_of(day, calendar.zone)


def _hours(started_at: datetime, value: int, pauses: Sequence[Stretch]) -> Counted:
    if value > LONGEST_DAYS * 24:
        raise CannotCount(_too_far())
    due, paused = started_at + timedelta(hours=value), timedelta()
    for pause in sorted(pauses, key=lambda one: one.since):
        if pause.until is not None and pause.since < due:
            length = pause.until.astimezone(UTC) - max(pause.since.astimezone(UTC), started_at)
            due, paused = due + length, paused + length
    return Counted(due.astimezone(UTC), paused=paused)


def _days(
    start: date, needed: int, calendar: Calendar, pauses: Sequence[Stretch], *, working: bool
) -> Counted:
    if needed > LONGEST_DAYS:
        raise CannotCount(_too_far())
    if not working and not pauses:
        return Counted(end_of(start + timedelta(days=needed), calendar.zone))
    day, skipped = start, []
    while needed:
        day += timedelta(days=1)
        if (day - start).days > LONGEST_DAYS:
            raise CannotCount(_too_far())
        reason = _paused_on(day, calendar.zone, pauses) or (calendar.why_rest(day) if working else "")
        if reason:
            skipped.append(Skipped(day, reason))
        else:
            needed -= 1
    return Counted(end_of(day, calendar.zone), tuple(skipped))


def _from_calendar(
    start: date, value: int, unit: Unit | str, calendar: Calendar, pauses: Sequence[Stretch]
) -> Counted:
    if unit == Unit.MONTHS:
        if value > LONGEST_DAYS / 31:
            raise CannotCount(_too_far())
        last = start + relativedelta(months=value)
        is_clipped = last.day != start.day
    else:
        last, is_clipped = _last_of_seasons(start, value, calendar), False
    day, end, skipped = start, last, []
    while pauses and day < end:
        day += timedelta(days=1)
        if _paused_on(day, calendar.zone, pauses):
            skipped.append(Skipped(day, PAUSED))
            end += timedelta(days=1)
    return Counted(end_of(end, calendar.zone), tuple(skipped), is_clipped)


def _last_of_seasons(start: date, value: int, calendar: Calendar) -> date:
    if value == 0:
        return start
    coming = [season for season in calendar.seasons if season.starts_on >= start]
    if len(coming) < value:
        raise CannotCount(
            _(
                "This limit is counted in seasons, and the program has not said when the next ones begin and end."
            )
        )
    return coming[value - 1].ends_on


def _paused_on(day: date, zone: ZoneInfo, pauses: Sequence[Stretch]) -> str:
    return PAUSED if pauses and any(pause.covers(end_of(day, zone)) for pause in pauses) else ""


def _too_far() -> str:
    return _("This limit is more than a hundred years away. Check its length and the weekly rest days.")

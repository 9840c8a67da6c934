"""A month of due dates and days over all programs of a person: what the calendar address shows, as a page for her who has signed in.

The same functions name the days, so an unannounced visit stands here for those alone who go on it or planned it.
"""

from calendar import Calendar as Weeks
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.deadlines.feeds import BACK, Entry, entries_of
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Line:
    """One thing on a day."""

    title: str
    url: str
    program: Program
    is_overdue: bool


@dataclass(frozen=True)
class Day:
    """One day of the month, or of the weeks around it."""

    on: date
    is_outside: bool
    is_today: bool
    lines: list[Line] = field(default_factory=list)


def month_of(
    person: Person, standings: list[Standing], *, first: date, at: datetime, program: str = ""
) -> list[list[Day]]:
    """The weeks of a month, whole ones, by the reader's first day of the week. `program`: the short name of one, else all. Outside any scope."""
    begins = (formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7  # 0 is Sunday there, Monday in `calendar`
    weeks = Weeks(begins).monthdatescalendar(first.year, first.month)
    shown = [one for one in standings if program in ("", one.program.slug)]
    found: dict[date, list[Line]] = {}
    for standing in shown:
        for entry in _entries(person, standing, weeks[0][0]):
            for day in _days(entry, weeks[0][0], weeks[-1][-1]):
                today = at.astimezone(ZoneInfo(standing.program.time_zone)).date()
                is_overdue = entry.is_limit and entry.starts_on < today
                line = Line(entry.title, entry.url, standing.program, is_overdue)
                if line not in found.setdefault(day, []):
                    found[day].append(line)
    now = at.date()
    return [
        [Day(day, day.month != first.month, day == now, found.get(day, [])) for day in week] for week in weeks
    ]


def months_around(first: date) -> tuple[date, date]:
    """The first days of the months before and after."""
    after = first + timedelta(days=monthrange(first.year, first.month)[1])
    return (first - timedelta(days=1)).replace(day=1), after


def _entries(person: Person, standing: Standing, begins: date) -> list[Entry]:
    """What the address would show to somebody who reads it when these weeks are the first of its past."""
    zone = ZoneInfo(standing.program.time_zone)
    return entries_of(person, standing, datetime.combine(begins, time(0), tzinfo=zone) + BACK)


def _days(entry: Entry, begins: date, ends: date) -> Iterator[date]:
    day = max(entry.starts_on, begins)
    while day < entry.ends_on and day <= ends:
        yield day
        day += timedelta(days=1)

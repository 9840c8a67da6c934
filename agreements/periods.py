"""Periods of a recurring duty: from one date of its RRULE to the day before the next, as whole days in the program's time zone.

They begin on the day the agreement takes effect. A month that has no such day begins on its last one: from January 31 follow February
28 (29 in a leap year), March 31, April 30; from February 29 a yearly period begins on February 28 in other years.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
_EVERY_MONTH_HAS = 28
_START, _END = time(0), time(23, 59, 59, 999999, fold=1)


@dataclass(frozen=True)
class Period:
    """Both days included."""

    starts_on: date
    ends_on: date

    @property
    def is_calendar_month(self) -> bool:
        """From the first of a month to its last day."""
        next_day = self.ends_on + timedelta(days=1)
        return self.starts_on.day == next_day.day == 1 and (next_day - self.starts_on).days <= 31

    def __str__(self) -> str:
        if self.is_calendar_month:
            return date_format(self.starts_on, "YEAR_MONTH_FORMAT")
        return _("%(start)s to %(end)s") % {
            "start": date_format(self.starts_on, "DATE_FORMAT"),
            "end": date_format(self.ends_on, "DATE_FORMAT"),
        }


def rule_of(frequency: str, starts_on: date) -> str:
    """The RRULE of a frequency, from the day it begins. Raises KeyError for one that does not recur."""
    day = starts_on.day
    days = str(day) if day <= _EVERY_MONTH_HAS else ",".join(map(str, range(_EVERY_MONTH_HAS, day + 1)))
    last = ";BYSETPOS=-1" if day > _EVERY_MONTH_HAS else ""
    return f"FREQ=MONTHLY;INTERVAL={MONTHS[frequency]};BYMONTHDAY={days}{last}"


def periods(rule: str, starts_on: date, *, after: date | None = None) -> Iterator[Period]:
    """Periods of a rule in order, without end; with `after` those that begin on that day or later."""
    dates = rrulestr(rule, dtstart=datetime.combine(starts_on, _START))
    found = dates.xafter(datetime.combine(after or starts_on, _START), inc=True)
    begins = next(found)
    for following in found:
        yield Period(begins.date(), following.date() - timedelta(days=1))
        begins = following


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in a time zone, in UTC."""
    return datetime.combine(day, _START, zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of a day in a time zone, in UTC; limits in days are counted from the day after."""
    return datetime.combine(day, _END, zone).astimezone(UTC)

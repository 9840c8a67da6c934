"""Why a clock is due on its day, in words and day by day, from what was written down when it was counted."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wsr.deadlines.calendars import HOLIDAY, PAUSED, PROGRAM, WEEKLY_REST
from wsr.deadlines.enums import Unit
from wsr.deadlines.models import Clock
from wsr.imports.reading.countries import country_name

DAY_UNITS = frozenset({Unit.DAYS, Unit.WORKING_DAYS, Unit.WEEKS})


@dataclass(frozen=True)
class Day:
    """A day after the start: its number, or why it was passed over."""

    day: date
    number: int | None
    reason: str = ""


def days_of(clock: Clock) -> list[Day]:
    """Every day from the day after the start to the last one. For hours none; for months and seasons only those passed over."""
    skipped = {date.fromisoformat(day): reason for day, reason in clock.skipped}
    if clock.length_unit not in DAY_UNITS:
        return [Day(day, None, in_words(reason)) for day, reason in sorted(skipped.items())]
    zone = ZoneInfo(clock.time_zone)
    day, last = clock.started_at.astimezone(zone).date(), clock.due_at.astimezone(zone).date()
    found, number = [], 0
    while day < last:
        day += timedelta(days=1)
        if day in skipped:
            found.append(Day(day, None, in_words(skipped[day])))
        else:
            number += 1
            found.append(Day(day, number))
    return found


def reasons_for(clock: Clock) -> list[str]:
    """The rules by which the day was counted, one sentence each."""
    zone = ZoneInfo(clock.time_zone)
    length = clock.length_value + clock.extended_by
    start = formats.date_format(clock.started_at.astimezone(zone), "DATETIME_FORMAT")
    said = [
        _("It started on %(start)s, in the time zone %(zone)s.") % {"start": start, "zone": clock.time_zone}
    ]
    if clock.extended_by:
        said.append(
            _("Its length of %(length)s %(unit)s was extended by %(more)s.")
            % {
                "length": clock.length_value,
                "unit": clock.get_length_unit_display(),
                "more": clock.extended_by,
            }
        )
    said += _rule(clock, length)
    if clock.skipped:
        text = ngettext(
            "%(count)s day was passed over.", "%(count)s days were passed over.", len(clock.skipped)
        )
        said.append(text % {"count": len(clock.skipped)})
    return said


def _rule(clock: Clock, length: int) -> list[str]:
    if clock.length_unit == Unit.HOURS:
        return [
            _(
                "Hours run through nights, holidays and changes of the clock; only pauses stop them. %(count)s hours were counted."
            )
            % {"count": length}
        ]
    end = _("The limit is the end of the last day.")
    if clock.length_unit == Unit.WORKING_DAYS:
        country = clock.calendar_country
        where = (
            _("public holidays and weekly rest days of %(country)s, and the program's own days")
            % {"country": country_name(country)}
            if country
            else _("the program's own days, because no country was named")
        )
        said = _("%(count)s working days after the day of the start are counted. Not counted: %(where)s.") % {
            "count": length,
            "where": where,
        }
        return [said, end]
    if clock.length_unit == Unit.SEASONS:
        return [
            _("%(count)s seasons that begin on the day of the start or later are counted.")
            % {"count": length},
            end,
        ]
    if clock.length_unit == Unit.MONTHS:
        said = _("%(count)s months later, on the day with the same number.") % {"count": length}
        clipped = [_("That month is shorter, so its last day is taken.")] if clock.is_clipped else []
        return [said, *clipped, end]
    days = length * 7 if clock.length_unit == Unit.WEEKS else length
    return [
        _("%(count)s days after the day of the start are counted, rest days and holidays too.")
        % {"count": days},
        end,
    ]


def in_words(reason: str) -> str:
    """Why a day was passed over, for a person."""
    kind, _colon, name = reason.partition(": ")
    words = {
        WEEKLY_REST: _("weekly rest day"),
        HOLIDAY: _("public holiday"),
        PROGRAM: _("rest day of the program"),
        PAUSED: _("the clock was paused"),
    }
    said = str(words.get(kind, kind))
    return f"{said}: {name}" if name else said

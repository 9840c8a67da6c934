"""Which days count as working days for a program and a country, and its seasons.

Public holidays and weekly rest days come from the package `holidays`; a program sets other rest days and single days over them.
"""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

from wsr.deadlines.lengths import Season, seasons
from wsr.deadlines.models import CalendarDay, WorkingWeek
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

WEEKLY_REST = "weekly rest"
HOLIDAY = "holiday"
PROGRAM = "program"
PAUSED = "paused"


@dataclass(frozen=True)
class Calendar:
    """One program's days in one country. `rest_weekdays`: Monday is 0; None: those of the country."""

    zone: ZoneInfo
    country: str = ""
    rest_weekdays: frozenset[int] | None = None
    single_days: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    seasons: tuple[Season, ...] = ()

    def why_rest(self, day: date) -> str:
        """Why a day is no working day, as “reason: words”; empty for a working day."""
        if day in self.single_days:
            is_working, reason = self.single_days[day]
            return "" if is_working else f"{PROGRAM}: {reason}"
        public = national(self.country) if self.country else None
        if public is not None and day in public:
            return f"{HOLIDAY}: {public.get(day)}"
        if self.rest_weekdays is not None:
            return WEEKLY_REST if day.weekday() in self.rest_weekdays else ""
        is_rest = public is not None and public.is_weekend(day) and not public.is_working_day(day)
        return WEEKLY_REST if is_rest else ""

    @functools.cached_property
    def rule_version(self) -> str:
        """Changes whenever a clock might be counted otherwise."""
        said = [
            version("holidays"),
            self.zone.key,
            self.country,
            sorted(self.rest_weekdays) if self.rest_weekdays is not None else None,
            sorted((str(day), *rule) for day, rule in self.single_days.items()),
            [(str(season.starts_on), str(season.ends_on)) for season in self.seasons],
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@functools.cache
def national(country: str) -> holidays.HolidayBase:
    """Public holidays of a country (“BD”) or a part of it (“US-FL”), named in English where the package can. Raises KeyError for an unknown one."""
    code, _dash, part = country.partition("-")
    try:
        kind = holidays.country_holidays(code)
        language = "en_US" if "en_US" in kind.supported_languages else None
        return holidays.country_holidays(code, subdiv=part or None, language=language)
    except NotImplementedError as error:
        raise KeyError(country) from error


def known(country: str) -> bool:
    """Whether the package has holidays for this country."""
    try:
        national(country)
    except KeyError:
        return False
    return True


def calendar_of(country: str = "") -> Calendar:
    """The active program's calendar for a country; for none, the country the program chose for such clocks. Four queries."""
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    weeks = {week.country: week for week in WorkingWeek.objects.filter(country__in={"", country})}
    if not country and "" in weeks:
        country = weeks[""].stands_for
        weeks |= {week.country: week for week in WorkingWeek.objects.filter(country=country)}
    week = weeks.get(country)
    days = CalendarDay.objects.filter(country__in={"", country}).order_by("country")
    return Calendar(
        zone=ZoneInfo(zone),
        country=country if country and known(country) else "",
        rest_weekdays=frozenset(week.rest_weekdays) if week and week.rest_weekdays is not None else None,
        single_days={row.day: (row.is_working, row.reason) for row in days},
        seasons=seasons(),
    )

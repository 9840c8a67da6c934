"""Quiet hours and the hour of digests, in the time zone of the person."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wsr.accounts.models import Person
from wsr.notices.enums import Choice
from wsr.notices.models import Way
from wsr.tenancy.models import Program

DIGEST_HOUR = time(8)
MONDAY = 0


@dataclass(frozen=True)
class Ways:
    """In which language and in whose hours a person is told in one program."""

    language: str
    zone: str
    quiet_from: time | None = None
    quiet_until: time | None = None

    def held_until(self, at: datetime) -> datetime | None:
        """When the quiet hours that `at` falls into end; None outside them. They may go past midnight."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return quiet_until(self.quiet_from, self.quiet_until, self.zone, at)


def ways_of(person: Person, program: Program, own: Way | None) -> Ways:
    """What she chose for this program, else for all of hers, else what the program has."""
    hours = own if own and own.quiet_from is not None else person
    return Ways(
        language=(own.language if own else "") or person.language or program.language,
        zone=(own.time_zone if own else "") or person.time_zone or program.time_zone,
        quiet_from=hours.quiet_from,
        quiet_until=hours.quiet_until,
    )


def quiet_until(begin: time, end: time, zone: str, at: datetime) -> datetime | None:
    """The same for hours of anybody's."""
    if begin == end:
        return None
    here = at.astimezone(ZoneInfo(zone))
    now = here.time()
    is_quiet = begin <= now < end if begin < end else now >= begin or now < end
    return _next(here, end) if is_quiet else None


def digest_due(choice: Choice, zone: str, at: datetime) -> datetime:
    """The first eight o'clock in the morning after `at`; of a Monday for weekly digests."""
    here = at.astimezone(ZoneInfo(zone))
    due = _next(here, DIGEST_HOUR)
    if choice == Choice.WEEKLY:
        due = _on(here, due.date() + timedelta(days=(MONDAY - due.weekday()) % 7), DIGEST_HOUR)
    return due


def _next(here: datetime, clock: time) -> datetime:
    """The first moment after `here` at which clocks show `clock`."""
    today = _on(here, here.date(), clock)
    return today if today > here else _on(here, here.date() + timedelta(days=1), clock)


def _on(here: datetime, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=here.tzinfo)

"""Quiet hours and the hour of digests, in the time zone of the person."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wsr.accounts.models import Person
from wsr.notices.enums import Choice

DIGEST_HOUR = time(8)
MONDAY = 0


def held_until(person: Person, zone: str, at: datetime) -> datetime | None:
    """When the quiet hours that `at` falls into end; None outside them. They may go past midnight."""
    begin, end = person.quiet_from, person.quiet_until
    if begin is None or end is None or begin == end:
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

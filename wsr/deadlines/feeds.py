"""Calendar addresses: one per person over all her programs, revocable, without a name in any title.

Clocks are in it by themselves. Other days come from files `calendar_feed.py`: `CALENDAR = [function]`, each
`function(reader: Reader) -> Iterable[Entry]`, run inside the scope of each of her programs; one cheap query each, at most MOST entries.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing, programs_of
from wsr.deadlines.enums import State
from wsr.deadlines.kinds import kinds
from wsr.deadlines.models import Clock, Feed
from wsr.deadlines.queries import watched_kinds
from wsr.tenancy import Audience, program_scope
from wsr.ui.inbox import Reader
from wsr.ui.navigation import discover

BACK, AHEAD = timedelta(days=30), timedelta(days=400)
MOST = 500  # of one program


@dataclass(frozen=True)
class Entry:
    """Whole days in somebody's calendar: `ends_on` is the day after the last. `title` names a kind of thing, never a person or a place."""

    key: str
    title: str
    starts_on: date
    ends_on: date
    changed_at: datetime
    url: str
    is_limit: bool = False


@transaction.atomic
def make_feed(*, person: Person, at: datetime) -> str:
    """A new address for a person, in place of the one she had; returns its token, which is kept nowhere."""
    revoke_feed(person=person, at=at)
    token = secrets.token_urlsafe(32)
    Feed.objects.create(person=person, digest=_digest(token), created_at=at)
    return token


def revoke_feed(*, person: Person, at: datetime) -> None:
    """The address shows nothing from now on."""
    Feed.objects.filter(person=person, revoked_at=None).update(revoked_at=at)


def feed_of(person: Person) -> Feed | None:
    """The address a person has, without its token."""
    return Feed.objects.filter(person=person, revoked_at=None).first()


def calendar_for(token: str, *, at: datetime) -> bytes | None:
    """The calendar behind an address; None for one that never was or was revoked. What she may see is asked anew each time."""
    from icalendar import Calendar  # noqa: PLC0415 -- heavy; only feeds need it

    feed = Feed.objects.select_related("person").filter(digest=_digest(token), revoked_at=None).first()
    if feed is None or not feed.person.is_active:
        return None
    Feed.objects.filter(pk=feed.pk).update(read_at=at)
    with translation.override(feed.person.language or settings.LANGUAGE_CODE):
        calendar = Calendar()
        calendar.add("prodid", "-//wsr//limits//EN")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", _("Limits"))
        for standing in programs_of(feed.person):
            for entry in entries_of(feed.person, standing, at):
                calendar.add_component(_event(entry, standing))
        return calendar.to_ical()


def entries_of(person: Person, standing: Standing, at: datetime) -> list[Entry]:
    """What a calendar shows of one program, from BACK before a moment to AHEAD after it. Own transaction."""
    with program_scope(
        standing.program.pk, standing.audience, person_id=person.pk, organization_id=standing.organization_id
    ):
        reader = Reader(person, standing, at)
        days = [entry for function in discover("calendar_feed", "CALENDAR") for entry in function(reader)]
        return [*(_limit(clock, standing) for clock in _clocks(standing, at)), *days]


def _clocks(standing: Standing, at: datetime) -> list[Clock]:
    rows = Clock.objects.open().exclude(state=State.PAUSED)
    rows = rows.filter(due_at__gte=at - BACK, due_at__lte=at + AHEAD).order_by("due_at", "pk")
    if standing.audience == Audience.STAFF:
        rows = rows.filter(kind__in=watched_kinds(standing.roles, standing.permissions))
    elif standing.audience not in (Audience.BRAND, Audience.SUPPLIER):
        return []
    return list(rows[:MOST])


def _limit(clock: Clock, standing: Standing) -> Entry:
    """A whole day, named after the kind of the limit: never after a person, a supplier or a case."""
    kind = kinds().get(clock.kind)
    day = clock.due_at.astimezone(ZoneInfo(clock.time_zone)).date()
    return Entry(
        key=f"clock-{clock.pk}",
        title=str(kind.label) if kind else _("Limit"),
        starts_on=day,
        ends_on=day + timedelta(days=1),
        changed_at=clock.started_at,
        url=reverse("deadlines:clock", args=[standing.program.slug, clock.pk]),
        is_limit=True,
    )


def _event(entry: Entry, standing: Standing) -> Any:
    from icalendar import Event  # noqa: PLC0415 -- heavy; only feeds need it

    event = Event()
    event.add("uid", f"{entry.key}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("summary", f"{entry.title} – {standing.program.name}")
    event.add("dtstart", entry.starts_on)
    event.add("dtend", entry.ends_on)
    event.add("dtstamp", entry.changed_at)
    event.add("url", settings.BASE_URL + entry.url)
    event.add("transp", "TRANSPARENT")
    return event


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""Reads of the record for people. Proofs and verification live beside the tree."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wsr.history.models import Event, Payload
from wsr.tenancy.circles import hidden_matters
from wsr.ui.navigation import discover

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Change:
    """One value before and after. None: there was none."""

    name: str
    before: object
    after: object


@dataclass(frozen=True)
class Entry:
    """One act in words. `is_erased`: the payload was erased, the event stays."""

    id: UUID
    at: datetime
    what: str
    who: str
    subject: str
    subject_type: str
    subject_id: UUID | None
    reason: str = ""
    changes: list[Change] = field(default_factory=list)
    is_erased: bool = False


@dataclass(frozen=True)
class Page:
    """Entries newest first. `before` is the cursor of the next, older page, or None."""

    entries: list[Entry]
    before: UUID | None


def words() -> dict[str, str | Promise]:
    """{event name: its words}, from the list `EVENTS` in the file `events.py` of every app."""
    return dict(discover("events", "EVENTS"))


def events_that_happened() -> list[tuple[str, str]]:
    """The kinds of event in the active program's record with their words, in order of the words."""
    names = words()
    found = Event.objects.order_by().values_list("event", flat=True).distinct()
    return sorted(((name, _label(names, name)) for name in found), key=lambda pair: pair[1])


def happened_since(event: str, subject: models.Model, since: datetime) -> bool:
    """Whether an act on a row of the active program is on record since a moment. For staff."""
    rows = Event.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    return rows.filter(event=event, at__gt=since).exists()


def page_of(
    *,
    event: str = "",
    subject_type: str = "",
    subject_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    zone: ZoneInfo,
    before: UUID | None = None,
    size: int = 50,
    permissions: Collection[str] = (),
) -> Page:
    """One page of the active program's record, newest first; days are counted in `zone`. Two queries, and one for each room that names its rows.

    `permissions` are those of the reader: what she may not know the number of is not named. `before` is the id of the last entry of the page before. `until` is included.
    """
    rows = Event.objects.exclude(subject_id__in=hidden_matters()).order_by("-at", "-pk")
    for condition in _conditions(event, subject_type, subject_id, since, until, zone):
        rows = rows.filter(condition)
    if before is not None:
        rows = _older_than(rows, before)
    events = list(rows[: size + 1])
    shown = events[:size]
    return Page(list(_entries(shown, permissions)), shown[-1].pk if len(events) > size else None)


def _conditions(
    event: str,
    subject_type: str,
    subject_id: UUID | None,
    since: date | None,
    until: date | None,
    zone: ZoneInfo,
) -> Iterator[Q]:
    if event:
        yield Q(event=event)
    if subject_type:
        yield Q(subject_type=subject_type)
    if subject_id:
        yield Q(subject_id=subject_id)
    if since:
        yield Q(at__gte=datetime.combine(since, time(), zone))
    if until:
        yield Q(at__lt=datetime.combine(until + timedelta(days=1), time(), zone))


def _older_than(rows: "QuerySet[Event]", pk: UUID) -> "QuerySet[Event]":
    cursor = Event.objects.filter(pk=pk).first()
    if cursor is None:
        return rows.none()
    return rows.filter(Q(at__lt=cursor.at) | Q(at=cursor.at, pk__lt=cursor.pk))


def _entries(events: list[Event], permissions: Collection[str]) -> Iterator[Entry]:
    bodies = dict(Payload.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", "body"))
    names = words()
    read = {event.pk: json.loads(bodies[event.pk]) if bodies.get(event.pk) else {} for event in events}
    called = _called({str(event.subject_id) for event in events} | _ids(read.values()), permissions)
    for event in events:
        body = bodies.get(event.pk)
        said: dict[str, Any] = read[event.pk]
        yield Entry(
            id=event.pk,
            at=event.at,
            what=_label(names, event.event),
            who=said.get("by", ""),
            subject=called.get(str(event.subject_id), said.get("subject", "")),
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            reason=said.get("reason", ""),
            changes=_changes(said.get("before", {}), said.get("after", {}), called),
            is_erased=body is None,
        )


def _ids(bodies: Iterable[dict[str, Any]]) -> set[str]:
    """What may be ids among the values before and after."""
    values = [
        value for body in bodies for part in ("before", "after") for value in body.get(part, {}).values()
    ]
    return {value for value in values if isinstance(value, str) and _ID.fullmatch(value)}


def _called(ids: set[str], permissions: Collection[str]) -> dict[str, str]:
    """{id: what its room calls it}, from the functions in the list `NAMES` of `events.py`; empty for what the reader may not know."""
    wanted = {UUID(one) for one in ids if _ID.fullmatch(one)}
    found: dict[UUID, str] = {}
    for name_rows in discover("events", "NAMES") if wanted else ():
        found |= name_rows(wanted, permissions)
    found |= dict.fromkeys(wanted.intersection(hidden_matters()), "") if wanted else {}
    return {str(pk): name for pk, name in found.items()}


def _changes(
    before: Mapping[str, object], after: Mapping[str, object], called: Mapping[str, str]
) -> list[Change]:
    def said(value: object) -> object:
        return _in_words(called.get(value, value) if isinstance(value, str) else value)

    names = dict.fromkeys([*before, *after])
    return [Change(name.replace("_", " "), said(before.get(name)), said(after.get(name))) for name in names]


def _in_words(value: object) -> object:
    """A list as its entries, yes and no as words; anything else as it is."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value


def _label(names: Mapping[str, str | Promise], event: str) -> str:
    """The words of an event; its name, made readable, where no app has words for it."""
    return str(names.get(event) or event.replace(".", " ").replace("_", " ").capitalize())

"""Reads of the record for people. Proofs and verification live beside the tree."""

import json
from collections.abc import Iterator, Mapping
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
) -> Page:
    """One page of the active program's record, newest first; days are counted in `zone`. Two queries.

    `before` is the id of the last entry of the page before. `until` is included.
    """
    rows = Event.objects.exclude(subject_id__in=hidden_matters()).order_by("-at", "-pk")
    for condition in _conditions(event, subject_type, subject_id, since, until, zone):
        rows = rows.filter(condition)
    if before is not None:
        rows = _older_than(rows, before)
    events = list(rows[: size + 1])
    shown = events[:size]
    return Page(list(_entries(shown)), shown[-1].pk if len(events) > size else None)


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


def _entries(events: list[Event]) -> Iterator[Entry]:
    bodies = dict(Payload.objects.filter(pk__in=[event.pk for event in events]).values_list("pk", "body"))
    names = words()
    for event in events:
        body = bodies.get(event.pk)
        said: dict[str, Any] = json.loads(body) if body else {}
        yield Entry(
            id=event.pk,
            at=event.at,
            what=_label(names, event.event),
            who=said.get("by", ""),
            subject=said.get("subject", ""),
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            reason=said.get("reason", ""),
            changes=_changes(said.get("before", {}), said.get("after", {})),
            is_erased=body is None,
        )


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    names = dict.fromkeys([*before, *after])
    return [
        Change(name.replace("_", " "), _in_words(before.get(name)), _in_words(after.get(name)))
        for name in names
    ]


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

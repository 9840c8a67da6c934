"""What changed since a device last asked, collection by collection; the ground is `wsr.tenancy.changes`.

A feed shows what belongs to the inspections whose team the person is on, whoever else she may be in the program. She is told of each
change once: of rows that were written, of all rows of an inspection when she joins its team, and of the inspection when she is taken off it.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from audits.models import (
    CorrectiveAction,
    Evidence,
    Finding,
    Inspection,
    Interview,
    Question,
    Report,
    Response,
    TeamMember,
)
from wsr.errors import DomainError
from wsr.tenancy import current_alias
from wsr.tenancy.changes import Horizon, changed_in, circles_joined, horizon
from wsr.tenancy.scope import current_scope


class NoCursor(DomainError):
    """What was sent as a cursor is none of this collection."""


class StartAgain(DomainError):
    """The data was restored or moved since: what the cursor counts on is no more."""


@dataclass(frozen=True)
class Feed:
    """One collection. `of`: the column that says which inspection or workplace a row belongs to; empty: the whole program's."""

    name: str
    rows: Callable[[], QuerySet[Any]]
    of: str = "inspection_id"


def _own_assignments() -> QuerySet[TeamMember]:
    scope = current_scope()
    return TeamMember.objects.filter(person_id=scope.person_id if scope else None)


FEEDS = {
    feed.name: feed
    for feed in (
        Feed("inspections", lambda: Inspection.objects.all(), of="id"),
        Feed("assignments", _own_assignments),
        Feed("questions", lambda: Question.objects.all(), of=""),
        Feed("responses", lambda: Response.objects.all()),
        Feed("interviews", lambda: Interview.objects.all()),
        Feed("findings", lambda: Finding.objects.all()),
        Feed("evidence", lambda: Evidence.objects.select_related("file")),
        Feed("reports", lambda: Report.objects.all(), of="workplace_id"),
        Feed("actions", lambda: CorrectiveAction.objects.all(), of="workplace_id"),
    )
}


@dataclass(frozen=True)
class Cursor:
    """Where a reader stands: in the window of transactions from `since` to `below`, after the row (`xid`, `row`).

    `below` 0: the window is done, the next one begins at `since`.
    """

    feed: str
    epoch: str
    since: int
    below: int = 0
    xid: int = 0
    row: str = ""

    def __str__(self) -> str:
        """Opaque text for an address."""
        text = json.dumps(list(asdict(self).values()), separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, feed: str) -> Cursor:
    """What `str(cursor)` wrote. Raises NoCursor for anything else."""
    wrong = NoCursor(_("This is no cursor of this collection. Leave it out to start from the beginning."))
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        cursor = Cursor(*values)
        if cursor.row:
            UUID(cursor.row)
    except (binascii.Error, ValueError, TypeError, AttributeError, RecursionError):
        raise wrong from None
    numbers = (cursor.since, cursor.below, cursor.xid)
    is_counted = all(type(number) is int and 0 <= number < 2**63 for number in numbers)
    if not is_counted or cursor.feed != feed or not isinstance(cursor.epoch, str):
        raise wrong
    return cursor


@dataclass(frozen=True)
class News:
    """One page of changes. `left`: inspections (or workplaces) that are the reader's no more; everything of them is to be dropped."""

    rows: list[Any]
    left: list[UUID]
    cursor: Cursor
    has_more: bool


def news(feed: Feed, cursor: Cursor | None, *, limit: int) -> News:
    """At most `limit` changes after the cursor, oldest first. Raises StartAgain where the cursor comes from other data."""
    now = horizon()
    if cursor and (cursor.epoch != now.epoch or max(cursor.since, cursor.below) > now.below):
        raise StartAgain(
            _("The data of this server was restored or moved. Drop what you hold and start without a cursor.")
        )
    window = _window(feed, cursor, now)
    rows = list(_rows(feed, window)[: limit + 1])
    has_more = len(rows) > limit
    rows = rows[:limit]
    left = _left(feed, window) if window.since and not window.row else []
    if has_more:
        reached = Cursor(feed.name, now.epoch, window.since, window.below, rows[-1].changed, str(rows[-1].pk))
    else:
        reached = Cursor(feed.name, now.epoch, window.below)
    return News(rows, left, reached, has_more)


def _window(feed: Feed, cursor: Cursor | None, now: Horizon) -> Cursor:
    if cursor and cursor.below:
        return cursor
    return Cursor(feed.name, now.epoch, cursor.since if cursor else 0, now.below)


def _rows(feed: Feed, window: Cursor) -> QuerySet[Any]:
    rows = feed.rows()
    rows = rows.annotate(changed=changed_in(rows.model)).filter(changed__lt=window.below)
    changed = Q(changed__gte=window.since)
    if feed.of:
        known, fresh = _reached(feed, window)
        rows = rows.filter((Q(**{f"{feed.of}__in": known}) & changed) | Q(**{f"{feed.of}__in": fresh}))
    else:
        rows = rows.filter(changed)
    if window.row:
        rows = rows.filter(Q(changed__gt=window.xid) | Q(changed=window.xid, id__gt=window.row))
    return rows.order_by(F("changed"), "id")


def _reached(feed: Feed, window: Cursor) -> tuple[list[UUID], list[UUID]]:
    """What the reader could see before the window, and what she got to see within it. Whom she joined later is the next window's."""
    joined = {circle: xid for circle, xid in circles_joined().items() if xid < window.below}
    if feed.of == "workplace_id":
        joined = _first_joined(joined)
    return (
        [key for key, xid in joined.items() if xid < window.since],
        [key for key, xid in joined.items() if xid >= window.since],
    )


def _first_joined(joined: dict[UUID, int]) -> dict[UUID, int]:
    """Per workplace, when its first inspection became hers."""
    found: dict[UUID, int] = {}
    rows: Iterable[tuple[UUID, UUID]] = Inspection.objects.filter(pk__in=joined).values_list(
        "pk", "workplace_id"
    )
    for inspection, workplace in rows:
        found[workplace] = min(joined[inspection], found.get(workplace, joined[inspection]))
    return found


def _left(feed: Feed, window: Cursor) -> list[UUID]:
    if not feed.of:
        return []
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT inspection_id, workplace_id FROM audits_left(%s::xid8, %s::xid8)",
            [str(window.since), str(window.below)],
        )
        rows = cursor.fetchall()
    if feed.of != "workplace_id":
        return sorted(inspection for inspection, _workplace in rows)
    workplaces = {workplace for _inspection, workplace in rows}
    still = Inspection.objects.filter(pk__in=circles_joined(), workplace_id__in=workplaces)
    return sorted(workplaces - set(still.values_list("workplace_id", flat=True)))

"""What clocks put into a person's work of today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from wsr.deadlines.enums import Basis, State
from wsr.deadlines.kinds import kinds
from wsr.deadlines.models import Clock
from wsr.deadlines.queries import watched_kinds
from wsr.deadlines.tables import name_clocks, who_acts
from wsr.deadlines.timing import length_of
from wsr.tenancy import Audience
from wsr.ui.inbox import MOST, Reader, Task
from wsr.ui.navigation import discover

AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Name:
    """What a clock's line in somebody's work of today says and where it leads, where its title may say no more than what kind of thing it is.

    A room lists functions in its `inbox.py`: `NAMES = [function]`, each `function(clocks, reader) -> {clock id: Name}`, one query each.
    """

    title: str
    url: str


def clocks(reader: Reader) -> Iterator[Task]:
    """Open clocks of the next thirty days: those she watches; in a portal those her organization must meet."""
    standing = reader.standing
    rows = Clock.objects.open().filter(due_at__lte=reader.until + AHEAD)
    if standing.audience == Audience.STAFF:
        rows = rows.filter(kind__in=watched_kinds(standing.roles, standing.permissions))
    elif standing.audience not in (Audience.BRAND, Audience.SUPPLIER):
        return
    today = datetime.combine(reader.day, time(), reader.zone)
    rows = rows.filter(~Q(state=State.PAUSED) | Q(due_at__gte=today))
    found = list(rows.order_by("due_at", "pk")[:MOST])
    name_clocks(found)
    names = names_of(found, reader)
    for clock in found:
        yield _task(clock, reader, names.get(clock.pk))


def names_of(clocks: list[Clock], reader: Reader) -> dict[UUID, Name]:
    """{clock: its name for this reader}, of those that a room names; see `Name`."""
    return {
        pk: name for function in discover("inbox", "NAMES") for pk, name in function(clocks, reader).items()
    }


def _task(clock: Clock, reader: Reader, name: Name | None) -> Task:
    kind = kinds().get(clock.kind)
    said = {
        "kind": kind.label if kind else clock.kind,
        "length": length_of(clock),
        "basis": _basis(clock),
    }
    is_ours = clock.responsible_participation_id is None or reader.standing.audience != Audience.STAFF
    return Task(
        title=name.title if name else clock.title,
        url=name.url
        if name
        else clock.url or reverse("deadlines:clock", args=[reader.standing.program.slug, clock.pk]),
        why=_("%(kind)s: %(length)s (%(basis)s)") % said,
        due_at=clock.due_at,
        waits_for="" if is_ours else who_acts(clock),
        is_paused=clock.state == State.PAUSED,
        until_at=clock.due_at if clock.state == State.PAUSED else None,
        act=(clock.kind, clock.subject_id),
        is_clock=True,
    )


def _basis(clock: Clock) -> str:
    """What set the limit; of an agreement the clause itself."""
    said = str(clock.get_basis_display())
    return f"{said}: {clock.source}" if clock.basis == Basis.AGREEMENT and clock.source else said


INBOX = [clocks]

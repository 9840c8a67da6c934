"""What clocks put into a person's work of today."""

from collections.abc import Iterator
from datetime import timedelta

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

AHEAD = timedelta(days=30)


def clocks(reader: Reader) -> Iterator[Task]:
    """Open clocks of the next thirty days: those she watches; in a portal those her organization must meet."""
    standing = reader.standing
    rows = Clock.objects.open().filter(due_at__lte=reader.at + AHEAD)
    if standing.audience == Audience.STAFF:
        rows = rows.filter(kind__in=watched_kinds(standing.roles, standing.permissions))
    elif standing.audience not in (Audience.BRAND, Audience.SUPPLIER):
        return
    rows = rows.filter(~Q(state=State.PAUSED) | Q(due_at__gte=reader.at))
    found = list(rows.order_by("due_at", "pk")[:MOST])
    name_clocks(found)
    for clock in found:
        yield _task(clock, reader)


def _task(clock: Clock, reader: Reader) -> Task:
    kind = kinds().get(clock.kind)
    said = {
        "kind": kind.label if kind else clock.kind,
        "length": length_of(clock),
        "basis": _basis(clock),
    }
    is_ours = clock.responsible_participation_id is None or reader.standing.audience != Audience.STAFF
    return Task(
        title=clock.title,
        url=clock.url or reverse("deadlines:clock", args=[reader.standing.program.slug, clock.pk]),
        why=_("%(kind)s: %(length)s (%(basis)s)") % said,
        due_at=clock.due_at,
        waits_for="" if is_ours else who_acts(clock),
        is_paused=clock.state == State.PAUSED,
    )


def _basis(clock: Clock) -> str:
    """What set the limit; of an agreement the clause itself."""
    said = str(clock.get_basis_display())
    return f"{said}: {clock.source}" if clock.basis == Basis.AGREEMENT and clock.source else said


INBOX = [clocks]

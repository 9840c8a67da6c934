"""Clocks that somebody sees to: those of her roles on which the program itself must act, and those that are hers by name."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import kinds
from wsr.deadlines.models import Clock
from wsr.deadlines.queries import watched_kinds
from wsr.handover.kinds import MOST, Item, Kind, Leaving, apart
from wsr.handover.models import Keeper
from wsr.handover.operations import keep
from wsr.handover.queries import kept_by


def clocks(leaving: Leaving) -> Iterator[Item]:
    """Open clocks, the earliest first; what a colleague keeps by name is hers alone."""
    kept = kept_by(leaving.people)
    others = Keeper.objects.filter(subject_id=OuterRef("subject_id")).exclude(person_id__in=leaving.people)
    by_role = Q(kind__in=watched_kinds(leaving.roles, leaving.permissions)) & ~Exists(others)
    rows = Clock.objects.open().filter(Q(subject_id__in=kept) | by_role, responsible_participation_id=None)
    for prefix in apart():
        rows = rows.exclude(subject_type__startswith=prefix)
    known = kinds()
    for clock in rows.order_by("due_at", "pk")[:MOST]:
        kind = known.get(clock.kind)
        yield Item(
            subject=(clock.subject_type, clock.subject_id),
            title=clock.title,
            url=clock.url or reverse("deadlines:clock", args=[leaving.program_slug, clock.pk]),
            holder_id=kept.get(clock.subject_id) or next(iter(leaving.people), None),
            why=str(kind.label) if kind else clock.kind,
            due_at=clock.due_at,
            is_shared=clock.subject_id not in kept,
            permission=kind.permission if kind else None,
        )


HANDOVER = [
    Kind("deadlines.clocks", _("Clocks on which the program must act"), Permission.CLOCK_READ, clocks, keep)
]

"""Reads: who holds what, who may take it, what nobody holds, who is away."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from wsr.accounts.grants import AUDIENCE_OF, GRANTS, Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.handover.kinds import MOST, Counted, Item, Kind, Leaving, counted, kinds
from wsr.handover.models import Absence, Handed, Keeper
from wsr.tenancy import Audience
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Pile:
    """What is held of one kind, the first MOST of it, and who of the program may take it."""

    kind: Kind
    items: list[Item]
    colleagues: list["Colleague"] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than is shown."""
        return len(self.items) >= MOST


@dataclass(frozen=True)
class Colleague:
    """Somebody who may take something over. `away_until`: she is away today, until this day."""

    person: Person
    roles: frozenset[Role]
    away_until: date | None = None


def day_of(program: Program, at: datetime) -> date:
    """The day of a moment where the program counts its days."""
    return at.astimezone(ZoneInfo(program.time_zone)).date()


def leaving(person_id: UUID, program: Program, *, at: datetime) -> Leaving:
    """One person with everything that her roles in the program give her to do."""
    roles = Membership.objects.active().filter(person_id=person_id).values_list("role", flat=True)
    return Leaving(frozenset({person_id}), program.slug, at, frozenset(Role(role) for role in roles))


def piles_of(found: Leaving, *, day: date) -> list[Pile]:
    """What these people hold, kind by kind; kinds without anything are left out."""
    team = colleagues(day=day)
    return [
        Pile(kind, items, able(team, kind.permission, but=found.people))
        for kind in kinds()
        if (items := list(_first(kind.rows(found))))
    ]


def counted_of(found: Leaving) -> list[tuple[Counted, int]]:
    """What is only counted, where there is any."""
    return [(each, number) for each in counted() if (number := each.count(found))]


def held_by_nobody(program: Program, *, at: datetime, day: date | None = None) -> list[Pile]:
    """What stands in the name of somebody who is no member any more, or whose role may not hold it any more. `day`: with who may take it."""
    members = list(Membership.objects.values_list("person_id", "role", "ended_at"))
    left = frozenset(person for person, _role, ended in members if ended)
    if not left:
        return []
    team = colleagues(day=day) if day else []
    found = []
    for kind in kinds():
        roles = roles_with(kind.permission)
        able_now = {person for person, role, ended in members if ended is None and role in roles}
        lost = left - able_now
        if lost and (items := list(_first(kind.rows(Leaving(lost, program.slug, at))))):
            found.append(Pile(kind, items, able(team, kind.permission, but=lost)))
    return found


def colleagues(*, day: date) -> list[Colleague]:
    """Staff and auditors of the program by name, with who is away on a day."""
    away = dict(Absence.objects.on(day).values_list("person_id", "ends_on"))
    inside = [role for role in Role if AUDIENCE_OF[role] in (Audience.STAFF, Audience.AUDITOR)]
    rows = Membership.objects.active().filter(role__in=inside, person__is_active=True)
    people: dict[UUID, tuple[Person, set[Role]]] = {}
    for row in rows.select_related("person"):
        people.setdefault(row.person_id, (row.person, set()))[1].add(Role(row.role))
    return sorted(
        (Colleague(person, frozenset(roles), away.get(person.pk)) for person, roles in people.values()),
        key=lambda one: (str(one.person).casefold(), str(one.person.pk)),
    )


def able(team: Iterable[Colleague], permission: Permission, *, but: Collection[UUID]) -> list[Colleague]:
    """Those of a team whose role may hold something."""
    roles = roles_with(permission)
    return [one for one in team if one.roles & roles and one.person.pk not in but]


def roles_with(permission: Permission) -> set[Role]:
    """The roles that grant a permission."""
    return {role for role in Role if permission in GRANTS[role]}


def kept_by(people: Collection[UUID], subject_type: str = "") -> dict[UUID, UUID]:
    """{subject: person} of what these people keep."""
    rows = Keeper.objects.filter(person_id__in=people)
    if subject_type:
        rows = rows.filter(subject_type=subject_type)
    return dict(rows.values_list("subject_id", "person_id"))


@dataclass(frozen=True)
class Seen:
    """Rows of one kind that somebody sees to, by her role or by name; `kept`: {row: who keeps it by name}."""

    rows: QuerySet[Any]
    kept: dict[UUID, UUID]
    people: frozenset[UUID]

    def holder_of(self, row_id: UUID) -> UUID | None:
        """Whose it is: by name, else the one who leaves."""
        return self.kept.get(row_id) or next(iter(self.people), None)

    def item(self, row: Any, title: str, url: str, **said: Any) -> Item:
        """The row as an item."""
        return Item(
            subject=(row._meta.label_lower, row.pk),
            title=title,
            url=url,
            holder_id=self.holder_of(row.pk),
            is_shared=row.pk not in self.kept,
            **said,
        )


def seen_to(found: Leaving, rows: QuerySet[Any], permission: Permission) -> Seen:
    """Of rows that everybody with a permission sees to: those that these people keep by name, and by their role those that nobody else keeps."""
    subject_type = rows.model._meta.label_lower
    kept = kept_by(found.people, subject_type)
    hers = Q(pk__in=list(kept))
    if permission in found.permissions:
        others = Keeper.objects.filter(subject_type=subject_type, subject_id=OuterRef("pk"))
        hers = hers | Q(~Exists(others.exclude(person_id__in=found.people)))
    return Seen(rows.filter(hers), kept, found.people)


def kept_of(subject_ids: Collection[UUID]) -> dict[UUID, Keeper]:
    """{subject: who keeps it} of some subjects. One query."""
    rows = Keeper.objects.filter(subject_id__in=subject_ids).select_related("person")
    return {row.subject_id: row for row in rows}


def given_and_got() -> QuerySet[Handed]:
    """What the reader gave, had or got, newest first."""
    return Handed.objects.select_related("before", "to", "by").order_by("-at", "pk")


def absences(*, day: date) -> QuerySet[Absence]:
    """Who is or will be away, the nearest first."""
    rows = Absence.objects.lasting(day).select_related("person", "stand_in", "entered_by")
    return rows.order_by("starts_on", "pk")


def stood_in_for(person_id: UUID, *, day: date) -> list[Absence]:
    """For whom somebody stands in on a day."""
    return list(
        Absence.objects.on(day).filter(stand_in_id=person_id).select_related("person").order_by("pk")[:MOST]
    )


def _first(rows: Iterable[Item]) -> Iterable[Item]:
    for place, item in enumerate(rows):
        if place >= MOST:
            return
        yield item

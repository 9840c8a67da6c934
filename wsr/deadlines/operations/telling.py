"""Telling the people concerned that a step was reached: one message for each, one for many where many come at once."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wsr.accounts.grants import Role
from wsr.deadlines.kinds import kinds
from wsr.deadlines.lengths import organizations_of
from wsr.deadlines.models import Clock, Fired
from wsr.notices.operations import tell_role
from wsr.tenancy import engine_scope, program_scope

BATCH = 1_000
SINGLY = 5  # more for the same people at once become one message


@dataclass(frozen=True)
class Concerned:
    """Who is told: the staff with a permission (the directors without one), or the members of an organization."""

    permission: object = None
    organization_id: UUID | None = None

    @property
    def address(self) -> dict[str, object]:
        """In the words of notices."""
        if self.organization_id:
            return {"organization_id": self.organization_id}
        return {"permission": self.permission} if self.permission else {"roles": [Role.DIRECTOR]}

    def __str__(self) -> str:
        return str(self.organization_id or self.permission or Role.DIRECTOR)


def tell_fired(*, at: datetime) -> int:
    """Tell of all steps that nobody was told of yet, program by program; returns how many. Own transactions."""
    told = 0
    while programs := _waiting():
        done = sum(_tell_program(program_id, at) for program_id in programs)
        if not done:  # others hold them
            break
        told += done
    return told


def _waiting() -> list[UUID]:
    with engine_scope():
        rows = Fired.objects.filter(told_at=None).order_by()
        return list(rows.values_list("program_id", flat=True).distinct())


def _tell_program(program_id: UUID, at: datetime) -> int:
    """One transaction: the messages, and that these steps were told."""
    with program_scope(program_id):
        rows = list(
            Fired.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(told_at=None)
            .order_by("fired_at", "pk")[:BATCH]
        )
        groups: dict[Concerned, list[Fired]] = defaultdict(list)
        for row, concerned in _concerned(rows):
            groups[concerned].append(row)
        for concerned, fired in groups.items():
            _tell(concerned, fired, at)
        Fired.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
        return len(rows)


def _tell(concerned: Concerned, rows: list[Fired], at: datetime) -> None:
    """The key names the first step of the message, so that the same one is never put out twice."""
    several = len(rows) > SINGLY
    for group in [rows] if several else [[row] for row in rows]:
        tell_role(
            kind="deadlines" if several else "deadline",
            key=f"clock:{group[0].pk}:{concerned}",
            at=at,
            context={"count": len(group)} if several else {"clock": str(group[0].clock_id)},
            **concerned.address,
        )


def _concerned(rows: list[Fired]) -> Iterator[tuple[Fired, Concerned]]:
    """Who must act is told of every step; the staff who watch such clocks are told of reminders only where it is they who act."""
    clocks = Clock.objects.in_bulk({row.clock_id for row in rows})
    responsible = {clock.responsible_participation_id for clock in clocks.values()} - {None}
    organizations = organizations_of(responsible)
    for row in rows:
        clock = clocks[row.clock_id]
        participation = clock.responsible_participation_id
        if participation in organizations:
            yield row, Concerned(organization_id=organizations[participation])
        if participation is None or row.planned_at >= clock.due_at:
            kind = kinds().get(clock.kind)
            yield row, Concerned(permission=kind.permission if kind else None)

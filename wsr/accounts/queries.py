"""Reads about people and what they are in programs."""

from dataclasses import dataclass
from uuid import UUID

from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.accounts.models import Membership, Person
from wsr.tenancy import Audience, person_scope
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Standing:
    """What one person is in one program, as one audience."""

    program: Program
    audience: Audience
    roles: frozenset[Role]
    organization_id: UUID | None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What these roles grant."""
        return permissions_of(self.roles)


def programs_of(person: Person) -> list[Standing]:
    """One entry per program and audience of this person, by program name. Two queries, own transaction."""
    with person_scope(person.pk):
        memberships = list(
            Membership.objects.active().filter(person_id=person.pk).select_related("program").order_by("program__name", "pk")
        )
    found: dict[tuple[UUID, Audience], list[Membership]] = {}
    for membership in memberships:
        found.setdefault((membership.program_id, membership.audience), []).append(membership)
    return [
        Standing(
            program=rows[0].program,
            audience=audience,
            roles=frozenset(Role(row.role) for row in rows),
            organization_id=next((row.organization_id for row in rows if row.organization_id), None),
        )
        for (_, audience), rows in found.items()
    ]


def standing_in(standings: list[Standing], program_slug: str) -> Standing | None:
    """The standing in the program with this short name; staff first where there are several. None for a stranger."""
    order = [Audience.STAFF, Audience.AUDITOR, Audience.BRAND, Audience.SUPPLIER]
    found = [standing for standing in standings if standing.program.slug == program_slug]
    return min(found, key=lambda standing: order.index(standing.audience), default=None)


def needs_second_factor(person: Person) -> bool:
    """Whether any role of this person, or being the operator, asks for a second factor before program data."""
    return person.is_staff or bool(programs_of(person))

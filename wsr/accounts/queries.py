"""Reads about people and what they are in programs."""

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connections
from django.db.models import Exists, OuterRef, QuerySet

from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.accounts.models import Invitation, Membership, Organization, Person
from wsr.accounts.tokens import digest_of
from wsr.notices.queries import unread_by_program
from wsr.tenancy import Audience, current_alias, engine_scope, person_scope
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Standing:
    """What one person is in one program: as staff, or on behalf of one organization."""

    program: Program
    audience: Audience
    roles: frozenset[Role]
    organization_id: UUID | None
    organization_name: str = ""
    unread: int = 0  # notices of this program

    @property
    def permissions(self) -> frozenset[Permission]:
        """What these roles grant."""
        return permissions_of(self.roles)


def programs_of(person: Person) -> list[Standing]:
    """One entry per program, audience and organization of this person, by program name. Own transaction.

    Somebody who acts for two organizations in one program has two entries there, and is one of them at a time.
    """
    with person_scope(person.pk):
        memberships = list(
            Membership.objects.active()
            .filter(person_id=person.pk)
            .select_related("program", "organization")
            .order_by("program__name", "pk")
        )
        unread = unread_by_program(person.pk)
    found: dict[tuple[UUID, Audience, UUID | None], list[Membership]] = {}
    for membership in memberships:
        side = membership.audience
        outside = membership.organization_id if side != Audience.STAFF else None
        found.setdefault((membership.program_id, side, outside), []).append(membership)
    return [
        Standing(
            program=rows[0].program,
            audience=audience,
            roles=frozenset(Role(row.role) for row in rows),
            organization_id=next((row.organization_id for row in rows if row.organization_id), None),
            organization_name=next((row.organization.name for row in rows if row.organization), ""),
            unread=unread.get(rows[0].program_id, 0),
        )
        for (_, audience, _outside), rows in found.items()
    ]


def standing_in(standings: list[Standing], program_slug: str, acting_for: str = "") -> Standing | None:
    """The standing in the program with this short name. None for a stranger.

    Where there are several: the one on behalf of the organization with the id `acting_for`, else staff first.
    """
    order = [Audience.STAFF, Audience.AUDITOR, Audience.BRAND, Audience.SUPPLIER]
    found = [standing for standing in standings if standing.program.slug == program_slug]
    return min(
        found,
        key=lambda standing: (str(standing.organization_id) != acting_for, order.index(standing.audience)),
        default=None,
    )


def needs_second_factor(person: Person) -> bool:
    """Whether any role of this person, or being the operator, asks for a second factor before program data."""
    return person.is_staff or bool(programs_of(person))


def members() -> QuerySet[Membership]:
    """Active memberships of the active program, with `has_second_factor`, by name of the person."""
    factors = Authenticator.objects.filter(
        user_id=OuterRef("person_id"), type__in=["totp", "webauthn"]
    ).values("user_id")
    return (
        Membership.objects.active()
        .select_related("person", "organization")
        .annotate(has_second_factor=Exists(factors))
        .order_by("person__name", "person__email", "pk")
    )


def own_invitations() -> QuerySet[Invitation]:
    """Invitations of the portal's organization that wait, expired ones included, newest first."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-created_at", "pk")


@dataclass(frozen=True)
class Colleague:
    """Somebody who acts for the portal's organization in the active program."""

    membership: Membership
    name: str
    email: str


def colleagues() -> list[Colleague]:
    """Who acts for the portal's organization, by name. Names and addresses of nobody else can be read there."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT membership_id, name, email FROM wsr_own_people()")
        people = {key: (name, email) for key, name, email in cursor.fetchall()}
    rows = Membership.objects.active().filter(pk__in=people)
    return sorted(
        (Colleague(row, *people[row.pk]) for row in rows),
        key=lambda colleague: (colleague.name.casefold(), colleague.email, str(colleague.membership.pk)),
    )


def pending_invitations() -> QuerySet[Invitation]:
    """Neither accepted nor revoked, expired ones included, newest first."""
    return (
        Invitation.objects.filter(accepted_at=None, revoked_at=None)
        .select_related("organization", "invited_by")
        .order_by("-created_at", "pk")
    )


def organizations_of_program() -> QuerySet[Organization]:
    """Organizations that have or had a member or an invitation in the active program; not the whole directory."""
    ids = set(Membership.objects.exclude(organization=None).values_list("organization_id", flat=True))
    ids |= set(Invitation.objects.exclude(organization=None).values_list("organization_id", flat=True))
    return Organization.objects.filter(pk__in=ids).order_by("name", "pk")


@dataclass(frozen=True)
class Offer:
    """What the link of an invitation offers, for somebody who is in no program yet."""

    program_id: UUID
    program_slug: str
    program_name: str
    email: str
    role_label: str
    organization_name: str
    has_account: bool
    invitation: Invitation


def offer_of(token: str) -> Offer | None:
    """The offer behind a link, whatever became of it; None for a link that never was or was replaced. Own transaction."""
    with engine_scope():
        invitation = (
            Invitation.objects.select_related("program", "organization")
            .filter(token_digest=digest_of(token))
            .first()
        )
        if invitation is None:
            return None
        return Offer(
            program_id=invitation.program_id,
            program_slug=invitation.program.slug,
            program_name=invitation.program.name,
            email=invitation.email,
            role_label=invitation.get_role_display(),
            organization_name=invitation.organization.name if invitation.organization else "",
            has_account=Person.objects.filter(email=invitation.email).exists(),
            invitation=invitation,
        )

"""Reads about people and what they are in programs."""

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.accounts.models import Invitation, Membership, Organization, Person
from wsr.accounts.tokens import digest_of
from wsr.tenancy import Audience, engine_scope, person_scope
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
            Membership.objects.active()
            .filter(person_id=person.pk)
            .select_related("program")
            .order_by("program__name", "pk")
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

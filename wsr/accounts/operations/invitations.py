"""Inviting people into the active program."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import KIND_OF, Invitation, Membership, Organization, Person
from wsr.accounts.tokens import digest_of, new_nonce, token_of
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell
from wsr.tenancy import Audience, atomic, current_audience
from wsr.tenancy.models import Program

VALID_FOR = timedelta(days=14)


class NeedsOrganization(DomainError):
    """A brand, supplier or inspection-firm role is held on behalf of an organization of that kind."""


class AlreadyMember(DomainError):
    """This person holds this role already."""


class AlreadyInvited(DomainError):
    """An invitation of this address to this role is open."""


class TwoSides(DomainError):
    """Nobody works for the program and for a brand, supplier or inspection firm in the same program."""


class InvitationIsOver(DomainError):
    """The invitation was accepted, revoked or has expired."""


@atomic
def invite(
    *,
    email: str,
    role: Role,
    by: Person,
    at: datetime,
    organization: Organization | None = None,
    new_organization: str = "",
) -> Invitation:
    """Invite an address to a role in the active program; the link goes out by e-mail and holds for 14 days.

    A role outside the program needs an organization of its kind: a known one, or the name of one to create. Raises NeedsOrganization,
    AlreadyMember, AlreadyInvited and TwoSides.
    """
    role, email = Role(role), email.strip().lower()
    organization = _organization_for(role, organization, new_organization)
    person = Person.objects.filter(email=email).first()
    if person:
        refuse_two_sides(person, role)
        if Membership.objects.active().filter(person=person, role=role, organization=organization).exists():
            raise AlreadyMember(_("%(email)s holds this role already.") % {"email": email})
    if _open(at).filter(email=email, role=role, organization=organization).exists():
        raise AlreadyInvited(
            _("%(email)s is invited to this role already. Send the invitation again instead.")
            % {"email": email}
        )
    return create(
        email=email, role=role, organization_id=organization.pk if organization else None, by=by, at=at
    )


def create(*, email: str, role: Role, organization_id: UUID | None, by: Person, at: datetime) -> Invitation:
    """Write the invitation and send its link. The caller has checked who may be invited, and holds the transaction."""
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        organization_id=organization_id,
        invited_by=by,
        token_digest=digest_of(
            new_nonce()
        ),  # replaced at once: the token needs the id, which the database makes
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    _send(invitation, new_nonce(), at=at)
    record("invitation.sent", invitation, by=by, at=at, after=_facts(invitation))
    return invitation


@atomic
def resend(*, invitation_id: UUID, by: Person, at: datetime) -> Invitation:
    """Send a new link, good for another 14 days; the old link ends. Also for an expired one. Raises InvitationIsOver."""
    invitation = _lock(invitation_id)
    if invitation.accepted_at or invitation.revoked_at:
        raise InvitationIsOver(_("This invitation is over. Invite the person again."))
    before = invitation.expires_at
    invitation.expires_at = at + VALID_FOR
    _send(invitation, new_nonce(), at=at)
    record(
        "invitation.resent",
        invitation,
        by=by,
        at=at,
        before={"until": before},
        after={"until": invitation.expires_at},
    )
    return invitation


@atomic
def revoke(*, invitation_id: UUID, by: Person, at: datetime) -> Invitation:
    """Take an invitation back; its link ends. Raises InvitationIsOver once it was accepted or revoked."""
    invitation = _lock(invitation_id)
    if invitation.accepted_at:
        raise InvitationIsOver(_("This invitation was accepted already. End the membership instead."))
    if invitation.revoked_at:
        raise InvitationIsOver(_("This invitation was taken back already."))
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    record("invitation.revoked", invitation, by=by, at=at, before=_facts(invitation))
    return invitation


def refuse_two_sides(person: Person, role: Role) -> None:
    """Raises TwoSides when this role and one that the person holds in the active program are on two sides."""
    sides = {membership.audience for membership in Membership.objects.active().filter(person=person)}
    if (sides - {AUDIENCE_OF[role]}) and Audience.STAFF in sides | {AUDIENCE_OF[role]}:
        raise TwoSides(
            _(
                "Nobody can work for the program and for a brand, a supplier or an inspection firm at the same time. End the other role first."
            )
        )


def _organization_for(role: Role, organization: Organization | None, new_name: str) -> Organization | None:
    kind = KIND_OF.get(role)
    if kind is None:
        return organization
    if organization is None and new_name.strip():
        name = " ".join(new_name.split())
        known = Organization.objects.filter(name__iexact=name, kind=kind).order_by("created_at").first()
        organization = known or Organization.objects.create(name=name, kind=kind)
    if organization is None or organization.kind != kind:
        raise NeedsOrganization(
            _("Say for which organization this person acts; it must be of the kind that fits the role.")
        )
    return organization


def _send(invitation: Invitation, nonce: str, *, at: datetime) -> None:
    invitation.token_digest = digest_of(token_of(invitation.pk, nonce))
    invitation.save(update_fields=["token_digest", "expires_at"])
    # A portal cannot look up who has an account; the message then goes out in the program's language.
    staff = current_audience() == Audience.STAFF
    person = Person.objects.filter(email=invitation.email).first() if staff else None
    tell(
        kind="invitation",
        key=notice_key(invitation),
        email=invitation.email,
        person=person,
        language=(person.language if person else "")
        or Program.objects.get(pk=invitation.program_id).language,
        context={"invitation": str(invitation.pk), "nonce": nonce},
        at=at,
    )


def notice_key(invitation: Invitation) -> str:
    """Key of the message that carries the present link of an invitation."""
    return f"invitation:{invitation.pk}:{invitation.token_digest[:16]}"


def _lock(invitation_id: UUID) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)


def _open(at: datetime):
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)


def _facts(invitation: Invitation) -> dict[str, str]:
    """What history keeps. A portal cannot read the directory of organizations; there it is its own."""
    if current_audience() != Audience.STAFF:
        return {"role": invitation.role}
    organization = invitation.organization
    return {"role": invitation.role, "organization": organization.name if organization else ""}

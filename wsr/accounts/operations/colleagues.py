"""What an organization outside the program does with its own people: invite, take back, end. The program reads it in its history."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from wsr.accounts.grants import AUDIENCE_OF, GRANTS, Permission, Role
from wsr.accounts.models import Invitation, Membership, Person
from wsr.accounts.operations.invitations import AlreadyInvited, AlreadyMember, create
from wsr.accounts.queries import colleagues
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import Audience, atomic, current_scope


class NotYours(DomainError):
    """A role that this person cannot give, or a membership she cannot end."""


def roles_to_give(roles: frozenset[Role], audience: Audience) -> list[Role]:
    """Roles that somebody with these roles may give to colleagues: of her own side, and to sign only if she may sign."""
    may_sign = any(Permission.AGREEMENT_SIGN in GRANTS[role] for role in roles)
    return [
        role
        for role in Role
        if AUDIENCE_OF[role] == audience and (may_sign or Permission.AGREEMENT_SIGN not in GRANTS[role])
    ]


@atomic
def invite_colleague(
    *, email: str, role: Role, roles: frozenset[Role], by: Person, at: datetime
) -> Invitation:
    """Invite an address to act for one's own organization. `roles` are those of the inviting person in the active program.

    Whether the address has an account is not told. Raises NotYours, AlreadyMember, AlreadyInvited.
    """
    role, email = Role(role), email.strip().lower()
    scope = current_scope()
    if scope is None or scope.organization_id is None:
        raise NotYours(_("You act for no organization here."))
    if role not in roles_to_give(roles, scope.audience):
        raise NotYours(_("You cannot give this role. Ask somebody who signs for your organization."))
    if any(found.email.lower() == email and found.membership.role == role for found in colleagues()):
        raise AlreadyMember(_("%(email)s holds this role already.") % {"email": email})
    waiting = Invitation.objects.filter(
        email=email, role=role, accepted_at=None, revoked_at=None, expires_at__gt=at
    )
    if waiting.exists():
        raise AlreadyInvited(_("%(email)s is invited to this role already.") % {"email": email})
    # read by id alone: the organization is the one of the scope, and row-level security refuses any other
    return create(email=email, role=role, organization_id=scope.organization_id, by=by, at=at)


@atomic
def revoke_colleague(*, invitation_id: UUID, by: Person, at: datetime) -> Invitation:
    """Take back an invitation of one's own organization. Raises Invitation.DoesNotExist and NotYours once it is over."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation_id)
    if invitation.accepted_at or invitation.revoked_at:
        raise NotYours(_("This invitation is over."))
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    record("invitation.revoked", invitation, by=by, at=at, before={"role": invitation.role})
    return invitation


@atomic
def end_colleague(*, membership_id: UUID, by: Person, at: datetime) -> Membership:
    """End a colleague's membership at once. Raises Membership.DoesNotExist and NotYours.

    The last person who may invite others stays: else only the program could let the organization in again.
    """
    rows = list(Membership.objects.active().order_by("pk").select_for_update(of=("self",)))
    membership = next((row for row in rows if row.pk == membership_id), None)
    if membership is None:
        raise Membership.DoesNotExist
    others = [row for row in rows if row.pk != membership_id]
    if not any(Permission.CONTACT_CHANGE in GRANTS[Role(row.role)] for row in others):
        raise NotYours(_("Invite somebody else who may invite people first; nobody could otherwise."))
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record("membership.ended", membership, by=by, at=at, before={"role": membership.role})
    return membership

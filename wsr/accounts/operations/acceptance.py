"""Accepting an invitation: as somebody who has an account, or as somebody new."""

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wsr.accounts.grants import Role
from wsr.accounts.models import Invitation, Membership, Person
from wsr.accounts.operations.invitations import InvitationIsOver, refuse_two_sides
from wsr.accounts.tokens import digest_of
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


class NotForThisPerson(DomainError):
    """The invitation went to another address."""


class WeakPassword(DomainError):
    """The password breaks a rule; the message says which."""


def accept(*, program_id: UUID, token: str, person: Person, at: datetime) -> Membership:
    """Take the role that the link offers. Own transaction; called outside a scope, since a stranger has none yet.

    Raises InvitationIsOver, NotForThisPerson and TwoSides.
    """
    with program_scope(program_id, person_id=person.pk):
        # One acceptance at a time, so that two invitations to two sides do not pass by each other.
        Program.objects.select_for_update(no_key=True).get(pk=program_id)
        invitation = (
            Invitation.objects.select_for_update(of=("self",)).filter(token_digest=digest_of(token)).first()
        )
        refuse_over(invitation, at=at)
        if invitation.email != person.email:
            raise NotForThisPerson(
                _("This invitation went to another e-mail address. Sign out, then open the link again.")
            )
        refuse_two_sides(person, Role(invitation.role))
        key = {"person": person, "role": invitation.role, "organization": invitation.organization}
        membership = Membership.objects.active().filter(**key).first()
        if membership is None:
            membership = Membership.objects.create(**key, started_at=at)
        invitation.accepted_at, invitation.accepted_by = at, person
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        record("invitation.accepted", invitation, by=person, at=at, after={"role": invitation.role})
        return membership


def accept_as_new_person(
    *, program_id: UUID, token: str, email: str, name: str, password: str, language: str, at: datetime
) -> Person:
    """Create the person whom the link was sent to, and take the role, in one transaction.

    `email` is the invitation's; a link that was read is proof that the address is hers. Raises WeakPassword, and what `accept` raises.
    """
    person = Person(email=email, name=name, language=language)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from None
    try:
        with transaction.atomic():
            person = Person.objects.create_user(email, password, name=name, language=language)
            EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
            accept(program_id=program_id, token=token, person=person, at=at)
    except IntegrityError:
        raise InvitationIsOver(
            _("There is an account for this address already. Sign in, then open the link again.")
        ) from None
    return person


def refuse_over(invitation: Invitation | None, *, at: datetime) -> None:
    """Raises InvitationIsOver with the reason, unless the invitation still holds."""
    if invitation is None:
        raise InvitationIsOver(_("This link does not work any more. Ask for a new invitation."))
    if invitation.accepted_at:
        raise InvitationIsOver(_("This invitation was used already. Sign in to go on."))
    if invitation.revoked_at:
        raise InvitationIsOver(_("This invitation was taken back. Ask whoever invited you."))
    if invitation.expires_at <= at:
        raise InvitationIsOver(_("This invitation has expired. Ask for a new one."))

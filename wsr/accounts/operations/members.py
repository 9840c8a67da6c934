"""Changing and ending what people are in the active program."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import atomic


class LastDirector(DomainError):
    """A program always has somebody who can change its members."""


class MembershipIsOver(DomainError):
    """The membership has ended."""


class DayHasPassed(DomainError):
    """A membership ends today or later."""


class NothingToChange(DomainError):
    """The person would be what she is, or the roles are on two sides."""


@atomic
def change_role(*, membership_id: UUID, role: Role, by: Person, at: datetime) -> Membership:
    """End the membership and start one with another role on the same side, so that history shows both with their dates.

    Raises MembershipIsOver, LastDirector and NothingToChange.
    """
    role = Role(role)
    old = _lock_active(membership_id)
    if role == old.role:
        raise NothingToChange(_("This person holds that role already."))
    if AUDIENCE_OF[role] != old.audience:
        raise NothingToChange(
            _("This role is on another side of the program. End the membership and invite the person anew.")
        )
    _refuse_last_director(old)
    key = {"person_id": old.person_id, "role": role, "organization_id": old.organization_id}
    if Membership.objects.active().filter(**key).exists():
        raise NothingToChange(_("This person holds that role already."))
    old.ended_at = at
    old.save(update_fields=["ended_at"])
    new = Membership.objects.create(**key, started_at=at)
    record("membership.role_changed", new, by=by, at=at, before={"role": old.role}, after={"role": role})
    react("membership.ended", membership=old, at=at)
    return new


@atomic
def plan_end(*, membership_id: UUID, ends_on: date, handover: str, by: Person, at: datetime) -> Membership:
    """Let a membership end after its last day, in the program's time zone; until then everything stays as it is.

    Raises MembershipIsOver, LastDirector and DayHasPassed.
    """
    membership = _lock_active(membership_id)
    _refuse_last_director(membership)
    if ends_on < at.astimezone(ZoneInfo(membership.program.time_zone)).date():
        raise DayHasPassed(_("This day has passed. Leave the day empty to end it at once."))
    before, membership.ends_on = membership.ends_on, ends_on
    membership.save(update_fields=["ends_on"])
    said = {"ends_on": ends_on}
    record(
        "membership.end_planned",
        membership,
        by=by,
        at=at,
        before={"ends_on": before},
        after=said,
        reason=handover,
    )
    return membership


@atomic
def keep_membership(*, membership_id: UUID, by: Person, at: datetime) -> Membership:
    """Take back the end that was planned. Raises MembershipIsOver and NothingToChange."""
    membership = _lock_active(membership_id)
    if membership.ends_on is None:
        raise NothingToChange(_("No end is planned for this membership."))
    before, membership.ends_on = membership.ends_on, None
    membership.save(update_fields=["ends_on"])
    record("membership.end_taken_back", membership, by=by, at=at, before={"ends_on": before})
    return membership


@atomic
def end_membership(*, membership_id: UUID, handover: str, by: Person | None, at: datetime) -> Membership:
    """End a membership at once; `handover` says who takes over what, and is kept in history. `by`: None where a planned end is reached.

    Raises MembershipIsOver and LastDirector.
    """
    membership = _lock_active(membership_id)
    _refuse_last_director(membership)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record("membership.ended", membership, by=by, at=at, before={"role": membership.role}, reason=handover)
    react("membership.ended", membership=membership, at=at)
    return membership


def _lock_active(membership_id: UUID) -> Membership:
    """The row, locked together with those of all directors, so that two directors cannot end each other at the same moment."""
    list(
        Membership.objects.active()
        .filter(role=Role.DIRECTOR)
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    if membership.ended_at:
        raise MembershipIsOver(_("This membership has ended already."))
    return membership


def _refuse_last_director(membership: Membership) -> None:
    if membership.role != Role.DIRECTOR:
        return
    if not Membership.objects.active().filter(role=Role.DIRECTOR).exclude(pk=membership.pk).exists():
        raise LastDirector(_("A program needs a director. Make somebody else a director first."))

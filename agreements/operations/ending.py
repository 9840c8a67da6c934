"""Suspension and the ways an agreement ends."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import AgreementState, VersionState
from agreements.models import Agreement, AgreementVersion
from agreements.operations import publicity
from agreements.operations.notices import tell_parties
from agreements.operations.states import CannotMove, move_agreement, move_version
from programs.queries import today
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import atomic


@atomic
def suspend(*, agreement_id: UUID, reason: str, by: Person, at: datetime) -> Agreement:
    """Suspend an agreement in force. What it says still holds. Raises Agreement.DoesNotExist and CannotMove."""
    agreement, version = _held(agreement_id)
    move_agreement(agreement, AgreementState.SUSPENDED, by=by, at=at, reason=reason)
    react("agreement.suspended", version=version, by=by, at=at)
    tell_parties("agreement_suspended", version, at=at)
    return agreement


@atomic
def resume(*, agreement_id: UUID, reason: str, by: Person, at: datetime) -> Agreement:
    """End a suspension. Raises Agreement.DoesNotExist and CannotMove."""
    agreement, version = _held(agreement_id)
    if agreement.state != AgreementState.SUSPENDED:
        raise CannotMove(_("Agreement %(number)s is not suspended.") % {"number": agreement.number})
    move_agreement(agreement, AgreementState.IN_FORCE, by=by, at=at, reason=reason)
    react("agreement.resumed", version=version, by=by, at=at)
    return agreement


@atomic
def give_notice(*, agreement_id: UUID, ends_on: date, reason: str, by: Person, at: datetime) -> Agreement:
    """End an agreement on a day, today at the earliest: at once if that is today, otherwise by itself after that day.

    Raises Agreement.DoesNotExist and CannotMove.
    """
    agreement, version = _held(agreement_id)
    now = today(at)
    if ends_on < now:
        raise CannotMove(_("An agreement cannot end on a day that has passed."))
    if version.ends_on and ends_on > version.ends_on:
        raise CannotMove(_("It ends on %(day)s already.") % {"day": version.ends_on})
    agreement.ended_on, agreement.end_reason, agreement.updated_at = ends_on, reason, at
    agreement.save(update_fields=["ended_on", "end_reason", "updated_at"])
    record("agreement.notice_given", agreement, by=by, at=at, after={"ends_on": ends_on}, reason=reason)
    if ends_on == now:
        _end(agreement, version, AgreementState.TERMINATED, ended_on=ends_on, by=by, at=at, reason=reason)
    else:
        tell_parties("agreement_notice", version, at=at)
    return agreement


@atomic
def expire(*, agreement_id: UUID, at: datetime) -> Agreement:
    """End an agreement whose last day has passed, by notice or as agreed. Does nothing before that.

    Raises Agreement.DoesNotExist.
    """
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    if not agreement.is_binding:
        return agreement
    agreement, version = _held(agreement_id)
    now = today(at)
    if agreement.ended_on and agreement.ended_on < now:
        _end(
            agreement,
            version,
            AgreementState.TERMINATED,
            ended_on=agreement.ended_on,
            by=None,
            at=at,
            reason=agreement.end_reason,
        )
    elif version.ends_on and version.ends_on < now:
        _end(agreement, version, AgreementState.EXPIRED, ended_on=version.ends_on, by=None, at=at)
    return agreement


def _held(agreement_id: UUID) -> tuple[Agreement, AgreementVersion]:
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    version = agreement.versions.select_for_update(of=("self",)).filter(state=VersionState.IN_FORCE).first()
    if not agreement.is_binding or version is None:
        raise CannotMove(_("Agreement %(number)s is not in force.") % {"number": agreement.number})
    version.agreement = agreement
    return agreement, version


def _end(
    agreement: Agreement,
    version: AgreementVersion,
    to: AgreementState,
    *,
    ended_on: date,
    by: Person | None,
    at: datetime,
    reason: str = "",
) -> None:
    """The version in force ends with the agreement, and what was on its way is withdrawn."""
    open_versions = agreement.versions.select_for_update(of=("self",)).filter(
        state__in=[VersionState.DRAFT, VersionState.PROPOSED, VersionState.SIGNED]
    )
    for one in open_versions:
        one.agreement = agreement
        move_version(one, VersionState.WITHDRAWN, by=by, at=at, reason=reason, ended_at=at)
        if one.text_sha256:
            publicity.show(one, at=at)
    move_version(version, VersionState.ENDED, by=by, at=at, reason=reason, ended_at=at)
    move_agreement(agreement, to, by=by, at=at, reason=reason, ended_on=ended_on, end_reason=reason)
    publicity.show(version, at=at)
    react("agreement.ended", version=version, by=by, at=at)
    tell_parties("agreement_ended", version, at=at)

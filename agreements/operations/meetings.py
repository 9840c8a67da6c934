"""Meetings with a supplier on the ladder: planned, then held or cancelled."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import MEETING_MOVES, MeetingState
from agreements.models import Escalation, Meeting
from programs.queries import today
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic


class CannotMeet(DomainError):
    """The meeting cannot be kept as asked."""


@atomic
def plan(*, escalation_id: UUID, planned_for: date, by: Person, at: datetime, place: str = "") -> Meeting:
    """Call a supplier to a meeting on the rung where it stands. Raises Escalation.DoesNotExist and CannotMeet."""
    case = Escalation.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=escalation_id)
    if not case.is_open:
        raise CannotMeet(_("%(number)s is closed.") % {"number": case.number})
    meeting = Meeting.objects.create(
        escalation=case,
        supplier_id=case.supplier_id,
        rung_id=case.rung_id,
        planned_for=planned_for,
        place=place.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    record("meeting.planned", meeting, by=by, at=at, after={"case": case.number, "day": planned_for})
    if case.supplier.organization_id:
        tell_role(
            kind="own_standing",
            key=f"meeting:{meeting.pk}",
            organization_id=case.supplier.organization_id,
            at=at,
            context={"escalation": str(case.pk)},
        )
    return meeting


@atomic
def hold(
    *,
    meeting_id: UUID,
    held_on: date,
    participants: str,
    outcome: str,
    by: Person,
    at: datetime,
    minutes: str = "",
) -> Meeting:
    """Record what was said and agreed. Raises Meeting.DoesNotExist and CannotMeet."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    if held_on > today(at):
        raise CannotMeet(_("Record it on its day, or afterwards."))
    if not participants.strip() or not outcome.strip():
        raise CannotMeet(_("Say who was there and what came of it."))
    _move(meeting, MeetingState.HELD)
    meeting.held_on, meeting.participants = held_on, participants.strip()
    meeting.minutes, meeting.outcome = minutes.strip(), outcome.strip()
    meeting.recorded_at, meeting.recorded_by = at, by
    meeting.save()
    record("meeting.held", meeting, by=by, at=at, after={"held_on": held_on})
    return meeting


@atomic
def cancel(*, meeting_id: UUID, by: Person, at: datetime) -> Meeting:
    """The meeting does not take place. Raises Meeting.DoesNotExist and CannotMeet."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    _move(meeting, MeetingState.CANCELLED)
    meeting.save(update_fields=["state"])
    record("meeting.cancelled", meeting, by=by, at=at)
    return meeting


def _move(meeting: Meeting, to: MeetingState) -> None:
    if to not in MEETING_MOVES[MeetingState(meeting.state)]:
        raise CannotMeet(_("This meeting is over already."))
    meeting.state = to

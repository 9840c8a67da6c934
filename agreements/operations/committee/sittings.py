"""Meetings of the committee: prepared, called, held or cancelled."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import ItemState, SittingState
from agreements.models import Attendance, Minutes, Seat, Sitting
from agreements.operations.committee import agenda
from agreements.operations.committee.common import (
    CannotMove,
    find_interests,
    locked_sitting,
    move_item,
    own_seat,
    tell_members,
)
from agreements.operations.moving import move_row
from agreements.operations.numbering import next_serial
from agreements.queries import committee as queries
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.tenancy import atomic


@atomic
def plan(*, starts_at: datetime, place: str, by: Person, at: datetime, note: str = "") -> Sitting:
    """Prepare a meeting; its agenda comes from the records by itself. Members see nothing of it before the call."""
    sitting = Sitting.objects.create(
        serial=next_serial(Sitting),
        starts_at=starts_at,
        place=place.strip(),
        note=note.strip(),
        created_at=at,
    )
    record("sitting.planned", sitting, by=by, at=at, after={"starts_at": starts_at})
    agenda.collect(sitting_id=sitting.pk, by=by, at=at)
    return sitting


@atomic
def change(
    *, sitting_id: UUID, starts_at: datetime, place: str, note: str, by: Person, at: datetime
) -> Sitting:
    """Another time or place; members who were called are told. Raises Sitting.DoesNotExist and CannotMove."""
    sitting = locked_sitting(sitting_id, SittingState.PLANNED, SittingState.CALLED)
    before = {"starts_at": sitting.starts_at, "place": sitting.place}
    sitting.starts_at, sitting.place, sitting.note = starts_at, place.strip(), note.strip()
    sitting.save(update_fields=["starts_at", "place", "note"])
    record(
        "sitting.changed",
        sitting,
        by=by,
        at=at,
        before=before,
        after={"starts_at": starts_at, "place": place},
    )
    if sitting.called_at:
        tell_members("committee_called", sitting, key=f"sitting:{sitting.pk}:{at.isoformat()}", at=at)
    return sitting


@atomic
def call(*, sitting_id: UUID, by: Person, at: datetime) -> Sitting:
    """Call the members and their alternates whose terms run on the day; from now on they read the agenda and the pack.

    Raises Sitting.DoesNotExist and CannotMove.
    """
    sitting = locked_sitting(sitting_id, SittingState.PLANNED)
    if not sitting.items.exists():
        raise CannotMove(_("There is nothing on the agenda yet."))
    agenda.collect(sitting_id=sitting_id, by=by, at=at)
    seats = list(Seat.objects.on(queries.today(sitting.starts_at)))
    if not any(seat.has_vote for seat in seats):
        raise CannotMove(
            _("Nobody with a vote sits on the committee on that day. Appoint its members first.")
        )
    _move(sitting, SittingState.CALLED, by=by, at=at, called_at=at)
    Attendance.objects.bulk_create(
        [Attendance(program_id=sitting.program_id, sitting=sitting, seat=seat) for seat in seats]
    )
    find_interests(sitting.items.exclude(participation=None), seats, at=at)
    agenda.hand_out(sitting, by=by, at=at)
    tell_members("committee_called", sitting, key=f"sitting:{sitting.pk}", at=at)
    return sitting


def call_also(seat: Seat, *, by: Person, at: datetime) -> None:
    """Call a member to the meetings of her term that the others were called to already. The caller has written her seat."""
    called = Sitting.objects.filter(state=SittingState.CALLED).exclude(attendances__seat=seat)
    for sitting in called.order_by("starts_at", "pk").select_for_update(of=("self",)):
        on = queries.today(sitting.starts_at)
        if sitting.starts_at < at or on < seat.starts_on or (seat.ends_on and seat.ends_on < on):
            continue
        Attendance.objects.get_or_create(sitting=sitting, seat=seat)
        find_interests(sitting.items.exclude(participation=None), [seat], at=at)
        agenda.hand_out(sitting, by=by, at=at)
        record("sitting.member_called", sitting, by=by, at=at, after={"seat": seat.name})
        if seat.person_id:
            tell_people(
                kind="committee_called",
                key=f"sitting:{sitting.pk}:{seat.pk}",
                people=[seat.person_id],
                at=at,
                context={"sitting": str(sitting.pk)},
            )


@atomic
def cancel(*, sitting_id: UUID, reason: str, by: Person, at: datetime) -> Sitting:
    """It does not take place. Raises Sitting.DoesNotExist and CannotMove."""
    sitting = locked_sitting(sitting_id, SittingState.PLANNED, SittingState.CALLED)
    _move(sitting, SittingState.CANCELLED, by=by, at=at, reason=reason)
    if sitting.called_at:
        tell_members("committee_cancelled", sitting, key=f"sitting-cancelled:{sitting.pk}", at=at)
    return sitting


@atomic
def answer_call(*, sitting_id: UUID, comes: bool, by: Person, at: datetime) -> Attendance:
    """A member says whether she comes. Raises Attendance.DoesNotExist, CannotMove and NoVote."""
    seat = own_seat(by, at=at)
    row: Attendance = Attendance.objects.select_related("sitting").get(sitting_id=sitting_id, seat=seat)
    if row.sitting.state != SittingState.CALLED:
        raise CannotMove(_("This meeting waits for no answer any more."))
    row.comes = comes
    row.save(update_fields=["comes"])
    record("sitting.answered", row.sitting, by=by, at=at, after={"comes": comes})
    return row


@atomic
def hold(
    *, sitting_id: UUID, present: Collection[UUID], by: Person, at: datetime, opening: str = ""
) -> Sitting:
    """Record who is there (`present`: ids of seats that were called). The quorum is counted by the program's rule and kept.

    Votes, decisions and what was said follow item by item; the minutes are drafted from them. Raises Sitting.DoesNotExist and CannotMove.
    """
    sitting = locked_sitting(sitting_id, SittingState.CALLED)
    if sitting.starts_at > at:
        raise CannotMove(_("It has not begun. Change its time if it took place earlier."))
    rows = list(sitting.attendances.select_related("seat"))
    there = {row.seat_id for row in rows} & set(present)
    if not there:
        raise CannotMove(_("Say who is there."))
    for row in rows:
        row.was_present = row.seat_id in there
    Attendance.objects.bulk_update(rows, ["was_present"])
    asked = queries.asked_quorum(on=queries.today(sitting.starts_at))
    quorum = queries.quorum_of([row.seat for row in rows], there, asked=asked)
    _move(sitting, SittingState.HELD, by=by, at=at, held_at=at, quorum=quorum.as_json())
    Minutes.objects.create(sitting=sitting, opening=opening.strip(), drafted_at=at)
    return sitting


@atomic
def close(*, sitting_id: UUID, by: Person, at: datetime) -> Sitting:
    """Leave what is still open on the agenda for another meeting. Raises Sitting.DoesNotExist and CannotMove."""
    sitting = locked_sitting(sitting_id, SittingState.HELD)
    for item in sitting.items.filter(state=ItemState.OPEN).select_for_update(of=("self",)):
        move_item(item, ItemState.ADJOURNED, by=by, at=at)
    return sitting


def _move(
    sitting: Sitting, to: SittingState, *, by: Person, at: datetime, reason: str = "", **fields: Any
) -> None:
    """The only place that writes `Sitting.state`. The caller holds the row lock."""
    refusal = CannotMove(_("This meeting is “%(state)s” already.") % {"state": sitting.get_state_display()})
    move_row(sitting, to, name="sitting", refusal=refusal, by=by, at=at, reason=reason, **fields)

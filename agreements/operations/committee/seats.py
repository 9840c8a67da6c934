"""Who sits on the committee: for which side, for which term, with which alternate; and what follows when somebody leaves."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from agreements.enums import SeatSide, SittingState
from agreements.models import Attendance, Seat
from agreements.operations.committee import sittings
from agreements.operations.committee.common import CannotSit
from agreements.queries import committee as queries
from programs.models import Participation
from wsr.accounts.grants import AUDIENCE_OF, Permission, Role, permissions_of
from wsr.accounts.models import Membership, Person
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import Audience, atomic

_PARTS = {SeatSide.BRANDS: "brand", SeatSide.EMPLOYERS: "supplier"}


@atomic
def appoint(
    *,
    side: SeatSide,
    name: str,
    starts_on: date,
    by: Person,
    at: datetime,
    organization: str = "",
    participation: Participation | None = None,
    person: Person | None = None,
    has_vote: bool = True,
    alternate_for: Seat | None = None,
    ends_on: date | None = None,
) -> Seat:
    """Give somebody a seat for a term, or make her the alternate of a member. `person`: her account, where she has one.

    A member of the brands or the employers names whom she sits for; her account must be of that organization, and that of anybody
    else of the program's own side. Witnesses have no vote. She is called to meetings of her term whose members are called already.
    Raises CannotSit.
    """
    side = SeatSide(side)
    _refuse_wrong_side(side, participation, person)
    _refuse_second_seat(person, starts_on, ends_on)
    if ends_on and ends_on < starts_on:
        raise CannotSit(_("A term ends after it began."))
    if alternate_for is not None:
        if alternate_for.alternate_for_id is not None or alternate_for.side != side:
            raise CannotSit(
                _("An alternate stands in for a member of the same side, not for another alternate.")
            )
        has_vote = has_vote and alternate_for.has_vote
    seat = Seat.objects.create(
        side=side,
        name=name.strip(),
        organization=(participation.name if participation else organization).strip(),
        participation=participation,
        person=person,
        has_vote=has_vote and side != SeatSide.WITNESS,
        alternate_for=alternate_for,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record("seat.appointed", seat, by=by, at=at, after={"side": side, "from": starts_on, "until": ends_on})
    sittings.call_also(seat, by=by, at=at)
    return seat


@atomic
def set_term(*, seat_id: UUID, ends_on: date | None, by: Person, at: datetime, reason: str = "") -> Seat:
    """End a term on a day, or lengthen it. Her alternates stand in for nobody afterwards. Raises Seat.DoesNotExist and CannotSit."""
    seat: Seat = Seat.objects.select_for_update(of=("self",)).get(pk=seat_id)
    if ends_on and ends_on < seat.starts_on:
        raise CannotSit(_("A term ends after it began."))
    _end(seat, ends_on, by=by, at=at, reason=reason)
    sittings.call_also(seat, by=by, at=at)
    return seat


@atomic
def end_of_those_who_left(*, at: datetime) -> int:
    """End today the terms of members who may not sit any more; returns how many. Doing it again changes nothing.

    Their account has left the program, its role or its organization, or the participant they sit for takes part no longer. Those who
    prepare meetings are told. Needs the rights of staff.
    """
    on = queries.today(at)
    rows = Seat.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on)).select_related("participation")
    held: dict[UUID, list[Membership]] = {}
    for row in Membership.objects.active().filter(person__in=rows.values("person_id")):
        held.setdefault(row.person_id, []).append(row)
    ended = 0
    for seat in rows.order_by("pk").select_for_update(of=("self",)):
        part = seat.participation
        has_left = part is not None and part.ended_on is not None and part.ended_on <= on
        if seat.person_id and _refusal(SeatSide(seat.side), part, held.get(seat.person_id, [])):
            has_left = True
        if has_left:
            seat.starts_on = min(seat.starts_on, on)
            _end(seat, on, by=None, at=at, reason=_("May not sit on the committee any more."))
            tell_role(
                kind="committee_seat_empty",
                key=f"seat-empty:{seat.pk}",
                permission=Permission.COMMITTEE_CHANGE,
                at=at,
                context={"seat": str(seat.pk)},
            )
            ended += 1
    return ended


def _end(seat: Seat, ends_on: date | None, *, by: Person | None, at: datetime, reason: str) -> None:
    """Write the end of a term, with that of her alternates; whoever is out by then is called to no meeting any more."""
    before, seat.ends_on = seat.ends_on, ends_on
    seat.save(update_fields=["starts_on", "ends_on"])
    record(
        "seat.term_set", seat, by=by, at=at, before={"until": before}, after={"until": ends_on}, reason=reason
    )
    if ends_on is None:
        return
    for row in Attendance.objects.filter(seat=seat, sitting__state=SittingState.CALLED).select_related(
        "sitting"
    ):
        if queries.today(row.sitting.starts_at) > ends_on:
            row.delete()
    for other in seat.alternates.filter(Q(ends_on=None) | Q(ends_on__gt=ends_on)).select_for_update(
        of=("self",)
    ):
        other.starts_on = min(other.starts_on, ends_on)
        _end(other, ends_on, by=by, at=at, reason=reason)


def _refuse_wrong_side(side: SeatSide, participation: Participation | None, person: Person | None) -> None:
    part = _PARTS.get(side)
    if part and (participation is None or participation.part != part):
        raise CannotSit(_("Say for which participant of that side this member sits."))
    if not part and participation is not None:
        raise CannotSit(_("Only members of the brands and of the employers sit for a participant."))
    if person is None:
        return
    refusal = _refusal(side, participation, list(Membership.objects.active().filter(person=person)))
    if refusal:
        raise CannotSit(refusal)


def _refusal(side: SeatSide, participation: Participation | None, held: list[Membership]) -> str:
    """Why an account with these memberships may not sit for that side; nothing where it may."""
    if Permission.COMMITTEE_SIT not in permissions_of(row.role for row in held):
        return _("This person's role in the program does not let her sit on the committee.")
    organization_id = participation.organization_id if participation else None
    inside = [row for row in held if AUDIENCE_OF[Role(row.role)] == Audience.STAFF]
    outside = [row for row in held if row.organization_id and row.organization_id == organization_id]
    is_of_a_part = side in _PARTS
    if (is_of_a_part and not outside) or (not is_of_a_part and not inside):
        return _("This person's account belongs to another side.")
    return ""


def _refuse_second_seat(person: Person | None, starts_on: date, ends_on: date | None) -> None:
    if person is None:
        return
    for seat in Seat.objects.filter(person=person):
        if (seat.ends_on is None or seat.ends_on >= starts_on) and (
            ends_on is None or ends_on >= seat.starts_on
        ):
            raise CannotSit(_("This person has a seat in that time already."))

"""What the acts of the committee share: their refusals, their locks, whom they tell."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import ItemState, SittingState
from agreements.models import AgendaItem, Dispute, Interest, Seat, Sitting
from agreements.operations.moving import move_row
from agreements.queries import committee as queries
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.notices.operations import tell_people


class CannotSit(DomainError):
    """A seat cannot be as asked."""


class CannotMove(DomainError):
    """The meeting, the item or the minutes cannot do that in the state they are in."""


class NoVote(DomainError):
    """This person does not vote on this item."""


def locked_sitting(sitting_id: UUID, *states: SittingState) -> Sitting:
    """The meeting, locked, in one of these states. Raises Sitting.DoesNotExist and CannotMove."""
    sitting: Sitting = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting_id)
    if states and sitting.state not in states:
        raise CannotMove(
            _("This meeting is “%(state)s” by now. Load the page again to see how it stands.")
            % {"state": sitting.get_state_display()}
        )
    return sitting


def locked_item(item_id: UUID) -> AgendaItem:
    """The item, locked; its petition before it, as everywhere. Raises AgendaItem.DoesNotExist."""
    dispute_id = AgendaItem.objects.values_list("dispute_id", flat=True).get(pk=item_id)
    if dispute_id is not None:
        breach_id = Dispute.objects.values_list("breach_id", flat=True).get(pk=dispute_id)
        from agreements.operations import breaches  # noqa: PLC0415 -- disputes and the committee decide together

        breaches.locked(breach_id)
        Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id)
    item: AgendaItem = (
        AgendaItem.objects.select_for_update(of=("self",)).select_related("sitting").get(pk=item_id)
    )
    return item


def move_item(item: AgendaItem, to: ItemState, *, by: Person | None, at: datetime, **fields: Any) -> None:
    """The only place that writes `AgendaItem.state`. The caller holds the row lock."""
    refusal = CannotMove(_("This item is “%(state)s” already.") % {"state": item.get_state_display()})
    move_row(item, to, name="agenda_item", refusal=refusal, by=by, at=at, **fields)


def find_interests(items: Iterable[AgendaItem], seats: Collection[Seat], *, at: datetime) -> None:
    """Whoever sits or acts for the participant that an item concerns has an interest, without anybody declaring it.

    A member of the program's own side who acts for a party, too, has one in a petition about it (`queries.committee.acts_for`).
    """
    own_side = {seat.person_id for seat in seats if seat.person_id and seat.participation_id is None}
    rows = []
    for item in items:
        acting = queries.acts_for(queries.concerned_by(item), own_side) if own_side else set()
        rows += [
            Interest(
                program_id=item.program_id,
                item=item,
                seat=seat,
                reason=_("Sits for the participant that this item concerns."),
                declared_at=at,
            )
            for seat in seats
            if (item.participation_id and item.participation_id == seat.participation_id)
            or (seat.participation_id is None and seat.person_id in acting)
        ]
    Interest.objects.bulk_create(rows, ignore_conflicts=True)


def tell_members(
    kind: str, sitting: Sitting, *, key: str, at: datetime, without: Collection[UUID] = ()
) -> None:
    """Tell every member with an account who was called to a meeting. `without`: seats that must not know of it."""
    rows = sitting.attendances.exclude(seat__in=without).select_related("seat")
    people = [row.seat.person_id for row in rows if row.seat.person_id]
    if people:
        tell_people(kind=kind, key=key, people=people, at=at, context={"sitting": str(sitting.pk)})


def own_seat(person: Person, *, at: datetime) -> Seat:
    """The seat of whoever acts. Raises NoVote for somebody who does not sit on the committee."""
    seat = queries.seat_of(person.pk, on=queries.today(at))
    if seat is None:
        raise NoVote(_("You do not sit on the committee today."))
    return seat

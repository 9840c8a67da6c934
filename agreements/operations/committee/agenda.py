"""The agenda of a meeting: what the records put on it, what people add, and who has an interest in what."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _
from psycopg import errors

from agreements.enums import ItemKind, ItemState, MinutesState, SittingState
from agreements.models import AgendaItem, AgendaPaper, Dispute, Interest, Minutes, Seat, Sitting
from agreements.operations.committee.common import (
    CannotMove,
    find_interests,
    locked_sitting,
    move_item,
    own_seat,
    tell_members,
)
from agreements.queries import agenda as sources
from agreements.queries import committee as queries
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

_BEFORE = (SittingState.PLANNED, SittingState.CALLED)
_KEPT = ("title", "text", "rows", "due_at", "participation_id")


@atomic
def collect(*, sitting_id: UUID, by: Person, at: datetime) -> Sitting:
    """Bring the agenda up to date with the records: new items at its end, known ones as they stand now.

    While nobody has been called, what the records no longer say goes; afterwards nothing that members have read disappears.
    Raises Sitting.DoesNotExist and CannotMove.
    """
    sitting = locked_sitting(sitting_id, *_BEFORE)
    program = Program.objects.get(pk=current_program_id())
    with translation.override(program.language):
        found = sources.proposed(sitting, on=queries.today(at))
    known = {(item.kind, item.subject_id): item for item in sitting.items.exclude(kind=ItemKind.FREE)}
    added = []
    for one in found:
        item = known.pop((one.kind, one.subject[1]), None)
        if item is None:
            if made := _put_on(sitting, one, sitting.last_number + 1, by=by):
                _given(sitting)
                added.append(made)
        elif item.state == ItemState.OPEN:
            for name in _KEPT:
                setattr(item, name, getattr(one, name))
            item.save()
    if sitting.state == SittingState.PLANNED:
        for item in known.values():
            item.delete()
    else:
        find_interests(added, _called(sitting), at=at)
    record("sitting.agenda_collected", sitting, by=by, at=at, after={"added": len(added)})
    return sitting


def _put_on(sitting: Sitting, one: sources.Proposed, place: int, *, by: Person) -> AgendaItem | None:
    """A new item; None where it is on the agenda already and whoever prepares has an interest in it, so that she does not see it."""
    try:
        with atomic():
            return AgendaItem.objects.create(
                sitting=sitting,
                position=place,
                kind=one.kind,
                subject_type=one.subject[0],
                subject_id=one.subject[1],
                dispute_id=one.dispute_id,
                added_by=by,
                **{name: getattr(one, name) for name in _KEPT},
            )
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.UniqueViolation):
            return None
        raise


@atomic
def add(
    *,
    sitting_id: UUID,
    title: str,
    text: str,
    by: Person,
    at: datetime,
    participation: Participation | None = None,
    papers: Iterable[StoredFile] = (),
) -> AgendaItem:
    """Put an item of one's own on the agenda, in the meeting as long as its minutes are a draft. `participation`: whom it concerns; whoever
    sits for it is left out.

    Raises Sitting.DoesNotExist and CannotMove.
    """
    sitting = locked_sitting(sitting_id, *_BEFORE, SittingState.HELD)
    minutes = Minutes.objects.select_for_update(of=("self",)).filter(sitting=sitting).first()
    if minutes is not None and minutes.state != MinutesState.DRAFT:
        raise CannotMove(
            _("The minutes are “%(state)s”, so nothing is added to this meeting any more.")
            % {"state": minutes.get_state_display()}
        )
    item = AgendaItem.objects.create(
        sitting=sitting,
        position=_given(sitting),
        kind=ItemKind.FREE,
        title=title.strip(),
        text=text.strip(),
        participation=participation,
        added_by=by,
    )
    for file in papers:
        AgendaPaper.objects.create(item=item, file=file)
    record("agenda_item.added", item, by=by, at=at, after={"number": sitting.number})
    if sitting.called_at:
        find_interests([item], _called(sitting), at=at)
        hand_out(sitting, by=by, at=at)
    return item


@atomic
def change(*, item_id: UUID, title: str, text: str, position: int, by: Person, at: datetime) -> AgendaItem:
    """Reword an item of one's own, or move any. Raises AgendaItem.DoesNotExist and CannotMove."""
    item = _of_a_meeting_to_come(item_id)
    items = list(item.sitting.items.exclude(pk=item.pk))
    places = sorted(one.position for one in (*items, item))  # what she does not see keeps its place
    items.insert(bisect_left(places, position), item)
    if item.kind == ItemKind.FREE:
        item.title, item.text = title.strip(), text.strip()
        item.save(update_fields=["title", "text"])
    _number(items, places)
    record("agenda_item.changed", item, by=by, at=at, after={"position": position})
    return item


@atomic
def remove(*, item_id: UUID, by: Person, at: datetime) -> Sitting:
    """Take an item off the agenda while nobody has been called; its number is not given again. Raises AgendaItem.DoesNotExist and CannotMove."""
    item = _of_a_meeting_to_come(item_id)
    if item.sitting.state != SittingState.PLANNED:
        raise CannotMove(_("The members have the agenda. Leave the item for another meeting instead."))
    sitting = item.sitting
    record("agenda_item.removed", item, by=by, at=at, before={"kind": item.kind})
    item.delete()
    return sitting


@atomic
def declare_interest(
    *, item_id: UUID, reason: str, by: Person, at: datetime, seat: Seat | None = None
) -> Interest:
    """A member has an interest in an item: from now on she does not vote on it and reads nothing about it.

    `seat`: whose, where somebody writes it down for her. Raises AgendaItem.DoesNotExist, CannotMove and NoVote.
    """
    item = AgendaItem.objects.select_related("sitting").get(pk=item_id)
    seat = seat or own_seat(by, at=at)
    if item.state != ItemState.OPEN:
        raise CannotMove(_("This item is dealt with already."))
    if not reason.strip():
        raise CannotMove(_("Say in a sentence what the interest is."))
    if Interest.objects.filter(item=item, seat=seat).exists():
        raise CannotMove(_("This interest is on record already."))
    made = Interest.objects.create(
        item=item, seat=seat, reason=reason.strip()[:500], declared_by=by, declared_at=at
    )
    record("agenda_item.interest_declared", item, by=by, at=at, after={"seat": seat.name})
    return made


@atomic
def take_off(dispute: Dispute, *, by: Person | None, at: datetime) -> None:
    """A petition is before the committee no longer: open items about it say so, and members who have the agenda are told. The caller has locked it."""
    items = AgendaItem.objects.filter(dispute=dispute, state=ItemState.OPEN).select_related("sitting")
    for item in items.order_by("pk").select_for_update(of=("self",)):
        move_item(item, ItemState.GONE, by=by, at=at)
        if item.sitting.called_at:
            recused = set(item.interests.values_list("seat_id", flat=True))
            tell_members(
                "committee_item_gone", item.sitting, key=f"item-gone:{item.pk}", at=at, without=recused
            )


def hand_out(sitting: Sitting, *, by: Person, at: datetime) -> None:
    """Papers in the portals of the members who were called: a row of the file, and of the paper, for each participant with a seat."""
    parts = {seat.participation_id for seat in _called(sitting) if seat.participation_id}
    papers = AgendaPaper.objects.filter(item__sitting=sitting, participation=None).select_related(
        "file", "item"
    )
    for paper in papers:
        for participation_id in sorted(parts - {paper.item.participation_id}):
            own, _created = StoredFile.objects.get_or_create(
                sha256=paper.file.sha256,
                name=paper.file.name,
                participation_id=participation_id,
                circle_id=None,
                shared_from=None,
                defaults={
                    "size": paper.file.size,
                    "media_type": paper.file.media_type,
                    "stored_by": by,
                    "stored_at": at,
                },
            )
            AgendaPaper.objects.get_or_create(item=paper.item, file=own, participation_id=participation_id)


def _of_a_meeting_to_come(item_id: UUID) -> AgendaItem:
    """The item, its meeting locked, which must not have been held."""
    sitting_id = AgendaItem.objects.values_list("sitting_id", flat=True).get(pk=item_id)
    sitting = locked_sitting(sitting_id, *_BEFORE)
    item: AgendaItem = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    item.sitting = sitting
    return item


def _called(sitting: Sitting) -> list[Seat]:
    return [row.seat for row in sitting.attendances.select_related("seat")]


def _given(sitting: Sitting) -> int:
    """The next number of the meeting, which nothing had before. The caller holds its lock."""
    sitting.last_number += 1
    sitting.save(update_fields=["last_number"])
    return sitting.last_number


def _number(items: Iterable[AgendaItem], places: Iterable[int]) -> None:
    for item, place in zip(items, places, strict=False):
        if item.position != place:
            item.position = place
            item.save(update_fields=["position"])

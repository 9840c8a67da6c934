"""Handing work over, and being away. What one colleague may not have is refused with a reason; the rest goes through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wsr.accounts.grants import AUDIENCE_OF, GRANTS, Role
from wsr.accounts.models import Membership, Person
from wsr.errors import DomainError
from wsr.handover.kinds import Item, Kind
from wsr.handover.models import Absence, Handed, Keeper
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.tenancy import Audience, atomic, current_program_id
from wsr.tenancy.models import OPEN

FURTHEST = 366  # days that one absence may last


class CannotHold(DomainError):
    """This colleague may not have it."""


class CannotBeAway(DomainError):
    """The absence cannot be entered like this."""


@dataclass(frozen=True)
class Given:
    """What became of one wish: given, or refused with a sentence."""

    kind: Kind
    item: Item
    to: Person
    refusal: str = ""


class _OnlyTried(Exception):
    """Takes back a trial."""


def tried(*, wishes: Iterable[tuple[Kind, Item, Person]], by: Person, at: datetime) -> list[Given]:
    """What `hand_over` would do: it is done and taken back, so the trial says what the act would say. Nobody is told."""
    found: list[Given] = []
    try:
        with atomic():
            found = hand_over(wishes=wishes, by=by, at=at)
            raise _OnlyTried
    except _OnlyTried:
        return found


@atomic
def hand_over(*, wishes: Iterable[tuple[Kind, Item, Person]], by: Person, at: datetime) -> list[Given]:
    """Give each item to its colleague. Each is told once of all that she got; history says who gave what to whom.

    A refusal of one undoes that one alone.
    """
    done = [_one(kind, item, to, by=by, at=at) for kind, item, to in wishes]
    got: dict[UUID, list[Given]] = {}
    for given in done:
        if not given.refusal and given.item.secret_of == OPEN:
            got.setdefault(given.to.pk, []).append(given)
    for person_id, hers in got.items():
        tell_people(
            kind="handed_over",
            key=f"handed_over:{hers[0].item.subject[1]}:{person_id}:{at:%Y%m%d%H%M%S%f}",
            people=[person_id],
            at=at,
            context={"count": len(hers)},
        )
    return done


def _one(kind: Kind, item: Item, to: Person, *, by: Person, at: datetime) -> Given:
    try:
        with atomic():
            _refuse_role(kind, item, to)
            kind.give(item, to=to, by=by, at=at)
            _write(kind, item, to, by=by, at=at)
    except DomainError as error:
        return Given(kind, item, to, str(error))
    return Given(kind, item, to)


def _refuse_role(kind: Kind, item: Item, to: Person) -> None:
    permission = kind.permission_for(item)
    if item.holder_id == to.pk:
        raise CannotHold(_("%(name)s has it already.") % {"name": to})
    roles = [role for role in Role if permission in GRANTS[role]]
    if not Membership.objects.active().filter(person=to, person__is_active=True, role__in=roles).exists():
        raise CannotHold(_("The role of %(name)s does not allow it.") % {"name": to})


def _write(kind: Kind, item: Item, to: Person, *, by: Person, at: datetime) -> None:
    before = Person.objects.get(pk=item.holder_id) if item.holder_id else by
    record(
        "work.handed_over",
        item.subject,
        by=by,
        at=at,
        before={"held_by": str(before)} if item.holder_id else {},
        after={"held_by": str(to), "kind": kind.key},
        secret_of=item.secret_of,
    )
    if item.secret_of == OPEN:
        Handed.objects.bulk_create(
            [
                Handed(
                    program_id=current_program_id(),
                    kind=kind.key,
                    subject_id=item.subject[1],
                    title=item.title[:300],
                    url=item.url,
                    before=before,
                    to=to,
                    by=by,
                    at=at,
                )
            ]
        )


def keep(item: Item, *, to: Person, by: Person, at: datetime) -> None:
    """Give to one person by name what everybody with the permission sees to."""
    subject_type, subject_id = item.subject
    Keeper.objects.update_or_create(
        subject_type=subject_type,
        subject_id=subject_id,
        defaults={"person": to, "given_by": by, "given_at": at},
    )


@atomic
def be_away(
    *, person_id: UUID, starts_on: date, ends_on: date, stand_in_id: UUID | None, by: Person, at: datetime
) -> Absence:
    """Enter an absence, both days included. Who stands in sees the work of the other in her own inbox, as far as she may know of it.

    She gets no part in a complaint and joins no closed circle by it. Raises CannotBeAway.
    """
    person = _staff(person_id)
    if not person:
        raise CannotBeAway(_("Only people of the program's staff are entered here."))
    if ends_on < starts_on:
        raise CannotBeAway(_("The last day comes before the first."))
    if (ends_on - starts_on).days > FURTHEST:
        raise CannotBeAway(_("Enter at most a year at once; for longer, hand the work over."))
    Membership.objects.active().filter(person_id=person_id).select_for_update(of=("self",)).first()
    between = Absence.objects.lasting(starts_on).filter(starts_on__lte=ends_on)
    if between.filter(person_id=person_id).exists():
        raise CannotBeAway(_("She is entered as away on some of these days already."))
    if stand_in_id:
        _refuse_stand_in(person_id, stand_in_id, between)
    made = Absence.objects.create(
        person_id=person_id,
        stand_in_id=stand_in_id,
        starts_on=starts_on,
        ends_on=ends_on,
        entered_by=by,
        entered_at=at,
    )
    said = {"person": str(person), "starts_on": starts_on, "ends_on": ends_on, "stand_in": stand_in_id}
    record("absence.entered", made, by=by, at=at, after=said)
    if stand_in_id and stand_in_id != by.pk:
        tell_people(
            kind="stand_in",
            key=f"stand_in:{made.pk}",
            people=[stand_in_id],
            at=at,
            context={"absence": str(made.pk)},
        )
    return made


@atomic
def be_back(*, absence_id: UUID, today: date, by: Person, at: datetime) -> Absence:
    """She is back today, or does not leave. Raises Absence.DoesNotExist and CannotBeAway."""
    absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence_id)
    if absence.ends_on < today or absence.back_on:
        raise CannotBeAway(_("This absence is over already."))
    absence.back_on = today
    absence.save(update_fields=["back_on"])
    record("absence.ended", absence, by=by, at=at, after={"back_on": today})
    return absence


def _refuse_stand_in(person_id: UUID, stand_in_id: UUID, between: QuerySet[Absence]) -> None:
    if stand_in_id == person_id:
        raise CannotBeAway(_("Somebody else must stand in."))
    if not _staff(stand_in_id):
        raise CannotBeAway(_("Only people of the program's staff can stand in."))
    if between.filter(person_id=stand_in_id).exists():
        raise CannotBeAway(_("Who stands in is away herself on some of these days. Choose somebody else."))


def _staff(person_id: UUID) -> Person | None:
    """An active member of the program's own staff."""
    roles = [role for role in Role if AUDIENCE_OF[role] == Audience.STAFF]
    row = (
        Membership.objects.active()
        .filter(person_id=person_id, person__is_active=True, role__in=roles)
        .select_related("person")
        .first()
    )
    return row.person if row else None

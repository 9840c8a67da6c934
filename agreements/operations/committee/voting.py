"""Votes and decisions. A petition on the agenda is decided here and in `disputes` at once; its votes are the petition's own."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, InternalError
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg import errors

from agreements.enums import Choice, ItemKind, ItemState, MinutesState, ObligationState, SittingState
from agreements.models import AgendaItem, Interest, Minutes, Obligation, Resolution, Seat, Vote
from agreements.operations import disputes, obligations
from agreements.operations.committee.common import (
    CannotMove,
    NoVote,
    locked_item,
    move_item,
    own_seat,
    tell_members,
)
from agreements.operations.numbering import next_serial
from agreements.queries import committee as queries
from programs.enums import Part
from programs.models import Participation
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as deadlines
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

DUE = "agreements.resolution_due"
_ANSWER = (Part.BRAND, Part.SUPPLIER)  # who has a portal in which obligations are answered


@atomic
def vote(*, item_id: UUID, choice: Choice, by: Person, at: datetime, reason: str = "") -> Vote:
    """A member's own vote on an item of a meeting that was called, before it or in it; the database looks once more under its locks.

    Raises AgendaItem.DoesNotExist (also where she has an interest), CannotMove and NoVote.
    """
    item = AgendaItem.objects.select_related("sitting").get(pk=item_id)
    seat = own_seat(by, at=at)
    _refuse_closed(item)
    made = _cast(item, seat, choice, person=by, reason=reason, at=at)
    record("agenda_item.voted", item, by=by, at=at, after={"vote": choice})
    return made


@atomic
def enter_votes(*, item_id: UUID, choices: Mapping[UUID, Choice], by: Person, at: datetime) -> list[Vote]:
    """Write down votes given in the room, {seat: choice}. Raises AgendaItem.DoesNotExist, CannotMove and NoVote."""
    item = locked_item(item_id)
    _refuse_closed(item)
    if item.sitting.state != SittingState.HELD:
        raise CannotMove(_("Record first who is there."))
    there = {
        row.seat_id: row for row in item.sitting.attendances.select_related("seat").filter(was_present=True)
    }
    made = []
    for seat_id, choice in choices.items():
        if seat_id not in there:
            raise NoVote(_("Only members who are there vote in the room."))
        made.append(_cast(item, there[seat_id].seat, choice, entered_by=by, at=at))
    record("agenda_item.votes_entered", item, by=by, at=at, after={"votes": len(made)})
    return made


@atomic
def decide(
    *,
    item_id: UUID,
    text: str,
    effective_on: date,
    by: Person,
    at: datetime,
    discussion: str = "",
    actor: str = "",
    participation: Participation | None = None,
    due_on: date | None = None,
    public_text: str = "",
) -> Resolution:
    """Record what the votes of an item say. `actor` must act by `due_on`, which runs as a clock; a brand or supplier answers in its portal.

    Needs a meeting that was held, with the quorum of the program's rule where it has set one. On a petition `text` are the reasons and the
    petition is decided in the same act. Minutes before the meeting are approved by it. Raises AgendaItem.DoesNotExist, CannotMove and what
    `disputes.decide` raises.
    """
    item = locked_item(item_id)
    _refuse_without_quorum(item)
    _refuse_unfinished(text, names_somebody=bool(actor.strip() or participation), due_on=due_on, at=at)
    voted_on = queries.today(item.sitting.starts_at)
    counted = _counted(item, on=voted_on)
    move_item(item, ItemState.DECIDED, by=by, at=at, discussion=discussion.strip())
    if item.dispute_id:
        found = disputes.decide_in_meeting(
            dispute_id=item.dispute_id, decision=text, voted_on=voted_on, by=by, at=at
        )
        is_adopted = True
        text = f"{found.get_outcome_display()}. {text.strip()}"
    else:
        is_adopted = counted.is_adopted(each_side=queries.needs_each_side(on=queries.today(at)))
    made = Resolution.objects.create(
        item=item,
        serial=next_serial(Resolution),
        text=text.strip(),
        is_adopted=is_adopted,
        votes=counted.sides,
        effective_on=effective_on,
        actor=(participation.name if participation else actor).strip(),
        participation=participation,
        due_on=due_on,
        public_text=public_text.strip(),
        decided_at=at,
    )
    record("resolution.made", made, by=by, at=at, after={"adopted": is_adopted, "due_on": due_on})
    if is_adopted:
        _follow(made, item, by=by, at=at)
    tell_members("committee_decided", item.sitting, key=f"resolution:{made.pk}", at=at)
    return made


@atomic
def note(*, item_id: UUID, discussion: str, by: Person, at: datetime) -> AgendaItem:
    """The committee has taken note and decides nothing. Raises AgendaItem.DoesNotExist and CannotMove."""
    item = locked_item(item_id)
    _refuse_not_held(item)
    move_item(item, ItemState.NOTED, by=by, at=at, discussion=discussion.strip())
    return item


@atomic
def adjourn(*, item_id: UUID, discussion: str, by: Person, at: datetime) -> AgendaItem:
    """Left for another meeting; the records put it there again by themselves. Raises AgendaItem.DoesNotExist and CannotMove."""
    item = locked_item(item_id)
    _refuse_not_held(item)
    move_item(item, ItemState.ADJOURNED, by=by, at=at, discussion=discussion.strip())
    return item


@atomic
def carry_out(*, resolution_id: UUID, done_note: str, by: Person, at: datetime) -> Resolution:
    """What was decided is done. Raises Resolution.DoesNotExist and CannotMove, also where its participant answers in its portal."""
    made: Resolution = Resolution.objects.select_for_update(of=("self",)).get(pk=resolution_id)
    if not made.is_open:
        raise CannotMove(_("Nothing is left to be done about this decision."))
    if not done_note.strip():
        raise CannotMove(_("Say in a sentence what was done."))
    if queries.obligation_of(made) is not None:
        raise CannotMove(
            _(
                "%(name)s answers this as an obligation. Accept its answer there, or record one that came on paper."
            )
            % {"name": made.actor}
        )
    return _done(made, done_note.strip(), by=by, at=at)


@atomic
def answered(*, obligation: Obligation, reason: str, by: Person | None, at: datetime) -> None:
    """What the decision asked for is accepted, or the program does without it. Reaction to `obligation.closed`.

    Raises NoVote for whoever has an interest in the item, since she does not decide about it.
    """
    if obligation.about_type != Resolution._meta.label_lower:
        return
    made = Resolution.objects.select_for_update(of=("self",)).filter(pk=obligation.about_id).first()
    if made is None:
        raise NoVote(_("You have an interest in this decision of the committee; somebody else must answer."))
    last = obligation.answers.order_by("-sent_at", "-pk").first()
    is_accepted = obligation.state == ObligationState.ACCEPTED and last is not None
    _done(made, last.note if is_accepted else reason, by=by, at=at)


def _done(made: Resolution, note: str, *, by: Person | None, at: datetime) -> Resolution:
    made.done_at, made.done_note = at, note
    made.save(update_fields=["done_at", "done_note"])
    record("resolution.carried_out", made, by=by, at=at)
    deadlines.meet(kind=DUE, subject=made, at=at, by=by)
    return made


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────


def _cast(
    item: AgendaItem,
    seat: Seat,
    choice: Choice,
    *,
    at: datetime,
    person: Person | None = None,
    entered_by: Person | None = None,
    reason: str = "",
) -> Vote:
    choice = Choice(choice)
    if not seat.has_vote:
        raise NoVote(_("%(name)s has no vote on this committee.") % {"name": seat.name})
    if choice != Choice.RECUSED and Interest.objects.filter(item_id=item.pk, seat=seat).exists():
        raise NoVote(
            _("%(name)s has an interest in this item and does not vote on it.") % {"name": seat.name}
        )
    try:
        with atomic():
            return Vote.objects.create(
                item=item,
                dispute_id=item.dispute_id,
                seat=seat,
                person=person if person else None,
                entered_by=entered_by,
                choice=choice,
                reason=reason.strip(),
                cast_at=at,
            )
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.UniqueViolation):
            raise CannotMove(_("%(name)s has voted on this item already.") % {"name": seat.name}) from None
        raise CannotMove(
            _("This item is not voted on any more. Load the page again to see how it stands.")
        ) from None
    except InternalError:
        raise CannotMove(
            _("This item is not voted on any more. Load the page again to see how it stands.")
        ) from None


def _refuse_closed(item: AgendaItem) -> None:
    if item.sitting.state not in (SittingState.CALLED, SittingState.HELD) or item.state != ItemState.OPEN:
        raise CannotMove(_("This item is not voted on any more. Load the page again to see how it stands."))


def _refuse_not_held(item: AgendaItem) -> None:
    if item.sitting.state != SittingState.HELD:
        raise CannotMove(_("Record first who is there."))


def _refuse_without_quorum(item: AgendaItem) -> None:
    _refuse_not_held(item)
    quorum = queries.kept_quorum(item.sitting)
    if quorum is not None and quorum.is_met is False:
        raise CannotMove(
            _(
                "The meeting has no quorum by the program's rule, so it decides nothing. Leave the item for another one."
            )
        )


def _refuse_unfinished(text: str, *, names_somebody: bool, due_on: date | None, at: datetime) -> None:
    if not text.strip():
        raise CannotMove(_("Write what was decided."))
    if due_on and not names_somebody:
        raise CannotMove(_("Say who must act by that day."))
    if due_on and due_on <= queries.today(at):
        raise CannotMove(_("The day by which somebody must act is still to come."))


def _counted(item: AgendaItem, *, on: date) -> queries.Tally:
    """The votes of an item, those of the petition where it is about one. Raises CannotMove where nobody was for or against."""
    votes = Vote.objects.filter(dispute_id=item.dispute_id) if item.dispute_id else item.votes.all()
    counted = queries.tally(votes, on=on)
    if not (counted.total(Choice.FOR) or counted.total(Choice.AGAINST)):
        raise CannotMove(
            _("Nobody has voted for or against. Write down the votes, or note the item without a decision.")
        )
    return counted


def _follow(made: Resolution, item: AgendaItem, *, by: Person, at: datetime) -> None:
    """What an adopted decision brings about: the obligation or the clock of whoever must act, and the approval of minutes."""
    if item.kind == ItemKind.MINUTES and item.subject_id:
        from agreements.operations.committee import minutes  # noqa: PLC0415 -- they are approved by a decision

        if Minutes.objects.filter(pk=item.subject_id, state=MinutesState.CIRCULATED).exists():
            minutes.approve_in(minutes_id=item.subject_id, sitting=item.sitting, by=by, at=at)
    if not made.actor:
        return
    said = _("Decision %(number)s of the committee") % {"number": made.number}
    length = None
    if made.due_on:
        days = (made.due_on - queries.today(at)).days
        length = Length(days, Unit.DAYS, Basis.BINDING, "set_by_program", said)
    if made.participation and made.participation.part in _ANSWER:
        opened = {"resolution_id": made.pk, "participation": made.participation, "title": said}
        obligations.open_decided(**opened, length=length, by=by, at=at)
        return
    if length:
        slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
        deadlines.start(
            kind=DUE,
            subject=made,
            started_at=at,
            at=at,
            by=by,
            responsible_participation_id=made.participation_id,
            title=said,
            url=reverse("agreements:resolution", args=[slug, made.pk]),
            length=length,
        )
    if made.participation and made.participation.organization_id:
        tell_role(
            kind="committee_asks",
            key=f"resolution-asks:{made.pk}",
            organization_id=made.participation.organization_id,
            permission=Permission.COMMITTEE_SIT,
            at=at,
            context={"resolution": str(made.pk)},
        )

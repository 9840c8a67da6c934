"""Petitions to the committee, votes and decisions. How a breach gets there is in `breaches`, what comes after in `arbitration`.

Either side may file a petition; in a portal the database lets the party do that, ask for arbitration, and nothing else.
"""

import logging
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from agreements.enums import (
    BreachState,
    Choice,
    DisputeState,
    ItemState,
    Outcome,
)
from agreements.models import Breach, Dispute, Interest, Seat, Vote
from agreements.operations import breaches
from agreements.operations.committee import agenda
from agreements.operations.committee.common import move_item
from agreements.operations.moving import move_row
from agreements.queries import committee
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as deadlines
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import Audience, atomic, current_audience, current_program_id, on_commit

logger = logging.getLogger(__name__)

DECIDED, APPEALED, FILED = (
    "agreements.dispute_decided",
    "agreements.dispute_appealed",
    "agreements.arbitration_filed",
)


class CannotMove(DomainError):
    """The dispute cannot do that in the state it is in."""


class ConflictOfInterest(DomainError):
    """Somebody of a party's own organization does not sit in judgment."""


# ── The petition ─────────────────────────────────────────────────────────────────────────────────


@atomic
def file_petition(*, breach_id: UUID, petition: str, by: Person, at: datetime) -> Dispute:
    """Bring a noticed breach before the committee: the party from its portal, or the program. The time to decide runs from here.

    Raises Breach.DoesNotExist and CannotMove.
    """
    breach = breaches.locked(breach_id)
    explained(petition, _("Say what the committee is asked to decide, and why."))
    is_from_party = in_portal()
    breaches.move(
        breach,
        BreachState.DISPUTED,
        by=by,
        at=at,
        text=_("Petition to the committee filed."),
        is_from_party=is_from_party,
    )
    dispute = Dispute.objects.create(
        breach=breach,
        participation_id=breach.participation_id,
        is_from_party=is_from_party,
        petition=petition.strip(),
        filed_by=by,
        filed_at=at,
    )
    record("dispute.filed", dispute, by=by, at=at, after={"breach": breach.number})
    for kind in (breaches.CURED, breaches.CLAIMED):
        deadlines.meet(kind=kind, subject=breach, at=at, by=by)
    breaches.start_clock(
        DECIDED, breach, subject=dispute, at=at, by=by, length=breaches.length_of(breach, "decide_within")
    )
    _tell_committee(dispute, "dispute_filed", at)
    if is_from_party:
        end_clocks_soon(breach)
    else:
        breaches.tell_party(breach, "breach_decided", at)
    return dispute


@atomic
def withdraw_petition(*, dispute_id: UUID, reason: str, by: Person, at: datetime) -> Dispute:
    """Whoever filed it, the party from its portal or the program, no longer asks; the breach stands as not cured.

    Raises Dispute.DoesNotExist, and CannotMove also for the other side.
    """
    dispute, breach = locked(dispute_id)
    explained(reason)
    if dispute.is_from_party != in_portal():
        raise CannotMove(_("Only the side that filed a petition can withdraw it."))
    closing = {} if dispute.is_from_party else {"closed_at": at}  # in a portal the database notes the time
    move(dispute, DisputeState.WITHDRAWN, by=by, at=at, reason=reason, **closing)
    breaches.move(
        breach, BreachState.NOT_CURED, by=by, at=at, reason=reason, is_from_party=dispute.is_from_party
    )
    _tell_committee(dispute, "dispute_withdrawn", at)
    if dispute.is_from_party:
        end_clocks_soon(breach)
    else:
        end_clocks(breach_id=breach.pk, at=at, by=by)
        breaches.tell_party(breach, "breach_decided", at)
    return dispute


@atomic
def end_clocks(*, breach_id: UUID, at: datetime, by: Person | None = None) -> None:
    """End the program's clocks and the committee's items that no longer wait for anything; a portal may not touch them. Needs the rights of staff."""
    breach = breaches.locked(breach_id)
    if breach.state != BreachState.CURE_CLAIMED:
        deadlines.meet(kind=breaches.CLAIMED, subject=breach, at=at, by=by)
    for dispute in Dispute.objects.filter(breach=breach, state__in=committee.GONE):
        if dispute.state == DisputeState.WITHDRAWN:
            reason = _("The petition was withdrawn.")
            deadlines.cancel(kind=DECIDED, subject=dispute, reason=reason, at=at, by=by)
        agenda.take_off(dispute, by=by, at=at)


def end_clocks_soon(breach: Breach) -> None:
    """As `end_clocks`, right after what a party did in its portal; beat finds what a lost message forgot."""
    program_id, breach_id = str(current_program_id()), str(breach.pk)

    def wake() -> None:
        from agreements.tasks import end_clocks_of_breach  # noqa: PLC0415 -- tasks are leaves; operations import them

        try:
            end_clocks_of_breach.delay(program_id=program_id, breach_id=breach_id)
        except OperationalError:
            logger.warning("clocks not ended breach=%s", breach_id)

    on_commit(wake)


# ── The committee ────────────────────────────────────────────────────────────────────────────────


@atomic
def cast_vote(*, dispute_id: UUID, choice: Choice, by: Person, at: datetime, reason: str = "") -> Vote:
    """One member's vote, once. Whoever belongs to a party's organization, or has declared an interest, can only be recused.

    From the day on which the committee has members with a vote, they vote and nobody else. Raises Dispute.DoesNotExist, CannotMove and
    ConflictOfInterest.
    """
    dispute, breach = locked(dispute_id)
    if not dispute.may_become(DisputeState.DECIDED):
        raise CannotMove(_("The committee does not vote on this petition any more."))
    if choice != Choice.RECUSED:
        refuse_conflicted(breach, by)
    seat = _voting_seat(dispute, choice, by, at)
    try:
        with atomic():
            vote = Vote.objects.create(
                dispute=dispute, seat=seat, person=by, choice=choice, reason=reason.strip(), cast_at=at
            )
    except IntegrityError:
        raise CannotMove(_("You have voted on this petition already.")) from None
    record("dispute.voted", dispute, by=by, at=at, after={"vote": choice})
    return vote


@atomic
def decide(*, dispute_id: UUID, decision: str, by: Person, at: datetime, remedy: str = "") -> Dispute:
    """Record what the votes say, with the reasons, without a meeting. The outcome is the majority's; even votes decide nothing.

    Where the program has set a quorum, so many of the members must have voted. Raises Dispute.DoesNotExist, CannotMove and
    ConflictOfInterest.
    """
    dispute, _breach = locked(dispute_id)
    _refuse_too_few(dispute, at)
    made = decide_in_meeting(dispute_id=dispute_id, decision=decision, remedy=remedy, by=by, at=at)
    for item in dispute.items.filter(state=ItemState.OPEN).select_for_update(of=("self",)):
        move_item(item, ItemState.NOTED, by=by, at=at)
    return made


@atomic
def decide_in_meeting(
    *,
    dispute_id: UUID,
    decision: str,
    by: Person,
    at: datetime,
    remedy: str = "",
    voted_on: date | None = None,
) -> Dispute:
    """The same in a meeting whose quorum was counted; see `committee.voting.decide`. `voted_on`: its day."""
    dispute, breach = locked(dispute_id)
    explained(decision, _("Write the reasons of the decision; both sides read them."))
    refuse_conflicted(breach, by)
    outcome, counted = _majority(dispute, on=voted_on or committee.today(at))
    move(
        dispute,
        DisputeState.DECIDED,
        by=by,
        at=at,
        outcome=outcome,
        decision=decision.strip(),
        remedy=remedy.strip(),
        decided_at=at,
        **counted,
    )
    breaches.move(breach, state_of(outcome), by=by, at=at, text=decision.strip())
    deadlines.meet(kind=DECIDED, subject=dispute, at=at, by=by)
    breaches.start_clock(
        APPEALED,
        breach,
        subject=dispute,
        at=at,
        by=by,
        for_party=True,
        length=breaches.length_of(breach, "appeal_within"),
    )
    breaches.tell_party(breach, "dispute_decided", at)
    breaches.tell_program(breach, "dispute_decided", at)
    return dispute


def refuse_conflicted(breach: Breach, person: Person) -> None:
    """Raise ConflictOfInterest where somebody acts for an organization that is a party, or the one in breach."""
    if is_conflicted(breach, person):
        raise ConflictOfInterest(
            _(
                "You act for one of the parties; record that you are recused, and leave the vote to the others."
            )
        )


def is_conflicted(breach: Breach, person: Person) -> bool:
    """Whether somebody acts, in this program, for a party's organization. The program's own side is nobody's party here."""
    if Seat.objects.filter(person=person, participation_id=breach.participation_id).exists():
        return True
    return bool(committee.acts_for(committee.parties_to(breach), [person.pk]))


def is_barred(dispute: Dispute, person: Person) -> bool:
    """Whether somebody reads nothing of a petition before the committee: she acts or sits for a party, or has declared an interest."""
    declared = Interest.objects.filter(item__dispute_id=dispute.pk, seat__person_id=person.pk)
    return is_conflicted(dispute.breach, person) or declared.exists()


def mark_undecided(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """The committee has not decided in its time; either side may ask for arbitration now."""
    dispute, breach = locked(clock.subject_id)
    if dispute.state == DisputeState.WITHDRAWN:  # whoever should have ended the clock was lost
        end_clocks(breach_id=breach.pk, at=at)
    if dispute.state != DisputeState.FILED:
        return
    move(dispute, DisputeState.UNDECIDED, by=None, at=at)
    breaches.tell_party(breach, "dispute_decided", at)
    breaches.tell_program(breach, "dispute_decided", at)


def mark_final(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """Nobody asked for arbitration in time; the decision is final."""
    dispute, _breach = locked(clock.subject_id)
    if dispute.state == DisputeState.DECIDED:
        move(dispute, DisputeState.FINAL, by=None, at=at, closed_at=at)


# ── For the operations on arbitration too ────────────────────────────────────────────────────────


def in_portal() -> bool:
    """Whether a party acts from its own portal."""
    return current_audience() in (Audience.BRAND, Audience.SUPPLIER)


def state_of(outcome: Outcome) -> BreachState:
    """What an outcome makes of the breach."""
    return BreachState.UPHELD if outcome == Outcome.UPHELD else BreachState.DISMISSED


def explained(text: str, ask: str = "") -> None:
    """Raise CannotMove, saying `ask`, where nothing was written."""
    if not text.strip():
        raise CannotMove(ask or _("Say why; both sides read it."))


def locked(dispute_id: UUID) -> tuple[Dispute, Breach]:
    """The dispute and its breach; the breach is locked first, as everywhere."""
    breach = breaches.locked(Dispute.objects.values_list("breach_id", flat=True).get(pk=dispute_id))
    return Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id), breach


def move(
    dispute: Dispute, to: DisputeState, *, by: Person | None, at: datetime, reason: str = "", **fields: Any
) -> None:
    """The only place that writes `Dispute.state`. The caller holds the row lock."""
    refusal = CannotMove(
        _("This petition is “%(now)s” already; it cannot become “%(to)s”.")
        % {"now": DisputeState(dispute.state).label, "to": to.label}
    )
    move_row(dispute, to, name="dispute", refusal=refusal, by=by, at=at, reason=reason, **fields)


# ── What a decision needs ────────────────────────────────────────────────────────────────────────


def _majority(dispute: Dispute, *, on: date) -> tuple[Outcome, dict[str, int]]:
    """What the votes say on a day, one per member; with a majority on each side where the program asks for it. Raises CannotMove."""
    counted = committee.tally(dispute.votes.all(), on=on)
    yes, no = counted.total(Choice.FOR), counted.total(Choice.AGAINST)
    if yes == no:
        raise CannotMove(
            _("The votes are even, so nothing is decided. Wait for more votes, or for the end of the time.")
        )
    won, lost = (Choice.FOR, Choice.AGAINST) if yes > no else (Choice.AGAINST, Choice.FOR)
    if committee.needs_each_side(on=on):
        for side in counted.sides.values():
            if side.get(lost, 0) >= side.get(won, 0) and (side.get(lost) or side.get(won)):
                raise CannotMove(
                    _(
                        "The sides are divided, and the program asks for a majority on each; nothing is decided."
                    )
                )
    numbers = {"votes_for": yes, "votes_against": no, "votes_recused": counted.total(Choice.RECUSED)}
    return (Outcome.UPHELD if yes > no else Outcome.DISMISSED), numbers


def _voting_seat(dispute: Dispute, choice: Choice, by: Person, at: datetime) -> Seat | None:
    """The member's seat; None while the committee has no members. Raises CannotMove and ConflictOfInterest."""
    on = committee.today(at)
    seat = committee.seat_of(by.pk, on=on)
    if (seat is None or not seat.has_vote) and committee.is_composed(on=on):
        raise CannotMove(_("Only members of the committee with a vote decide on petitions."))
    declared = seat and Interest.objects.filter(seat=seat, item__dispute_id=dispute.pk).exists()
    if declared and choice != Choice.RECUSED:
        raise ConflictOfInterest(
            _("You have declared an interest in this petition; record that you are recused.")
        )
    return seat


def _refuse_too_few(dispute: Dispute, at: datetime) -> None:
    """Raise CannotMove where fewer members have voted than the quorum of the program asks for."""
    on = committee.today(at)
    asked = committee.asked_quorum(on=on)
    seats = list(Seat.objects.on(on).voting())
    if asked is None or not seats:
        return
    voters = dispute.votes.exclude(seat=None).values_list("seat_id", "seat__alternate_for_id")
    voted = {principal or seat for seat, principal in voters}
    quorum = committee.quorum_of(seats, voted, asked=asked)
    if not quorum.is_met:
        raise CannotMove(_("Too few members have voted for the quorum of the program's rule."))


def _tell_committee(dispute: Dispute, kind: str, at: datetime) -> None:
    tell_role(
        kind=kind,
        key=f"{kind}:{dispute.pk}",
        permission=Permission.DISPUTE_DECIDE,
        at=at,
        context={"breach": str(dispute.breach_id), "dispute": str(dispute.pk)},
    )

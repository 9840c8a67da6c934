"""Petitions to the committee, votes, decisions, appeals and arbitration. How a breach gets there is in `breaches`.

Either side may file a petition and ask for arbitration; in a portal the database lets the party do these two and nothing else.
"""

import logging
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from agreements.enums import (
    ArbitrationState,
    BreachState,
    Choice,
    DisputeState,
    Outcome,
    Side,
)
from agreements.models import Arbitration, Breach, Dispute, Party, Vote
from agreements.operations import breaches
from agreements.operations.breaches import open_breach
from agreements.operations.moving import move_row
from wsr.accounts.grants import Permission
from wsr.accounts.models import Membership, Person
from wsr.deadlines import operations as deadlines
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import Audience, atomic, current_audience, current_program_id, on_commit

logger = logging.getLogger(__name__)

__all__ = [
    "appeal",
    "award",
    "cast_vote",
    "decide",
    "end_arbitration",
    "file_arbitration",
    "file_petition",
    "open_breach",
    "settle",
    "withdraw_petition",
]
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
    _explained(petition, _("Say what the committee is asked to decide, and why."))
    is_from_party = _in_portal()
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
        _end_clocks_soon(breach)
    else:
        breaches.tell_party(breach, "breach_decided", at)
    return dispute


@atomic
def withdraw_petition(*, dispute_id: UUID, reason: str, by: Person, at: datetime) -> Dispute:
    """Whoever filed it, the party from its portal or the program, no longer asks; the breach stands as not cured.

    Raises Dispute.DoesNotExist, and CannotMove also for the other side.
    """
    dispute, breach = _locked(dispute_id)
    _explained(reason)
    if dispute.is_from_party != _in_portal():
        raise CannotMove(_("Only the side that filed a petition can withdraw it."))
    closing = {} if dispute.is_from_party else {"closed_at": at}  # in a portal the database notes the time
    _move(dispute, DisputeState.WITHDRAWN, by=by, at=at, reason=reason, **closing)
    breaches.move(
        breach, BreachState.NOT_CURED, by=by, at=at, reason=reason, is_from_party=dispute.is_from_party
    )
    if dispute.is_from_party:
        _tell_committee(dispute, "dispute_decided", at)
        _end_clocks_soon(breach)
    else:
        end_clocks(breach_id=breach.pk, at=at, by=by)
        breaches.tell_party(breach, "breach_decided", at)
    return dispute


@atomic
def end_clocks(*, breach_id: UUID, at: datetime, by: Person | None = None) -> None:
    """End the program's and the committee's clocks that no longer wait for anything; a portal may not touch them. Needs the rights of staff."""
    breach = breaches.locked(breach_id)
    if breach.state != BreachState.CURE_CLAIMED:
        deadlines.meet(kind=breaches.CLAIMED, subject=breach, at=at, by=by)
    for dispute in Dispute.objects.filter(breach=breach, state=DisputeState.WITHDRAWN):
        reason = _("The petition was withdrawn.")
        deadlines.cancel(kind=DECIDED, subject=dispute, reason=reason, at=at, by=by)


def _end_clocks_soon(breach: Breach) -> None:
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
    """One member's vote, once. Whoever belongs to a party's organization can only be recused.

    Raises Dispute.DoesNotExist, CannotMove and ConflictOfInterest.
    """
    dispute, breach = _locked(dispute_id)
    if not dispute.may_become(DisputeState.DECIDED):
        raise CannotMove(_("The committee does not vote on this petition any more."))
    if choice != Choice.RECUSED:
        refuse_conflicted(breach, by)
    try:
        with atomic():
            vote = Vote.objects.create(
                dispute=dispute, person=by, choice=choice, reason=reason.strip(), cast_at=at
            )
    except IntegrityError:
        raise CannotMove(_("You have voted on this petition already.")) from None
    record("dispute.voted", dispute, by=by, at=at, after={"vote": choice})
    return vote


@atomic
def decide(*, dispute_id: UUID, decision: str, by: Person, at: datetime, remedy: str = "") -> Dispute:
    """Record what the votes say, with the reasons. The outcome is the majority's; even votes decide nothing.

    Raises Dispute.DoesNotExist, CannotMove and ConflictOfInterest.
    """
    dispute, breach = _locked(dispute_id)
    _explained(decision, _("Write the reasons of the decision; both sides read them."))
    refuse_conflicted(breach, by)
    outcome, counted = _majority(dispute)
    _move(
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
    breaches.move(breach, _state_of(outcome), by=by, at=at, text=decision.strip())
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
    mine = Membership.objects.active().filter(person=person, organization__isnull=False)
    organizations = set(mine.values_list("organization_id", flat=True))
    parties = Party.objects.filter(agreement_id=breach.agreement_id).exclude(side=Side.PROGRAM)
    concerned = set(parties.values_list("participation__organization_id", flat=True))
    concerned.add(breach.participation.organization_id)
    return bool(organizations & (concerned - {None}))


def mark_undecided(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """The committee has not decided in its time; either side may ask for arbitration now."""
    dispute, breach = _locked(clock.subject_id)
    if dispute.state == DisputeState.WITHDRAWN:  # whoever should have ended the clock was lost
        end_clocks(breach_id=breach.pk, at=at)
    if dispute.state != DisputeState.FILED:
        return
    _move(dispute, DisputeState.UNDECIDED, by=None, at=at)
    breaches.tell_party(breach, "dispute_decided", at)
    breaches.tell_program(breach, "dispute_decided", at)


def mark_final(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """Nobody asked for arbitration in time; the decision is final."""
    dispute, _breach = _locked(clock.subject_id)
    if dispute.state == DisputeState.DECIDED:
        _move(dispute, DisputeState.FINAL, by=None, at=at, closed_at=at)


# ── Arbitration ──────────────────────────────────────────────────────────────────────────────────


@atomic
def appeal(*, dispute_id: UUID, grounds: str, by: Person, at: datetime) -> Arbitration:
    """Ask for arbitration, against a decision or because there was none in time: either side. Raises Dispute.DoesNotExist and CannotMove."""
    dispute, breach = _locked(dispute_id)
    _explained(grounds, _("Say what the arbitrator is asked to decide, and why."))
    _move(dispute, DisputeState.ARBITRATION, by=by, at=at)
    on = at.astimezone(breaches.zone()).date()
    clause = breaches.dispute_clause(breach, on=on)
    made = Arbitration.objects.create(
        dispute=dispute,
        participation_id=dispute.participation_id,
        is_from_party=_in_portal(),
        grounds=grounds.strip(),
        asked_by=by,
        asked_at=at,
        rules=str(clause.parameters.get("arbitration", ""))[:300] if clause else "",
    )
    record("arbitration.asked", made, by=by, at=at)
    for kind in (APPEALED, DECIDED):
        deadlines.meet(kind=kind, subject=dispute, at=at, by=by)
    breaches.start_clock(FILED, breach, subject=dispute, at=at, by=by)
    breaches.tell_program(breach, "arbitration_asked", at)
    if not made.is_from_party:
        breaches.tell_party(breach, "arbitration_asked", at)
    return made


@atomic
def file_arbitration(
    *,
    arbitration_id: UUID,
    rules: str,
    seat: str,
    filed_on: date,
    by: Person,
    at: datetime,
    arbitrator: str = "",
) -> Arbitration:
    """The case is with the arbitrator, under these rules, at this seat. Raises Arbitration.DoesNotExist and CannotMove."""
    made, dispute, _breach = _locked_arbitration(arbitration_id)
    _explained(rules, _("Name the rules of the arbitration."))
    _explained(seat, _("Name the seat of the arbitration."))
    fields = {
        "rules": rules.strip(),
        "seat": seat.strip(),
        "filed_on": filed_on,
        "arbitrator": arbitrator.strip(),
    }
    _move_arbitration(made, ArbitrationState.FILED, by=by, at=at, **fields)
    deadlines.meet(kind=FILED, subject=dispute, at=at, by=by)
    return made


@atomic
def award(
    *,
    arbitration_id: UUID,
    outcome: Outcome,
    award: str,
    ended_on: date,
    by: Person,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
) -> Arbitration:
    """Record the award; it is final. `amount` in `currency` (ISO 4217) is what is to be paid. Raises Arbitration.DoesNotExist and CannotMove."""
    return _end(
        arbitration_id,
        ArbitrationState.AWARDED,
        _state_of(outcome),
        text=award,
        by=by,
        at=at,
        outcome=outcome,
        ended_on=ended_on,
        **_sum(amount, currency),
    )


@atomic
def settle(
    *,
    arbitration_id: UUID,
    award: str,
    ended_on: date,
    by: Person,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
) -> Arbitration:
    """The parties settled. `amount` in `currency` (ISO 4217) is what was agreed. Raises Arbitration.DoesNotExist and CannotMove."""
    return _end(
        arbitration_id,
        ArbitrationState.SETTLED,
        BreachState.SETTLED,
        text=award,
        by=by,
        at=at,
        ended_on=ended_on,
        **_sum(amount, currency),
    )


@atomic
def end_arbitration(
    *, arbitration_id: UUID, reason: str, ended_on: date, by: Person, at: datetime
) -> Arbitration:
    """It ends without an award; a decision of the committee stands. Raises Arbitration.DoesNotExist and CannotMove."""
    return _end(arbitration_id, ArbitrationState.ENDED, None, text=reason, by=by, at=at, ended_on=ended_on)


# ── The only places that write states ────────────────────────────────────────────────────────────


def _end(
    arbitration_id: UUID,
    to: ArbitrationState,
    breach_to: BreachState | None,
    *,
    text: str,
    by: Person,
    at: datetime,
    **fields: Any,
) -> Arbitration:
    made, dispute, breach = _locked_arbitration(arbitration_id)
    _explained(text, _("Write what was awarded or agreed."))
    if fields.get("currency") == "" and fields.get("amount") is not None:
        raise CannotMove(_("Name the currency of the sum."))
    _move_arbitration(made, to, by=by, at=at, award=text.strip(), **fields)
    _move(dispute, DisputeState.FINAL, by=by, at=at, closed_at=at)
    if breach_to is None and breach.state == BreachState.DISPUTED:
        breach_to = BreachState.NOT_CURED
    if breach_to is not None and breach_to != breach.state:
        breaches.move(breach, breach_to, by=by, at=at, text=text.strip())
    deadlines.meet(kind=FILED, subject=dispute, at=at, by=by)
    breaches.tell_party(breach, "dispute_decided", at)
    return made


def _sum(amount: Decimal | None, currency: str) -> dict[str, Any]:
    """What is to be paid; no currency without an amount."""
    return {"amount": amount, "currency": currency if amount is not None else ""}


def _in_portal() -> bool:
    return current_audience() in (Audience.BRAND, Audience.SUPPLIER)


def _state_of(outcome: Outcome) -> BreachState:
    return BreachState.UPHELD if outcome == Outcome.UPHELD else BreachState.DISMISSED


def _explained(text: str, ask: str = "") -> None:
    if not text.strip():
        raise CannotMove(ask or _("Say why; both sides read it."))


def _majority(dispute: Dispute) -> tuple[Outcome, dict[str, int]]:
    counted = dict.fromkeys(Choice.values, 0)
    for choice in dispute.votes.values_list("choice", flat=True):
        counted[choice] += 1
    yes, no = counted[Choice.FOR], counted[Choice.AGAINST]
    if yes == no:
        raise CannotMove(
            _("The votes are even, so nothing is decided. Wait for more votes, or for the end of the time.")
        )
    numbers = {"votes_for": yes, "votes_against": no, "votes_recused": counted[Choice.RECUSED]}
    return (Outcome.UPHELD if yes > no else Outcome.DISMISSED), numbers


def _locked(dispute_id: UUID) -> tuple[Dispute, Breach]:
    """The dispute and its breach; the breach is locked first, as everywhere."""
    breach = breaches.locked(Dispute.objects.values_list("breach_id", flat=True).get(pk=dispute_id))
    return Dispute.objects.select_for_update(of=("self",)).get(pk=dispute_id), breach


def _locked_arbitration(arbitration_id: UUID) -> tuple[Arbitration, Dispute, Breach]:
    dispute_id = Arbitration.objects.values_list("dispute_id", flat=True).get(pk=arbitration_id)
    dispute, breach = _locked(dispute_id)
    return Arbitration.objects.select_for_update(of=("self",)).get(pk=arbitration_id), dispute, breach


def _move(
    dispute: Dispute, to: DisputeState, *, by: Person | None, at: datetime, reason: str = "", **fields: Any
) -> None:
    """The only place that writes `Dispute.state`. The caller holds the row lock."""
    refusal = CannotMove(
        _("This petition is “%(now)s” already; it cannot become “%(to)s”.")
        % {"now": DisputeState(dispute.state).label, "to": to.label}
    )
    move_row(dispute, to, name="dispute", refusal=refusal, by=by, at=at, reason=reason, **fields)


def _move_arbitration(
    made: Arbitration, to: ArbitrationState, *, by: Person, at: datetime, **fields: Any
) -> None:
    """The only place that writes `Arbitration.state`. The caller holds the row lock."""
    refusal = CannotMove(
        _("This arbitration is “%(now)s” already; it cannot become “%(to)s”.")
        % {"now": ArbitrationState(made.state).label, "to": to.label}
    )
    move_row(made, to, name="arbitration", refusal=refusal, by=by, at=at, **fields)


def _tell_committee(dispute: Dispute, kind: str, at: datetime) -> None:
    tell_role(
        kind=kind,
        key=f"{kind}:{dispute.pk}",
        permission=Permission.DISPUTE_DECIDE,
        at=at,
        context={"breach": str(dispute.breach_id)},
    )

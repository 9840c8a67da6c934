"""Arbitration: asked for against a decision of the committee or because there was none in time, filed, and ended.

Either side may ask for it; in a portal the database lets the party do that and nothing else.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import ArbitrationState, BreachState, DisputeState, Outcome
from agreements.models import Arbitration, Breach, Dispute
from agreements.operations import breaches, disputes
from agreements.operations.committee import agenda
from agreements.operations.disputes import APPEALED, DECIDED, FILED, CannotMove
from agreements.operations.moving import move_row
from wsr.accounts.models import Person
from wsr.deadlines import operations as deadlines
from wsr.history.operations import record
from wsr.tenancy import atomic


@atomic
def appeal(*, dispute_id: UUID, grounds: str, by: Person, at: datetime) -> Arbitration:
    """Ask for arbitration, against a decision or because there was none in time: either side. Raises Dispute.DoesNotExist and CannotMove."""
    dispute, breach = disputes.locked(dispute_id)
    disputes.explained(grounds, _("Say what the arbitrator is asked to decide, and why."))
    disputes.move(dispute, DisputeState.ARBITRATION, by=by, at=at)
    on = at.astimezone(breaches.zone()).date()
    clause = breaches.dispute_clause(breach, on=on)
    made = Arbitration.objects.create(
        dispute=dispute,
        participation_id=dispute.participation_id,
        is_from_party=disputes.in_portal(),
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
    if made.is_from_party:
        disputes.end_clocks_soon(breach)
    else:
        agenda.take_off(dispute, by=by, at=at)
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
    disputes.explained(rules, _("Name the rules of the arbitration."))
    disputes.explained(seat, _("Name the seat of the arbitration."))
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
        disputes.state_of(outcome),
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
    disputes.explained(text, _("Write what was awarded or agreed."))
    if fields.get("currency") == "" and fields.get("amount") is not None:
        raise CannotMove(_("Name the currency of the sum."))
    _move_arbitration(made, to, by=by, at=at, award=text.strip(), **fields)
    disputes.move(dispute, DisputeState.FINAL, by=by, at=at, closed_at=at)
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


def _locked_arbitration(arbitration_id: UUID) -> tuple[Arbitration, Dispute, Breach]:
    dispute_id = Arbitration.objects.values_list("dispute_id", flat=True).get(pk=arbitration_id)
    dispute, breach = disputes.locked(dispute_id)
    return Arbitration.objects.select_for_update(of=("self",)).get(pk=arbitration_id), dispute, breach


def _move_arbitration(
    made: Arbitration, to: ArbitrationState, *, by: Person, at: datetime, **fields: Any
) -> None:
    """The only place that writes `Arbitration.state`. The caller holds the row lock."""
    refusal = CannotMove(
        _("This arbitration is “%(now)s” already; it cannot become “%(to)s”.")
        % {"now": ArbitrationState(made.state).label, "to": to.label}
    )
    move_row(made, to, name="arbitration", refusal=refusal, by=by, at=at, **fields)

"""From the agreed date to the verified repair. What is reported as fixed and what was verified are never mixed."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import ActionState, Payer
from audits.models import ActionProof, CorrectiveAction, Report
from audits.operations.actions import keeping
from audits.operations.actions.keeping import CannotMove
from audits.operations.states import check_version
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.tenancy import atomic


@atomic
def agree(
    *,
    action_id: UUID,
    due_on: date,
    action: str,
    payer: Payer,
    by: Person,
    at: datetime,
    cost: Decimal | None = None,
    currency: str = "",
    finance_plan: str = "",
    note: str = "",
) -> CorrectiveAction:
    """Put on record what was agreed with the supplier: what it will do, until when, and who pays. Its clock runs from now on.

    `due_on`: today or later in the program's time zone. Milestones that were set keep their dates. Raises CorrectiveAction.DoesNotExist
    and CannotMove.
    """
    row = keeping.locked(action_id)
    if row.inspection_id and not Report.objects.issued_before(row.inspection_id):
        raise CannotMove(_("Issue the report first: brands read what is agreed."))
    action = keeping.explained(action, _("Say what will be done."))
    if due_on < today(at):
        raise CannotMove(_("The date is over. Choose today or a later day."))
    if any(step.due_on > due_on for step in row.milestones.all()):
        raise CannotMove(_("A milestone is due after that day. Choose a later day, or move the milestone."))
    check_cost(cost, currency)
    said = {
        "due_on": due_on,
        "action": action,
        "payer": Payer(payer),
        "cost": cost,
        "currency": currency if cost is not None else "",
        "finance_plan": finance_plan.strip(),
    }
    keeping.move(row, ActionState.AGREED, by=by, at=at, note=note.strip(), agreed_at=at, after=said, **said)
    keeping.settle_plan(row, at=at, by=by)
    keeping.start_due(row, at=at, by=by)
    for step in row.milestones.filter(verified_at=None):
        keeping.start_step(step, row, at=at, by=by)
    keeping.tell_supplier(row, "action_agreed", key=f"{row.pk}", at=at)
    return row


def check_cost(cost: Decimal | None, currency: str) -> None:
    """Raises CannotMove for an amount without its currency, or below zero."""
    if cost is not None and (len(currency) != 3 or not currency.isalpha() or not currency.isupper()):
        raise CannotMove(_("Give the currency of the cost in three capital letters, such as USD."))
    if cost is not None and cost < 0:
        raise CannotMove(_("A cost is not below zero."))


@atomic
def report_fixed(
    *, action_id: UUID, note: str, by: Person, at: datetime, files: Iterable[StoredFile] = ()
) -> CorrectiveAction:
    """Say that it is fixed and send what shows it; it waits for its verification then. By the supplier, or by staff for it.

    Raises CorrectiveAction.DoesNotExist and CannotMove.
    """
    action = keeping.locked(action_id)
    note = keeping.explained(note, _("Say in a sentence what was done."))
    keeping.move(action, ActionState.REPORTED, by=by, at=at, note=note, reported_at=at, reported_by=by)
    add_proofs(action, note, files, by=by, at=at)
    clocks.meet(kind=keeping.DUE, subject=action, at=at, by=by)
    keeping.start_verification(action, at=at, by=by)
    keeping.tell_program(
        action,
        "action_reported",
        key=f"{action.pk}:{action.version}",
        at=at,
        permission=Permission.ACTION_VERIFY,
    )
    return action


def add_proofs(
    action: CorrectiveAction, note: str, files: Iterable[StoredFile], *, by: Person, at: datetime
) -> None:
    """Keep what shows that something was done, each file once."""
    for file in {file.pk: file for file in files}.values():
        ActionProof.objects.create(
            action=action, supplier_id=action.supplier_id, file=file, note=note, by=by, sent_at=at
        )


@atomic
def verify(
    *,
    action_id: UUID,
    by: Person,
    at: datetime,
    note: str = "",
    inspection_id: UUID | None = None,
    if_version: int | None = None,
) -> CorrectiveAction:
    """It is fixed, as seen by somebody who neither reported it nor has a tie to the supplier. `inspection_id`: the visit at which.

    Raises CorrectiveAction.DoesNotExist, Stale, CannotMove and NeedsAnother.
    """
    action = keeping.locked(action_id)
    check_version(action, if_version)
    keeping.check_verifier(action, by, on=today(at), inspection_id=inspection_id)
    keeping.move(
        action,
        ActionState.VERIFIED,
        by=by,
        at=at,
        note=note.strip(),
        inspection_id=inspection_id,
        verified_at=at,
        verified_by=by,
    )
    for kind in (keeping.DUE, keeping.VERIFIED):
        clocks.meet(kind=kind, subject=action, at=at, by=by)
    for step in action.milestones.filter(verified_at=None):
        clocks.meet(kind=keeping.STEP, subject=step, at=at, by=by)
    keeping.tell_supplier(action, "action_verified", key=f"{action.pk}:{action.version}", at=at)
    return action


@atomic
def reject(
    *,
    action_id: UUID,
    reason: str,
    by: Person,
    at: datetime,
    inspection_id: UUID | None = None,
    if_version: int | None = None,
) -> CorrectiveAction:
    """It is not fixed: as said by who verifies, with the reason. The agreed date counts again, also where it is over.

    Where a later visit finds that a verified repair did not last, no date counts until the program sets a new one.
    Raises CorrectiveAction.DoesNotExist, Stale, CannotMove and NeedsAnother.
    """
    action = keeping.locked(action_id)
    check_version(action, if_version)
    reason = keeping.explained(reason, _("Say what is not fixed; the supplier reads it."))
    keeping.check_verifier(action, by, on=today(at), inspection_id=inspection_id)
    was_reported = action.state == ActionState.REPORTED
    keeping.move(
        action,
        ActionState.REJECTED,
        by=by,
        at=at,
        note=reason,
        inspection_id=inspection_id,
        verified_at=None,
        verified_by=None,
    )
    clocks.meet(kind=keeping.VERIFIED, subject=action, at=at, by=by)
    if was_reported:
        keeping.start_due(action, at=at, by=by)
    keeping.tell_supplier(action, "action_rejected", key=f"{action.pk}:{action.version}", at=at)
    keeping.tell_program(
        action,
        "action_not_fixed",
        key=f"{action.pk}:{action.version}",
        at=at,
        permission=Permission.ACTION_CHANGE,
    )
    return action


@atomic
def renew(*, action_id: UUID, due_on: date, reason: str, by: Person, at: datetime) -> CorrectiveAction:
    """A new date where a verified repair did not last: that is no extension. Raises CorrectiveAction.DoesNotExist and CannotMove."""
    action = keeping.locked(action_id)
    reason = keeping.explained(reason, _("Say why this date; the supplier reads it."))
    if not may_renew(action):
        raise CannotMove(
            _("A new date is for a repair that was verified and did not last. Use an extension.")
        )
    if due_on < today(at):
        raise CannotMove(_("The date is over. Choose today or a later day."))
    set_due(action, due_on, reason, event="action.renewed", by=by, at=at)
    return action


def may_renew(action: CorrectiveAction) -> bool:
    """Whether it is not fixed after it was verified once."""
    return (
        action.state == ActionState.REJECTED
        and action.actionsteps.filter(state=ActionState.VERIFIED).exists()
    )


def set_due(
    action: CorrectiveAction, due_on: date, reason: str, *, event: str, by: Person, at: datetime
) -> None:
    """The only place that moves an agreed date: the old clock ends with the reason, the new one runs. The caller holds the lock."""
    before = action.due_on
    action.due_on = due_on
    keeping.save(action, "due_on", at=at)
    keeping.step(action, reason, by=by, at=at)
    keeping.stop(keeping.DUE, action, reason=reason[:600], at=at, by=by)
    keeping.start_due(action, at=at, by=by)
    record(event, action, by=by, at=at, before={"due_on": before}, after={"due_on": due_on}, reason=reason)
    keeping.tell_supplier(action, "action_date_set", key=f"{action.pk}:{action.version}", at=at)


@atomic
def withdraw(*, action_id: UUID, reason: str, by: Person, at: datetime) -> CorrectiveAction:
    """It is not asked for any more, with the reason. It counts in no progress. Raises CorrectiveAction.DoesNotExist and CannotMove."""
    action = keeping.locked(action_id)
    reason = keeping.explained(reason, _("Say why it is withdrawn; the supplier reads it."))
    was_agreed = action.agreed_at is not None
    keeping.move(action, ActionState.WITHDRAWN, by=by, at=at, note=reason, closed_reason=reason)
    keeping.settle_plan(action, at=at, by=by)
    for kind in (keeping.DUE, keeping.VERIFIED):
        keeping.stop(kind, action, reason=reason, at=at, by=by)
    for step in action.milestones.all():
        keeping.stop(keeping.STEP, step, reason=reason, at=at, by=by)
    if was_agreed:
        keeping.tell_supplier(action, "action_withdrawn", key=f"{action.pk}", at=at)
    return action

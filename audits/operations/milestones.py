"""Milestones: an action that takes long is done in steps, each with its own date. Source: `domain.md` 3, M6."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import DUE_STATES, ActionState
from audits.models import CorrectiveAction, Milestone
from audits.operations.actions import keeping
from audits.operations.actions.keeping import CannotMove
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.history.operations import record
from wsr.tenancy import atomic

_OPEN = (ActionState.PROPOSED, *DUE_STATES)


@atomic
def add(*, action_id: UUID, title: str, due_on: date, by: Person, at: datetime) -> Milestone:
    """Add a step with its date, at most the date of the action. Raises CorrectiveAction.DoesNotExist and CannotMove."""
    action = keeping.locked(action_id)
    title = keeping.explained(title, _("Say what is reached with this milestone."))
    if action.state not in _OPEN:
        raise CannotMove(_("Milestones are set while the action is proposed or to be done."))
    _check_day(action, due_on, at=at)
    milestone = Milestone.objects.create(
        action=action,
        supplier_id=action.supplier_id,
        title=title[:300],
        due_on=due_on,
        position=action.milestones.count(),
    )
    keeping.save(action, at=at)
    if action.agreed_at is not None:
        keeping.start_step(milestone, action, at=at, by=by)
    record(
        "milestone.added",
        action,
        by=by,
        at=at,
        after={"milestone": milestone.pk, "title": milestone.title, "due_on": due_on},
    )
    return milestone


@atomic
def move(*, milestone_id: UUID, due_on: date, reason: str, by: Person, at: datetime) -> Milestone:
    """Give a step another date, with the reason. Raises Milestone.DoesNotExist and CannotMove."""
    milestone, action = _locked(milestone_id)
    reason = keeping.explained(reason, _("Say why the date moves; the supplier reads it."))
    if action.state not in _OPEN or milestone.reached_at is not None or milestone.verified_at is not None:
        raise CannotMove(_("This milestone is not open any more."))
    _check_day(action, due_on, at=at)
    before, milestone.due_on = milestone.due_on, due_on
    milestone.save(update_fields=["due_on"])
    keeping.save(action, at=at)
    keeping.step(action, f"{milestone.title}: {reason}", by=by, at=at)
    if action.agreed_at is not None:
        keeping.stop(keeping.STEP, milestone, reason=reason[:600], at=at, by=by)
        keeping.start_step(milestone, action, at=at, by=by)
    record(
        "milestone.moved",
        action,
        by=by,
        at=at,
        before={"due_on": before},
        after={"milestone": milestone.pk, "due_on": due_on},
        reason=reason,
    )
    return milestone


@atomic
def reach(*, milestone_id: UUID, note: str, by: Person, at: datetime) -> Milestone:
    """Say that a step is done: the supplier, or staff for it. Raises Milestone.DoesNotExist and CannotMove."""
    milestone, action = _locked(milestone_id)
    note = keeping.explained(note, _("Say in a sentence what was done."))
    if action.state not in DUE_STATES:
        raise CannotMove(_("A milestone is reached while the action is to be done."))
    if milestone.reached_at is not None or milestone.verified_at is not None:
        raise CannotMove(_("This milestone was reported already."))
    milestone.reached_at, milestone.reached_by = at, by
    milestone.save(update_fields=["reached_at", "reached_by"])
    keeping.save(action, at=at)
    keeping.step(action, f"{milestone.title}: {note}", by=by, at=at)
    clocks.meet(kind=keeping.STEP, subject=milestone, at=at, by=by)
    record("milestone.reached", action, by=by, at=at, after={"milestone": milestone.pk}, reason=note)
    keeping.tell_program(
        action, "milestone_reached", key=f"{milestone.pk}", at=at, permission=Permission.ACTION_VERIFY
    )
    return milestone


@atomic
def verify(
    *,
    milestone_id: UUID,
    by: Person,
    at: datetime,
    note: str = "",
    inspection_id: UUID | None = None,
) -> Milestone:
    """A step is done, as seen by somebody who may verify the action. Raises Milestone.DoesNotExist, CannotMove and NeedsAnother."""
    milestone, action = _locked(milestone_id)
    if action.agreed_at is None or action.state in (ActionState.WITHDRAWN, ActionState.PROPOSED):
        raise CannotMove(_("Nothing was agreed that could be verified."))
    if milestone.verified_at is not None:
        raise CannotMove(_("This milestone was verified already."))
    if milestone.reached_by_id == by.pk:
        raise keeping.NeedsAnother(_("You reported it yourself; somebody else must verify it."))
    keeping.check_verifier(action, by, on=today(at), inspection_id=inspection_id)
    milestone.verified_at, milestone.verified_by = at, by
    milestone.save(update_fields=["verified_at", "verified_by"])
    keeping.save(action, at=at)
    said = _("%(step)s: verified.") % {"step": milestone.title}
    keeping.step(action, f"{said} {note}".strip(), by=by, at=at, inspection_id=inspection_id)
    clocks.meet(kind=keeping.STEP, subject=milestone, at=at, by=by)
    record("milestone.verified", action, by=by, at=at, after={"milestone": milestone.pk}, reason=note.strip())
    keeping.tell_supplier(action, "milestone_verified", key=f"{milestone.pk}", at=at)
    return milestone


def _locked(milestone_id: UUID) -> tuple[Milestone, CorrectiveAction]:
    """The action first, as everywhere; then the milestone."""
    action = keeping.locked(Milestone.objects.values_list("action_id", flat=True).get(pk=milestone_id))
    return Milestone.objects.select_for_update(of=("self",)).get(pk=milestone_id), action


def _check_day(action: CorrectiveAction, due_on: date, *, at: datetime) -> None:
    if due_on < today(at):
        raise CannotMove(_("The date is over. Choose today or a later day."))
    if action.due_on is not None and due_on > action.due_on:
        raise CannotMove(
            _("The whole action is due on %(day)s. Choose that day or an earlier one.")
            % {"day": action.due_on}
        )

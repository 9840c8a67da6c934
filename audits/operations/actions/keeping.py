"""What every act on a corrective action needs: the lock, the only place that writes its state, its clocks, who may verify, who is told."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.enums import ActionState, InspectionState
from audits.models import ActionStep, CorrectiveAction, Inspection, Milestone
from programs.queries import rule_value, today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import Audience, current_alias, current_audience, current_program_id
from wsr.tenancy.models import OPEN, Program

DUE, VERIFIED, STEP = "audits.action_due", "audits.action_verified", "audits.milestone_due"
PLAN = "audits.plan_agreed"
OTHER_VERIFIER = "correction.other_verifier"


class CannotMove(DomainError):
    """The corrective action cannot do that as it stands."""


class NeedsAnother(DomainError):
    """Somebody else must do this."""


def locked(action_id: UUID) -> CorrectiveAction:
    """The action, locked until the end of the transaction. Raises CorrectiveAction.DoesNotExist."""
    return CorrectiveAction.objects.select_for_update(of=("self",)).get(pk=action_id)


def save(action: CorrectiveAction, *fields: str, at: datetime) -> None:
    """Write columns of a locked action, and that it changed."""
    action.version += 1
    action.updated_at = at
    action.save(update_fields=[*fields, "version", "updated_at"])


def move(
    action: CorrectiveAction,
    to: ActionState,
    /,
    *,
    by: Person,
    at: datetime,
    note: str = "",
    inspection_id: UUID | None = None,
    after: dict[str, object] | None = None,
    **fields: object,
) -> None:
    """The only place that writes an action's state, with its step and history. The caller holds the lock. Raises CannotMove."""
    before = ActionState(action.state)
    if not action.may_become(to):
        raise CannotMove(
            _("This action is “%(now)s”; it cannot become “%(to)s”.") % {"now": before.label, "to": to.label}
        )
    for name, value in {"state": to, **fields}.items():
        setattr(action, name, value)
    save(action, "state", *fields, at=at)
    step(action, note, by=by, at=at, inspection_id=inspection_id)
    record(
        f"action.{to}",
        action,
        by=by,
        at=at,
        before={"state": before},
        after={"state": to, **(after or {})},
        reason=note,
    )


def step(
    action: CorrectiveAction, note: str, *, by: Person | None, at: datetime, inspection_id: UUID | None = None
) -> ActionStep:
    """What happened, for the page of the action. The database says from which side."""
    return ActionStep.objects.create(
        action=action,
        supplier_id=action.supplier_id,
        state=action.state,
        note=note,
        name=str(by or ""),
        by=by,
        at=at,
        inspection_id=inspection_id,
    )


def first_step(action: CorrectiveAction, *, step_id: UUID, at: datetime) -> ActionStep:
    """That the program proposed it, without who and with no more of when than `at` says."""
    return ActionStep.objects.create(
        id=step_id, action=action, supplier_id=action.supplier_id, state=action.state, at=at
    )


def explained(reason: str, message: str) -> str:
    """The reason without blanks around it. Raises CannotMove where there is none."""
    if not reason.strip():
        raise CannotMove(message)
    return reason.strip()


# ── Who verifies ─────────────────────────────────────────────────────────────────────────────────


def check_verifier(
    action: CorrectiveAction, person: Person, *, on: date, inspection_id: UUID | None = None
) -> None:
    """Not who reported it, at whatever time, nor anyone of the supplier; nor who agreed it, where the program says so.

    The database refuses the first two as well. Not during an unannounced visit there: the supplier is told at once, and would
    know. `inspection_id` is a visit to the same workplace. Raises NeedsAnother, CannotMove and Inspection.DoesNotExist.
    """
    visits = Inspection.objects.filter(workplace_id=action.workplace_id)
    if inspection_id is not None:
        visits.get(pk=inspection_id)
    # Whoever is outside the circle sees no such visit, and is not told of it here.
    if visits.exclude(secret_of=OPEN).exclude(state=InspectionState.CANCELLED).exists():
        raise CannotMove(_("Say this when the visit is over: the supplier is told at once."))
    said = ActionStep.objects.filter(action=action, by=person)
    if action.reported_by_id == person.pk or said.filter(state=ActionState.REPORTED).exists():
        raise NeedsAnother(_("You reported it as fixed yourself; somebody else must verify it."))
    if action.milestones.filter(reached_by=person).exists():
        raise NeedsAnother(_("You reported a milestone of it as done; somebody else must verify it."))
    if is_tied(action.supplier_id, person.pk):
        raise NeedsAnother(_("Somebody without a tie to the supplier must verify it."))
    if said.filter(state=ActionState.AGREED).exists() and rule_value(OTHER_VERIFIER, on=on) is True:
        raise NeedsAnother(
            _("You agreed this action with the supplier; by the program's rule somebody else must verify it.")
        )


def is_tied(supplier_id: UUID, person_id: UUID) -> bool:
    """Whether a person acts or acted for a supplier in this program, or is barred from it. For staff and auditors."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT audits_is_tied(%s, %s)", [supplier_id, person_id])
        return cursor.fetchone()[0]


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────


def start_due(action: CorrectiveAction, *, at: datetime, by: Person | None) -> None:
    """The supplier's date runs: counted in days from the day on which it was agreed."""
    clocks.start(kind=DUE, subject=action, **_dated(action, action.due_on, at=at, by=by))


def start_step(milestone: Milestone, action: CorrectiveAction, *, at: datetime, by: Person | None) -> None:
    """The date of a milestone runs."""
    clocks.start(kind=STEP, subject=milestone, **_dated(action, milestone.due_on, at=at, by=by))


def start_verification(action: CorrectiveAction, *, at: datetime, by: Person | None) -> None:
    """The program's own time to verify runs, where it has set one."""
    clocks.start(
        kind=VERIFIED,
        subject=action,
        started_at=at,
        at=at,
        by=by,
        title=title_of(action),
        url=address_of(action),
    )


def settle_plan(action: CorrectiveAction, *, at: datetime, by: Person | None) -> None:
    """The plan of an inspection is agreed when nothing of it is only proposed any more."""
    if action.inspection_id is None:
        return
    rest = CorrectiveAction.objects.filter(inspection_id=action.inspection_id, state=ActionState.PROPOSED)
    if not rest.exists():
        clocks.meet(kind=PLAN, subject=("audits.inspection", action.inspection_id), at=at, by=by)


def stop(kind: str, subject: Any, *, reason: str, at: datetime, by: Person | None) -> None:
    """A date that no longer counts. For staff; others meet their clocks."""
    if current_audience() in (Audience.STAFF, Audience.ENGINE):
        clocks.cancel(kind=kind, subject=subject, reason=reason, at=at, by=by)


def _dated(
    action: CorrectiveAction, due_on: date | None, *, at: datetime, by: Person | None
) -> dict[str, Any]:
    if due_on is None or action.agreed_at is None:
        raise ValueError("Only what was agreed with a date has a clock.")
    days = max((due_on - today(action.agreed_at)).days, 0)
    return {
        "started_at": action.agreed_at,
        "at": at,
        "by": by,
        "responsible_participation_id": action.supplier_id,
        "title": title_of(action),
        "url": address_of(action),
        "length": Length(days, Unit.DAYS, Basis.AGREEMENT, "set_by_program", _("Corrective action plan")),
    }


# ── Words, addresses, telling ────────────────────────────────────────────────────────────────────


def title_of(action: CorrectiveAction) -> str:
    """As clocks and calendars name it: not what it is about."""
    return _("Corrective action %(number)s") % {"number": action.number}


def address_of(action: CorrectiveAction) -> str:
    """The page of an action."""
    return reverse("audits:action", args=[program_slug(), action.pk])


def program_slug() -> str:
    """How addresses name the active program."""
    return Program.objects.values_list("slug", flat=True).get(pk=current_program_id())


def tell_supplier(action: CorrectiveAction, kind: str, *, key: str, at: datetime) -> bool:
    """Tell the supplier's people; whether it has an account. For staff and auditors."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT audits_organization_of(%s)", [action.supplier_id])
        organization_id = cursor.fetchone()[0]
    if organization_id:
        tell_role(
            kind=kind,
            key=f"{kind}:{key}",
            organization_id=organization_id,
            at=at,
            context={"action": str(action.pk)},
        )
    return organization_id is not None


def tell_program(
    action: CorrectiveAction, kind: str, *, key: str, at: datetime, permission: Permission
) -> None:
    """Tell those of the program who hold a permission."""
    tell_role(
        kind=kind,
        key=f"{kind}:{key}",
        permission=permission,
        at=at,
        context={"action": str(action.pk)},
    )

"""Who pays for a corrective action, and each side's consent to it.

A consent is given to the exact plan, by its hash: when the plan changes, it needs new ones. Source: `domain.md` 2.3, A11.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import ActionState, Payer
from audits.models import CorrectiveAction, FinanceConsent
from audits.operations.actions import keeping
from audits.operations.actions.keeping import CannotMove
from audits.operations.actions.moving import check_cost
from programs.enums import Part
from programs.models import Participation
from programs.queries import rule_value
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import canonical, record
from wsr.tenancy import Audience, atomic, current_audience

SIGNED = "correction.finance_signed"
PLAN = ("payer", "cost", "currency", "finance_plan")
_CHANGEABLE = (ActionState.AGREED, ActionState.REPORTED, ActionState.REJECTED)


class CannotConsent(DomainError):
    """The consent cannot be given like this."""


def plan_sha256(action: CorrectiveAction) -> str:
    """The hash of what is paid, by whom and for what; both sides consent to these bytes."""
    plan = {name: getattr(action, name) for name in PLAN}
    plan["cost"] = None if action.cost is None else f"{Decimal(action.cost):.2f}"
    body = canonical({"action": action.pk, "number": action.number, "does": action.action, **plan})
    return hashlib.sha256(body.encode()).hexdigest()


def needs_consent(*, on: date) -> bool:
    """Whether the program wants the finance plan signed by both sides."""
    return rule_value(SIGNED, on=on) is True


def other_side(action: CorrectiveAction) -> Part:
    """Who signs beside the supplier: the program where it pays, otherwise a brand."""
    return Part.WORKER_ORGANIZATION if action.payer == Payer.PROGRAM else Part.BRAND


def is_signed(action: CorrectiveAction, consents: Iterable[FinanceConsent], brands: Collection[UUID]) -> bool:
    """Whether the supplier and somebody of the other side have consented to the plan as it is now. `brands`: ids of the program's brands."""
    plan = plan_sha256(action)
    signed = {one.participation_id for one in consents if one.plan_sha256 == plan}
    others = signed - {action.supplier_id}
    wants_brand = other_side(action) == Part.BRAND
    return action.supplier_id in signed and any((other in brands) == wants_brand for other in others)


@atomic
def set_plan(
    *,
    action_id: UUID,
    payer: Payer,
    by: Person,
    at: datetime,
    cost: Decimal | None = None,
    currency: str = "",
    finance_plan: str = "",
) -> CorrectiveAction:
    """Change who pays, or how. Consents to the plan before it count no more. Raises CorrectiveAction.DoesNotExist and CannotMove."""
    action = keeping.locked(action_id)
    if action.state not in _CHANGEABLE:
        raise CannotMove(_("Who pays is changed while the action is agreed and not yet verified."))
    check_cost(cost, currency)
    said = {
        "payer": Payer(payer),
        "cost": cost,
        "currency": currency if cost is not None else "",
        "finance_plan": finance_plan.strip(),
    }
    before = {name: getattr(action, name) for name in PLAN}
    if before == said:
        return action
    for name, value in said.items():
        setattr(action, name, value)
    keeping.save(action, *said, at=at)
    keeping.step(action, _("Who pays was changed."), by=by, at=at)
    record("action.plan_changed", action, by=by, at=at, before=before, after=said)
    keeping.tell_supplier(action, "action_plan_changed", key=f"{action.pk}:{action.version}", at=at)
    return action


@atomic
def consent(
    *, action_id: UUID, participation_id: UUID, name: str, plan: str, by: Person, at: datetime
) -> FinanceConsent:
    """Sign the plan for one side: from its portal, or by staff from a signed paper. `plan`: the hash of what was read.

    Raises CorrectiveAction.DoesNotExist, Participation.DoesNotExist and CannotConsent.
    """
    action = _read(action_id)
    name = name.strip()
    if not name:
        raise CannotConsent(_("Write the name of who signs."))
    if action.state not in _CHANGEABLE:
        raise CannotConsent(_("The plan is signed while the action is agreed and not yet verified."))
    if plan != plan_sha256(action):
        raise CannotConsent(_("The plan was changed in the meantime. Read it again before you sign."))
    side = Participation.objects.get(pk=participation_id)
    if side.part == Part.SUPPLIER and side.pk != action.supplier_id:
        raise CannotConsent(_("This supplier has no part in the action."))
    given = FinanceConsent.objects.filter(action=action, participation_id=side.pk, plan_sha256=plan).first()
    if given is not None:
        return given
    given = FinanceConsent.objects.create(
        action=action,
        supplier_id=action.supplier_id,
        participation_id=side.pk,
        plan_sha256=plan,
        by=by,
        name=name,
        given_at=at,
    )
    record("action.plan_signed", action, by=by, at=at, after={"side": side.pk, "plan": plan, "name": name})
    keeping.tell_program(
        action, "action_plan_signed", key=f"{given.pk}", at=at, permission=Permission.ACTION_CHANGE
    )
    return given


def _read(action_id: UUID) -> CorrectiveAction:
    """Locked against a change of the plan; a brand may lock nothing, its consent names the plan by hash."""
    if current_audience() == Audience.BRAND:
        return CorrectiveAction.objects.get(pk=action_id)
    return keeping.locked(action_id)

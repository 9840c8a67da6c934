"""What followed in the demo from missed dates: one supplier suspended and its brands bound to stop, one on an early rung, one back in good standing."""

from datetime import timedelta
from typing import Any

from agreements.models import Escalation, StopDuty
from agreements.operations import duties, escalation
from audits.enums import ActionState
from audits.models import CorrectiveAction
from audits.operations import actions
from programs.demo.clocks import pass_until
from programs.queries import today

SUSPENDED, BACK = "Demo Growers Three", "Demo Growers Four"
SUSPENDED_AGO, BACK_AGO = 40, 12  # days


def build(cast: Any) -> None:
    """Time passes up to each act. `cast`: as in `audits.demo`. Outside any scope."""
    _suspend(cast)
    _bring_back(cast)
    pass_until(cast.program.pk, cast.at)


def _suspend(cast: Any) -> None:
    """The council suspends a supplier that missed its date; of the brands one proves that it stopped, and one acknowledges."""
    then = cast.at - timedelta(days=SUSPENDED_AGO)
    pass_until(cast.program.pk, then)
    with cast.staff(cast.director):
        case = Escalation.objects.open().filter(supplier__name=SUSPENDED).first()
        if case is None:
            return
        escalation.climb(
            escalation_id=case.pk,
            rung_key="suspended",
            reason="A supervisor who was found to shame workers still leads a crew (demo).",
            effective_on=today(then),
            by=cast.director,
            at=then,
        )
        bound = list(StopDuty.objects.active().order_by("brand__name", "pk"))
        for duty in bound[:2]:
            duties.acknowledge(
                duty_id=duty.pk, name="Demo compliance officer", by=cast.director, at=then + timedelta(days=3)
            )
    pass_until(cast.program.pk, then + timedelta(days=20))
    with cast.staff(cast.director):
        stopped = then + timedelta(days=20)
        for duty in bound[:1]:
            duties.submit_proof(
                duty_id=duty.pk,
                stopped_on=today(stopped),
                note="The last order was delivered; all later ones are cancelled (demo).",
                file=None,
                by=cast.director,
                at=stopped,
            )
            duties.accept_proof(duty_id=duty.pk, by=cast.director, at=stopped + timedelta(days=2))
        for duty in bound[1:2]:
            duties.confirm_stop(duty_id=duty.pk, stopped_on=today(stopped), by=cast.director, at=stopped)


def _bring_back(cast: Any) -> None:
    """A re-entry inspection found the corrective action done."""
    then = cast.at - timedelta(days=BACK_AGO)
    pass_until(cast.program.pk, then)
    with cast.staff():
        rows = CorrectiveAction.objects.filter(supplier__name=BACK, state=ActionState.AGREED)
        found = list(rows.order_by("number").values_list("pk", flat=True))
    with cast.field():
        for action_id in found:
            words = "Seen at the re-entry audit (demo)."
            actions.verify(action_id=action_id, by=cast.auditor, at=then, note=words)
    with cast.staff(cast.director):
        case = Escalation.objects.open().filter(supplier__name=BACK).first()
        if case is None:
            return
        if case.condition_for_return:
            escalation.prove_condition(
                escalation_id=case.pk,
                note="The re-entry audit confirmed it (demo).",
                met_on=today(then),
                file=None,
                by=cast.director,
                at=then,
            )
        escalation.close(
            escalation_id=case.pk,
            outcome="The corrective action was confirmed at a re-entry audit (demo).",
            effective_on=today(then),
            by=cast.director,
            at=then,
            overrides=True,
        )

"""What follows when the date of a corrective action passes: the ladder of the agreements, once, as the program's rule says."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agreements.operations import escalation
from audits.models import CorrectiveAction
from audits.operations.actions import keeping
from programs.queries import rule_value, today
from wsr.accounts.grants import Permission
from wsr.deadlines.models import Clock
from wsr.history.operations import record

CLIMBS = "correction.overdue_climbs"


def date_missed(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """The clock of an action has passed its limit. Each missed date is put to the ladder once, however often a clock passes it.

    The program decides: a supplier on the ladder has its next rung proposed, for another one staff are asked whether it should be put
    there. Where the program's rule says so the supplier climbs by itself, at most once for all dates it missed on one rung.
    """
    action = CorrectiveAction.objects.select_for_update(of=("self",)).get(pk=clock.subject_id)
    day = today(at)
    if not action.is_overdue(on=day) or action.laddered_for == action.due_on:
        return
    action.laddered_for = action.due_on
    action.save(update_fields=["laddered_for"])
    reason = _("Corrective action %(number)s was due on %(day)s and is not fixed.") % {
        "number": action.number,
        "day": action.due_on,
    }
    case = escalation.answer_missed_date(
        supplier_id=action.supplier_id,
        workplace_id=action.workplace_id,
        missed_on=action.due_on,
        trigger=_("A missed date of a corrective action"),
        reason=reason,
        climbs=rule_value(CLIMBS, on=day) is True,
        key=f"action:{action.pk}:{action.due_on}",
        at=at,
    )
    keeping.step(action, _("The date has passed."), by=None, at=at)
    record(
        "action.overdue",
        action,
        by=None,
        at=at,
        after={"due_on": action.due_on, "escalation": case.pk if case else None},
    )
    if case is None:
        keeping.tell_program(
            action,
            "action_overdue",
            key=f"{action.pk}:{action.due_on}",
            at=at,
            permission=Permission.STANDING_CHANGE,
        )

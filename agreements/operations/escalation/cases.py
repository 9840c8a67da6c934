"""A case on the ladder: opened, climbed, stepped down, closed, and what moves it by itself."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.enums import StepKind
from agreements.models import Escalation
from agreements.operations.escalation.checks import (
    CannotStep,
    check_day,
    check_reachable,
    check_return,
    followers,
    has_met,
    locked,
    locked_supplier,
    rung_of,
)
from agreements.operations.escalation.steps import arrive, end, note_step, start_review
from agreements.operations.numbering import next_serial
from agreements.queries.ladder import Ladder, ladder
from programs.models import Participation, Rung, StandingEvent, Workplace
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic


@atomic
def start(
    *,
    supplier_id: UUID,
    rung_key: str,
    trigger: str,
    reason: str,
    effective_on: date,
    by: Person,
    at: datetime,
    workplace_id: UUID | None = None,
    provision_reference: str = "",
    condition_for_return: str = "",
) -> Escalation:
    """Put a supplier on the ladder, on a rung that the program lets it reach from where it stands.

    `effective_on`: today or earlier in the program's time zone; the limit of the rung counts from that day.
    `workplace_id`: the case is about this one; the standing is the supplier's all the same. Raises Participation.DoesNotExist,
    Workplace.DoesNotExist, Rung.DoesNotExist and CannotStep.
    """
    supplier = locked_supplier(supplier_id)
    workplace = Workplace.objects.get(pk=workplace_id, supplier=supplier) if workplace_id else None
    known = Escalation.objects.open().filter(supplier=supplier, workplace=workplace).first()
    if known:
        raise CannotStep(_("It stands on the ladder already: %(number)s.") % {"number": known.number})
    if not trigger.strip():
        raise CannotStep(_("Say what started it."))
    steps = ladder(on=effective_on)
    rung, here = rung_of(steps, rung_key), steps.rung(supplier.rung)
    if rung != here:
        check_reachable(steps, here, rung)
    case = Escalation(
        serial=next_serial(Escalation),
        supplier=supplier,
        workplace=workplace,
        trigger=trigger.strip(),
        opened_at=at,
    )
    said = {"provision_reference": provision_reference, "condition_for_return": condition_for_return}
    arrive(case, steps, rung, StepKind.OPENED, reason=reason, effective_on=effective_on, by=by, at=at, **said)
    return case


@atomic
def climb(
    *,
    escalation_id: UUID,
    rung_key: str,
    reason: str,
    effective_on: date,
    by: Person | None,
    at: datetime,
    provision_reference: str = "",
    condition_for_return: str = "",
) -> Escalation:
    """The next rung, or one that the program lets follow at once. `by` is None where the program's rule moves it by itself.

    Where the present rung asks for a meeting, one was held on it first. Raises Escalation.DoesNotExist, Rung.DoesNotExist, CannotStep.
    """
    case = locked(escalation_id)
    check_day(case, effective_on)
    steps = ladder(on=effective_on)
    rung = rung_of(steps, rung_key)
    check_reachable(steps, case.rung, rung)
    if steps.says(case.rung, "meeting") and not steps.says(rung, "at_once") and not has_met(case):
        raise CannotStep(
            _("On “%(rung)s” a meeting is mandatory. Record it first, also when the supplier did not come.")
            % {"rung": case.rung.label}
        )
    said = {"provision_reference": provision_reference, "condition_for_return": condition_for_return}
    arrive(
        case, steps, rung, StepKind.CLIMBED, reason=reason, effective_on=effective_on, by=by, at=at, **said
    )
    return case


@atomic
def step_down(
    *,
    escalation_id: UUID,
    rung_key: str,
    reason: str,
    effective_on: date,
    by: Person,
    at: datetime,
    overrides: bool = False,
) -> Escalation:
    """Back to a lower rung of the ladder; to good standing is `close`.

    Refused where the program does not let a supplier return from its rung, or where the condition for return is not proven;
    `overrides` is for the director alone, and stays on record. Raises Escalation.DoesNotExist, Rung.DoesNotExist and CannotStep.
    """
    case = locked(escalation_id)
    check_day(case, effective_on)
    steps = ladder(on=effective_on)
    rung = rung_of(steps, rung_key)
    if rung.position >= case.rung.position or rung == steps.floor:
        raise CannotStep(_("Choose a rung below the present one; to end the case, close it."))
    check_return(case, steps, overrides)
    said: dict[str, Any] = {"reason": reason, "effective_on": effective_on, "by": by, "at": at}
    arrive(case, steps, rung, StepKind.STEPPED_DOWN, is_override=overrides, **said)
    for follower in followers(case):
        if follower.rung.position > rung.position:
            arrive(follower, steps, rung, StepKind.GROUP, is_override=overrides, **said)
    return case


@atomic
def close(
    *,
    escalation_id: UUID,
    outcome: str,
    effective_on: date,
    by: Person,
    at: datetime,
    overrides: bool = False,
) -> Escalation:
    """End the case: the supplier stands well again, unless another case of it is open. Suppliers that stood there with it follow.

    Refused as in `step_down`. Raises Escalation.DoesNotExist and CannotStep.
    """
    case = locked(escalation_id)
    check_day(case, effective_on)
    steps = ladder(on=effective_on)
    if steps.floor is None:
        raise CannotStep(_("This program has no ladder."))
    check_return(case, steps, overrides)
    for one in [case, *followers(case)]:
        end(one, steps.floor, outcome, effective_on, is_override=overrides, by=by, at=at)
    return case


@atomic
def prove_condition(
    *, escalation_id: UUID, note: str, met_on: date, file: StoredFile | None, by: Person, at: datetime
) -> Escalation:
    """Record that the condition for return is fulfilled, with the proof. Raises Escalation.DoesNotExist and CannotStep."""
    case = locked(escalation_id)
    if not case.condition_for_return:
        raise CannotStep(_("No condition for return is on record for this case."))
    if not note.strip():
        raise CannotStep(_("Say how it was proven: what was inspected, by whom."))
    if met_on > today(at):
        raise CannotStep(_("Record it on its day, or afterwards."))
    case.condition_met_on, case.condition_note, case.condition_file = met_on, note.strip(), file
    case.save(update_fields=["condition_met_on", "condition_note", "condition_file"])
    note_step(case, StepKind.CONDITION, case.rung, reason=note.strip(), effective_on=met_on, by=by, at=at)
    record("escalation.condition_met", case, by=by, at=at, after={"met_on": met_on}, reason=note.strip())
    return case


@atomic
def apply_limit(*, escalation_id: UUID, by: Person, at: datetime) -> Escalation:
    """Count the time that the program's rule sets for the rung today, from the day on which the supplier came there.

    For a rule that was set or changed while the supplier stood there. If that time is over already, the next tick of the clocks says so.
    Raises Escalation.DoesNotExist and CannotStep.
    """
    case = locked(escalation_id)
    check_day(case, today(at))
    steps = ladder(on=today(at))
    length = steps.limit(case.rung)
    if length is None:
        raise CannotStep(_("The program has set no time for “%(rung)s”.") % {"rung": case.rung.label})
    start_review(case, steps, by=by, at=at)
    after = {"value": length.value, "unit": length.unit, "since": case.rung_since}
    record("escalation.limit_applied", case, by=by, at=at, after=after)
    return case


@atomic
def limit_passed(*, clock: Any, rung: Any, at: datetime) -> None:
    """The review limit of a rung is over: the next rung is proposed to staff. It follows by itself only where the program's rule says so."""
    del rung
    case = locked(clock.subject_id)
    if not case.is_open:
        return
    steps = ladder(on=today(at))
    reason = _("The time set for “%(rung)s” is over.") % {"rung": case.rung.label}
    climbs = bool(steps.says(case.rung, "automatic"))
    _next_rung_is_due(case, steps, reason, climbs=climbs, key=str(clock.pk), at=at)


@atomic
def answer_missed_date(
    *,
    supplier_id: UUID,
    workplace_id: UUID | None,
    missed_on: date,
    trigger: str,
    reason: str,
    climbs: bool,
    key: str,
    at: datetime,
) -> Escalation | None:
    """A supplier missed a date. Its next rung is proposed to staff; with `climbs`, the program's rule, it follows by itself.

    What was missed before the supplier came to its rung counts there no more, and a rung that is proposed already is not proposed again: of
    many dates missed on one day the first moves it. None where the supplier is on no rung and none follows by itself: then staff decide
    whether to put it on the ladder. `key` names the date, so that staff are told once. Raises Participation.DoesNotExist.
    """
    supplier = locked_supplier(supplier_id)
    day = today(at)
    steps = ladder(on=day)
    rows = Escalation.objects.open().filter(supplier=supplier).select_related("supplier", "rung", "workplace")
    case = max(rows, key=lambda one: one.rung.position, default=None)
    if case is not None:
        if case.rung_since <= missed_on and case.proposed_at is None:
            _next_rung_is_due(case, steps, reason, climbs=climbs, key=key, at=at)
        return case
    first = steps.next_after(steps.rung(supplier.rung))
    if not climbs or first is None:
        return None
    case = Escalation(
        serial=next_serial(Escalation),
        supplier=supplier,
        workplace_id=workplace_id,
        trigger=trigger,
        opened_at=at,
    )
    arrive(case, steps, first, StepKind.OPENED, reason=reason, effective_on=day, by=None, at=at)
    return case


def _next_rung_is_due(
    case: Escalation, steps: Ladder, reason: str, *, climbs: bool, key: str, at: datetime
) -> None:
    """The next rung follows by itself where it may, and is proposed to staff otherwise. The supplier is locked."""
    day = today(at)
    following = steps.next_after(case.rung)
    ready = not steps.says(case.rung, "meeting") or has_met(case)
    if following and climbs and ready:
        climb(escalation_id=case.pk, rung_key=following.key, reason=reason, effective_on=day, by=None, at=at)
        return
    case.proposed_rung, case.proposed_at = following, at
    case.save(update_fields=["proposed_rung", "proposed_at"])
    note_step(
        case, StepKind.PROPOSED, following or case.rung, reason=reason, effective_on=day, by=None, at=at
    )
    record(
        "escalation.proposed",
        case,
        by=None,
        at=at,
        after={"rung": following.key if following else ""},
        reason=reason,
    )
    tell_role(
        kind="escalation_proposed",
        key=f"escalation_proposed:{key}",
        permission=Permission.STANDING_CHANGE,
        at=at,
        context={"escalation": str(case.pk)},
    )


@atomic
def follow_standing(
    *, supplier: Participation, event: StandingEvent, rung: Rung, by: Person | None, at: datetime
) -> None:
    """A standing was recorded. Cases that say otherwise follow it where it is a correction or worse; a return goes by the ladder.

    `event` is the one that now holds. Raises CannotStep.
    """
    cases = Escalation.objects.open().filter(supplier=supplier).select_for_update(of=("self",))
    found = sorted(cases.select_related("rung"), key=lambda case: case.rung.position)
    if not found or found[-1].rung_id == rung.pk:
        return
    highest = found[-1]
    if rung.position < highest.rung.position and event.effective_on > highest.rung_since:
        raise CannotStep(
            _(
                "%(name)s stands on the ladder (%(number)s). Step it down there, where what it must prove is checked."
            )
            % {"name": supplier.name, "number": highest.number}
        )
    steps = ladder(on=event.effective_on)
    for case in found:
        if rung.position < case.rung.position or case is highest:
            if rung == steps.floor or not rung.is_step:
                end(case, rung, event.reason, event.effective_on, by=by, at=at, kind=StepKind.CORRECTED)
            else:
                said: dict[str, Any] = {
                    "reason": event.reason,
                    "effective_on": event.effective_on,
                    "by": by,
                    "at": at,
                }
                arrive(case, steps, rung, StepKind.CORRECTED, **said)

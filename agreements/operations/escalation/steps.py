"""One step of a case: its rung, the standing, the clock, the letters, and the group that comes along."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.enums import EscalationState, StepKind
from agreements.models import Escalation, EscalationStep, StopDuty
from agreements.operations import letters
from agreements.operations.escalation.checks import check_explained
from agreements.operations.numbering import next_serial
from agreements.queries.ladder import Ladder
from programs.models import Participation, Rung, StandingEvent
from programs.operations import participations
from programs.queries import today
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

REVIEW = "agreements.escalation_review"


def arrive(
    case: Escalation,
    steps: Ladder,
    rung: Rung,
    kind: StepKind,
    *,
    reason: str,
    effective_on: date,
    by: Person | None,
    at: datetime,
    provision_reference: str = "",
    condition_for_return: str = "",
    is_override: bool = False,
) -> None:
    """The only place that puts a case on a rung: case, standing, clock, step, letters, and the group. The supplier is locked."""
    check_explained(reason)
    before = case.rung if case.rung_id else steps.rung(case.supplier.rung)
    goes_up = kind == StepKind.OPENED or steps.height(rung) > steps.height(before)
    case.rung, case.rung_since = rung, effective_on
    case.proposed_rung = case.proposed_at = None
    case.provision_reference = provision_reference or case.provision_reference
    if goes_up:
        _set_condition(case, steps, rung, condition_for_return)
    case.save()
    event = None
    if kind != StepKind.CORRECTED:
        event = _set_standing(case, reason=reason, effective_on=effective_on, by=by, at=at)
    case.brands_told = StopDuty.objects.active().filter(supplier=case.supplier).count()
    case.save(update_fields=["brands_told"])
    made = note_step(
        case,
        kind,
        rung,
        reason=reason,
        effective_on=effective_on,
        by=by,
        at=at,
        from_rung=before,
        event=event,
        is_override=is_override,
        provision_reference=case.provision_reference,
    )
    start_review(case, steps, by=by, at=at)
    _record(f"escalation.{kind}", case, before, reason, is_override, by=by, at=at)
    if goes_up and kind != StepKind.CORRECTED:
        letters.write(case=case, step=made, steps=steps, by=by, at=at)
    _tell_supplier(case, made, at=at)
    if kind in (StepKind.OPENED, StepKind.CLIMBED) and steps.says(rung, "group"):
        _take_group_along(case, steps, rung, effective_on=effective_on, by=by, at=at)


def _set_condition(case: Escalation, steps: Ladder, rung: Rung, typed: str) -> None:
    """A new rung asks anew: what the program says of it, and what was said now. Without either, what was asked before stays."""
    said = [
        str(part).strip()
        for part in (steps.says(rung, "return_condition"), typed)
        if part and str(part).strip()
    ]
    if said:
        case.condition_for_return = "\n".join(dict.fromkeys(said))
    case.condition_met_on, case.condition_note, case.condition_file = None, "", None


def _set_standing(
    case: Escalation,
    *,
    reason: str,
    effective_on: date,
    by: Person | None,
    at: datetime,
    floor: Rung | None = None,
) -> StandingEvent | None:
    """The supplier stands where its worst open case stands; None where it does already."""
    open_ones = Escalation.objects.open().filter(supplier=case.supplier).select_related("rung")
    rung = max((one.rung for one in open_ones), key=lambda one: one.position, default=floor)
    supplier = Participation.objects.get(pk=case.supplier_id)
    if rung is None or supplier.rung == rung.key:
        return None
    event = participations.change_standing(
        participation_id=case.supplier_id,
        rung_key=rung.key,
        effective_on=effective_on,
        reason=reason,
        by=by,
        at=at,
        provision_reference=case.provision_reference,
        condition_for_return=case.condition_for_return if case.is_open else "",
    )
    case.supplier.rung = rung.key
    return event


def end(
    case: Escalation,
    floor: Rung,
    outcome: str,
    effective_on: date,
    *,
    by: Person | None,
    at: datetime,
    is_override: bool = False,
    kind: StepKind = StepKind.CLOSED,
) -> None:
    """The only place that closes a case: state, clock, standing, step. `floor`: where the supplier stands if no other case is open."""
    check_explained(outcome)
    before = case.rung
    case.state, case.closed_at, case.outcome = EscalationState.CLOSED, at, outcome.strip()
    case.proposed_rung = case.proposed_at = None
    case.save()
    clocks.cancel(kind=REVIEW, subject=case, reason=str(StepKind(kind).label), at=at, by=by)
    event = None
    if kind != StepKind.CORRECTED:
        event = _set_standing(case, reason=outcome, effective_on=effective_on, by=by, at=at, floor=floor)
    said = {"from_rung": before, "event": event, "is_override": is_override}
    made = note_step(case, kind, floor, reason=outcome, effective_on=effective_on, by=by, at=at, **said)
    _record("escalation.closed", case, before, outcome, is_override, by=by, at=at)
    _tell_supplier(case, made, at=at)


def note_step(
    case: Escalation,
    kind: StepKind,
    rung: Rung,
    *,
    reason: str,
    effective_on: date,
    by: Person | None,
    at: datetime,
    from_rung: Rung | None = None,
    event: StandingEvent | None = None,
    is_override: bool = False,
    provision_reference: str = "",
) -> EscalationStep:
    """The step as the case keeps it."""
    return EscalationStep.objects.create(
        escalation=case,
        supplier_id=case.supplier_id,
        kind=kind,
        rung=rung,
        from_rung=from_rung,
        effective_on=effective_on,
        at=at,
        by=by,
        by_name=str(by) if by else "",
        reason=reason.strip(),
        provision_reference=provision_reference,
        is_override=is_override,
        standing_event=event,
    )


def start_review(case: Escalation, steps: Ladder, *, by: Person | None, at: datetime) -> None:
    """The limit of the rung as a clock; none where the program has not set one."""
    clocks.cancel(kind=REVIEW, subject=case, reason=_("It stands on another rung now."), at=at, by=by)
    length = steps.limit(case.rung)
    if length is None:
        return
    program = Program.objects.get(pk=current_program_id())
    began = datetime.combine(case.rung_since, time(), ZoneInfo(program.time_zone))
    clocks.start(
        kind=REVIEW,
        subject=case,
        started_at=min(began, at) if case.rung_since < today(at) else at,
        at=at,
        by=by,
        title=_("%(name)s: review on “%(rung)s”") % {"name": case.supplier.name, "rung": case.rung.label},
        url=reverse("agreements:escalation", args=[program.slug, case.pk]),
        length=length,
    )


def _take_group_along(
    case: Escalation, steps: Ladder, rung: Rung, *, effective_on: date, by: Person | None, at: datetime
) -> None:
    """Every other supplier of the same group that stands better comes to stand there too, in a case of its own that follows this one."""
    group = case.supplier.parent_name.strip()
    if not group:
        return
    others = (
        Participation.objects.suppliers()
        .present()
        .filter(parent_name__iexact=group)
        .exclude(pk=case.supplier_id)
    )
    for other in others.order_by("pk").select_for_update(of=("self",)):
        if steps.height(steps.rung(other.rung)) >= rung.position:
            continue
        own = (
            Escalation.objects.open()
            .filter(supplier=other, workplace=None)
            .select_related("rung", "supplier")
            .first()
        )
        if own is None:
            own = Escalation(
                serial=next_serial(Escalation), supplier=other, lead=case, trigger=case.trigger, opened_at=at
            )
        arrive(
            own,
            steps,
            rung,
            StepKind.GROUP,
            reason=_("It belongs to the same group as %(name)s (%(group)s).")
            % {"name": case.supplier.name, "group": group},
            effective_on=max(effective_on, own.rung_since or effective_on),
            by=by,
            at=at,
            provision_reference=case.provision_reference,
        )


def _record(
    event: str,
    case: Escalation,
    before: Rung | None,
    reason: str,
    is_override: bool,
    *,
    by: Person | None,
    at: datetime,
) -> None:
    after: Mapping[str, object] = {
        "rung": case.rung.key,
        "since": case.rung_since,
        "supplier": case.supplier.name,
        **({"overridden": True} if is_override else {}),
    }
    record(
        event, case, by=by, at=at, before={"rung": before.key if before else ""}, after=after, reason=reason
    )


def _tell_supplier(case: Escalation, step: EscalationStep, *, at: datetime) -> None:
    if case.supplier.organization_id:
        tell_role(
            kind="own_standing",
            key=f"own_standing:{step.pk}",
            organization_id=case.supplier.organization_id,
            at=at,
            context={"escalation": str(case.pk)},
        )

"""The climb of a supplier along the program's ladder. Each step sets the standing; the standing sets the duties of brands."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.enums import EscalationState, StepKind
from agreements.models import Escalation, EscalationStep, StopDuty
from agreements.operations import letters
from agreements.operations.numbering import next_serial
from agreements.queries.ladder import Ladder, ladder
from programs.models import Participation, Rung, StandingEvent, Workplace
from programs.operations import participations
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

REVIEW = "agreements.escalation_review"


class CannotStep(DomainError):
    """The supplier cannot be put there as asked."""


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
    supplier = _supplier(supplier_id)
    workplace = Workplace.objects.get(pk=workplace_id, supplier=supplier) if workplace_id else None
    known = Escalation.objects.open().filter(supplier=supplier, workplace=workplace).first()
    if known:
        raise CannotStep(_("It stands on the ladder already: %(number)s.") % {"number": known.number})
    if not trigger.strip():
        raise CannotStep(_("Say what started it."))
    steps = ladder(on=effective_on)
    rung, here = _rung(steps, rung_key), steps.rung(supplier.rung)
    if rung != here:
        _check_reachable(steps, here, rung)
    case = Escalation(
        serial=next_serial(Escalation),
        supplier=supplier,
        workplace=workplace,
        trigger=trigger.strip(),
        opened_at=at,
    )
    said = {"provision_reference": provision_reference, "condition_for_return": condition_for_return}
    _arrive(
        case, steps, rung, StepKind.OPENED, reason=reason, effective_on=effective_on, by=by, at=at, **said
    )
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
    case = _locked(escalation_id)
    _check_day(case, effective_on)
    steps = ladder(on=effective_on)
    rung = _rung(steps, rung_key)
    _check_reachable(steps, case.rung, rung)
    if steps.says(case.rung, "meeting") and not steps.says(rung, "at_once") and not _has_met(case):
        raise CannotStep(
            _("On “%(rung)s” a meeting is mandatory. Record it first, also when the supplier did not come.")
            % {"rung": case.rung.label}
        )
    said = {"provision_reference": provision_reference, "condition_for_return": condition_for_return}
    _arrive(
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
    case = _locked(escalation_id)
    _check_day(case, effective_on)
    steps = ladder(on=effective_on)
    rung = _rung(steps, rung_key)
    if rung.position >= case.rung.position or rung == steps.floor:
        raise CannotStep(_("Choose a rung below the present one; to end the case, close it."))
    _check_return(case, steps, overrides)
    said: dict[str, Any] = {"reason": reason, "effective_on": effective_on, "by": by, "at": at}
    _arrive(case, steps, rung, StepKind.STEPPED_DOWN, is_override=overrides, **said)
    for follower in _followers(case):
        if follower.rung.position > rung.position:
            _arrive(follower, steps, rung, StepKind.GROUP, is_override=overrides, **said)
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
    case = _locked(escalation_id)
    _check_day(case, effective_on)
    steps = ladder(on=effective_on)
    if steps.floor is None:
        raise CannotStep(_("This program has no ladder."))
    _check_return(case, steps, overrides)
    for one in [case, *_followers(case)]:
        _end(one, steps.floor, outcome, effective_on, is_override=overrides, by=by, at=at)
    return case


@atomic
def prove_condition(
    *, escalation_id: UUID, note: str, met_on: date, file: StoredFile | None, by: Person, at: datetime
) -> Escalation:
    """Record that the condition for return is fulfilled, with the proof. Raises Escalation.DoesNotExist and CannotStep."""
    case = _locked(escalation_id)
    if not case.condition_for_return:
        raise CannotStep(_("No condition for return is on record for this case."))
    if not note.strip():
        raise CannotStep(_("Say how it was proven: what was inspected, by whom."))
    if met_on > today(at):
        raise CannotStep(_("Record it on its day, or afterwards."))
    case.condition_met_on, case.condition_note, case.condition_file = met_on, note.strip(), file
    case.save(update_fields=["condition_met_on", "condition_note", "condition_file"])
    _step(case, StepKind.CONDITION, case.rung, reason=note.strip(), effective_on=met_on, by=by, at=at)
    record("escalation.condition_met", case, by=by, at=at, after={"met_on": met_on}, reason=note.strip())
    return case


@atomic
def limit_passed(*, clock: Any, rung: Any, at: datetime) -> None:
    """The review limit of a rung is over: the next rung is proposed to staff. It follows by itself only where the program's rule says so."""
    del rung
    case = _locked(clock.subject_id)
    if not case.is_open:
        return
    day = today(at)
    steps = ladder(on=day)
    following = steps.next_after(case.rung)
    reason = _("The time set for “%(rung)s” is over.") % {"rung": case.rung.label}
    ready = not steps.says(case.rung, "meeting") or _has_met(case)
    if following and steps.says(case.rung, "automatic") and ready:
        climb(escalation_id=case.pk, rung_key=following.key, reason=reason, effective_on=day, by=None, at=at)
        return
    case.proposed_rung, case.proposed_at = following, at
    case.save(update_fields=["proposed_rung", "proposed_at"])
    _step(case, StepKind.PROPOSED, following or case.rung, reason=reason, effective_on=day, by=None, at=at)
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
        key=f"escalation_proposed:{clock.pk}",
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
                _end(case, rung, event.reason, event.effective_on, by=by, at=at, kind=StepKind.CORRECTED)
            else:
                said: dict[str, Any] = {
                    "reason": event.reason,
                    "effective_on": event.effective_on,
                    "by": by,
                    "at": at,
                }
                _arrive(case, steps, rung, StepKind.CORRECTED, **said)


# ── One step ─────────────────────────────────────────────────────────────────────────────────────


def _arrive(
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
    _explained(reason)
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
    made = _step(
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
    _start_review(case, steps, by=by, at=at)
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


def _end(
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
    _explained(outcome)
    before = case.rung
    case.state, case.closed_at, case.outcome = EscalationState.CLOSED, at, outcome.strip()
    case.proposed_rung = case.proposed_at = None
    case.save()
    clocks.cancel(kind=REVIEW, subject=case, reason=str(StepKind(kind).label), at=at, by=by)
    event = None
    if kind != StepKind.CORRECTED:
        event = _set_standing(case, reason=outcome, effective_on=effective_on, by=by, at=at, floor=floor)
    said = {"from_rung": before, "event": event, "is_override": is_override}
    made = _step(case, kind, floor, reason=outcome, effective_on=effective_on, by=by, at=at, **said)
    _record("escalation.closed", case, before, outcome, is_override, by=by, at=at)
    _tell_supplier(case, made, at=at)


def _step(
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


def _start_review(case: Escalation, steps: Ladder, *, by: Person | None, at: datetime) -> None:
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
        _arrive(
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


# ── Checks ───────────────────────────────────────────────────────────────────────────────────────


def _supplier(supplier_id: UUID) -> Participation:
    """The supplier, locked together with its group, always in the same order, so that two people never wait for each other."""
    found = Participation.objects.suppliers().get(pk=supplier_id)
    rows = Participation.objects.suppliers().filter(pk=supplier_id)
    if found.parent_name.strip():
        rows |= Participation.objects.suppliers().filter(parent_name__iexact=found.parent_name.strip())
    locked = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    return locked[supplier_id]


def _locked(escalation_id: UUID) -> Escalation:
    """The case, its supplier locked first as everywhere. Raises Escalation.DoesNotExist."""
    supplier_id = Escalation.objects.values_list("supplier_id", flat=True).get(pk=escalation_id)
    _supplier(supplier_id)
    rows = Escalation.objects.select_for_update(of=("self",)).select_related("supplier", "rung", "workplace")
    return rows.get(pk=escalation_id)


def _followers(case: Escalation) -> list[Escalation]:
    rows = Escalation.objects.open().filter(lead=case).select_for_update(of=("self",)).order_by("supplier_id")
    return list(rows.select_related("supplier", "rung"))


def _rung(steps: Ladder, key: str) -> Rung:
    found = steps.rung(key)
    if found is None:
        raise Rung.DoesNotExist
    return found


def _check_day(case: Escalation, effective_on: date) -> None:
    if not case.is_open:
        raise CannotStep(_("%(number)s is closed.") % {"number": case.number})
    if effective_on < case.rung_since:
        raise CannotStep(
            _("It stands there since %(day)s. Choose that day or a later one.") % {"day": case.rung_since}
        )


def _check_reachable(steps: Ladder, here: Rung | None, rung: Rung) -> None:
    if rung in steps.reachable(here):
        return
    if steps.height(rung) <= steps.height(here):
        raise CannotStep(_("It stands on “%(rung)s” already, or worse.") % {"rung": rung.label})
    if not rung.is_step:
        raise CannotStep(
            _("“%(rung)s” is not a rung that the program puts a supplier on.") % {"rung": rung.label}
        )
    raise CannotStep(
        _("The next rung is “%(next)s”. “%(rung)s” follows at once only where the program's rules say so.")
        % {"next": steps.next_after(here).label, "rung": rung.label}
    )


def _check_return(case: Escalation, steps: Ladder, overrides: bool) -> None:
    if overrides:
        return
    if not steps.says(case.rung, "step_down"):
        raise CannotStep(
            _(
                "The program has no rule that lets a supplier return from “%(rung)s”. The director may override it, with the reason."
            )
            % {"rung": case.rung.label}
        )
    if case.waits_for_proof:
        raise CannotStep(
            _("The condition for return is not proven yet: %(condition)s")
            % {"condition": case.condition_for_return}
        )


def _has_met(case: Escalation) -> bool:
    return case.meetings.filter(state="held", rung_id=case.rung_id, held_on__gte=case.rung_since).exists()


def _explained(reason: str) -> None:
    if not reason.strip():
        raise CannotStep(_("Give the reason; it stays on record."))


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

"""Stop-purchase duties: opened and ended by a supplier's standing, answered by the brand, decided by the program."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.enums import DutyState
from agreements.models import Clause, StopDuty
from agreements.queries.duties import bound_to_stop, stop_clause
from programs.enums import Part
from programs.models import Participation, Rung, StandingEvent
from programs.queries import today
from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.errors import DomainError
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program

ACKNOWLEDGE, STOP, PROVE = "agreements.duty_acknowledge", "agreements.duty_stop", "agreements.duty_prove"
CLOCKS = (ACKNOWLEDGE, STOP, PROVE)
BRAND_ROLES = (Role.BRAND_OFFICER, Role.BRAND_SIGNATORY)


class CannotAnswer(DomainError):
    """The duty cannot be answered or decided as asked."""


# ── Opening and ending, by the standing ──────────────────────────────────────────────────────────


@atomic
def follow_standing(
    *, supplier: Participation, event: StandingEvent, rung: Rung, by: Person | None, at: datetime
) -> None:
    """Make the duties what the supplier's present standing asks for. `event` is the one that now holds, `rung` its rung."""
    if rung.stops_purchases:
        open_for(supplier=supplier, event=event, by=by, at=at)
        return
    for duty in (
        StopDuty.objects.active()
        .select_for_update(of=("self",))
        .filter(supplier=supplier)
        .select_related("standing_event")
    ):
        never_was = event.effective_on <= duty.standing_event.effective_on
        to, lifted_on = (DutyState.WITHDRAWN, None) if never_was else (DutyState.LIFTED, event.effective_on)
        _end(duty, to, event.reason, lifted_on, by=by, at=at)


@atomic
def open_for(
    *, supplier: Participation, event: StandingEvent, by: Person | None, at: datetime
) -> list[StopDuty]:
    """One duty for each brand that buys from the supplier or is about to, and for whoever hires it on a running site where the program's
    rules say so, and has none; returns the new ones.

    Where the rung's rule says so, for every brand of the program.

    A brand keeps the duty it has when the supplier only moves to another rung that stops purchases.
    """
    on = today(at)
    bound = StopDuty.objects.active().filter(supplier=supplier).values("brand_id")
    known = StopDuty.objects.filter(standing_event=event).values("brand_id")
    brands = bound_to_stop(supplier, event.rung, on=on).exclude(pk__in=bound).exclude(pk__in=known)
    return [_open(brand, supplier, event, on, by=by, at=at) for brand in brands]


def _open(
    brand: Participation,
    supplier: Participation,
    event: StandingEvent,
    on: date,
    *,
    by: Person | None,
    at: datetime,
) -> StopDuty:
    clause = stop_clause(brand, on=on)
    duty = StopDuty.objects.create(
        brand=brand,
        supplier=supplier,
        standing_event=event,
        clause=clause,
        opened_at=at,
        hires=brand.hires,  # type: ignore[attr-defined]  # annotated by bound_to_stop
    )
    if clause:
        _start_clocks(duty, clause, by=by, at=at)
    after = {"brand": brand.name, "supplier": supplier.name, "stop_by": duty.stop_by}
    record("duty.opened", duty, by=by, at=at, after=after, reason=event.reason)
    _tell_brand(duty, "stop_purchase", at=at)
    return duty


def _start_clocks(duty: StopDuty, clause: Clause, *, by: Person | None, at: datetime) -> None:
    """The clause's three lengths as clocks, and their days on the duty. Proving counts from the day of the stop."""
    program = Program.objects.get(pk=current_program_id())
    zone = ZoneInfo(program.time_zone)
    url = reverse("agreements:duty", args=[program.slug, duty.pk])
    started_at = at
    for kind, parameter, field in _LENGTHS:
        length = length_of(clause, parameter)
        if length is None:
            continue
        clock = clocks.start(
            kind=kind,
            subject=duty,
            started_at=started_at,
            at=at,
            by=by,
            responsible_participation_id=duty.brand_id,
            title=titles(duty.hires)[kind] % {"name": duty.supplier.name},
            url=url,
            length=length,
        )
        if clock is None:
            continue
        setattr(duty, field, clock.due_at.astimezone(zone).date())
        if kind == STOP:
            started_at = clock.due_at
    duty.save(update_fields=["acknowledge_by", "stop_by", "prove_by"])


_LENGTHS = (
    (ACKNOWLEDGE, "acknowledge_within", "acknowledge_by"),
    (STOP, "stop_within", "stop_by"),
    (PROVE, "prove_within", "prove_by"),
)


def titles(hires: bool) -> dict[str, str]:
    """What each clock says to whoever must act."""
    if hires:
        return {
            ACKNOWLEDGE: _("Acknowledge: end the work of %(name)s"),
            STOP: _("End the work of %(name)s"),
            PROVE: _("Prove that you ended the work of %(name)s"),
        }
    return {
        ACKNOWLEDGE: _("Acknowledge: stop buying from %(name)s"),
        STOP: _("Stop buying from %(name)s"),
        PROVE: _("Prove that you stopped buying from %(name)s"),
    }


def length_of(clause: Clause, parameter: str) -> Length | None:
    """A duration of a clause as the length of a clock; None where the clause does not say."""
    said = clause.parameters.get(parameter)
    if not said:
        return None
    agreement = clause.version.agreement
    source = f"{agreement.number}, {clause.reference}"
    return Length(said["value"], Unit(said["unit"]), Basis.AGREEMENT, "documented", source)


def withdraw(duty: StopDuty, reason: str, *, by: Person | None, at: datetime) -> None:
    """It should never have been. The caller holds the row's lock. Raises CannotAnswer."""
    _end(duty, DutyState.WITHDRAWN, reason, None, by=by, at=at)


def _end(
    duty: StopDuty, to: DutyState, reason: str, lifted_on: date | None, *, by: Person | None, at: datetime
) -> None:
    _move(duty, to, by=by, at=at, reason=reason, over_at=at, over_reason=reason, lifted_on=lifted_on)
    for kind in CLOCKS:
        clocks.cancel(kind=kind, subject=duty, reason=str(to.label), at=at, by=by)
    _tell_brand(duty, "stop_purchase_over", at=at)


# ── The brand's answers ──────────────────────────────────────────────────────────────────────────


@atomic
def acknowledge(*, duty_id: UUID, name: str, by: Person, at: datetime) -> StopDuty:
    """The brand says that it knows. `name`: who says so, as it stands on record. Raises StopDuty.DoesNotExist and CannotAnswer."""
    duty = locked(duty_id)
    if not name.strip():
        raise CannotAnswer(_("Write the name of the person who acknowledges the duty."))
    _move(duty, DutyState.ACKNOWLEDGED, by=by, at=at, acknowledged_at=at, acknowledged_name=name.strip())
    clocks.meet(kind=ACKNOWLEDGE, subject=duty, at=at, by=by)
    _tell_staff(duty, at=at)
    return duty


@atomic
def confirm_stop(*, duty_id: UUID, stopped_on: date, by: Person, at: datetime) -> StopDuty:
    """The brand names the day of its last purchase, today or earlier. Raises StopDuty.DoesNotExist and CannotAnswer."""
    duty = locked(duty_id)
    if duty.state not in (DutyState.ACKNOWLEDGED, DutyState.RETURNED):
        raise CannotAnswer(
            _("Acknowledge the duty first.") if duty.state == DutyState.OPEN else _cannot(duty)
        )
    _check_stop(stopped_on, at)
    before = duty.stopped_on
    duty.stopped_on = stopped_on
    duty.save(update_fields=["stopped_on"])
    record(
        "duty.stopped", duty, by=by, at=at, before={"stopped_on": before}, after={"stopped_on": stopped_on}
    )
    clocks.meet(kind=STOP, subject=duty, at=at, by=by)
    return duty


@atomic
def submit_proof(
    *, duty_id: UUID, stopped_on: date, note: str, file: StoredFile | None, by: Person, at: datetime
) -> StopDuty:
    """The brand proves that it stopped, by a file, words, or both. Raises StopDuty.DoesNotExist and CannotAnswer."""
    duty = locked(duty_id)
    if duty.state == DutyState.OPEN:
        raise CannotAnswer(_("Acknowledge the duty first."))
    if not note.strip() and file is None:
        raise CannotAnswer(_("Add a file or describe the proof."))
    _check_stop(stopped_on, at)
    _move(
        duty,
        DutyState.SUBMITTED,
        by=by,
        at=at,
        stopped_on=stopped_on,
        proof_note=note.strip(),
        proof_file=file,
        proof_at=at,
    )
    for kind in (STOP, PROVE):
        clocks.meet(kind=kind, subject=duty, at=at, by=by)
    _tell_staff(duty, at=at)
    return duty


# ── The program's answers ────────────────────────────────────────────────────────────────────────


@atomic
def accept_proof(*, duty_id: UUID, by: Person, at: datetime, reason: str = "") -> StopDuty:
    """The program is satisfied. The duty lasts on until it is lifted. Raises StopDuty.DoesNotExist and CannotAnswer."""
    duty = locked(duty_id)
    _move(duty, DutyState.ACCEPTED, by=by, at=at, reason=reason, decided_at=at, decision=reason.strip())
    _tell_brand(duty, "stop_purchase_answer", at=at)
    return duty


@atomic
def return_proof(*, duty_id: UUID, reason: str, by: Person, at: datetime) -> StopDuty:
    """The proof does not show it; the brand sends another. Counts anew from today. Raises StopDuty.DoesNotExist and CannotAnswer."""
    duty = locked(duty_id)
    if not reason.strip():
        raise CannotAnswer(_("Say what the proof does not show, so that the brand can send what is missing."))
    _move(duty, DutyState.RETURNED, by=by, at=at, reason=reason, decided_at=at, decision=reason.strip())
    length = length_of(duty.clause, "prove_within") if duty.clause else None
    if length:
        program = Program.objects.get(pk=current_program_id())
        clock = clocks.start(
            kind=PROVE,
            subject=duty,
            started_at=at,
            at=at,
            by=by,
            responsible_participation_id=duty.brand_id,
            title=titles(duty.hires)[PROVE] % {"name": duty.supplier.name},
            url=reverse("agreements:duty", args=[program.slug, duty.pk]),
            length=length,
        )
        duty.prove_by = clock.due_at.astimezone(ZoneInfo(program.time_zone)).date() if clock else None
        duty.save(update_fields=["prove_by"])
    _tell_brand(duty, "stop_purchase_answer", at=at)
    return duty


def locked(duty_id: UUID) -> StopDuty:
    """The duty, its row locked. Raises StopDuty.DoesNotExist."""
    rows = StopDuty.objects.select_for_update(of=("self",)).select_related(
        "brand", "supplier", "standing_event"
    )
    return rows.get(pk=duty_id)


def _check_stop(stopped_on: date, at: datetime) -> None:
    if stopped_on > today(at):
        raise CannotAnswer(_("The last purchase was today or earlier. Say so on the day."))


def _cannot(duty: StopDuty) -> str:
    return _("This duty cannot be answered so any more; it stands at “%(state)s”.") % {
        "state": DutyState(duty.state).label
    }


def _move(
    duty: StopDuty, to: DutyState, *, by: Person | None, at: datetime, reason: str = "", **fields: object
) -> None:
    """The only place that writes `StopDuty.state`. The caller holds the row's lock."""
    before = DutyState(duty.state)
    if not duty.may_become(to):
        raise CannotAnswer(_cannot(duty))
    for name, value in {"state": to, **fields}.items():
        setattr(duty, name, value)
    duty.save(update_fields=["state", *fields])
    said = {
        name: value
        for name, value in fields.items()
        if name in ("stopped_on", "acknowledged_name", "lifted_on")
    }
    record(
        f"duty.{to}", duty, by=by, at=at, before={"state": before}, after={"state": to, **said}, reason=reason
    )


def _tell_brand(duty: StopDuty, kind: str, *, at: datetime) -> None:
    """A brand without an account is told by letter; its page says so."""
    if duty.brand.organization_id:
        tell_role(
            kind=kind,
            key=f"{kind}:{duty.pk}:{int(at.timestamp())}",
            roles=BRAND_ROLES if duty.brand.part == Part.BRAND else (Role.SUPPLIER_MANAGER,),
            organization_id=duty.brand.organization_id,
            at=at,
            context={"duty": str(duty.pk)},
        )


def _tell_staff(duty: StopDuty, *, at: datetime) -> None:
    tell_role(
        kind="stop_purchase_reply",
        key=f"stop_purchase_reply:{duty.pk}:{duty.state}:{int(at.timestamp())}",
        permission=Permission.STANDING_CHANGE,
        at=at,
        context={"duty": str(duty.pk)},
    )

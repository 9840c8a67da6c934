"""Where corrective actions come from: findings of a shared report, or a decision of the program after a case."""

import secrets
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.enums import ActionState, InspectionKind, Origin
from audits.models import CorrectiveAction, Finding, Inspection, Report
from audits.operations.actions import keeping
from audits.operations.actions.keeping import CannotMove
from programs.models import Provision, Severity, Workplace
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.history.operations import record
from wsr.tenancy import atomic, current_alias, current_program_id
from wsr.tenancy.models import Program

_GENERAL = (InspectionKind.BASELINE, InspectionKind.SEASONAL)
_TECHNICAL = (
    InspectionKind.STRUCTURAL,
    InspectionKind.FIRE,
    InspectionKind.ELECTRICAL,
    InspectionKind.BOILER,
)
_FROM_REPORT = ("title", "action", "provision_id", "severity_id")


@atomic
def propose(
    *,
    workplace_id: UUID,
    title: str,
    by: Person,
    at: datetime,
    action: str = "",
    provision_id: UUID | None = None,
    severity_id: UUID | None = None,
) -> CorrectiveAction:
    """Propose an action that the program decided on, whatever it follows from.

    The supplier and the brands that buy from it read every word: nothing in it may point to a person. It carries no finding, no visit, no
    name of who proposed it, and of `at` the day alone, in its ids as well: so whatever it follows from, it looks like any other. Raises Workplace.DoesNotExist, Provision.DoesNotExist, Severity.DoesNotExist and CannotMove.
    """
    workplace = Workplace.objects.get(pk=workplace_id)
    title = keeping.explained(title, _("Say in a sentence what is wrong."))
    for model, pk in ((Provision, provision_id), (Severity, severity_id)):
        if pk is not None:
            model.objects.get(pk=pk)
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    day = at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return _make(
        by=by,
        at=at,
        day=day,
        id=_id_of(day),
        number=next_number(),
        origin=Origin.DECISION,
        supplier_id=workplace.supplier_id,
        workplace_id=workplace.pk,
        title=title[:300],
        action=action.strip(),
        provision_id=provision_id,
        severity_id=severity_id,
    )


@atomic
def propose_for_finding(*, finding_id: UUID, by: Person, at: datetime) -> CorrectiveAction:
    """Propose an action for one finding of a visit that is over; the one on record where there is one.

    Raises Finding.DoesNotExist and CannotMove.
    """
    finding = Finding.objects.select_related("inspection").get(pk=finding_id)
    found = CorrectiveAction.objects.filter(finding_id=finding.pk).first()
    if found is not None:
        return found
    if finding.withdrawn_at is not None:
        raise CannotMove(_("This finding was withdrawn."))
    inspection = _over(finding.inspection_id)
    return _from_finding(
        inspection, finding, number=next_number(), is_original=is_original(inspection), by=by, at=at
    )


@atomic
def propose_from(report: Report, *, by: Person, at: datetime) -> list[CorrectiveAction]:
    """Propose an action for each finding of the inspection that a report is about; returns what is new.

    Called when the report is shared with the supplier, and again for its later versions: findings that have an action keep it, one that
    was only proposed takes over the new words, and is withdrawn where its finding was. Raises CannotMove.
    """
    inspection = _over(report.inspection_id)
    known = {
        action.finding_id: action
        for action in CorrectiveAction.objects.filter(inspection=inspection)
        .exclude(finding_id=None)
        .select_for_update(of=("self",))
    }
    original = is_original(inspection)
    number, made = None, []
    for finding in Finding.objects.filter(inspection=inspection).order_by("noted_at", "pk"):
        action = known.get(finding.pk)
        if action is not None:
            _follow(action, finding, by=by, at=at)
        elif finding.withdrawn_at is None:
            number = next_number() if number is None else number + 1
            made.append(_from_finding(inspection, finding, number=number, is_original=original, by=by, at=at))
    return made


@atomic
def await_plan(inspection: Inspection, *, by: Person | None, at: datetime) -> None:
    """The report is issued: the time for agreeing on what was found runs, where the program has set one and something is open."""
    if CorrectiveAction.objects.filter(inspection=inspection, state=ActionState.PROPOSED).exists():
        clocks.start(
            kind=keeping.PLAN,
            subject=inspection,
            started_at=at,
            at=at,
            by=by,
            title=_("Corrective action plan of inspection %(number)s") % {"number": inspection.number},
            url=reverse("audits:actions", args=[keeping.program_slug()]) + "?state=proposed",
            calendar_country=inspection.country,
        )


def is_original(inspection: Inspection) -> bool:
    """Whether this is the initial inspection of its workplace: what progress is counted on. Source: `domain.md` 2.3, A18.

    Structure, fire, electricity and boilers each have an initial one; of baseline and seasonal visits the first is it. Follow-ups, re-entry
    visits and those after a complaint never are.
    """
    kind = InspectionKind(inspection.kind)
    kinds = _GENERAL if kind in _GENERAL else (kind,) if kind in _TECHNICAL else ()
    if not kinds:
        return False
    others = CorrectiveAction.objects.filter(
        workplace_id=inspection.workplace_id, inspection__kind__in=kinds, is_original=True
    ).exclude(inspection=inspection)
    reports = Report.objects.filter(
        workplace_id=inspection.workplace_id,
        inspection__kind__in=kinds,
        inspection__starts_on__lt=inspection.starts_on,
    ).exclude(inspection=inspection)
    return not others.exists() and not reports.exists()


def next_number() -> int:
    """The next number of an action in the active program; kept from others until the transaction ends."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT audits_next_action_number()")
        return cursor.fetchone()[0]


def _over(inspection_id: UUID) -> Inspection:
    """The inspection, its visit over and known to all. Raises CannotMove."""
    inspection = Inspection.objects.get(pk=inspection_id)
    if inspection.is_secret or inspection not in Inspection.objects.over():
        raise CannotMove(_("Actions are proposed when the visit is over."))
    return inspection


def _from_finding(
    inspection: Inspection, finding: Finding, *, number: int, is_original: bool, by: Person, at: datetime
) -> CorrectiveAction:
    return _make(
        by=by,
        at=at,
        number=number,
        origin=Origin.FINDING,
        supplier_id=inspection.supplier_id,
        workplace_id=inspection.workplace_id,
        inspection_id=inspection.pk,
        finding_id=finding.pk,
        is_original=is_original,
        **_words(finding),
    )


def _words(finding: Finding) -> dict[str, object]:
    words = (finding.title, finding.remedy, finding.provision_id, finding.severity_id)
    return dict(zip(_FROM_REPORT, words, strict=True))


def _id_of(day: datetime) -> UUID:
    """An id as the database makes them (RFC 9562, version 7), with this moment in it in place of the present one."""
    moment = int(day.timestamp() * 1000) << 80
    return UUID(int=moment | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62))


def _make(*, by: Person, at: datetime, day: datetime | None = None, **fields: object) -> CorrectiveAction:
    """`day`: all that others may know of when and by whom."""
    action = CorrectiveAction.objects.create(created_at=day or at, updated_at=day or at, **fields)
    if day is None:
        keeping.step(action, "", by=by, at=at)
    else:
        keeping.first_step(action, step_id=_id_of(day), at=day)
    record(
        "action.proposed",
        action,
        by=by,
        at=at,
        after={"number": action.number, "origin": action.origin, "workplace": action.workplace_id},
    )
    return action


def _follow(action: CorrectiveAction, finding: Finding, *, by: Person, at: datetime) -> None:
    """A later version of the report: what was only proposed says what the finding says now."""
    if action.state != ActionState.PROPOSED:
        return
    if finding.withdrawn_at is not None:
        reason = _("The finding was withdrawn.")
        keeping.move(action, ActionState.WITHDRAWN, by=by, at=at, note=reason, closed_reason=reason)
        keeping.settle_plan(action, by=by, at=at)
        return
    words = _words(finding)
    before = {name: getattr(action, name) for name in words}
    if before != words:
        for name, value in words.items():
            setattr(action, name, value)
        keeping.save(action, *words, at=at)
        record("action.changed", action, by=by, at=at, before=before, after=words)

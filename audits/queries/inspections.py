"""Reads of inspections. Row-level security leaves out what the reader may not know of; auditors join no table of another room's lists."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from audits.enums import AssignmentState
from audits.models import Bar, Evidence, Finding, Inspection, Interview, Response, Seal, TeamMember
from programs.models import Provision


@dataclass(frozen=True)
class Progress:
    """How far a visit is noted down. `interviews_needed` is None where there is no floor, or nobody counted the workers."""

    workers_interviewed: int
    interviews_needed: int | None
    provisions_answered: int
    provisions_total: int
    findings: int
    findings_withdrawn: int
    evidence: int


def inspections() -> QuerySet[Inspection]:
    """All that the reader may know of, the latest first."""
    return Inspection.objects.order_by("-starts_on", "-pk")


def team_of(inspection: Inspection) -> QuerySet[TeamMember]:
    """Everybody who was asked, in the order they were."""
    return TeamMember.objects.filter(inspection=inspection).order_by("asked_at", "pk")


def asked(person_id: UUID) -> QuerySet[TeamMember]:
    """Her assignments that wait for an answer, with their inspection."""
    rows = TeamMember.objects.filter(person_id=person_id, state=AssignmentState.ASKED)
    return rows.select_related("inspection").order_by("inspection__starts_on", "pk")


def progress(inspection: Inspection) -> Progress:
    """Counts of what is noted. Five queries, however much there is."""
    mine = {"inspection": inspection}
    findings = Finding.objects.filter(**mine).aggregate(
        standing=Count("pk", filter=Q(withdrawn_at=None)),
        withdrawn=Count("pk", filter=Q(withdrawn_at__isnull=False)),
    )
    return Progress(
        workers_interviewed=Interview.objects.filter(**mine).aggregate(n=Sum("workers"))["n"] or 0,
        interviews_needed=inspection.interviews_needed(),
        provisions_answered=Response.objects.filter(**mine).values("provision").distinct().count(),
        provisions_total=Provision.objects.filter(code=inspection.code_id).count(),
        findings=findings["standing"],
        findings_withdrawn=findings["withdrawn"],
        evidence=Evidence.objects.filter(**mine).count(),
    )


def seals_of(inspection: Inspection) -> QuerySet[Seal]:
    """The seals without their text, the latest first."""
    return Seal.objects.filter(inspection=inspection).defer("body").order_by("-number")


def bars(person_id: UUID | None = None) -> QuerySet[Bar]:
    """Bars in force that the reader may know of, the latest first, with person and supplier; for staff."""
    rows = Bar.objects.filter(ended_at=None).select_related("person", "supplier")
    if person_id is not None:
        rows = rows.filter(person=person_id)
    return rows.order_by("-begun_at", "pk")

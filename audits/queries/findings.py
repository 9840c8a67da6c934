"""Findings of earlier visits to the same workplace. Auditors read them in reports: of visits of others they see no record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audits.enums import OVER, ReportStage
from audits.models import Finding, Inspection, Report


@dataclass(frozen=True)
class EarlierFinding:
    """A finding as an earlier report tells it."""

    id: UUID
    reference: str
    title: str
    severity: str
    inspection_number: int | None
    found_on: str  # ISO date on which that visit began


def earlier_findings(inspection: Inspection) -> list[EarlierFinding]:
    """What the reports of earlier visits to this workplace say, the latest report first."""
    found: dict[UUID, EarlierFinding] = {}
    for body in _bodies(inspection):
        visit = body.get("inspection", {})
        for finding in body.get("findings", []):
            one = EarlierFinding(
                id=UUID(finding["id"]),
                reference=finding.get("provision", {}).get("reference", ""),
                title=finding.get("title", ""),
                severity=(finding.get("severity") or {}).get("label", ""),
                inspection_number=visit.get("number"),
                found_on=visit.get("began_on", ""),
            )
            found.setdefault(one.id, one)
    return list(found.values())


def earlier_finding_ids(inspection: Inspection, wanted: Iterable[UUID]) -> set[UUID]:
    """Which of `wanted` are findings of earlier, finished visits to the same workplace, as far as the reader may know of them."""
    missing = set(wanted)
    rows = Finding.objects.filter(
        pk__in=missing,
        withdrawn_at=None,
        inspection__workplace=inspection.workplace_id,
        inspection__state__in=OVER,
    ).exclude(inspection=inspection.pk)
    found = set(rows.values_list("pk", flat=True))
    if missing - found:
        found |= missing & {finding.id for finding in earlier_findings(inspection)}
    return found


def _bodies(inspection: Inspection) -> list[dict[str, Any]]:
    reports = (
        Report.objects.filter(workplace=inspection.workplace_id)
        .exclude(inspection=inspection.pk)
        .exclude(stage=ReportStage.REPLACED)
    )
    return list(reports.order_by("-inspection_id", "-number").values_list("body", flat=True))

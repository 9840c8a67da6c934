"""What a version of a report says: composed once from the records of the visit, then kept and never looked up again.

Nothing in it points to a person. Interviews are counted, not told; notes of the auditors, files and names of workers stay out; who inspected is
said by role, by name only where the program decided so (`inspection.inspectors_named`). A number of workers that is smaller than the program's
`disclosure.smallest_group` is not said, and at a workplace where fewer than that are present none is.
"""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from audits.enums import AssignmentState, TeamRole
from audits.models import Evidence, Finding, Inspection, Interview, Reply, Response, Seal, TeamMember
from programs.models import Severity
from programs.queries import rule_value, today
from programs.queries.meanings import Meanings

FORMAT = 1
# The software's own caution where a program has set no number; no published figure stands behind it.
CAUTIOUS_GROUP = 10


def smallest_group(*, on: date) -> int:
    """The smallest number of workers that may be told: the program's rule on a day, else CAUTIOUS_GROUP."""
    value = rule_value("disclosure.smallest_group", on=on)
    return value if isinstance(value, int) and not isinstance(value, bool) else CAUTIOUS_GROUP


def compose(inspection: Inspection, seal: Seal, *, on: date) -> dict[str, Any]:
    """The body of a report on the records as they were sealed; `on`: the day whose rules hold. Reads rows of the visit, so for staff."""
    least = smallest_group(on=on)
    is_tiny = inspection.workers_present is not None and inspection.workers_present < least
    return {
        "format": FORMAT,
        "inspection": _visit(inspection),
        "supplier": {"name": inspection.supplier_name},
        "workplace": {
            "name": inspection.workplace_name,
            "address": inspection.address,
            "country": inspection.country,
        },
        "code": {"title": inspection.code.title, "number": inspection.code.number},
        "inspected_by": _inspectors(inspection, are_named=rule_value("inspection.inspectors_named", on=on)),
        "summary": inspection.summary,
        "interviews": _interviews(inspection, least=least, is_tiny=is_tiny),
        "findings": _findings(inspection, least=least, is_tiny=is_tiny),
        "answers": _answers(inspection),
        "smallest_group": least,
        "seal": {"number": seal.number, "sha256": seal.sha256, "sealed_at": seal.sealed_at.isoformat()},
        "reply": {"due_on": None, "texts": []},
    }


def with_replies(body: dict[str, Any], replies: list[Reply]) -> dict[str, Any]:
    """The body with what the supplier replied, each text beside what it is about. Who wrote it stays out."""
    said = [
        {
            "finding_id": str(reply.finding_id) if reply.finding_id else None,
            "text": reply.text,
            "said_at": reply.said_at.isoformat(),
        }
        for reply in replies
    ]
    return {**body, "reply": {**body["reply"], "texts": said}}


def told(number: int | None, *, least: int, is_tiny: bool) -> dict[str, Any]:
    """A number of workers as it may be said: {"count": 62}, or {"count": None, "is_few": True} where it would point to somebody."""
    if number is None:
        return {"count": None, "is_few": False}
    is_few = is_tiny or 0 < number < least
    return {"count": None if is_few else number, "is_few": is_few}


def _visit(inspection: Inspection) -> dict[str, Any]:
    follows = inspection.follows
    return {
        "number": inspection.number,
        "kind": inspection.kind,
        "is_announced": inspection.is_announced,
        "season": inspection.season.name if inspection.season else "",
        "follows": follows.number if follows else None,
        "began_on": _day(inspection.arrived_at, inspection.starts_on),
        "ended_on": _day(inspection.left_at or inspection.submitted_at, inspection.ends_on),
    }


def _day(at: datetime | None, planned: date) -> str:
    """The day in the program's time zone; the planned one where nobody noted the time."""
    return (today(at) if at else planned).isoformat()


def _inspectors(inspection: Inspection, *, are_named: Any) -> list[dict[str, Any]]:
    """[{role, count, names}]; names stay empty unless the program decided to say them."""
    team = TeamMember.objects.filter(inspection=inspection, state=AssignmentState.ACCEPTED).order_by("pk")
    members = [(role, name) for role, name in team.values_list("role", "name") if role != TeamRole.IN_CHARGE]
    counted = Counter(role for role, _name in members)
    return [
        {
            "role": role.value,
            "count": counted[role.value],
            "names": [name for held, name in members if held == role.value] if are_named is True else [],
        }
        for role in TeamRole
        if counted[role.value]
    ]


def _interviews(inspection: Inspection, *, least: int, is_tiny: bool) -> dict[str, Any]:
    total = Interview.objects.filter(inspection=inspection).aggregate(total=Sum("workers"))["total"] or 0
    needed = inspection.interviews_needed()
    return {
        "workers": told(total, least=least, is_tiny=is_tiny),
        "present": told(inspection.workers_present, least=least, is_tiny=is_tiny),
        "needed": told(needed, least=least, is_tiny=is_tiny),
        "share": str(inspection.interview_share) if inspection.interview_share is not None else None,
        "is_met": None if needed is None else total >= needed,
        "why_fewer": inspection.few_interviews_reason,
    }


def _findings(inspection: Inspection, *, least: int, is_tiny: bool) -> list[dict[str, Any]]:
    found = (
        Finding.objects.filter(inspection=inspection, withdrawn_at=None)
        .select_related("provision", "severity")
        .order_by("provision__position", "provision__reference", "pk")
    )
    rows = Meanings(Severity).put(found, day=lambda _finding: inspection.starts_on)
    proofs = dict(
        Evidence.objects.filter(inspection=inspection, replaced_by=None)
        .exclude(finding=None)
        .order_by()
        .values_list("finding")
        .annotate(n=Count("pk"))
    )
    return [
        {
            "id": str(row.pk),
            "number": number,
            "provision": {"reference": row.provision.reference, "title": row.provision.title},
            "severity": {"key": row.severity.key, "label": row.severity.label} if row.severity else None,
            "title": row.title,
            "description": row.description,
            "remedy": row.remedy,
            "workers_affected": told(row.workers_affected, least=least, is_tiny=is_tiny),
            "is_repeat": row.repeat_of_id is not None,
            "evidence": proofs.get(row.pk, 0),
        }
        for number, row in enumerate(rows, start=1)
    ]


def _answers(inspection: Inspection) -> list[dict[str, Any]]:
    """The answers to the checklist, one line per provision, without the auditors' notes."""
    rows = Response.objects.filter(inspection=inspection).select_related("provision")
    by_provision: dict[UUID, dict[str, Any]] = {}
    for row in rows.order_by("provision__position", "provision__reference", "pk"):
        line = by_provision.setdefault(
            row.provision_id,
            {"reference": row.provision.reference, "title": row.provision.title, "answers": {}},
        )
        line["answers"][row.answer] = line["answers"].get(row.answer, 0) + 1
    return list(by_provision.values())

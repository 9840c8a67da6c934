"""Issued reports and their findings, where the program publishes them: `published` both, `count` the reports without a finding.

Of a report: workplace, supplier, kind, days, how many findings and interviews (small numbers withheld), the supplier's reply to the whole, the
hash of its PDF. Of a finding: what was found, against which provision, how grave, what would put it right, its status and date, and the
supplier's reply.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Func, QuerySet, UUIDField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.disclosure.deciding import COUNT, PUBLISHED, RULES, decided, issued
from audits.enums import InspectionKind
from audits.models import CorrectiveAction, Finding, Inspection, Report
from audits.scoring import Item, Status
from programs.disclosure import decisions
from programs.models import Participation, Workplace
from programs.queries import today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason

INSPECTION, FINDING = "inspection", "finding"
_WORKPLACE = Column("workplace", _("Workplace"), "The farm or factory that was inspected.")
_SUPPLIER = Column("supplier", _("Supplier"), "The participating employer.")
_KIND = Column(
    "inspection_kind",
    _("Kind of inspection"),
    "Why or for what the workplace was inspected.",
    words=dict(InspectionKind.choices),
)
_INSPECTED = Column("inspected_on", _("Inspected"), "ISO 8601 date of the last day of the visit.")
_REPLY = Column(
    "reply", _("Reply of the supplier"), "What the supplier replied, in its own words.", may_name=True
)
KINDS = [
    PublicKind(
        INSPECTION,
        "inspections",
        _("Inspection"),
        _("Inspections"),
        (
            Column("name", _("Inspection"), "Kind and day of the inspection."),
            _WORKPLACE,
            _SUPPLIER,
            _KIND,
            _INSPECTED,
            Column("announced", _("Announced"), "Whether the workplace was told before: yes or no."),
            Column("issued_on", _("Report issued"), "ISO 8601 date."),
            Column("findings", _("Findings"), "How many findings the report has."),
            Column("workers_interviewed", _("Workers interviewed"), "How many workers were interviewed."),
            Column(
                "enough_interviewed", _("Enough interviewed"), "Whether that reached the program's floor."
            ),
            _REPLY,
            Column("report_version", _("Version of the report"), "Counts the versions of the report.", False),
            Column("report_sha256", _("SHA-256 of the report"), "Of the PDF that was issued."),
        ),
    ),
    PublicKind(
        FINDING,
        "findings",
        _("Finding"),
        _("Findings"),
        (
            Column("name", _("Number"), "Number of the finding in the report, and which one."),
            Column("finding", _("Finding"), "What was found.", may_name=True),
            Column("description", _("Description"), "What was found, at length.", may_name=True),
            Column("remedy", _("What would put it right"), "What would put it right.", may_name=True),
            _WORKPLACE,
            _SUPPLIER,
            _KIND,
            _INSPECTED,
            Column("provision", _("Provision of the code"), "The provision it breaks.", may_name=True),
            Column("severity", _("Severity"), "In the words of the program."),
            Column("found_before", _("Found before"), "Whether it was found at an earlier visit: yes or no."),
            Column(
                "status",
                _("Status"),
                "in_progress, pending (said to be fixed) or corrected (verified).",
                words=dict(Status.choices),
            ),
            Column("due_on", _("Due"), "ISO 8601 date on which it is to be corrected, once that is agreed."),
            _REPLY,
        ),
    ),
]
_SHOWN = {INSPECTION: (PUBLISHED, COUNT), FINDING: (PUBLISHED,)}
_IN_BODY = "(jsonb_array_elements(%(expressions)s -> 'findings') ->> 'id')::uuid"


def present(kind: str) -> QuerySet:
    """Inspections with a report that holds, or the findings of these reports; none where the program does not publish them."""
    model: Any = Inspection if kind == INSPECTION else Finding
    if decided(today(timezone.now())) not in _SHOWN[kind]:
        return model.objects.none()
    subjects = issued().values("inspection_id") if kind == INSPECTION else _finding_ids(issued())
    return model.objects.filter(pk__in=subjects)


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records of one kind as they are on a day; of these subjects only, if they are named."""
    if decided(as_of) not in _SHOWN[kind]:
        return
    rows = issued().select_related("supplier", "workplace").order_by("issued_at", "pk")
    if only is not None:
        named = only if kind == INSPECTION else Finding.objects.filter(pk__in=only).values("inspection_id")
        rows = rows.filter(inspection__in=named)
    hashes = _hashes(rows) if kind == INSPECTION else {}
    for report in rows.iterator(chunk_size=200):
        if kind == INSPECTION:
            yield _inspection(report, hashes.get(report.inspection_id, []))
            continue
        actions = _actions_of(report)
        for finding in report.body["findings"]:
            if only is None or UUID(finding["id"]) in only:
                yield _finding(report, finding, actions.get(UUID(finding["id"])))


def changed(kind: str, since: Since) -> set[UUID]:
    """Subjects whose report was written since, whose action was, or whose names were; all of them where a decision changed."""
    reports = issued()
    if not decisions.changed(since, *RULES):
        named = (
            since.changed_ids(Participation.objects.suppliers()),
            since.changed_ids(Workplace.objects.all()),
        )
        written = since.changed_ids(Report.objects.all())
        reports = (
            Report.objects.filter(pk__in=written)
            | issued().filter(supplier__in=named[0])
            | issued().filter(workplace__in=named[1])
        )
    if kind == INSPECTION:
        return set(reports.values_list("inspection_id", flat=True))
    moved = CorrectiveAction.objects.exclude(finding_id=None)
    return set(_finding_ids(reports)) | since.changed_ids(moved, "finding_id")


def _hashes(reports: QuerySet[Report]) -> dict[UUID, list[str]]:
    """By inspection, the PDFs that were issued of it, replaced ones too."""
    rows = Report.objects.filter(inspection__in=reports.order_by().values("inspection_id"))
    found: dict[UUID, list[str]] = {}
    for inspection_id, sha256 in (
        rows.exclude(pdf_sha256="").order_by("number").values_list("inspection_id", "pdf_sha256")
    ):
        found.setdefault(inspection_id, []).append(sha256)
    return found


def _finding_ids(reports: QuerySet[Report]) -> QuerySet:
    unnested = Func(F("body"), template=_IN_BODY, output_field=UUIDField())
    unnested.set_returning = True
    return reports.order_by().annotate(finding=unnested).values_list("finding", flat=True)


def _actions_of(report: Report) -> dict[UUID, CorrectiveAction]:
    """The action that answers each finding; the last one where there were several."""
    ids = [UUID(one["id"]) for one in report.body["findings"]]
    return {
        one.finding_id: one for one in CorrectiveAction.objects.filter(finding_id__in=ids).order_by("number")
    }


def _inspection(report: Report, documents: list[str]) -> PublicRecord:
    """`documents`: hashes of the PDFs of all its versions, by which a document is found."""
    body = report.body
    workers = body["interviews"]["workers"]
    withheld = {}
    if workers["count"] is None:
        code = Reason.SMALL_NUMBER if workers["is_few"] else Reason.NOT_COLLECTED
        withheld["workers_interviewed"] = code.value
    content = {
        "name": _named(body),
        **_of_both(report),
        "announced": body["inspection"]["is_announced"],
        "issued_on": today(report.issued_at).isoformat(),
        "findings": len(body["findings"]),
        "workers_interviewed": workers["count"],
        "enough_interviewed": body["interviews"]["is_met"],
        "reply": _reply(body, None),
        "report_version": report.number,
        "report_sha256": report.pdf_sha256,
    }
    return PublicRecord(
        INSPECTION,
        report.inspection_id,
        content,
        withheld,
        date.fromisoformat(body["inspection"]["ended_on"]),
        search=" ".join([report.workplace.name, report.supplier.name, *documents]),
    )


def _finding(report: Report, finding: dict[str, Any], action: CorrectiveAction | None) -> PublicRecord:
    body, provision = report.body, finding["provision"]
    status = Item(action.state).status if action else Status.IN_PROGRESS
    severity = finding["severity"]
    content = {
        "name": f"Finding {finding['number']}, {_named(body)}",
        "finding": finding["title"],
        "description": finding["description"],
        "remedy": finding["remedy"],
        **_of_both(report),
        "provision": f"{provision['reference']} {provision['title']}",
        "severity": severity["label"] if severity else "",
        "found_before": finding["is_repeat"],
        "status": status.value if status else "",
        "due_on": action.due_on.isoformat() if action and action.due_on and action.agreed_at else "",
        "reply": _reply(body, finding["id"]),
    }
    withheld = {} if content["due_on"] else {"due_on": Reason.NOT_COLLECTED.value}
    if severity is None:
        withheld["severity"] = Reason.NOT_COLLECTED.value
    return PublicRecord(
        FINDING,
        UUID(finding["id"]),
        content,
        withheld,
        date.fromisoformat(body["inspection"]["ended_on"]),
        search=f"{report.workplace.name} {report.supplier.name} {finding['title']}",
    )


def _of_both(report: Report) -> dict[str, Any]:
    visit = report.body["inspection"]
    return {
        "workplace": Ref("workplace", report.workplace_id, report.workplace.name),
        "supplier": Ref("supplier", report.supplier_id, report.supplier.name),
        "inspection_kind": visit["kind"],
        "inspected_on": visit["ended_on"],
    }


def _named(body: dict[str, Any]) -> str:
    """“Fire safety inspection, 2026-03-02”; without the workplace, whose name a redaction may have to take out."""
    visit = body["inspection"]
    kind = InspectionKind(visit["kind"]).label if visit["kind"] in InspectionKind.values else visit["kind"]
    return f"{kind} inspection, {visit['ended_on']}"


def _reply(body: dict[str, Any], finding_id: str | None) -> str:
    texts = [one["text"] for one in body["reply"]["texts"] if one["finding_id"] == finding_id]
    return "\n\n".join(texts)

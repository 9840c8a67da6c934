"""What somebody looks at before a report leaves the house."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState, ReportStage
from audits.models import (
    Declaration,
    Finding,
    Inspection,
    Interview,
    Reply,
    Report,
    Response,
    Seal,
    TeamMember,
)
from audits.queries import report_bodies as bodies
from audits.queries.reports import Difference, differences, is_intact, seals_of
from audits.queries.shown_reports import Shown, shown
from programs.models import Provision, Severity
from programs.queries import today
from programs.queries.meanings import Meanings

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"(?:\+|\b)\d[\d\s()./-]{7,}\d")


@dataclass(frozen=True)
class Check:
    """Something to look at before the report is given out. `tone`: bad or warn."""

    tone: str
    text: str


@dataclass(frozen=True)
class Review:
    """Everything of the page."""

    inspection: Inspection
    seals: list[Seal]
    checks: list[Check]
    said: Shown | None
    report: Report | None
    versions: list[Report]
    changes: list[Difference] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)
    team: list[TeamMember] = field(default_factory=list)
    may_issue: bool = False

    @property
    def may_return(self) -> bool:
        """Whether it can go back to the auditors."""
        return self.inspection.may_become(InspectionState.RETURNED)

    @property
    def may_share(self) -> bool:
        """Whether it can go to the supplier."""
        return self.inspection.may_become(InspectionState.WITH_SUPPLIER)

    @property
    def is_in_field(self) -> bool:
        """Whether the auditors have it again."""
        return self.inspection.state == InspectionState.RETURNED


def of(inspection: Inspection, *, at: datetime) -> Review:
    """The review of an inspection that was submitted."""
    seals = seals_of(inspection.pk)
    versions = list(
        Report.objects.filter(inspection=inspection).select_related("issued_by").order_by("-number")
    )
    waiting = next((one for one in versions if one.stage == ReportStage.FOR_REPLY), None)
    replies = list(Reply.objects.filter(report=waiting).order_by("said_at", "pk")) if waiting else []
    report = waiting or (versions[0] if inspection.state == InspectionState.ISSUED and versions else None)
    if report is None and seals:
        report = Report(number=len(versions) + 1, body=bodies.compose(inspection, seals[0], on=today(at)))
    if waiting is not None:
        report = Report(
            pk=waiting.pk,
            number=waiting.number,
            reason=waiting.reason,
            body=bodies.with_replies(waiting.body, replies),
        )
    rows = Finding.objects.filter(inspection=inspection)
    found = (
        rows.select_related("provision", "severity", "by", "repeat_of__inspection")
        .annotate(files=Count("evidence"))
        .order_by("provision__position", "pk")
    )
    findings = Meanings(Severity).put(found, day=lambda _finding: inspection.starts_on)
    responses = Response.objects.filter(inspection=inspection).select_related("provision", "question")
    return Review(
        inspection=inspection,
        seals=seals,
        checks=list(_checks(inspection, seals, report)),
        said=shown(report) if report else None,
        report=waiting or report,
        versions=versions,
        changes=differences(seals[1], seals[0], _names(inspection)) if len(seals) > 1 else [],
        replies=replies,
        findings=findings,
        responses=list(responses.order_by("provision__position", "pk")),
        interviews=list(Interview.objects.filter(inspection=inspection).order_by("held_on", "pk")),
        team=list(TeamMember.objects.filter(inspection=inspection).order_by("role", "pk")),
        may_issue=inspection.may_become(InspectionState.ISSUED),
    )


def _names(inspection: Inspection) -> dict[str, str]:
    """{id in a seal: what it is called}"""
    provisions = Provision.objects.filter(code=inspection.code_id)
    team = TeamMember.objects.filter(inspection=inspection)
    return (
        {str(row.pk): str(row) for row in provisions}
        | {str(row.pk): row.label for row in Severity.objects.all()}
        | {str(person_id): name for person_id, name in team.values_list("person_id", "name")}
    )


def _checks(inspection: Inspection, seals: list[Seal], report: Report | None) -> Iterator[Check]:
    if seals and not is_intact(seals[0]):
        yield Check(
            "bad", _("The sealed records were altered after they were sealed. Do not give this report out.")
        )
    if report is None:
        return
    body = report.body
    if body["interviews"]["is_met"] is False:
        yield Check("warn", _("Fewer workers were interviewed than the program wants."))
    if open_ones := [one["number"] for one in body["findings"] if one["severity"] is None]:
        yield Check(
            "warn", _("No severity stands at finding %(numbers)s.") % {"numbers": _numbers(open_ones)}
        )
    if undeclared := _undeclared(inspection):
        yield Check(
            "bad", _("%(names)s worked on it without a declaration of independence.") % {"names": undeclared}
        )
    yield from _pointing(body)


def _undeclared(inspection: Inspection) -> str:
    declared = Declaration.objects.filter(inspection=inspection, ties=[]).values("person_id")
    members = TeamMember.objects.filter(inspection=inspection, state=AssignmentState.ACCEPTED)
    return ", ".join(members.exclude(person_id__in=declared).order_by("pk").values_list("name", flat=True))


def _pointing(body: dict[str, Any]) -> Iterator[Check]:
    """Addresses and telephone numbers in the texts: they belong to somebody."""
    texts = {_("The summary"): [body["summary"], body["interviews"]["why_fewer"]]}
    for one in body["findings"]:
        name = _("Finding %(number)s") % {"number": one["number"]}
        texts[name] = [one["title"], one["description"], one["remedy"]]
    for name, said in texts.items():
        if any(_ADDRESS.search(text) or _PHONE.search(text) for text in said):
            yield Check(
                "bad", _("%(name)s seems to hold an e-mail address or a telephone number.") % {"name": name}
            )


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))

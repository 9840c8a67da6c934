"""What the page of a workplace says of its inspections: the last one, for what it was inspected, and how far its remediation is.

Progress is the share of its original findings that were verified as corrected, with both numbers. Where nobody has inspected it, that is said:
silence never reads as good standing.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.disclosure.deciding import COUNT, PUBLISHED, RULES, decided, issued
from audits.enums import DUE_STATES, InspectionKind
from audits.models import CorrectiveAction, Milestone, Report
from audits.queries.remediation import remediation
from audits.scoring import Designation, Progress
from programs.disclosure import decisions
from programs.models import Participation, Rung, Workplace
from programs.queries import today
from wsr.registry.disclosure import Addition, Column, Since
from wsr.registry.enums import Reason

ADDS = {
    "workplace": (
        Column(
            "last_inspected_on", _("Last inspected"), "ISO 8601 date of the last inspection with a report."
        ),
        Column(
            "inspected_for", _("Inspected for"), "Each kind of inspection, with the date of the last one."
        ),
        Column(
            "remediation",
            _("Remediation"),
            "completed, on_track, behind, pending or ineligible: how far what was found is corrected.",
            words=dict(Designation.choices),
        ),
        Column(
            "progress",
            _("Progress in percent"),
            "Original findings verified as corrected, of all original findings.",
        ),
        Column("findings_corrected", _("Original findings corrected"), "The numerator of progress."),
        Column("findings_original", _("Original findings"), "The denominator of progress."),
    )
}
_BLANK: dict[str, Any] = {
    "last_inspected_on": "",
    "inspected_for": [],
    "remediation": "",
    "progress": "",
    "findings_corrected": None,
    "findings_original": None,
}
# The reason is named for these; the other columns are their details.
_NAMED = ("last_inspected_on", "remediation", "progress")


def additions(as_of: date, only: set[UUID]) -> dict[UUID, Addition]:
    """What each of these workplaces adds, on a day."""
    if decided(as_of) not in (PUBLISHED, COUNT):
        return {pk: _blank(Reason.NOT_PUBLIC) for pk in only}
    visits: dict[UUID, list[tuple[str, str]]] = {}
    rows = issued().filter(workplace__in=only)
    for pk, body in rows.values_list("workplace_id", "body__inspection"):
        visits.setdefault(pk, []).append((body["ended_on"], body["kind"]))
    scored = remediation(set(visits), on=as_of)
    return {
        pk: _addition(visits[pk], scored.get(pk)) if pk in visits else _blank(Reason.NOT_YET_INSPECTED)
        for pk in only
    }


def changed_additions(since: Since) -> set[UUID]:
    """Workplaces with a report or an action written since, or with a date that passed; all of them where a decision changed."""
    if decisions.changed(since, *RULES) or since.changed_ids(Rung.objects.all()):
        return set(Workplace.objects.values_list("pk", flat=True))
    found = since.changed_ids(Report.objects.all(), "workplace_id")
    actions = CorrectiveAction.objects.all()
    found |= since.changed_ids(actions, "workplace_id")
    passed = {"due_on__gte": since.day, "due_on__lte": today(timezone.now())}
    dated = actions.filter(state__in=DUE_STATES, **passed)
    found |= set(dated.values_list("workplace_id", flat=True))
    steps = Milestone.objects.filter(reached_at=None, **passed)
    found |= set(steps.values_list("action__workplace_id", flat=True))
    moved = since.changed_ids(Milestone.objects.all(), "action_id")
    found |= set(actions.filter(pk__in=moved).values_list("workplace_id", flat=True))
    suppliers = since.changed_ids(Participation.objects.suppliers())
    return found | set(Workplace.objects.filter(supplier__in=suppliers).values_list("pk", flat=True))


def _blank(reason: Reason) -> Addition:
    return Addition(dict(_BLANK), dict.fromkeys(_NAMED, reason.value))


def _addition(visits: list[tuple[str, str]], score: tuple[Progress, Designation] | None) -> Addition:
    last: dict[str, str] = {}
    for day, kind in sorted(visits):
        last[kind] = day
    newest = max(last.values())
    content = _BLANK | {
        "last_inspected_on": newest,
        "inspected_for": [f"{_label(kind)}, {day}" for kind, day in sorted(last.items())],
    }
    withheld = {}
    if score is None:
        withheld = dict.fromkeys(("remediation", "progress"), Reason.NOT_COLLECTED.value)
    else:
        progress, designation = score
        content["remediation"] = designation.value
        content["findings_corrected"], content["findings_original"] = progress.corrected, progress.total
        if progress.percent is None:
            withheld["progress"] = Reason.NOT_COLLECTED.value
        else:
            content["progress"] = f"{progress.percent.normalize():f}"
    return Addition(content, withheld, date.fromisoformat(newest))


def _label(kind: str) -> str:
    return str(InspectionKind(kind).label) if kind in InspectionKind.values else kind

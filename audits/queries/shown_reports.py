"""A report's body in words, in the active language: what its page and its PDF show, the same for every reader."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.enums import Answer, InspectionKind, TeamRole
from audits.models import Report
from programs.countries import name_of


@dataclass(frozen=True)
class Said:
    """One text of the supplier's reply."""

    text: str
    on: str


@dataclass(frozen=True)
class ShownFinding:
    """One finding in words. `id` as in the body: replies and corrective actions name it."""

    id: str
    number: int
    title: str
    provision: str
    severity: str
    description: str
    remedy: str
    workers: str
    is_repeat: bool
    evidence: str
    replies: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """A report in words."""

    title: str
    facts: list[tuple[str, str]]
    interviews: list[tuple[str, str]]
    findings: list[ShownFinding]
    answers: list[tuple[str, str, str]]
    replies: list[Said]
    reply_note: str
    summary: str = ""
    progress: str = ""


def shown(report: Report) -> Shown:
    """The report as its readers see it."""
    body = report.body
    said = body["reply"]["texts"]
    return Shown(
        title=_("%(kind)s inspection of %(place)s")
        % {"kind": kind_label(body["inspection"]["kind"]), "place": body["workplace"]["name"]},
        facts=_facts(body),
        interviews=_interviews(body),
        findings=[_finding(one, said, body["smallest_group"]) for one in body["findings"]],
        answers=[_answer(line) for line in body["answers"]],
        replies=[_reply(one) for one in said if one["finding_id"] is None],
        reply_note=_reply_note(report),
        summary=body["summary"],
        progress=_progress(body.get("progress")),
    )


def kind_label(kind: str) -> str:
    """“fire” → “Fire safety”; an unknown kind as it is."""
    return str(InspectionKind(kind).label) if kind in InspectionKind.values else kind


def _facts(body: dict[str, Any]) -> list[tuple[str, str]]:
    visit, place = body["inspection"], body["workplace"]
    days = [_day(visit["began_on"]), _day(visit["ended_on"])]
    where = ", ".join(part for part in (place["address"], name_of(place["country"])) if part)
    facts = [
        (_("Inspection"), str(visit["number"] or "")),
        (_("Supplier"), body["supplier"]["name"]),
        (_("Workplace"), place["name"]),
        (_("Where"), where),
        (_("When"), days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}"),
        (_("Announced"), _("Yes") if visit["is_announced"] else _("No")),
        (_("Code"), f"{body['code']['title']} ({body['code']['number']})"),
        (_("Inspected by"), _inspectors(body["inspected_by"])),
    ]
    if visit["season"]:
        facts.insert(5, (_("Season"), visit["season"]))
    if visit["follows"]:
        facts.insert(1, (_("Follows inspection"), str(visit["follows"])))
    return facts


def _inspectors(team: list[dict[str, Any]]) -> str:
    """“Lead auditor; 2 × Auditor”, or with names where the program says them."""
    found = []
    for one in team:
        label = str(TeamRole(one["role"]).label) if one["role"] in TeamRole.values else one["role"]
        if one["names"]:
            found.append(f"{label}: {', '.join(one['names'])}")
        else:
            found.append(label if one["count"] == 1 else f"{one['count']} × {label}")
    return "; ".join(found)


def _interviews(body: dict[str, Any]) -> list[tuple[str, str]]:
    said, least = body["interviews"], body["smallest_group"]
    found = [
        (_("Workers interviewed"), told(said["workers"], least)),
        (_("Workers present"), told(said["present"], least)),
    ]
    if said["is_met"] is not None:
        found.append((_("Least to be interviewed"), told(said["needed"], least)))
        found.append((_("Enough interviewed"), _("Yes") if said["is_met"] else _("No")))
    if said["why_fewer"]:
        found.append((_("Why fewer"), said["why_fewer"]))
    return found


def told(number: dict[str, Any], least: int) -> str:
    """A number of workers as it may be said."""
    if number["is_few"]:
        return _("Not said: fewer than %(least)s, it could point to somebody") % {"least": least}
    return "" if number["count"] is None else str(number["count"])


def _finding(one: dict[str, Any], said: list[dict[str, Any]], least: int) -> ShownFinding:
    provision = one["provision"]
    evidence = one["evidence"]
    return ShownFinding(
        id=one["id"],
        number=one["number"],
        title=one["title"],
        provision=f"{provision['reference']} {provision['title']}",
        severity=one["severity"]["label"] if one["severity"] else "",
        description=one["description"],
        remedy=one["remedy"],
        workers=told(one["workers_affected"], least),
        is_repeat=one["is_repeat"],
        evidence=ngettext("%(n)s file of evidence is kept", "%(n)s files of evidence are kept", evidence)
        % {"n": evidence}
        if evidence
        else "",
        replies=[_reply(text) for text in said if text["finding_id"] == one["id"]],
    )


def _answer(line: dict[str, Any]) -> tuple[str, str, str]:
    words = [
        str(Answer(answer).label) + (f" × {count}" if count > 1 else "")
        for answer, count in line["answers"].items()
        if answer in Answer.values
    ]
    return line["reference"], line["title"], ", ".join(words)


def _reply(one: dict[str, Any]) -> Said:
    return Said(one["text"], date_format(datetime.fromisoformat(one["said_at"]).date()))


def _reply_note(report: Report) -> str:
    """Whether the supplier replied, and by when it could."""
    due_on = report.body["reply"]["due_on"]
    if report.body["reply"]["texts"]:
        return ""
    if report.issued_at is None:
        return (
            _("The supplier may reply until %(day)s.") % {"day": _day(due_on)}
            if due_on
            else _("The supplier may reply.")
        )
    if due_on:
        return _("The supplier could reply until %(day)s and did not.") % {"day": _day(due_on)}
    return _("The report was issued without a reply of the supplier.")


def _progress(said: dict[str, Any] | None) -> str:
    if not said:
        return ""
    return _("%(verified)s of %(original)s original findings are verified as corrected.") % said


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day)) if day else ""

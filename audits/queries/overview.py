"""What the pages of one inspection show. Read by its team and by staff; it joins no supplier, workplace or person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from audits.enums import AssignmentState
from audits.models import Bar, CorrectiveAction, Evidence, Finding, Inspection, Interview, TeamMember
from audits.operations.teams import INSPECTORS
from programs.models import Severity
from programs.queries.meanings import Meanings
from wsr.accounts.grants import AUDIENCE_OF
from wsr.accounts.models import Membership
from wsr.tenancy import Audience


@dataclass(frozen=True)
class Interviews:
    """How many workers were interviewed, against the program's floor. `needed` is None where there is none or nobody counted."""

    held: int
    needed: int | None
    present: int | None

    @property
    def is_reached(self) -> bool:
        """Whether the floor is reached, where there is one."""
        return self.needed is None or self.held >= self.needed

    @property
    def lacking(self) -> int:
        """How many more are needed."""
        return max((self.needed or 0) - self.held, 0)


def team_of(inspection: Inspection) -> list[TeamMember]:
    """Everybody who was ever asked, leads first."""
    return list(TeamMember.objects.filter(inspection=inspection).order_by("-role", "name", "pk"))


def member_of(team: list[TeamMember], person_id: UUID) -> TeamMember | None:
    """The place of one person on it."""
    return next((member for member in team if member.person_id == person_id), None)


def interviews_of(inspection: Inspection) -> QuerySet[Interview]:
    """Interviews, the latest first."""
    return Interview.objects.filter(inspection=inspection).order_by("-held_on", "-pk")


def interviewed(inspection: Inspection) -> Interviews:
    """Against the floor. One query."""
    held = Interview.objects.filter(inspection=inspection).aggregate(total=Sum("workers"))["total"] or 0
    return Interviews(held, inspection.interviews_needed(), inspection.workers_present)


def findings_of(inspection: Inspection) -> list[Finding]:
    """Findings by provision, the gravest first, with `evidence_total`; severities as they were on the day of the visit."""
    rows = (
        Finding.objects.filter(inspection=inspection)
        .select_related("provision", "severity", "repeat_of", "repeat_of__inspection")
        .annotate(evidence_total=Count("evidence"))
        .order_by("severity__position", "provision__position", "pk")
    )
    return Meanings(Severity).put(rows, day=lambda _finding: inspection.starts_on)


def tell_corrections(inspection: Inspection, findings: Iterable[Any]) -> None:
    """Set `corrected` of each finding: the corrective action that came of it, or None."""
    rows = CorrectiveAction.objects.filter(inspection=inspection).exclude(finding_id=None).order_by("number")
    found = {row.finding_id: row for row in rows}
    for finding in findings:
        finding.corrected = found.get(finding.pk)


def evidence_of(inspection: Inspection) -> QuerySet[Evidence]:
    """What stands as evidence: the latest of each, in the order in which it came."""
    replaced = Evidence.objects.filter(replaces=OuterRef("pk"))
    return (
        Evidence.objects.filter(inspection=inspection)
        .filter(~Exists(replaced))
        .select_related("file", "finding")
        .order_by("received_at", "pk")
    )


def inspectors(*, supplier_id: UUID, staff_only: bool = False) -> list[tuple[str, str]]:
    """(id, name) of everybody who may be asked to inspect a supplier, by name. For staff: auditors read no list of people."""
    roles = [role for role in INSPECTORS if not staff_only or AUDIENCE_OF[role] == Audience.STAFF]
    barred = Bar.objects.filter(supplier=supplier_id, ended_at=None, person=OuterRef("person"))
    rows = (
        Membership.objects.active()
        .filter(~Exists(barred), role__in=roles, person__is_active=True)
        .select_related("person", "organization")
        .order_by("person__name", "person__email", "pk")
    )
    found: dict[str, str] = {}
    for row in rows:
        label = f"{row.person} ({row.organization.name})" if row.organization else str(row.person)
        found.setdefault(str(row.person_id), label)
    return list(found.items())


def bars(*, reader_id: UUID) -> QuerySet[Bar]:
    """Who is barred from which supplier, those in force first. Without the reader's own: of those she is told nothing."""
    return (
        Bar.objects.exclude(person_id=reader_id)
        .exclude(supplier__in=Bar.objects.filter(person_id=reader_id, ended_at=None).values("supplier"))
        .select_related("person", "supplier")
    )


def work_of(person_id: UUID) -> QuerySet[TeamMember]:
    """Places of a person on teams: asked, or accepted."""
    return TeamMember.objects.filter(
        Q(state=AssignmentState.ASKED) | Q(state=AssignmentState.ACCEPTED), person_id=person_id
    ).select_related("inspection")


def names_of(team: list[TeamMember]) -> dict[UUID, Any]:
    """Names by person, for records that only carry the id."""
    return {member.person_id: member.name for member in team}

"""The program's inspections as a whole, wherever it publishes at least totals: reports, workplaces, findings, and how many were corrected.

Only where at least three suppliers stand behind the figures: with fewer, one of them could subtract its own.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.disclosure.deciding import decided, issued
from audits.enums import ActionState, Origin
from audits.models import CorrectiveAction
from programs.queries import today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

TOTAL = "inspection_totals"
LEAST = 3
_FIGURES = ("inspections", "workplaces", "findings", "corrected")
KINDS = [
    PublicKind(
        TOTAL,
        "inspection_totals",
        _("Inspections in numbers"),
        _("Inspections in numbers"),
        (
            Column("name", _("Name"), "The program."),
            Column("inspections", _("Inspections"), "Inspections with an issued report."),
            Column("workplaces", _("Workplaces inspected"), "Workplaces with at least one of them."),
            Column("findings", _("Findings"), "Findings in these reports."),
            Column("corrected", _("Findings corrected"), "Findings verified as corrected."),
        ),
    )
]


def present(kind: str) -> QuerySet[Program]:
    """The program, where it publishes at least totals."""
    rows = Program.objects.filter(pk=current_program_id())
    return rows if decided(today(timezone.now())) else rows.none()


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The one record; of these subjects only, if they are named."""
    if not decided(as_of):
        return
    for program in Program.objects.filter(pk=current_program_id()):
        if only is None or program.pk in only:
            yield _record(program)


def changed(kind: str, since: Since) -> set[UUID]:
    """One record: comparing it costs less than asking whether a number changed."""
    return set(present(kind).values_list("pk", flat=True))


def _record(program: Program) -> PublicRecord:
    rows = list(issued().values_list("supplier_id", "workplace_id", "body__findings"))
    if len({supplier for supplier, _workplace, _findings in rows}) < LEAST:
        few = Reason.SMALL_NUMBER if rows else Reason.NOT_YET_INSPECTED
        content = {"name": program.name, **dict.fromkeys(_FIGURES)}
        return PublicRecord(TOTAL, program.pk, content, dict.fromkeys(_FIGURES, few.value))
    fixed = CorrectiveAction.objects.filter(origin=Origin.FINDING, state=ActionState.VERIFIED)
    content = {
        "name": program.name,
        "inspections": len(rows),
        "workplaces": len({workplace for _supplier, workplace, _findings in rows}),
        "findings": sum(len(findings or []) for _supplier, _workplace, findings in rows),
        "corrected": fixed.exclude(finding_id=None).order_by().values("finding_id").distinct().count(),
    }
    return PublicRecord(TOTAL, program.pk, content)

"""Sending a sealed inspection back to the auditors: with the reason, and what was given out of it so far stays what it was."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState, ReportStage
from audits.models import Inspection, IssuedDocument, Report, TeamMember
from audits.operations.report_clocks import REPLY_CLOCK
from audits.operations.states import explained, locked, move
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.history.operations import record
from wsr.notices.operations import tell_people
from wsr.tenancy import atomic


@atomic
def return_to_auditors(*, inspection_id: UUID, reason: str, by: Person, at: datetime) -> Inspection:
    """Let the team change the records and submit them again, under a new seal.

    A version that is with the supplier is taken back: it asks for no reply any more. An issued one holds until the next is issued.
    Raises Inspection.DoesNotExist, CannotMove and DomainError.
    """
    inspection = locked(inspection_id)
    reason = explained(reason, _("Say what the auditors should look at again."))
    move(inspection, InspectionState.RETURNED, by=by, at=at, reason=reason)
    waiting = Report.objects.select_for_update(of=("self",)).filter(
        inspection=inspection, stage=ReportStage.FOR_REPLY
    )
    for report in waiting:
        replace(report, by=by, at=at, reason=reason)
        clocks.cancel(
            kind=REPLY_CLOCK,
            subject=report,
            reason=_("The report was taken back to be changed."),
            at=at,
            by=by,
        )
    members = TeamMember.objects.filter(inspection=inspection, state=AssignmentState.ACCEPTED)
    people = {inspection.planned_by_id, *members.values_list("person_id", flat=True)} - {by.pk}
    tell_people(
        kind="inspection_returned",
        key=f"inspection_returned:{inspection.pk}:{inspection.version}",
        people=sorted(people),
        at=at,
        context={"inspection": str(inspection.pk)},
    )
    return inspection


def replace(report: Report, *, by: Person, at: datetime, reason: str) -> None:
    """A later version takes this one's place, or will. The caller holds its lock."""
    before = report.stage
    report.stage = ReportStage.REPLACED
    report.save(update_fields=["stage"])
    IssuedDocument.objects.filter(sha256=report.pdf_sha256).update(is_replaced=True)
    record(
        "report.replaced",
        report,
        by=by,
        at=at,
        before={"stage": before},
        after={"stage": report.stage, "version": report.number},
        reason=reason,
    )

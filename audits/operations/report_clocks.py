"""The clocks of reports: from the end of the visit to the issued report, and of the supplier's reply."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.enums import ReportStage
from audits.models import Inspection, Report
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

ISSUE_CLOCK, REPLY_CLOCK = "audits.report_issued", "audits.report_reply"


def begin_report_clock(*, inspection: Inspection, by: Person, at: datetime) -> None:
    """From the end of the visit to its issued report; none for a later version. Called by the submission, after the visit was revealed."""
    if Report.objects.filter(inspection_id=inspection.pk).exclude(stage=ReportStage.FOR_REPLY).exists():
        return
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    clocks.start(
        kind=ISSUE_CLOCK,
        subject=inspection,
        started_at=inspection.left_at or at,
        at=at,
        by=by,
        title=_("Report of inspection %(number)s") % {"number": inspection.number},
        url=reverse("audits:review", args=[slug, inspection.pk]),
        calendar_country=inspection.country,
    )

"""What the search of the console finds of inspections."""

from django.db.models import DateField, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.queries import actions, planning, reports
from audits.tables.actions import ActionTable
from audits.tables.inspections import InspectionTable
from audits.tables.reports import ReportTable
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.ui.search import Source

SEARCH = [
    Source(
        _("Inspections"),
        InspectionTable,
        planning.inspections,
        "audits:inspections",
        Permission.INSPECTION_READ,
    ),
    Source(_("Reports"), ReportTable, reports.reports, "audits:reports", Permission.REPORT_READ),
    Source(
        _("Corrective actions"),
        ActionTable,
        lambda: actions.actions().annotate(on=Value(today(timezone.now()), output_field=DateField())),
        "audits:actions",
        Permission.ACTION_READ,
    ),
]

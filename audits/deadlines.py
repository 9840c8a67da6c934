"""The clocks of inspections and what each step of their ladders does. Each noun has its list."""

from django.utils.translation import gettext_lazy as _

from audits.clocks.actions import ACTIONS
from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import ClockKind, Rung

_REMINDERS = (
    Rung("week_left", _("One week left"), after=-7),
    Rung("day_left", _("One day left"), after=-1),
)

REPORTS = [
    ClockKind(
        key="audits.report_issued",
        label=_("Inspection ended, to the issued report"),
        length_key="clocks.report_issued",
        actor=_("The program"),
        permission=Permission.INSPECTION_REVIEW,
        ladder=_REMINDERS,
        extension_ceiling=None,
        webhook=True,
    ),
    ClockKind(
        key="audits.report_reply",
        label=_("Report shared with the supplier, to its reply"),
        length_key="clocks.report_reply",
        actor=_("The supplier"),
        permission=Permission.INSPECTION_REVIEW,
        ladder=(
            *_REMINDERS,
            Rung(
                "over",
                _("No reply in time; the report may be issued"),
                effect="audits.operations.reporting.reply_limit_passed",
            ),
        ),
        webhook=True,
    ),
]
KINDS = [*REPORTS, *ACTIONS]

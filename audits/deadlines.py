"""The clocks of inspections and corrective actions, and what each step of their ladders does. Each noun has its list."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.enums import CatchUp
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
ACTIONS = [
    ClockKind(
        key="audits.plan_agreed",
        label=_("Report issued, to agreed corrective action plan"),
        length_key="clocks.action_agreed",
        actor=_("The program, with the supplier"),
        permission=Permission.ACTION_CHANGE,
        ladder=_REMINDERS,
        extension_ceiling=None,
        webhook=True,
    ),
    # The date stands in the corrective action plan; a rejected report makes it count again, also where it is over.
    ClockKind(
        key="audits.action_due",
        label=_("Corrective action agreed, to its report as fixed"),
        actor=_("The supplier"),
        permission=Permission.ACTION_CHANGE,
        ladder=(
            *_REMINDERS,
            Rung("overdue", _("Not fixed in time"), effect="audits.operations.overdue.date_missed"),
        ),
        catch_up=CatchUp.HIGHEST,
        extension_ceiling=0,  # dates move in the plan, with the supplier's request and the program's ceiling
        webhook=True,
    ),
    ClockKind(
        key="audits.milestone_due",
        label=_("Milestone of a corrective action"),
        actor=_("The supplier"),
        permission=Permission.ACTION_CHANGE,
        ladder=(*_REMINDERS, Rung("overdue", _("Not reached in time"))),
        catch_up=CatchUp.HIGHEST,
        extension_ceiling=0,
        webhook=True,
    ),
    ClockKind(
        key="audits.action_verified",
        label=_("Action reported as fixed, to its verification"),
        length_key="clocks.action_verified",
        actor=_("The program"),
        permission=Permission.ACTION_VERIFY,
        webhook=True,
    ),
]
KINDS = [*REPORTS, *ACTIONS]

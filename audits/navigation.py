"""Where the pages of inspections stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

_INSPECTIONS = _("Inspections")

ENTRIES = [
    Entry(_("Planning"), "audits:board", Permission.INSPECTION_READ, order=50, group=_INSPECTIONS),
    Entry(_("Checklist"), "audits:checklist", Permission.CHECKLIST_CHANGE, order=60, group=_INSPECTIONS),
    Entry(_("Reports"), "audits:reports", Permission.REPORT_READ, order=70, group=_INSPECTIONS),
    Entry(_("What to fix"), "audits:own_actions", Permission.ACTION_ANSWER, order=79, group=_INSPECTIONS),
    Entry(
        _("Corrective actions"), "audits:action_board", Permission.ACTION_READ, order=80, group=_INSPECTIONS
    ),
]

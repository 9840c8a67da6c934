"""Where the pages of complaints stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

_COMPLAINTS = _("Complaints")

ENTRIES = [
    Entry(_("Complaints"), "complaints:complaints", Permission.COMPLAINT_READ, order=90, group=_COMPLAINTS),
    Entry(_("Figures"), "complaints:figures", Permission.COMPLAINT_READ, order=93, group=_COMPLAINTS),
    Entry(_("Take a call"), "complaints:console", Permission.COMPLAINT_ENTER, order=91, group=_COMPLAINTS),
    Entry(_("Call back"), "complaints:calls", Permission.COMPLAINT_ENTER, order=92, group=_COMPLAINTS),
    Entry(_("From paper"), "complaints:paper", Permission.COMPLAINT_ENTER, order=92, group=_COMPLAINTS),
    Entry(
        _("How they are triaged"), "complaints:rules", Permission.TRIAGE_CHANGE, order=94, group=_COMPLAINTS
    ),
    Entry(_("What workers read"), "complaints:texts", Permission.TRIAGE_CHANGE, order=96, group=_COMPLAINTS),
    Entry(
        _("Who must not know"), "complaints:walls", Permission.COMPLAINT_ASSIGN, order=95, group=_COMPLAINTS
    ),
]

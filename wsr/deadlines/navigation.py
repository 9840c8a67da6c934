"""Clocks in the side navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

_PROGRAM = _("Program")

ENTRIES = [
    Entry(_("Clocks"), "deadlines:clocks", Permission.CLOCK_READ, order=5),
    Entry(_("Time limits"), "deadlines:lengths", Permission.RULE_READ, order=512, group=_PROGRAM),
    Entry(_("Working calendar"), "deadlines:calendar", Permission.RULE_READ, order=514, group=_PROGRAM),
]

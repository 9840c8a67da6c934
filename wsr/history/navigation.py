"""Where the record stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [Entry(_("History"), "history:list", Permission.HISTORY_READ, order=900, group=_("Program"))]

"""Where imports stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [Entry(_("Imports"), "imports:list", Permission.IMPORT_READ, order=40, group=_("Supply chain"))]

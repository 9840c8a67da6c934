"""Where publishing stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [
    Entry(_("Publish"), "registry:console", Permission.PUBLICATION_READ, order=800, group=_("Program"))
]

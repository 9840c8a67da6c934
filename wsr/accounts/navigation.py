"""Where people stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

ENTRIES = [
    Entry(_("Our people"), "accounts:colleagues", Permission.CONTACT_CHANGE, order=790, group=_("Program")),
    Entry(_("Members"), "accounts:members", Permission.MEMBER_READ, order=800, group=_("Program")),
    Entry(_("Roles"), "accounts:grants", Permission.PROGRAM_READ, order=810, group=_("Program")),
]

"""Where the pages of programs stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

_SUPPLY = _("Supply chain")
_PROGRAM = _("Program")

ENTRIES = [
    Entry(_("Workplaces"), "programs:workplaces", Permission.WORKPLACE_READ, order=10, group=_SUPPLY),
    Entry(_("Suppliers"), "programs:suppliers", Permission.SUPPLIER_READ, order=20, group=_SUPPLY),
    Entry(_("Brands"), "programs:brands", Permission.SOURCING_READ, order=30, group=_SUPPLY),
    Entry(_("Code of conduct"), "programs:codes", Permission.CODE_READ, order=500, group=_PROGRAM),
    Entry(_("Rules"), "programs:rules", Permission.RULE_READ, order=510, group=_PROGRAM),
    Entry(_("Seasons"), "programs:seasons", Permission.RULE_READ, order=516, group=_PROGRAM),
    Entry(_("Organizations"), "programs:bodies", Permission.PROGRAM_READ, order=520, group=_PROGRAM),
]

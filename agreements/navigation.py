"""Where the pages of agreements stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.ui.navigation import Entry

_AGREEMENTS = _("Agreements")

ENTRIES = [
    Entry(_("Agreements"), "agreements:agreements", Permission.AGREEMENT_READ, order=100, group=_AGREEMENTS),
    Entry(
        _("Obligations"), "agreements:obligations", Permission.OBLIGATION_READ, order=110, group=_AGREEMENTS
    ),
    Entry(_("Breaches"), "agreements:breaches", Permission.DISPUTE_READ, order=140, group=_AGREEMENTS),
    Entry(_("Ladder"), "agreements:escalations", Permission.ESCALATION_READ, order=120, group=_AGREEMENTS),
    Entry(
        _("Stop of purchases"), "agreements:duties", Permission.ESCALATION_READ, order=125, group=_AGREEMENTS
    ),
]

"""Where the pages of agreements stand in the navigation."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.tenancy import Audience
from wsr.ui.navigation import Entry

_AGREEMENTS = _("Agreements")
_MONEY = _("Money")

ENTRIES = [
    Entry(_("Agreements"), "agreements:agreements", Permission.AGREEMENT_READ, order=100, group=_AGREEMENTS),
    Entry(
        _("Obligations"), "agreements:obligations", Permission.OBLIGATION_READ, order=110, group=_AGREEMENTS
    ),
    Entry(_("Breaches"), "agreements:breaches", Permission.DISPUTE_READ, order=140, group=_AGREEMENTS),
    Entry(_("Committee"), "agreements:committee", Permission.COMMITTEE_SIT, order=150, group=_AGREEMENTS),
    Entry(
        _("Ladder"),
        "agreements:escalations",
        Permission.ESCALATION_READ,
        order=120,
        group=_AGREEMENTS,
        audiences=(Audience.STAFF, Audience.SUPPLIER),
    ),
    Entry(
        _("Stop of purchases"),
        "agreements:duties",
        Permission.ESCALATION_READ,
        order=125,
        group=_AGREEMENTS,
        audiences=(Audience.STAFF, Audience.BRAND, Audience.SUPPLIER),
    ),
    Entry(_("Money"), "agreements:money", Permission.MONEY_READ, order=200, group=_MONEY),
    Entry(_("Purchases"), "agreements:purchases", Permission.MONEY_READ, order=210, group=_MONEY),
    Entry(_("Payments"), "agreements:payments", Permission.MONEY_READ, order=230, group=_MONEY),
    Entry(_("Differences"), "agreements:differences", Permission.MONEY_READ, order=240, group=_MONEY),
]

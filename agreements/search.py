"""What the search of the console finds of agreements."""

from django.utils.translation import gettext_lazy as _

from agreements.queries import agreements, disputes, duties, escalation, obligations
from agreements.tables.agreements import AgreementTable
from agreements.tables.duties import DutyTable
from agreements.tables.escalation import EscalationTable
from agreements.tables.obligations import BreachTable, ObligationTable
from wsr.accounts.grants import Permission
from wsr.tenancy import Audience
from wsr.ui.search import Source

SEARCH = [
    Source(
        _("Agreements"),
        AgreementTable,
        agreements.agreements,
        "agreements:agreements",
        Permission.AGREEMENT_READ,
    ),
    Source(
        _("Obligations"),
        ObligationTable,
        obligations.obligations,
        "agreements:obligations",
        Permission.OBLIGATION_READ,
    ),
    Source(_("Breaches"), BreachTable, disputes.breaches, "agreements:breaches", Permission.DISPUTE_READ),
    Source(
        _("Ladder"),
        EscalationTable,
        escalation.escalations,
        "agreements:escalations",
        Permission.ESCALATION_READ,
        (Audience.STAFF, Audience.SUPPLIER),
    ),
    Source(
        _("Stop of purchases"),
        DutyTable,
        duties.duties,
        "agreements:duties",
        Permission.ESCALATION_READ,
        (Audience.STAFF, Audience.BRAND),
    ),
]

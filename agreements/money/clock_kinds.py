"""The clocks of money."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import ClockKind, Rung

MONEY = [
    ClockKind(
        key="agreements.invoice_payment",
        label=_("Invoice, to the receipt of its whole amount"),
        actor=_("The brand"),
        permission=Permission.MONEY_CHANGE,
        ladder=(
            Rung("week_left", _("One week left"), after=-7),
            Rung("overdue", _("Not paid in time"), after=0),
            # At once, or after the time of grace that the program has set.
            Rung(
                "breach",
                _("Suspected breach"),
                length_key="clocks.obligation_grace",
                effect="agreements.operations.money.late.suspect_breach",
            ),
            Rung("month_late", _("A month late"), after=30),
        ),
        webhook=True,
    ),
]

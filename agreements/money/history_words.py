"""The words of what happens with money, for the page of history."""

from django.utils.translation import gettext_lazy as _

MONEY = [
    ("purchase.reported", _("Purchase reported")),
    ("purchase.corrected", _("Report of a purchase corrected")),
    ("purchase.withdrawn", _("Report of a purchase withdrawn")),
    ("purchase_file.read", _("File of purchases read")),
    ("purchase_file.applied", _("File of purchases recorded")),
    ("purchase_file.discarded", _("File of purchases discarded")),
    ("purchase_file.undone", _("File of purchases taken back")),
    ("premium.accrued", _("Premium worked out")),
    ("invoice.issued", _("Invoice issued")),
    ("invoice.paid", _("Invoice paid")),
    ("payment.claimed", _("Payment claimed")),
    ("payment.received", _("Payment received")),
    ("payment.not_received", _("Payment not received")),
    ("escrow.in", _("Put into escrow")),
    ("escrow.out", _("Paid out of escrow")),
    ("payroll.reported", _("Premium passed on, as payroll reports")),
    ("difference.found", _("Difference found")),
    ("difference.explained", _("Difference explained")),
    ("difference.open", _("Explanation sent back")),
    ("difference.settled", _("Difference settled")),
    ("difference.written_off", _("Difference written off")),
    ("difference.disclosed", _("Figures shown to both sides")),
    ("support.recorded", _("Financial support recorded")),
    ("support.confirmed", _("Financial support confirmed")),
]

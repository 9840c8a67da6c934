"""Models of money, by the field's nouns."""

from agreements.models.money.differences import Difference, DifferenceFigure, DifferenceNote
from agreements.models.money.payments import (
    EscrowAccount,
    EscrowEntry,
    Payment,
    PayrollReport,
)
from agreements.models.money.premium import Accrual, Invoice, InvoiceLine, InvoiceSeries
from agreements.models.money.purchases import Purchase, PurchaseFile, PurchaseFileRow
from agreements.models.money.support import Support, SupportConfirmation

__all__ = [
    "Accrual",
    "Difference",
    "DifferenceFigure",
    "DifferenceNote",
    "EscrowAccount",
    "EscrowEntry",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "Payment",
    "PayrollReport",
    "Purchase",
    "PurchaseFile",
    "PurchaseFileRow",
    "Support",
    "SupportConfirmation",
]

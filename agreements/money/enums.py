"""Closed sets of money, and the tables of allowed moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportSide(models.TextChoices):
    """From which end a purchase is reported."""

    BRAND = "brand", _("Bought, by the brand")
    SUPPLIER = "supplier", _("Sold, by the supplier")


class Ended(models.TextChoices):
    """Why a report no longer counts. It stays on record."""

    REPLACED = "replaced", _("Replaced by a correction")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class FileState(models.TextChoices):
    """Where a file of purchases stands."""

    READ = "read", _("Read, nothing recorded yet")
    APPLIED = "applied", _("Recorded")
    DISCARDED = "discarded", _("Discarded")
    UNDONE = "undone", _("Taken back")


FILE_MOVES: dict[FileState, frozenset[FileState]] = {
    FileState.READ: frozenset({FileState.APPLIED, FileState.DISCARDED}),
    FileState.APPLIED: frozenset({FileState.UNDONE}),
    FileState.DISCARDED: frozenset(),
    FileState.UNDONE: frozenset(),
}


class RowStatus(models.TextChoices):
    """What a line of a file would do."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Replaces what is on record")
    UNCHANGED = "unchanged", _("On record already")
    ERROR = "error", _("Cannot be recorded")


class InvoiceKind(models.TextChoices):
    """What is owed."""

    PREMIUM = "premium", _("Premium")
    FEE = "fee", _("Program fee")


class InvoiceState(models.TextChoices):
    """Whether an invoice is paid."""

    OPEN = "open", _("Open")
    PAID = "paid", _("Paid and received")


INVOICE_MOVES: dict[InvoiceState, frozenset[InvoiceState]] = {
    InvoiceState.OPEN: frozenset({InvoiceState.PAID}),
    InvoiceState.PAID: frozenset(),
}


class PaymentWay(models.TextChoices):
    """How money went."""

    SUPPLY_CHAIN = "supply_chain", _("With the price, through the supply chain")
    DIRECT = "direct", _("Directly to the supplier")
    ESCROW = "escrow", _("Into escrow")
    PROGRAM = "program", _("To the program")


class PaymentState(models.TextChoices):
    """Claimed by who paid, then confirmed or denied by who should have it."""

    CLAIMED = "claimed", _("Paid, says the brand")
    RECEIVED = "received", _("Received")
    NOT_RECEIVED = "not_received", _("Not received")


PAYMENT_MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CLAIMED: frozenset({PaymentState.RECEIVED, PaymentState.NOT_RECEIVED}),
    PaymentState.RECEIVED: frozenset(),
    PaymentState.NOT_RECEIVED: frozenset(),
}


class Direction(models.TextChoices):
    """Into escrow or out of it."""

    IN = "in", _("In")
    OUT = "out", _("Out")


class DifferenceKind(models.TextChoices):
    """Which two figures should agree."""

    VOLUME = "volume", _("Bought and sold differ")
    NO_RATE = "no_rate", _("Bought, and no premium rate holds")
    RECEIVED = "received", _("Paid and received differ")
    PASSED_ON = "passed_on", _("Received and passed on to workers differ")


class DifferenceState(models.TextChoices):
    """Where a difference stands as a piece of work."""

    OPEN = "open", _("Open")
    EXPLAINED = "explained", _("Explained, to be decided")
    SETTLED = "settled", _("Settled")
    WRITTEN_OFF = "written_off", _("Written off")


_D = DifferenceState
DIFFERENCE_MOVES: dict[DifferenceState, frozenset[DifferenceState]] = {
    _D.OPEN: frozenset({_D.EXPLAINED, _D.SETTLED}),
    _D.EXPLAINED: frozenset({_D.OPEN, _D.SETTLED, _D.WRITTEN_OFF}),
    _D.SETTLED: frozenset(),
    _D.WRITTEN_OFF: frozenset(),
}


class SupportForm(models.TextChoices):
    """Financial support other than the premium; the words are those of the clause."""

    PRICE = "price", _("Higher price")
    ORDER_COMMITMENT = "order_commitment", _("Longer or larger guaranteed orders")
    PREPAYMENT = "prepayment", _("Prepayment of orders")
    LOAN = "loan", _("Soft loan")
    CASH = "cash", _("Direct payment")

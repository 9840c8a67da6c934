"""Numbers of money for the first page of each audience. Row-level security decides whose they are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from agreements.models.money import Accrual, EscrowAccount, Invoice, Payment, PayrollReport
from agreements.money.enums import InvoiceState, PaymentState, PaymentWay
from agreements.queries.money_terms import MoneyRules
from agreements.queries.premium import ExplainedLine, explained, open_accruals, owed
from agreements.queries.reconciling import PassedOn, passed_on

_NAMES = ("accrued", "invoiced", "received", "in_escrow", "passed_on")


@dataclass
class CurrencySums:
    """The chain of the premium in one currency, from what was earned to what workers got."""

    currency: str
    accrued: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    in_escrow: Decimal = Decimal(0)
    passed_on: Decimal = Decimal(0)


def chain() -> list[CurrencySums]:
    """One row per currency, for staff. Five queries."""
    found: dict[str, CurrencySums] = {}
    premium = Payment.objects.exclude(way=PaymentWay.PROGRAM).filter(state=PaymentState.RECEIVED)
    sources: list[tuple[str, QuerySet, Any]] = [
        ("accrued", Accrual.objects.all(), Sum("amount")),
        ("invoiced", Invoice.objects.filter(kind="premium"), Sum("amount")),
        ("received", premium, Sum("amount")),
        ("in_escrow", EscrowAccount.objects.all(), Sum("supplier_part") + Sum("workers_part")),
        ("passed_on", PayrollReport.objects.filter(ended_at=None), Sum("total_paid")),
    ]
    for name, rows, total in sources:
        for currency, amount in rows.order_by().values_list("currency").annotate(total=total):
            setattr(found.setdefault(currency, CurrencySums(currency)), name, amount)
    return [found[currency] for currency in sorted(found)]


@dataclass
class Why:
    """One accrual of what a brand owes, with the purchases behind it."""

    accrual: Accrual
    lines: list[ExplainedLine]


@dataclass
class Owing:
    """What a brand owes in one currency and to whom: invoices that are not paid, and what no invoice asks for yet."""

    currency: str
    invoices: list[Invoice] = field(default_factory=list)
    accruals: list[Why] = field(default_factory=list)

    @property
    def invoiced(self) -> Decimal:
        """What invoices ask for that was not received yet."""
        return sum((row.left for row in self.invoices), Decimal(0))

    @property
    def coming(self) -> Decimal:
        """What is earned and not asked for yet."""
        return sum((why.accrual.amount for why in self.accruals), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Both."""
        return self.invoiced + self.coming


def owing(brand_id: UUID, rules: MoneyRules) -> list[Owing]:
    """What a brand owes and why, by currency."""
    found: dict[str, Owing] = {}
    now, _unpriced = owed(brand_id, rules)
    for invoice in open_invoices(Invoice.objects.filter(brand_id=brand_id)):
        found.setdefault(invoice.currency, Owing(invoice.currency)).invoices.append(invoice)
    for accrual in open_accruals(brand_id):
        found.setdefault(accrual.currency, Owing(accrual.currency)).accruals.append(
            Why(accrual, explained(accrual, now))
        )
    return [found[currency] for currency in sorted(found)]


def open_invoices(rows: QuerySet[Invoice]) -> list[Invoice]:
    """Unpaid ones with `left`: what was not received yet. Two queries."""
    invoices = list(
        rows.filter(state=InvoiceState.OPEN)
        .select_related("brand", "supplier")
        .order_by("due_on", "year", "sequence")
    )
    got: dict[UUID, Decimal] = defaultdict(Decimal)
    received = Payment.objects.filter(invoice__in=[row.pk for row in invoices], state=PaymentState.RECEIVED)
    for invoice_id, amount in received.values_list("invoice_id", "amount"):
        got[invoice_id] += amount
    for invoice in invoices:
        invoice.left = invoice.amount - got[invoice.pk]
    return invoices


def to_pass_on(supplier_id: UUID, rules: MoneyRules, *, today: date) -> dict[str, PassedOn]:
    """{currency: what came for workers and what was passed on} of one supplier."""
    found = passed_on(rules, today=today, supplier_id=supplier_id)
    return {
        currency: one for (_supplier, currency), one in sorted(found.items(), key=lambda item: item[0][1])
    }


def uninvoiced() -> list[dict[str, Any]]:
    """Sums of accruals that no invoice asks for, by brand, supplier and currency, for staff. One query."""
    rows = (
        Accrual.objects.filter(lines=None)
        .order_by()
        .values("brand_id", "brand__name", "supplier_id", "supplier__name", "currency")
        .annotate(total=Sum("amount"))
    )
    return sorted(
        (row for row in rows if row["total"]),
        key=lambda row: (row["brand__name"], row["supplier__name"], row["currency"]),
    )

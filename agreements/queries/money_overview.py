"""Numbers of money for the first page of each audience. Row-level security decides whose they are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from agreements.clauses.duties import length_in
from agreements.enums import ClauseKind, Side
from agreements.models import Clause
from agreements.models.money import Accrual, EscrowAccount, Invoice, Payment, PayrollReport
from agreements.money.enums import InvoiceKind, InvoiceState, PaymentState, PaymentWay
from agreements.periods import end_of
from agreements.queries.money_terms import MoneyRules
from agreements.queries.premium import ExplainedLine, explained, open_accruals, owed
from agreements.queries.reconciling import PassedOn, passed_on
from programs.models import Participation
from wsr.deadlines.calendars import Calendar, calendar_of
from wsr.deadlines.counting import CannotCount, count
from wsr.deadlines.enums import Unit
from wsr.deadlines.queries import zone_of_program
from wsr.tenancy import Audience, current_audience

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
    """One accrual of what a brand owes, with the purchases behind it. `payable_on`: the agreement's date, None where it sets none."""

    accrual: Accrual
    lines: list[ExplainedLine]
    payable_on: date | None = None


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
    dates = _Dates()
    for accrual in open_accruals(brand_id):
        found.setdefault(accrual.currency, Owing(accrual.currency)).accruals.append(
            Why(accrual, explained(accrual, now), dates.of(accrual.clause_id, accrual.ends_on))
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


class _Dates:
    """By when agreements want the premium of a period, worked out once for each clause and period.

    Portals cannot read the program's calendar: days that only a calendar tells have no date there.
    """

    def __init__(self) -> None:
        self._clauses: dict[UUID, Clause] = {}
        self._found: dict[tuple[UUID, date], date | None] = {}
        self._is_staff = current_audience() == Audience.STAFF

    @cached_property
    def _calendar(self) -> Calendar:
        return calendar_of() if self._is_staff else Calendar(zone_of_program())

    def of(self, clause_id: UUID, ends_on: date) -> date | None:
        """The last day to pay in time for a period that ended on a day; an invoice that comes later has its own, later date."""
        if (clause_id, ends_on) not in self._found:
            if clause_id not in self._clauses:
                self._clauses[clause_id] = Clause.objects.get(pk=clause_id)
            self._found[clause_id, ends_on] = self._counted(self._clauses[clause_id], ends_on)
        return self._found[clause_id, ends_on]

    def _counted(self, clause: Clause, ends_on: date) -> date | None:
        length = length_in(clause, "pay_within")
        if length is None or not (self._is_staff or length.unit in (Unit.DAYS, Unit.MONTHS, Unit.HOURS)):
            return None
        zone = self._calendar.zone
        try:
            counted = count(end_of(ends_on, zone), length.value, length.unit, self._calendar)
        except CannotCount:
            return None
        return counted.due_at.astimezone(zone).date()


@dataclass
class Uninvoiced:
    """Premium of one brand for one supplier that no invoice asks for.

    `payable_on`: the earliest date of its agreement, which is that of the period that ended on `first_until`. More may have been earned since.
    """

    brand_id: UUID
    brand: str
    supplier_id: UUID
    supplier: str
    currency: str
    total: Decimal = Decimal(0)
    first_until: date = date.max
    earned_until: date = date.min
    payable_on: date | None = None


def uninvoiced() -> list[Uninvoiced]:
    """What no invoice asks for, by brand, supplier and currency, for staff. One query, and some for each clause behind it."""
    rows = (
        Accrual.objects.filter(lines=None)
        .order_by()
        .values_list(
            "brand_id", "brand__name", "supplier_id", "supplier__name", "currency", "clause_id", "ends_on"
        )
        .annotate(total=Sum("amount"))
    )
    found: dict[tuple[object, ...], Uninvoiced] = {}
    dates = _Dates()
    for *pair, clause_id, ends_on, total in rows:
        one = found.setdefault(tuple(pair), Uninvoiced(*pair))
        one.total += total
        one.earned_until = max(one.earned_until, ends_on)
        one.first_until = min(one.first_until, ends_on)
        known = [day for day in (one.payable_on, dates.of(clause_id, ends_on)) if day]
        one.payable_on = min(known, default=None)
    return sorted(
        (row for row in found.values() if row.total), key=lambda row: (row.brand, row.supplier, row.currency)
    )


def brands_without_fee(*, on: date) -> list[Participation]:
    """Brands whose agreement in force has a program fee that no invoice of the year asks for. One query."""
    fees = Clause.objects.in_force(on=on).of_kind(ClauseKind.PROGRAM_FEE)
    bound = fees.filter(version__agreement__parties__side=Side.BRAND)
    asked = Invoice.objects.filter(kind=InvoiceKind.FEE, explained__0__year=on.year)
    brands = Participation.objects.brands().filter(
        pk__in=bound.values("version__agreement__parties__participation")
    )
    return list(brands.exclude(pk__in=asked.values("brand")).order_by("name", "pk"))

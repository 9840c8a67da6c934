"""Figures that should agree: bought and sold, paid and received, received and passed on to workers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import Max, Q, Sum

from agreements.models.money import EscrowEntry, Payment, PayrollReport, Purchase
from agreements.money.enums import DifferenceKind, Direction, PaymentState, PaymentWay, ReportSide
from agreements.money.quantities import base_of, converted
from agreements.queries.money_terms import (
    DEFAULT_PERIOD,
    MoneyRules,
    period_of,
    premium_terms,
    priced,
    term_on,
)


@dataclass(frozen=True)
class Compared:
    """Two figures that differ by more than the program tolerates. `brand_figure` is None where only the supplier's own figures differ."""

    kind: DifferenceKind
    key: str
    unit: str
    brand_id: UUID | None = None
    supplier_id: UUID | None = None
    product: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    figures: dict[tuple[str, str], Decimal] = field(
        default_factory=dict
    )  # {(whose portal reads it, side): figure}


def differs(one: Decimal | Fraction, other: Decimal | Fraction, rules: MoneyRules, *, on: date) -> bool:
    """Whether two figures of a day differ by more than the tolerance of that day, a percentage of the larger one; without one, by anything."""
    larger = max(abs(Fraction(one)), abs(Fraction(other)))
    return abs(Fraction(one) - Fraction(other)) > larger * Fraction(rules.tolerance_on(on)) / 100


def over_on(end: date, rules: MoneyRules) -> date:
    """From which day a period is compared although one side has not reported."""
    return end + timedelta(days=1 + rules.wait_on(end))


def volumes(rules: MoneyRules, *, today: date) -> Iterator[Compared]:
    """Bought against sold, per brand, supplier, product and period of accrual; purchases without a rate.

    A period in which only one side has reported is compared when it has been over for as long as the program waits.
    """
    sums: dict[tuple, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    names: dict[tuple, str] = {}
    by_brand: dict[UUID, list[Purchase]] = defaultdict(list)
    for purchase in Purchase.objects.current().order_by("brand_id", "pk"):
        by_brand[purchase.brand_id].append(purchase)
    for brand_id, purchases in by_brand.items():
        terms = premium_terms(brand_id)
        for row in purchases:
            term = term_on(terms, row.ends_on)
            start, end = period_of(term.period if term else DEFAULT_PERIOD, row.ends_on)
            pounds = rules.container_on(row.starts_on)
            base = base_of(row.unit, container_pounds=pounds)
            key = (brand_id, row.supplier_id, row.product_key, base, start, end)
            sums[key][row.side] += converted(row.volume, row.unit, base, container_pounds=pounds)
            names.setdefault(key, row.product)
            if row.side == ReportSide.BRAND and terms and priced(row, terms, container_pounds=pounds) is None:
                yield _no_rate(row)
    for key, by_side in sums.items():
        brand_id, supplier_id, product_key, base, start, end = key
        if len(by_side) < 2 and today < over_on(end, rules):
            continue
        bought, sold = by_side[ReportSide.BRAND], by_side[ReportSide.SUPPLIER]
        if differs(bought, sold, rules, on=end):
            yield Compared(
                DifferenceKind.VOLUME,
                f"volume {brand_id} {supplier_id} {product_key[:80]} {base} {start}",
                base,
                brand_id,
                supplier_id,
                names[key],
                start,
                end,
                {("brand", "brand"): _shown(bought), ("supplier", "supplier"): _shown(sold)},
            )


def payments(rules: MoneyRules) -> Iterator[Compared]:
    """Payments that a brand claims and the receiver denies, until the brand has paid anew as much."""
    rows = (
        Payment.objects.exclude(state=PaymentState.CLAIMED)
        .order_by()
        .values("brand_id", "supplier_id", "currency", "invoice_id")
        .annotate(
            denied=Sum("amount", filter=Q(state=PaymentState.NOT_RECEIVED), default=Decimal(0)),
            received=Sum("amount", filter=Q(state=PaymentState.RECEIVED), default=Decimal(0)),
            total=Max("invoice__amount"),
            last_on=Max("paid_on"),
        )
    )
    for row in rows:
        if not row["denied"] or row["received"] >= row["total"]:
            continue
        claimed = row["received"] + row["denied"]
        if differs(claimed, row["received"], rules, on=row["last_on"]):
            yield Compared(
                DifferenceKind.RECEIVED,
                f"received {row['invoice_id']}",
                row["currency"],
                row["brand_id"],
                row["supplier_id"],
                figures={("brand", "brand"): claimed, ("supplier", "supplier"): row["received"]},
            )


@dataclass
class PassedOn:
    """Premium of one supplier in one currency: what came for its workers, and what its payroll says it paid them."""

    for_workers: Decimal = Decimal(0)
    due_for_workers: Decimal = Decimal(0)
    may_keep: Decimal = Decimal(0)
    passed_on: Decimal = Decimal(0)
    kept: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """What workers have yet to get of what came."""
        return self.for_workers - self.passed_on


def passed_on(
    rules: MoneyRules, *, today: date, supplier_id: UUID | None = None
) -> dict[tuple[UUID, str], PassedOn]:
    """{(supplier, currency): what came and what was passed on}. What came counts as due when a payroll period reported later covers
    its day, or when it has waited for as long as the program waits."""
    found: dict[tuple[UUID, str], PassedOn] = defaultdict(PassedOn)
    reports = PayrollReport.objects.filter(ended_at=None)
    came = Payment.objects.filter(
        state=PaymentState.RECEIVED, way__in=[PaymentWay.DIRECT, PaymentWay.SUPPLY_CHAIN]
    )
    out = EscrowEntry.objects.filter(direction=Direction.OUT)
    if supplier_id:
        reports, came, out = (rows.filter(supplier_id=supplier_id) for rows in (reports, came, out))
    covered: dict[tuple[UUID, str], date] = {}
    for report in reports:
        key = (report.supplier_id, report.currency)
        found[key].passed_on += report.total_paid
        found[key].kept += report.share_kept
        covered[key] = max(covered.get(key, report.ends_on), report.ends_on)
    names = ("supplier_id", "currency", "workers_part", "supplier_part")
    for supplier, currency, to_workers, kept, on in [
        *came.values_list(*names, "paid_on"),
        *out.values_list(*names, "happened_on"),
    ]:
        one = found[supplier, currency]
        one.for_workers += to_workers
        one.may_keep += kept
        if on <= covered.get((supplier, currency), date.min) or today >= over_on(on, rules):
            one.due_for_workers += to_workers
    return dict(found)


def passing_on(rules: MoneyRules, *, today: date) -> Iterator[Compared]:
    """Suppliers whose payroll passed on less than came and was due, or more than ever came: sums of all periods, by the tolerance of today."""
    for (supplier_id, currency), one in passed_on(rules, today=today).items():
        less, more = one.passed_on < one.due_for_workers, one.passed_on > one.for_workers
        short = less and differs(one.due_for_workers, one.passed_on, rules, on=today)
        over = more and differs(one.for_workers, one.passed_on, rules, on=today)
        if short or over:
            came = one.due_for_workers if short else one.for_workers
            yield Compared(
                DifferenceKind.PASSED_ON,
                f"passed_on {supplier_id} {currency}",
                currency,
                supplier_id=supplier_id,
                figures={("supplier", "brand"): came, ("supplier", "supplier"): one.passed_on},
            )


def _no_rate(row: Purchase) -> Compared:
    return Compared(
        DifferenceKind.NO_RATE,
        f"no_rate {row.pk}",
        row.unit,
        row.brand_id,
        product=row.product,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        figures={("brand", "brand"): row.volume},
    )


def _shown(figure: Fraction) -> Decimal:
    return Decimal(round(figure * 1_000_000)).scaleb(-6)

"""Which premium holds when, and what the program's rules say about money."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from agreements.enums import ClauseKind
from agreements.models import Clause
from agreements.models.money import Purchase
from agreements.money.quantities import WrongUnit, converted
from programs import queries
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

DEFAULT_PERIOD = "monthly"
_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12, "once": 12}


@dataclass(frozen=True)
class MoneyRules:
    """What the program decided about money; None where nobody has, which the pages say."""

    container_pounds: Decimal | None
    tolerance_percent: Decimal | None
    compare_after_days: int | None
    fee_bands: list[dict[str, str | None]] | None
    fee_boundary: str | None


def money_rules(*, on: date) -> MoneyRules:
    """The rules on a day. One query."""
    keys = ("container_weight", "tolerance", "compare_after", "program_fee", "fee_boundary")
    rows = queries.rules(on=on).filter(key__in=[f"money.{key}" for key in keys]).values_list("key", "value")
    found = {key.removeprefix("money."): value for key, value in rows}
    return MoneyRules(
        container_pounds=_decimal(found.get("container_weight")),
        tolerance_percent=_decimal(found.get("tolerance")),
        compare_after_days=found.get("compare_after"),
        fee_bands=found.get("program_fee"),
        fee_boundary=_boundary(found.get("fee_boundary")),
    )


@dataclass(frozen=True)
class Rate:
    """One rate of a premium clause. An empty product is for everything that has no rate of its own."""

    product: str
    unit: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Term:
    """A premium clause and the days on which it held. `ends_on` is the last of them, None while it holds."""

    clause_id: UUID
    starts_on: date
    ends_on: date | None
    rates: tuple[Rate, ...]
    period: str
    supplier_percent: Decimal
    paid_by: str
    pay_within: dict[str, object] | None

    def holds(self, on: date) -> bool:
        """Whether it held on a day."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


@dataclass(frozen=True)
class Priced:
    """What a purchase earns: the term, the rate and the exact volume in the rate's unit."""

    term: Term
    rate: Rate
    volume: Fraction

    @property
    def exact(self) -> Fraction:
        """The premium before rounding."""
        return self.volume * Fraction(self.rate.amount)


def premium_terms(brand_id: UUID) -> list[Term]:
    """Every premium clause that ever bound a brand, the earliest first. Two queries."""
    zone = ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))
    clauses = (
        Clause.objects.of_kind(ClauseKind.PREMIUM)
        .binding_party(brand_id)
        .filter(version__in_force_at__isnull=False)
        .select_related("version__agreement")
        .distinct()
    )
    found = []
    for clause in clauses:
        version = clause.version
        start = version.starts_on or version.in_force_at.astimezone(zone).date()
        ends = [version.ends_on, version.agreement.ended_on]
        if version.ended_at:
            ends.append(version.ended_at.astimezone(zone).date() - timedelta(days=1))
        end = min((day for day in ends if day), default=None)
        if end is None or end >= start:
            found.append(_term(clause, start, end))
    return sorted(found, key=lambda term: (term.starts_on, str(term.clause_id)))


def term_on(terms: Iterable[Term], on: date) -> Term | None:
    """The premium in force on a day; of two the later one."""
    return next((term for term in reversed(list(terms)) if term.holds(on)), None)


def rate_of(term: Term, product: str, unit: str, *, container_pounds: Decimal | None) -> Rate | None:
    """The rate for a product bought in a unit: the product's own before the one for everything, the same unit before a conversion."""
    fitting = []
    for rate in term.rates:
        if rate.product and rate.product.casefold() != product.casefold():
            continue
        try:
            converted(Decimal(1), unit, rate.unit, container_pounds=container_pounds)
        except WrongUnit:
            continue
        fitting.append(rate)
    return min(fitting, key=lambda rate: (not rate.product, rate.unit.casefold() != unit), default=None)


def priced(purchase: Purchase, terms: list[Term], *, container_pounds: Decimal | None) -> Priced | None:
    """What a purchase earns by the premium in force on its last day; None where no rate holds."""
    term = term_on(terms, purchase.ends_on)
    rate = rate_of(term, purchase.product, purchase.unit, container_pounds=container_pounds) if term else None
    if term is None or rate is None:
        return None
    volume = converted(purchase.volume, purchase.unit, rate.unit, container_pounds=container_pounds)
    return Priced(term, rate, volume)


def period_of(frequency: str, day: date) -> tuple[date, date]:
    """First and last day of the calendar period that a day is in. A premium due "once" is worked out by the year."""
    months = _MONTHS[frequency]
    first = (day.month - 1) // months * months + 1
    start = date(day.year, first, 1)
    after = date(day.year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return start, after - timedelta(days=1)


def _term(clause: Clause, start: date, end: date | None) -> Term:
    said = clause.parameters
    return Term(
        clause_id=clause.pk,
        starts_on=start,
        ends_on=end,
        rates=tuple(
            Rate(rate["product"], rate["unit"], Decimal(rate["amount"]), rate["currency"])
            for rate in said.get("rates", [])
        ),
        period=said.get("period", DEFAULT_PERIOD),
        supplier_percent=Decimal(said.get("supplier_share") or 0),
        paid_by=said.get("paid_by", "direct"),
        pay_within=said.get("pay_within"),
    )


def _decimal(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and value else None


def _boundary(value: object) -> str | None:
    """A yes-or-no rule: yes, an end point belongs to the band above it."""
    return None if value is None else "upper" if value else "lower"

"""Which premium holds when, and what the program's rules say about money."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from agreements.enums import ClauseKind
from agreements.models import Clause
from agreements.models.money import Purchase
from agreements.money.amounts import rounded
from agreements.money.quantities import CONTAINER, WrongUnit, converted
from programs import queries
from programs.models import Rule
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

DEFAULT_PERIOD = "monthly"
_MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12, "once": 12}


@dataclass(frozen=True)
class MoneyRules:
    """What the program decided about money; None where nobody has, which the pages say.

    A change does not reach back: what belongs to a day is measured by the rule of that day (`…_on`), the rest is of today.
    """

    container_pounds: Decimal | None
    tolerance_percent: Decimal | None
    compare_after_days: int | None
    fee_bands: list[dict[str, str | None]] | None
    fee_boundary: str | None
    container_weights: tuple[tuple[date, Decimal | None], ...] = ()
    tolerances: tuple[tuple[date, Decimal | None], ...] = ()
    waits: tuple[tuple[date, int | None], ...] = ()

    def container_on(self, day: date) -> Decimal | None:
        """What a container weighed on a day. Before the first weight on record, that one."""
        return _on(day, self.container_weights, self.container_pounds)

    def tolerance_on(self, day: date) -> Decimal:
        """By how many percent figures of a day may differ; by nothing where the program had set no tolerance."""
        return _on(day, self.tolerances, self.tolerance_percent) or Decimal(0)

    def wait_on(self, day: date) -> int:
        """How many days after this one, the last of a period, a missing report counts as a difference."""
        return _on(day, self.waits, self.compare_after_days) or 0


def _on[T](day: date, values: tuple[tuple[date, T], ...], plain: T) -> T:
    """The value of a day, of values with the day since when they hold, the oldest first; before all of them the first."""
    found = values[0][1] if values else plain
    for since, value in values:
        found = value if since <= day else found
    return found


@dataclass(frozen=True)
class ContainerPay:
    """What a premium adds to one standard container: of `pounds`, which pays `pay` without it where the program's rule says so."""

    product: str
    currency: str
    pounds: Decimal
    premium: Decimal
    pay: Decimal | None

    @property
    def together(self) -> Decimal | None:
        """Pay and premium."""
        return None if self.pay is None else self.pay + self.premium

    @property
    def more_percent(self) -> Decimal | None:
        """How much more that is than without the premium."""
        return self.premium * 100 / self.pay if self.pay else None


def containers(rules: MoneyRules, *, on: date) -> list[ContainerPay]:
    """What the premium clauses in force add to a standard container, one for each rate; none where the program has no container.

    Source of the figures of the first agreement: `domain.md` 5.6 (F15). A supplier reads no clause of a brand, so it gets none. Two queries.
    """
    if rules.container_pounds is None:
        return []
    said = queries.rule_value("money.container_pay", on=on)
    found = {}
    for clause in Clause.objects.in_force(on=on).of_kind(ClauseKind.PREMIUM).order_by("pk"):
        for rate in clause.parameters.get("rates", []):
            try:
                weight = converted(
                    Decimal(1), CONTAINER, rate["unit"], container_pounds=rules.container_pounds
                )
            except WrongUnit:
                continue
            premium = rounded(weight * Fraction(rate["amount"]), rate["currency"])
            pay = _decimal(said) if rate["currency"] == "USD" else None  # the unit of the rule
            one = ContainerPay(rate["product"], rate["currency"], rules.container_pounds, premium, pay)
            found[one] = one
    return sorted(found, key=lambda one: (one.product, one.currency, one.premium))


def money_rules(*, on: date) -> MoneyRules:
    """The rules on a day, and over time what is measured by the rule of its own day. One query."""
    keys = ("container_weight", "tolerance", "compare_after", "program_fee", "fee_boundary")
    rows = Rule.objects.planned_or_held().filter(key__in=[f"money.{key}" for key in keys])
    rows = rows.order_by("valid_from")
    found: dict[str, Any] = {}
    since_when: dict[str, list[tuple[date, Any]]] = defaultdict(list)
    for full, value, since, until in rows.values_list("key", "value", "valid_from", "valid_until"):
        key = full.removeprefix("money.")
        since_when[key].append((since, value))
        if since <= on and (until is None or until > on):
            found[key] = value
    weights = [(since, _decimal(value)) for since, value in since_when["container_weight"]]
    while (
        weights and weights[0][1] is None
    ):  # nobody knew one: the first that somebody set holds for what was before
        weights.pop(0)
    return MoneyRules(
        container_pounds=_decimal(found.get("container_weight")),
        tolerance_percent=_decimal(found.get("tolerance")),
        compare_after_days=found.get("compare_after"),
        fee_bands=found.get("program_fee"),
        fee_boundary=_boundary(found.get("fee_boundary")),
        container_weights=tuple(weights),
        tolerances=tuple((since, _decimal(value)) for since, value in since_when["tolerance"]),
        waits=tuple(since_when["compare_after"]),
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

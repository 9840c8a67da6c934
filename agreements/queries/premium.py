"""What brands owe and why, line by line."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from django.db.models import Sum

from agreements.models.money import Accrual, Purchase
from agreements.money.amounts import rounded, split
from agreements.queries.money_terms import MoneyRules, Term, period_of, premium_terms, priced


class Key(NamedTuple):
    """What one accrual is for: the place where an amount is rounded."""

    supplier_id: UUID
    clause_id: UUID
    starts_on: date
    ends_on: date
    product: str
    unit: str
    rate: Decimal
    currency: str


@dataclass
class Owed:
    """Exact volume of one key, the purchases it comes from, and the supplier's percentage."""

    volume: Fraction = Fraction(0)
    supplier_percent: Decimal = Decimal(0)
    purchases: list[tuple[Purchase, Fraction]] = field(default_factory=list)

    def amount(self, key: Key) -> Decimal:
        """The premium, rounded once."""
        return rounded(self.volume * Fraction(key.rate), key.currency)


def owed(
    brand_id: UUID, rules: MoneyRules, *, terms: list[Term] | None = None
) -> tuple[dict[Key, Owed], list[Purchase]]:
    """What a brand owes by its present reports, by key; and the purchases for which no rate holds."""
    terms = premium_terms(brand_id) if terms is None else terms
    found: dict[Key, Owed] = defaultdict(Owed)
    unpriced = []
    for purchase in Purchase.objects.current().bought().filter(brand_id=brand_id).order_by("starts_on", "pk"):
        price = priced(purchase, terms, container_pounds=rules.container_on(purchase.starts_on))
        if price is None:
            unpriced.append(purchase)
            continue
        start, end = period_of(price.term.period, purchase.ends_on)
        product = price.rate.product or purchase.product
        key = Key(purchase.supplier_id, price.term.clause_id, start, end, product.casefold(), price.rate.unit, price.rate.amount, price.rate.currency)  # fmt: skip
        one = found[key]
        one.volume += price.volume
        one.supplier_percent = price.term.supplier_percent
        one.purchases.append((purchase, price.volume))
    return dict(found), unpriced


class Sums(NamedTuple):
    """What is accrued already."""

    volume: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    supplier_part: Decimal = Decimal(0)


def accrued(brand_id: UUID) -> dict[Key, Sums]:
    """The sums of a brand's accruals by key. One query."""
    names = Key._fields
    rows = (
        Accrual.objects.filter(brand_id=brand_id)
        .order_by()
        .values_list(*names)
        .annotate(v=Sum("volume"), a=Sum("amount"), s=Sum("supplier_part"))
    )
    return {Key(*row[: len(names)]): Sums(*row[len(names) :]) for row in rows}


@dataclass(frozen=True)
class ExplainedLine:
    """One line of "why": a purchase and its part of the premium."""

    text: str
    volume: Decimal
    unit: str
    amount: Decimal


def explained(accrual: Accrual, now: dict[Key, Owed]) -> list[ExplainedLine]:
    """The purchases behind an accrual, each with its part; the parts add up to the accrual. Empty for a difference after a correction."""
    key = key_of(accrual)
    one = now.get(key)
    if accrual.is_difference or one is None or one.amount(key) != accrual.amount:
        return []
    parts = split(accrual.amount, [volume for _purchase, volume in one.purchases], accrual.currency)
    return [
        ExplainedLine(
            f"{row.starts_on.isoformat()} – {row.ends_on.isoformat()}", row.volume.normalize(), row.unit, part
        )
        for (row, _volume), part in zip(one.purchases, parts, strict=True)
    ]


def key_of(accrual: Accrual) -> Key:
    """The key of an accrual."""
    return Key(*(getattr(accrual, name) for name in Key._fields))


def open_accruals(
    brand_id: UUID, *, supplier_id: UUID | None = None, currency: str = ""
) -> Iterable[Accrual]:
    """Accruals that no invoice has asked for yet."""
    rows = Accrual.objects.filter(brand_id=brand_id, lines=None).select_related("supplier")
    if supplier_id:
        rows = rows.filter(supplier_id=supplier_id, currency=currency)
    return rows.order_by("supplier__name", "starts_on", "product", "pk")

"""What a program's rules watch beside the premium: from which tiers brands buy, and workers' income while a workplace is closed."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from agreements.models.money import Purchase
from agreements.money.fees import TierShare, income_duty_ended, income_ends_on, tier_shares
from programs import queries
from programs.models import Sourcing, Workplace

TIERS = ("1", "2", "3")
LIMITS = {"tier_1_least": "tier_1_share", "tier_1_2_least": "tier_1_2_share", "tier_3_most": "tier_3_share"}
INCOME = "money.closure_income"
SHOWN_AFTER = timedelta(days=90)  # so long a page still says that the duty ended


@dataclass
class BrandVolume:
    """What a brand says it bought in a year in one unit, by tier; `untiered` has no tier on record and is in no share."""

    brand: str
    unit: str
    volumes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    untiered: Decimal = Decimal(0)
    shares: list[TierShare] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """With and without a tier."""
        return sum(self.volumes.values(), self.untiered)


def tier_limits(*, on: date) -> dict[str, Decimal | None]:
    """The program's limits in percent, by the arguments of `tier_shares`; None where its rules set none. One query."""
    keys = [f"buyers.{key}" for key in LIMITS.values()]
    found = dict(queries.rules(on=on).filter(key__in=keys).values_list("key", "value"))
    limits = {name: found.get(f"buyers.{key}") for name, key in LIMITS.items()}
    return {name: Decimal(value) if value else None for name, value in limits.items()}


def tier_volumes(*, year: int, limits: dict[str, Decimal | None]) -> list[BrandVolume]:
    """By brand and unit, what purchases that ended in a calendar year came from. Two queries; volumes of other units never mix."""
    bought = (
        Purchase.objects.current()
        .bought()
        .filter(ends_on__gte=date(year, 1, 1), ends_on__lte=date(year, 12, 31))
        .order_by()
        .values_list("brand_id", "brand__name", "supplier_id", "unit")
        .annotate(total=Sum("volume"))
    )
    rows = list(bought)
    tiers = _tiers({brand_id for brand_id, *_rest in rows})
    found: dict[tuple[str, UUID, str], BrandVolume] = {}
    for brand_id, name, supplier_id, unit, total in rows:
        one = found.setdefault((name, brand_id, unit), BrandVolume(name, unit))
        tier = tiers.get((brand_id, supplier_id), "")
        if tier:
            one.volumes[tier] += total
        else:
            one.untiered += total
    for one in found.values():
        one.shares = tier_shares(one.volumes, **limits)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], str(key[1]), key[2]))]


def _tiers(brands: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """{(brand, supplier): "1", "2" or "3"}, however the tier is written; the newest relation says it."""
    said = Sourcing.objects.filter(brand__in=brands).exclude(tier="").order_by("updated_at", "pk")
    found = {}
    for brand_id, supplier_id, tier in said.values_list("brand_id", "supplier_id", "tier"):
        number = re.search(r"\d+", tier)
        if number and number[0] in TIERS:
            found[brand_id, supplier_id] = number[0]
    return found


@dataclass(frozen=True)
class Closure:
    """A closed workplace whose workers keep their income up to the day before `until`. `is_over`: that day has come."""

    workplace: Workplace
    until: date
    is_over: bool


def closures(*, on: date) -> list[Closure]:
    """Closed workplaces where income is owed by the program's rule, and those where it ended lately; none where it set no time.

    Those where it is still owed come first, the next to end before the others. Two queries.
    """
    months = queries.rule_value(INCOME, on=on)
    if not isinstance(months, int):
        return []
    closed = Workplace.objects.filter(closed_on__lte=on).select_related("supplier")
    found = []
    for row in closed.order_by("closed_on", "name", "pk"):
        until = income_ends_on(closed_on=row.closed_on, months=months)
        if on < until + SHOWN_AFTER:
            over = income_duty_ended(closed_on=row.closed_on, on=on, months=months)
            found.append(Closure(row, until, over))
    return sorted(found, key=lambda one: one.is_over)

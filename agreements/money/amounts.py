"""The one place where amounts are rounded and split.

The rule, which `docs/money.md` says to people: an exact amount is rounded once, half away from zero, to the minor unit of its currency. What is larger
than such an amount is its sum; what is smaller is split from it by the largest remainder, so that the parts always add up to it.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision

type Exact = Fraction | Decimal | int


def minor_units(currency: str) -> int:
    """How many decimals amounts of a currency have: 2 for USD, 0 for JPY, 3 for KWD. Source: Unicode CLDR."""
    return get_currency_precision(currency)


def rounded(exact: Exact, currency: str) -> Decimal:
    """An exact amount in whole minor units, half away from zero."""
    return _from_units(_half_away(Fraction(exact) * 10 ** minor_units(currency)), currency)


def is_whole(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency."""
    return rounded(amount, currency) == amount


def split(amount: Decimal, weights: Sequence[Exact], currency: str) -> list[Decimal]:
    """Parts of a rounded amount in proportion to weights of 0 or more, by the largest remainder; they add up to it exactly.

    A part is never further than one minor unit from its exact share. Equal remainders: the earlier part gets the unit. A
    negative amount is split like its opposite. Raises ValueError for an amount that is not whole, or weights that give nothing to go by.
    """
    if not is_whole(amount, currency):
        raise ValueError("Only a rounded amount can be split.")
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact)
    if any(weight < 0 for weight in exact) or not total:
        raise ValueError("Weights are 0 or more, and not all 0.")
    sign = -1 if amount < 0 else 1
    units = int(abs(amount) * 10 ** minor_units(currency))
    shares = [units * weight / total for weight in exact]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - shares[place], place))
    for place in by_remainder[: units - sum(parts)]:
        parts[place] += 1
    return [_from_units(sign * part, currency) for part in parts]


def shared(amount: Decimal, supplier_percent: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """(what the supplier keeps, what goes to workers) of a premium, where the supplier keeps a percentage."""
    kept, to_workers = split(amount, [supplier_percent, 100 - supplier_percent], currency)
    return kept, to_workers


def _half_away(value: Fraction) -> int:
    whole = (abs(value.numerator) * 2 + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def _from_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-minor_units(currency))

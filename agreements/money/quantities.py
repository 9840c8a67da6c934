"""Units of what is bought, and the exact conversions between them.

Masses convert into each other exactly: the pound is 0.45359237 kg by international agreement (1959), the hundredweight and the ton are
those of the United States (100 and 2,000 lb), the tonne is 1,000 kg. A container ("bucket", "flat", …) weighs what the program says.
A unit of any other name converts into nothing but itself.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

POUNDS: Mapping[str, Fraction] = {
    "lb": Fraction(1),
    "cwt": Fraction(100),
    "ton": Fraction(2000),
    "kg": 1 / Fraction("0.45359237"),
    "tonne": 1000 / Fraction("0.45359237"),
}
CONTAINER = "bucket"
PIECES = ("piece", "dozen")
_ALSO = {
    "lbs": "lb", "pound": "lb", "pounds": "lb", "kgs": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg",
    "hundredweight": "cwt", "tons": "ton", "short ton": "ton", "short tons": "ton", "t": "tonne", "mt": "tonne", "tonnes": "tonne",
    "metric ton": "tonne", "metric tons": "tonne", "buckets": "bucket", "pieces": "piece", "pcs": "piece", "pc": "piece",
    "units": "piece", "unit": "piece", "dozens": "dozen", "dz": "dozen",
}  # fmt: skip


class WrongUnit(ValueError):
    """A unit that does not convert into the one that is asked for."""


def unit_of(typed: str) -> str:
    """The unit as it is kept: "Pounds" and "lbs." are "lb"."""
    bare = " ".join(typed.casefold().replace(".", " ").split())
    return _ALSO.get(bare, bare)


def units_known(container_pounds: Decimal | None) -> tuple[str, ...]:
    """The units that every program knows, and the container where the program has one."""
    return (*POUNDS, *([CONTAINER] if container_pounds else []), *PIECES)


def converted(volume: Decimal, unit: str, into: str, *, container_pounds: Decimal | None) -> Fraction:
    """A volume in another unit, exactly. Raises WrongUnit."""
    unit, into = unit_of(unit), unit_of(into)
    if unit == into:
        return Fraction(volume)
    weights = dict(POUNDS)
    if container_pounds:
        weights[CONTAINER] = Fraction(container_pounds)
    if unit in weights and into in weights:
        return Fraction(volume) * weights[unit] / weights[into]
    pieces = {"piece": Fraction(1), "dozen": Fraction(12)}
    if unit in pieces and into in pieces:
        return Fraction(volume) * pieces[unit] / pieces[into]
    raise WrongUnit(unit)


def base_of(unit: str, *, container_pounds: Decimal | None) -> str:
    """The unit in which volumes of this unit are compared: pounds, pieces, or itself."""
    unit = unit_of(unit)
    for base in ("lb", "piece"):
        try:
            converted(Decimal(1), unit, base, container_pounds=container_pounds)
        except WrongUnit:
            continue
        return base
    return unit

"""The arithmetic of figures about complaints, for staff and public alike: exact, rounded once, half up to a tenth as people round."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal


def percent(part: int, whole: int) -> Decimal | None:
    """28 of 44 are 63.6 percent; None of nothing."""
    return rounded(Decimal(part) * 100 / whole) if whole else None


def per_100_a_year(count: int, whole: int, months: int) -> Decimal | None:
    """For every hundred in a year: 460 calls of 260 workers in 30 months are 70.8. None for nobody or no time."""
    return rounded(Decimal(count) * 100 * 12 / (whole * months)) if whole and months else None


def per_100_in_days(count: int, whole: int, days: int) -> Decimal | None:
    """The same of days, of which a year has 365."""
    return rounded(Decimal(count) * 100 * 365 / (whole * days)) if whole and days else None


def months(begins: date, ends: date) -> int:
    """How many months two days span, both counted."""
    return (ends.year - begins.year) * 12 + ends.month - begins.month + 1


def rounded(value: Decimal) -> Decimal:
    """To a tenth, half up."""
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)

"""Fees by yearly volume, shares of supplier tiers, and how long a duty of income lasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.clauses import BOUNDARIES
from wsr.errors import DomainError

type Band = Mapping[str, str | None]


class NoFee(DomainError):
    """The fee cannot be worked out."""


class BoundaryUndecided(NoFee):
    """The volume is an end point that two bands share, and nobody has said to which it belongs."""


@dataclass(frozen=True)
class Fee:
    """A fee and the band it follows from. `end` is None for the open band."""

    amount: Decimal
    start: Decimal
    end: Decimal | None


def fee_of(bands: Sequence[Band], volume: Decimal, *, boundary: str | None) -> Fee:
    """The fee for a yearly volume. `boundary` is one of `clauses.BOUNDARIES`, or None where nobody has decided.

    Bands share their end points, and their source leaves open which band an end point belongs to (`domain.md` 2.2): only a volume
    that is exactly an end point needs the choice. Raises NoFee, and BoundaryUndecided without one.
    """
    if volume < 0:
        raise NoFee(_("A volume is 0 or more."))
    if boundary is not None and boundary not in BOUNDARIES:
        raise NoFee(_("Choose to which band an end point belongs."))
    found = [
        band
        for band in map(_read, bands)
        if band.start <= volume and (band.end is None or volume <= band.end)
    ]
    if not found:
        raise NoFee(_("No band of the fee table covers this volume."))
    if len(found) == 1:
        return found[0]
    if boundary is None:
        raise BoundaryUndecided(
            _(
                "%(volume)s is the end point of two bands, and the source leaves open which one holds. The program must choose."
            )
            % {"volume": f"{volume:,f}"}
        )
    return found[0] if boundary == "lower" else found[-1]


def _read(band: Band) -> Fee:
    """A band of a clause (`from`, `to`) or of a rule (`volume_from`, `volume_to`)."""
    start, end = band.get("from", band.get("volume_from")), band.get("to", band.get("volume_to"))
    return Fee(Decimal(band["fee"] or 0), Decimal(start or 0), Decimal(end) if end else None)


_RULES = {
    "tier_1_share": gettext_lazy("Tier 1"),
    "tier_1_2_share": gettext_lazy("Tiers 1 and 2"),
    "tier_3_share": gettext_lazy("Tier 3"),
}


@dataclass(frozen=True)
class TierShare:
    """What share of a brand's volume comes from some tiers, and the limit for it. Percentages are exact."""

    rule: str
    percent: Decimal
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    @property
    def label(self) -> Any:
        """What is compared."""
        return _RULES[self.rule]

    @property
    def is_breach(self) -> bool:
        """Below the least or above the largest share."""
        return (self.at_least is not None and self.percent < self.at_least) or (
            self.at_most is not None and self.percent > self.at_most
        )


def tier_shares(
    volumes: Mapping[str, Decimal],
    *,
    tier_1_least: Decimal | None,
    tier_1_2_least: Decimal | None,
    tier_3_most: Decimal | None,
) -> list[TierShare]:
    """Shares of tiers "1", "2" and "3" of a brand's volume against the program's limits; a limit of None is not checked.

    Source of the rule: the 2013 Accord (`domain.md` 2.2). Nothing to compare where there is no volume.
    """
    total = sum(volumes.values())
    if not total:
        return []
    first, second, third = (volumes.get(tier, Decimal(0)) * 100 / total for tier in ("1", "2", "3"))
    found = []
    if tier_1_least is not None:
        found.append(TierShare("tier_1_share", first, at_least=tier_1_least))
    if tier_1_2_least is not None:
        found.append(TierShare("tier_1_2_share", first + second, at_least=tier_1_2_least))
    if tier_3_most is not None:
        found.append(TierShare("tier_3_share", third, at_most=tier_3_most))
    return found


def income_ends_on(*, closed_on: date, months: int) -> date:
    """The day from which workers' income is no longer owed for a workplace closed for repair: whole calendar months later."""
    return closed_on + relativedelta(months=months)


def income_duty_ended(*, closed_on: date, on: date, months: int) -> bool:
    """Whether workers' income is no longer owed for a workplace closed for repair.

    Source: six months in the 2013 Accord (`domain.md` 5.6): never longer than 184 days.
    """
    return on >= income_ends_on(closed_on=closed_on, months=months)

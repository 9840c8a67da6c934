"""Which counts may be public, so that nobody can be picked out: not by a small number, and not by subtracting one number from another.

Pure arithmetic, without a database. What it promises and why it holds: `docs/decisions/0007-counting-in-public.md`.

Three rules are all of it:

1. *Carry forward.* Months are counted together until they hold `THRESHOLD` complaints; every complaint is in one such period and periods
   never overlap. A month with none looks like a month with nine.
2. *One partition each.* What complaints are about, how they came and so on is counted over the same stretches of whole periods, each by
   itself; no two of them are crossed.
3. *Everything else together.* A category is shown if it holds `THRESHOLD` or more. The others are one number, with the last category always
   among them; while that number is below the threshold the next category from the end joins it, however large.
"""

from collections.abc import Sequence
from dataclasses import dataclass

THRESHOLD = 10  # Source: practice of the Office for National Statistics, as in the plan of this project
# Complaints in one stretch of breakdowns. With fewer most categories would be below the threshold and the table would say nothing.
BREAKDOWN = 10 * THRESHOLD


@dataclass(frozen=True)
class Shown:
    """A count taken apart: single categories by their position, and the rest as one number."""

    single: dict[int, int]
    together: tuple[int, ...]
    together_count: int


def is_enough(count: int) -> bool:
    """Whether a group of this size may be counted in public."""
    return count >= THRESHOLD


def has_breakdown(count: int) -> bool:
    """Whether a stretch of periods holds enough complaints to be taken apart. Decided by what is public already, and by nothing else."""
    return count >= BREAKDOWN


def take_apart(counts: Sequence[int]) -> Shown:
    """The table of one stretch. `counts`: of every category in their fixed order, that of everything else last; they make up the total.

    The total must be enough by itself.
    """
    hidden = complement(counts, {i for i, count in enumerate(counts) if not is_enough(count)})
    single = {i: count for i, count in enumerate(counts) if i not in hidden}
    return Shown(single, tuple(sorted(hidden)), sum(counts[i] for i in hidden))


def complement(counts: Sequence[int], small: set[int]) -> set[int]:
    """The categories that are one number: the small ones, the last, and as many from the end as it takes."""
    hidden = small | {len(counts) - 1}
    for position in reversed(range(len(counts))):
        if is_enough(sum(counts[i] for i in hidden)):
            break
        hidden |= {position}
    return hidden

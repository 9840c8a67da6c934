"""What a program has set: the lengths of its clocks and its seasons, found by name in the file `lengths.py` of the apps.

    LENGTHS = [limits_of]             # (key: str, *, on: date) -> Limits | None
    SEASONS = [seasons]               # () -> list[Season] of the active program
    ORGANIZATIONS = [organizations]   # (participation ids) -> {participation id: organization id}
    NAMES = [names]                   # (participation ids) -> {participation id: name}

The platform depends on no room, so it asks all of them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from wsr.deadlines.enums import Basis, Unit
from wsr.ui.navigation import discover


@dataclass(frozen=True)
class Length:
    """So many units. `basis` says who set it; `source` and `certainty` where it is written and how sure that is."""

    value: int
    unit: Unit
    basis: Basis = Basis.AGREEMENT
    certainty: str = "documented"
    source: str = ""

    def __str__(self) -> str:
        return f"{self.value} {Unit(self.unit).label}"


@dataclass(frozen=True)
class Limits:
    """The three separate things a program may say about one limit; each may be unknown.

    `binding`: what somebody may be held to. `target`: what the program wants to keep. `benchmark`: published words to compare with.
    """

    label: str
    binding: Length | None = None
    target: Length | None = None
    benchmark: str = ""
    benchmark_source: str = ""
    page: str = ""

    @property
    def runs_on(self) -> Length | None:
        """The length a clock runs on: the binding limit; the program's own target where there is none."""
        return self.binding or self.target


@dataclass(frozen=True)
class Season:
    """One season of the program, both days included."""

    name: str
    starts_on: date
    ends_on: date


def limits_of(key: str, *, on: date) -> Limits | None:
    """What the active program says about a limit on a day; None where no app knows the key."""
    for function in discover("lengths", "LENGTHS") if key else ():
        if (found := function(key, on=on)) is not None:
            return found
    return None


def seasons() -> tuple[Season, ...]:
    """The active program's seasons, by their first day."""
    found = [season for function in discover("lengths", "SEASONS") for season in function()]
    return tuple(sorted(found, key=lambda season: season.starts_on))


def organizations_of(participations: Collection[UUID]) -> dict[UUID, Any]:
    """{participation: organization} of those that have an account."""
    found: dict[UUID, Any] = {}
    for function in discover("lengths", "ORGANIZATIONS") if participations else ():
        found |= function(participations)
    return found


def names_of(participations: Collection[UUID]) -> dict[UUID, str]:
    """{participation: its name} of those the active audience may see."""
    found: dict[UUID, str] = {}
    for function in discover("lengths", "NAMES") if participations else ():
        found |= function(participations)
    return found

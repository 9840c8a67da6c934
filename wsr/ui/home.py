"""The first page of a program: numbers and next steps, filled by the apps.

An app lists functions in its `home.py`: `TILES = [function]`, each `function(request) -> Tile | Step | None`. They run inside
the program's scope, after the door; a function looks at `request.permissions` itself and returns None where it has nothing to
say. Keep each to one cheap query.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from wsr.ui.navigation import discover


@dataclass(frozen=True)
class Tile:
    """A number with a link to the rows behind it. `tone` is "due" where a deadline is near. Lowest `order` first."""

    label: Any
    value: int | str
    url: str = ""
    change: Any = ""
    tone: str = ""
    order: int = 100


@dataclass(frozen=True)
class Step:
    """One thing to do next, why, and where. Lowest `order` first."""

    label: Any
    url: str
    why: Any = ""
    tag: Any = ""
    tone: str = ""
    order: int = 100


def home_of(request: HttpRequest) -> tuple[list[Tile], list[Step]]:
    """What the apps have to say to this person in the active program."""
    said = [part for function in discover("home", "TILES") if (part := function(request)) is not None]
    said.sort(key=lambda part: part.order)
    return [part for part in said if isinstance(part, Tile)], [
        part for part in said if isinstance(part, Step)
    ]

"""Ready-made definitions of real programs, as reviewed data with a source and a certainty on every value."""

from functools import cache

from programs.blueprints.reading import FOLDER, BlueprintProblem, read
from programs.blueprints.shapes import Blueprint, Certainty

__all__ = ["KEYS", "Blueprint", "BlueprintProblem", "Certainty", "load"]

KEYS = (
    "fair_food",
    "accord",
    "milk_with_dignity",
    "rsc",
    "lesotho",
    "dindigul",
    "central_java",
    "building_dignity",
    "respect",
    "empty",
)


@cache
def load(key: str) -> Blueprint:
    """The blueprint named `key`, one of KEYS. Raises KeyError for another name and BlueprintProblem for a damaged file."""
    if key not in KEYS:
        raise KeyError(key)
    questions = None if key == "empty" else load("empty")
    return read(FOLDER / f"{key}.yaml", questions=questions)

"""What the rungs of the ladder and the severities meant on a day, out of the rules about them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import copy
from datetime import date
from typing import Any

from programs.meanings import FIELDS, parts
from programs.models import Rule, Rung, Severity

MODELS: dict[str, type[Rung] | type[Severity]] = {"ladder": Rung, "severity": Severity}
_SECTIONS = {model: section for section, model in MODELS.items()}
_NAMES = {"ladder": "rung", "severity": "severity"}


class Meanings:
    """What every rung (or every severity) of the active program meant, on any day. One query."""

    def __init__(self, scale: type[Rung] | type[Severity]) -> None:
        """`scale`: Rung or Severity."""
        self.section = _SECTIONS[scale]
        self._said: dict[tuple[str, str], list[tuple[date, Any]]] = defaultdict(list)
        rows = Rule.objects.planned_or_held().filter(section=self.section).order_by("valid_from")
        for key, since, value in rows.values_list("key", "valid_from", "value"):
            if found := parts(key):
                self._said[found[1:]].append((since, value))

    def on[T: (Rung, Severity)](self, step: T, day: date) -> T:
        """A copy of the rung or severity as it was on a day; before its first rule, as it began."""
        found = copy(step)
        for field in FIELDS[self.section]:
            if said := self._said.get((step.key, field)):
                setattr(found, field, as_column(field, value_on(said, day)))
        return found

    def by_key(self, day: date) -> dict[str, Any]:
        """{key: every rung or severity as it was on a day}."""
        steps: Iterable[Any] = MODELS[self.section].objects.all()
        return {step.key: self.on(step, day) for step in steps}

    def put(self, rows: Iterable[Any], *, day: Callable[[Any], date]) -> list[Any]:
        """The rows, each with its rung or severity (the attribute of that name) as it was on the row's own day."""
        found, name = list(rows), _NAMES[self.section]
        for row in found:
            if step := getattr(row, name):
                setattr(row, name, self.on(step, day(row)))
        return found


def value_on(said: list[tuple[date, Any]], day: date) -> Any:
    """What held on a day, of (first day, value) in order; the first where the day is before all."""
    return next((value for since, value in reversed(said) if since <= day), said[0][1])


def as_column(field: str, value: Any) -> Any:
    """A value of a rule as its column keeps it: texts are never null."""
    return value or "" if field in ("label", "consequence") else value

"""The program's ladder as data: its rungs in order, and what was decided about each on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from programs import ladder as questions
from programs.models import Rule, Rung
from programs.queries import rules
from programs.queries.meanings import Meanings
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length


@dataclass(frozen=True)
class Ladder:
    """Rungs by position, best first, and the rules about them that are in force on one day."""

    rungs: tuple[Rung, ...]
    rules: Mapping[str, Rule]

    @property
    def floor(self) -> Rung | None:
        """Good standing: the rung a supplier returns to in the end. None where the program has no ladder."""
        return self.rungs[0] if self.rungs else None

    @property
    def steps(self) -> tuple[Rung, ...]:
        """What the program climbs, lowest first: not good standing, and not leaving of one's own will."""
        return tuple(rung for rung in self.rungs[1:] if rung.is_step)

    def rung(self, key: str) -> Rung | None:
        """The rung with this key."""
        return next((rung for rung in self.rungs if rung.key == key), None)

    def by_id(self, rung_id: UUID) -> Rung:
        """The rung with this id. Raises Rung.DoesNotExist."""
        found = next((rung for rung in self.rungs if rung.pk == rung_id), None)
        if found is None:
            raise Rung.DoesNotExist
        return found

    def says(self, rung: Rung, name: str) -> Any:
        """What was decided about a rung; None where nobody did."""
        rule = self.rules.get(questions.key_of(rung.key, name))
        return rule.value if rule else None

    def limit(self, rung: Rung) -> Length | None:
        """How long a supplier may stand there before it is reviewed; None where the program has not set it."""
        rule = self.rules.get(questions.key_of(rung.key, "limit"))
        if rule is None or not isinstance(rule.value, int) or rule.unit not in Unit.values:
            return None
        return Length(rule.value, Unit(rule.unit), Basis.BINDING, rule.certainty, rule.source)

    def height(self, rung: Rung | None) -> int:
        """Place on the ladder; nobody's standing is the lowest."""
        return rung.position if rung else -1

    def next_after(self, rung: Rung | None) -> Rung | None:
        """The next rung up; None at the top."""
        return next((step for step in self.steps if step.position > self.height(rung)), None)

    def reachable(self, rung: Rung | None) -> list[Rung]:
        """Rungs that may follow: the next one, and those that the program lets follow at once."""
        following = self.next_after(rung)
        return [
            step
            for step in self.steps
            if step.position > self.height(rung) and (step == following or self.says(step, "at_once"))
        ]

    def below(self, rung: Rung) -> list[Rung]:
        """Rungs to step down to, the next one first; good standing last."""
        return [one for one in reversed(self.rungs) if one.position < rung.position and self._is_place(one)]

    def _is_place(self, rung: Rung) -> bool:
        return rung.is_step or rung == self.floor


def ladder(*, on: date) -> Ladder:
    """The active program's ladder as it is on a day. Three queries."""
    found = {rule.key: rule for rule in rules(on=on).select_related(None).filter(section=questions.SECTION)}
    meanings = Meanings(Rung)
    return Ladder(tuple(meanings.on(rung, on) for rung in Rung.objects.all()), found)

"""The rules of a program beside those of its blueprint, of another one, or of another program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from programs import blueprints
from programs.blueprints import units
from programs.blueprints.asked import rules_of
from programs.blueprints.words import in_words
from programs.enums import Certainty
from programs.models import Rule
from programs.queries import planned_rules, rules
from programs.sections import DERIVED, TITLES, title_of


@dataclass(frozen=True)
class Side:
    """What one program or blueprint says; `words` is empty where it leaves the question open."""

    section: str
    label: str
    words: tuple[str, ...]
    certainty: str
    planned: tuple[tuple[date, tuple[str, ...]], ...] = ()  # what will hold from a later day on

    @property
    def certainty_label(self) -> str:
        """The certainty in words."""
        return str(Certainty(self.certainty).label)


@dataclass(frozen=True)
class Line:
    """One rule of both; a side is None where it does not have the rule."""

    key: str
    mine: Side | None
    theirs: Side | None

    @property
    def label(self) -> str:
        """The rule in words, as the program itself has it."""
        return (self.mine or self.theirs).label  # type: ignore[union-attr]  # one of the two is there

    @property
    def differs(self) -> bool:
        """Whether the two say, or will say, different things; how sure each of them is does not count."""
        return _says(self.mine) != _says(self.theirs)


def _says(side: Side | None) -> tuple[object, ...]:
    """What a side says now and will say."""
    return (side.words, side.planned) if side else ((), ())


def of_program(*, on: date, whole: bool = False) -> dict[str, Side]:
    """{key: what the active program says on a day}; what stands and falls with its own bodies, rungs and severities only where it is asked for whole."""
    planned = planned_rules(on=on)
    rows = rules(on=on) if whole else rules(on=on).exclude(section__in=DERIVED)
    return {
        rule.key: Side(
            rule.section,
            in_words(rule.label),
            _words(rule),
            rule.certainty,
            tuple((later.valid_from, _words(later)) for later in planned.get(rule.key, ())),
        )
        for rule in rows.order_by("position", "key")
    }


def _words(rule: Rule) -> tuple[str, ...]:
    return tuple(units.words(rule.unit, rule.value))


def of_blueprint(key: str, *, whole: bool = False) -> dict[str, Side]:
    """{key: what a blueprint says}; also of its bodies, rungs and severities where it is asked for whole. Raises KeyError for one that does not exist."""
    found = blueprints.load(key)
    return {
        rule.key: Side(
            rule.section,
            in_words(rule.label),
            tuple(units.words(rule.leaf.unit, rule.leaf.value)),
            rule.leaf.certainty,
        )
        for rule in (rules_of(found) if whole else found.rules)
    }


def compared(
    mine: dict[str, Side], theirs: dict[str, Side], *, only_differences: bool
) -> list[tuple[str, list[Line]]]:
    """Both side by side, under the headings of the pages. Headings without a line are left out."""
    order = list(TITLES)
    lines: Iterable[Line] = (Line(key, mine.get(key), theirs.get(key)) for key in {**mine, **theirs})
    if only_differences:
        lines = (line for line in lines if line.differs)

    def place(line: Line) -> int:
        section = (line.mine or line.theirs).section  # type: ignore[union-attr]  # one of the two is there
        return order.index(section) if section in order else len(order)

    return [
        (title_of(order[at]) if at < len(order) else "", list(group))
        for at, group in groupby(sorted(lines, key=place), key=place)
    ]

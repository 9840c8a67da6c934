"""What a blueprint is made of, once read and checked."""

from dataclasses import dataclass
from enum import StrEnum

from programs.blueprints.units import Value


class Certainty(StrEnum):
    """How sure a value of a blueprint is. A program that edits it makes it SET_BY_PROGRAM."""

    DOCUMENTED = "documented"
    PARTIAL = "partial"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Source:
    """A page or document a value was read in. `address` is a web address or a catalog number."""

    id: str
    title: str
    address: str
    also: tuple[str, ...] = ()

    def as_data(self) -> dict[str, str]:
        """The source as it is kept beside a program's own rows."""
        return {"id": self.id, "title": self.title, "address": self.address}


@dataclass(frozen=True)
class Leaf:
    """One value with its provenance. `value` is None exactly when the certainty is unknown."""

    value: Value
    unit: str
    certainty: Certainty
    sources: tuple[Source, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Body:
    """A type of body a program needs, with the real program's example."""

    key: str
    label: str
    example: Leaf


@dataclass(frozen=True)
class Standing:
    """A rung of the ladder suppliers stand on, best first."""

    key: str
    label: str
    kind: str
    exists: Leaf
    stops_purchases: Leaf
    is_public: Leaf
    ladder: dict[
        str, Leaf
    ]  # {question of `programs.ladder`: answer}; nothing for good standing and for leaving

    @property
    def is_step(self) -> bool:
        """Whether the program puts a supplier there, and does not merely note that it left."""
        return self.kind != "withdrawn"


@dataclass(frozen=True)
class Severity:
    """A grade of breach, gravest first."""

    key: str
    label: str
    exists: Leaf
    consequence: Leaf
    may_be_cured: Leaf
    shortest_purchase_stop: Leaf


@dataclass(frozen=True)
class Provision:
    """One paraphrased rule of the code. `severity.value` is the key of a severity or None."""

    number: str
    part: str
    text: Leaf
    severity: Leaf


@dataclass(frozen=True)
class Rule:
    """One setting of a program, named `section.key`."""

    key: str
    section: str
    label: str
    leaf: Leaf


@dataclass(frozen=True)
class Blueprint:
    """A ready-made program definition."""

    key: str
    name: str
    summary: str
    bodies: tuple[Body, ...]
    sources: dict[str, Source]
    standings: tuple[Standing, ...]
    severities: tuple[Severity, ...]
    code_title: str
    code_version: str | None
    provisions: tuple[Provision, ...]
    sections: dict[str, str]
    rules: tuple[Rule, ...]

    def rule(self, key: str) -> Rule:
        """The rule named `key`. Raises KeyError."""
        for rule in self.rules:
            if rule.key == key:
                return rule
        raise KeyError(key)

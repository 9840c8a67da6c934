"""What can be imported: each room says so in its `importing.py`, found by name.

TARGETS = [Target(key="workplaces", …)]
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.functional import Promise

from wsr.errors import DomainError

type Text = str | Promise


@dataclass(frozen=True)
class Field:
    """Something a column can mean. `headers` names its words in `vocabulary.HEADERS` (its own key when empty).

    `default` offers one value for the whole file. `choices` feeds that default's list.
    """

    key: str
    label: Text
    required: bool = False
    help: Text = ""
    headers: tuple[str, ...] = ()
    default: bool = False
    choices: str = ""


@dataclass(frozen=True)
class Question:
    """Something a person decides for the whole file. The answer lies in `batch.defaults` under `key`.

    `suggest` returns (value, why) for the active program: what is chosen at first, and the sentence beside it.
    """

    key: str
    label: Text
    options: Sequence[tuple[str, Text]]
    suggest: Callable[[], tuple[str, str]]


@dataclass
class Cleaned:
    """One row understood. `identity` parts make the row the same in the next file; keys are for matching."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    offers: list[dict[str, str]] = field(default_factory=list)
    skip: str = ""
    private: tuple[str, ...] = ()  # fields whose cells name a private person and are not kept
    identity: tuple[str, ...] = ()
    name_key: str = ""
    country: str = ""
    address_key: str = ""
    place: str = ""  # the city, to tell two sites of one name apart
    point: tuple[float, float] | None = None


class Known(NamedTuple):
    """An object of the program, or an earlier row of the file, that a row may be."""

    id: str
    name: str
    name_key: str
    country: str
    address: str
    address_key: str
    place: str = ""
    point: tuple[float, float] | None = None
    line: int = 0


class Target(ABC):
    """One kind of list. Its methods run inside the program's scope; writes are set-based SQL in the caller's transaction."""

    key: str
    label: Text
    explanation: Text
    fields: Sequence[Field]
    #: what a person decides for the whole file
    questions: Sequence[Question] = ()
    #: how many statements `apply` runs
    steps: int = 1
    #: whether two rows of one file may be one object
    compares_rows: bool = True
    #: whether an exact key match settles the question, or a person is always asked
    settles_exact: bool = True

    @abstractmethod
    def clean(self, values: Mapping[str, str], context: "Context") -> Cleaned:
        """Understand one row. `values` holds the mapped cells as text, repairs made, defaults not yet."""

    @abstractmethod
    def known(self) -> Iterator[Known]:
        """What the program has, to compare with."""

    @abstractmethod
    def facts(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """{id: what a person compares}: name, address, city, region, postal_code, country, products, worker_count, as far as there are."""

    @abstractmethod
    def mark_updates(self, batch_id: UUID) -> None:
        """Set rows with an `object_id` to `update` or `unchanged` by comparing in SQL."""

    @abstractmethod
    def apply(self, batch_id: UUID, *, at: datetime, step: Callable[[], None]) -> dict[str, int]:
        """Write what the rows say and note every written row in `imports_change`. Returns {what: how many}.

        `step` is called after each of the `steps` statements; it shows progress and raises when the work was cancelled.
        """

    def held(self, batch_id: UUID, table: str) -> set[UUID]:
        """Ids of what the batch created in a table that an undo must leave, beside what other rows point to."""
        del batch_id, table
        return set()

    def field(self, key: str) -> Field | None:
        """The field of a key."""
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True)
class Context:
    """What holds for the whole file: values for rows that have none, accepted repairs, date order by field."""

    defaults: Mapping[str, str]
    repairs: Mapping[str, Any]
    day_first: frozenset[str] = frozenset()
    line: int = 0

    def accepts(self, kind: str, line: int, field_key: str) -> bool:
        """Whether a person accepted this repair."""
        accepted = self.repairs.get(kind, [])
        return accepted == "*" or f"{line}:{field_key}" in accepted


class NoSuchTarget(DomainError):
    """No app of this installation imports such lists."""


@cache
def targets() -> dict[str, Target]:
    """Every target by key, in the order of the apps."""
    from wsr.ui.navigation import discover  # noqa: PLC0415 -- needs the app registry

    return {target.key: target for target in discover("importing", "TARGETS")}


def target_of(key: str) -> Target:
    """The target of a key. Raises NoSuchTarget."""
    try:
        return targets()[key]
    except KeyError:
        raise NoSuchTarget(f"No part of this installation imports {key}.") from None

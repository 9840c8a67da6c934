"""What an app may make public, and how it says so in its own `disclosure.py`.

    KINDS = [PublicKind("workplace", …)]

    def records(kind, as_of, only=None) -> Iterable[PublicRecord]: ...  # `only`: these subjects; None for all
    def present(kind) -> QuerySet: ...          # subjects that are public now, as a queryset of their ids
    def names(kind, only) -> dict[UUID, str]:   # how the program calls these subjects, public or not
    def changed(kind, since) -> set[UUID]: ...  # subjects whose record may have changed; may name too many, never too few

A room above may add columns to a kind of a room below, which knows nothing of it:

    ADDS = {"workplace": (Column(…), …)}
    def additions(kind, as_of, only) -> dict[UUID, Addition]: ...  # exactly these columns, for every subject named
    def changed_additions(kind, since) -> set[UUID]                # subjects whose addition may have changed

A room with several nouns keeps each in a file of a package `disclosure`, which is `Nouns` of them.

The platform finds these files by name and publishes nothing else. They run as the engine, inside the program's scope.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections
from django.db.models import QuerySet

from wsr.tenancy import current_alias


@dataclass(frozen=True)
class Column:
    """One field of a public record: its name in every file, its label on the page, what it means.

    `words`: how pages write some of its values, in the reader's language. Files always hold the value itself.
    `may_name`: its text may name another subject; it is left blank when it says the name of a redacted one.
    """

    name: str
    label: Any
    description: str
    on_page: bool = True
    words: Mapping[str, Any] = field(default_factory=dict, hash=False)
    may_name: bool = False

    def in_words(self, value: str) -> str:
        """A value as pages write it."""
        return str(self.words.get(value, value))


@dataclass(frozen=True)
class PublicKind:
    """One kind of public record."""

    key: str
    plural: str
    label: Any
    label_plural: Any
    columns: tuple[Column, ...]
    formats: tuple[str, ...] = ("csv", "json")


@dataclass(frozen=True)
class Ref:
    """Another record that this one names. Published with its public id where it has one, else by name alone."""

    kind: str
    subject_id: UUID
    name: str


@dataclass(frozen=True)
class PublicRecord:
    """What is disclosed of one subject. `content` holds exactly the columns of its kind: text, numbers, lists, `Ref`.

    `withheld`: {column or topic: reason code}, for everything that is blank although it exists or is asked for.
    `effective_on`: the day from which this is true. `search`: further words to find it by, all of them public.
    """

    kind: str
    subject_id: UUID
    content: dict[str, Any]
    withheld: dict[str, str] = field(default_factory=dict)
    effective_on: date | None = None
    search: str = ""


@dataclass(frozen=True)
class Addition:
    """What a room above says of a subject: its own columns, their blanks with reasons, and since when it is true."""

    content: dict[str, Any]
    withheld: dict[str, str] = field(default_factory=dict)
    effective_on: date | None = None

    def __or__(self, other: "Addition") -> "Addition":
        """What two nouns of a room say of the same subject."""
        days = [day for day in (self.effective_on, other.effective_on) if day]
        return Addition(self.content | other.content, self.withheld | other.withheld, max(days, default=None))


@dataclass(frozen=True)
class Since:
    """The last publication: its time, and the first transaction whose changes it may not have seen."""

    at: datetime
    transaction: int

    @property
    def day(self) -> date:
        """The last day that had begun everywhere when it was made; what is dated later may have come true."""
        return (self.at - timedelta(days=1)).date()

    def changed_ids(self, rows: QuerySet, id_field: str = "pk") -> set[UUID]:
        """Ids of the rows that were written since, by PostgreSQL's own transaction ids: no write can be forgotten.

        May name rows that the last publication had seen already.
        """
        with connections[current_alias()].cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            passed = cursor.fetchone()[0] - self.transaction
        if (
            passed < 2**31 - 1
        ):  # row versions carry 32 bits of the id; after that many transactions, look at all rows
            written = f'age("{rows.model._meta.db_table}".xmin) <= age(%s::text::xid)'
            rows = rows.extra(where=[written], params=[str(self.transaction % 2**32)])  # noqa: S610 -- our own table's name
        return set(rows.values_list(id_field, flat=True))


class Nouns:
    """What a room makes public, told by whichever of its nouns it is of: modules with the functions above, as far as each needs them.

    A noun without `names` has none of its own: it names others by reference. `additions` and `changed_additions` of a noun need no kind.
    """

    def __init__(self, *nouns: ModuleType) -> None:
        """In the order in which they are published."""
        self.kinds = [kind for noun in nouns for kind in getattr(noun, "KINDS", ())]
        self.adds: dict[str, tuple[Column, ...]] = {}
        for noun in nouns:
            for key, columns in getattr(noun, "ADDS", {}).items():
                self.adds[key] = (*self.adds.get(key, ()), *columns)
        self._of = {kind.key: noun for noun in nouns for kind in getattr(noun, "KINDS", ())}
        self._adding = {
            key: [noun for noun in nouns if key in getattr(noun, "ADDS", {})] for key in self.adds
        }

    def present(self, kind: str) -> QuerySet:
        """Subjects of a kind that are public now."""
        found: QuerySet = self._of[kind].present(kind)
        return found

    def names(self, kind: str, only: set[UUID]) -> dict[UUID, str]:
        """{id: name} of these subjects as the program knows them, public or not."""
        noun = self._of[kind]
        return noun.names(kind, only) if hasattr(noun, "names") else {}

    def records(self, kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
        """The public records of one kind as they are on a day; of these subjects only, if they are named."""
        yield from self._of[kind].records(kind, as_of, only)

    def changed(self, kind: str, since: Since) -> set[UUID]:
        """Subjects whose record may have changed: their row was written, or one that the record repeats."""
        found: set[UUID] = self._of[kind].changed(kind, since)
        return found

    def additions(self, kind: str, as_of: date, only: set[UUID]) -> dict[UUID, Addition]:
        """What the nouns say of subjects of a room below."""
        found = {subject_id: Addition({}) for subject_id in only}
        for noun in self._adding[kind]:
            said = noun.additions(as_of, only)
            found = {subject_id: found[subject_id] | said[subject_id] for subject_id in only}
        return found

    def changed_additions(self, kind: str, since: Since) -> set[UUID]:
        """Subjects of which that may have changed."""
        return {subject_id for noun in self._adding[kind] for subject_id in noun.changed_additions(since)}


@cache
def modules() -> list[ModuleType]:
    """The `disclosure.py` of every app that has one, in the order of INSTALLED_APPS."""
    names = [f"{config.name}.disclosure" for config in apps.get_app_configs()]
    return [import_module(name) for name in names if name != __name__ and find_spec(name)]


@cache
def kinds() -> dict[str, PublicKind]:
    """Every kind of public record, by its key, with the columns that rooms above add, in the order in which they are published."""
    found = {kind.key: kind for module in modules() for kind in module.KINDS}
    for key in found:
        for module in _adding(key):
            found[key] = replace(found[key], columns=(*found[key].columns, *module.ADDS[key]))
    return found


def module_of(kind: str) -> ModuleType:
    """The `disclosure.py` whose kind it is."""
    return next(module for module in modules() if kind in {one.key for one in module.KINDS})


def _adding(kind: str) -> list[ModuleType]:
    return [module for module in modules() if kind in getattr(module, "ADDS", {})]


def with_additions(kind: str, records: Iterable[PublicRecord], as_of: date) -> list[PublicRecord]:
    """The records with what rooms above add to them. One call per room, however many records."""
    found = list(records)
    for module in _adding(kind):
        said = module.additions(kind, as_of, {record.subject_id for record in found})
        found = [_with(record, said[record.subject_id]) for record in found]
    return found


def _with(record: PublicRecord, said: Addition) -> PublicRecord:
    days = [day for day in (record.effective_on, said.effective_on) if day]
    return replace(
        record,
        content=record.content | said.content,
        withheld=record.withheld | said.withheld,
        effective_on=max(days, default=None),
    )


def changed_additions(kind: str, since: Since) -> set[UUID]:
    """Subjects of a kind of which a room above may say something else now."""
    found: set[UUID] = set()
    for module in _adding(kind):
        found |= module.changed_additions(kind, since)
    return found


@cache
def may_name() -> frozenset[str]:
    """Names of the columns whose text may name another subject."""
    return frozenset(column.name for kind in kinds().values() for column in kind.columns if column.may_name)


def in_words(name: str, value: str) -> str:
    """A value of the column of this name, as pages write it."""
    columns = (column for kind in kinds().values() for column in kind.columns if column.name == name)
    return next((column.in_words(value) for column in columns if column.words), value)


FIRST_COLUMNS = (
    Column("public_id", "Registry number", "Permanent id; its last character checks the others.", False),
)
LAST_COLUMNS = (
    Column("version", "Version", "Counts the published versions of this record.", False),
    Column(
        "effective_on", "True since", "The day from which this is true (ISO 8601), where it is known.", False
    ),
    Column("published_at", "Published", "When this version was published (ISO 8601, UTC).", False),
    Column("withheld", "Left blank", "Fields that are blank, each with its reason code.", False),
)


def columns_of(kind: PublicKind) -> tuple[Column, ...]:
    """All columns of a kind's data files."""
    return (*FIRST_COLUMNS, *kind.columns, *LAST_COLUMNS)


def schema() -> dict[str, Any]:
    """`schema.json`: which columns the files have and what they mean."""
    from wsr.registry.enums import Reason  # noqa: PLC0415 -- texts, loaded with the apps

    return {
        "kinds": {
            kind.key: {
                "plural": kind.plural,
                "formats": list(kind.formats),
                "columns": [
                    {"name": c.name, "label": str(c.label), "description": c.description}
                    for c in columns_of(kind)
                ],
            }
            for kind in kinds().values()
        },
        "reason_codes": {reason.value: str(reason.label) for reason in Reason},
    }

"""How a program meets a principle, shown from what it has published and from nothing else.

A room says in its `principles.py` which published records speak for which principle:

    SHOWS = [Shows("consequences", function)]

each `function(published: Published) -> Iterable[Fact]`, run with the public's login: it reaches the registry's tables alone. A fact
without values says why it is blank. The files are found by their name.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from programs.statement import Principle
from wsr.registry.models import Content, Facet, Listing, Publication, Record
from wsr.registry.pages import reason_label
from wsr.tenancy.models import Program
from wsr.ui.navigation import discover

MOST = 500  # records of one kind that are read for a page

# Which essentials of the gates stand for which principle; the rest of a principle shows in facts alone.
GATES: Mapping[str, tuple[str, ...]] = {
    "worker_driven": (),
    "binding": ("financial_support", "stop_purchase"),
    "means": ("financial_support",),
    "consequences": ("stop_purchase",),
    "gains": (),
    "verification": ("education", "independent_inspection", "names_and_locations", "complaint_line"),
}


@dataclass(frozen=True)
class Fact:
    """One line: what it is, its values as pages write them, the day it is true of, and where the records stand.

    `blank`: why there is no value. `kind`: the published kind of record that it was read from.
    """

    label: Any
    values: tuple[str, ...] = ()
    kind: str = ""
    as_of: date | datetime | None = None
    blank: Any = ""


@dataclass(frozen=True)
class Said:
    """The newest version of one published record."""

    public_id: str
    content: dict[str, Any]
    withheld: dict[str, str]
    published_at: datetime
    effective_on: date | None


@dataclass
class Published:
    """What one program has published, read as the public reads it."""

    program: Program
    publication: Publication
    _said: dict[str, list[Said]] = field(default_factory=dict)

    @cached_property
    def _facets(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], dict[str, int]] = {}
        rows = Facet.objects.filter(program=self.program, name__in=("kind", "standing")).order_by(
            "-count", "value"
        )
        for name, kind, value, count in rows.values_list("name", "kind", "value", "count"):
            found.setdefault((name, kind), {})[value] = count
        return found

    def count(self, kind: str) -> int:
        """How many records of a kind are shown."""
        return sum(self._facets.get(("kind", kind), {}).values())

    def standings(self, kind: str = "supplier") -> dict[str, int]:
        """{label of the standing: how many}, the most frequent first."""
        return self._facets.get(("standing", kind), {})

    def gates(self, principle: Principle) -> list[dict[str, Any]]:
        """The essentials of a principle, as the newest publication says them."""
        wanted = GATES.get(principle.key, ())
        return [gate for gate in self.publication.gates if gate["key"] in wanted]

    def records(self, kind: str) -> list[Said]:
        """The shown records of a kind, the newest first, at most MOST."""
        if kind not in self._said:
            self._said[kind] = self._read(kind)
        return self._said[kind]

    def is_cut(self, kind: str) -> bool:
        """Whether there are more records of a kind than are read, so that what is counted from them is the least there is."""
        return self.count(kind) > MOST

    def counted(self, total: int, kind: str) -> str:
        """A number that was counted from records of a kind, as pages write it."""
        return _("at least %(total)d") % {"total": total} if self.is_cut(kind) else str(total)

    def one(self, kind: str) -> Said | None:
        """The record of a kind of which a program has one."""
        return next(iter(self.records(kind)), None)

    def _read(self, kind: str) -> list[Said]:
        if not self.count(kind):
            return []
        shown = Listing.objects.filter(
            program=self.program, public_id=OuterRef("public_id"), version=OuterRef("version"), is_shown=True
        )
        rows = list(
            Record.objects.filter(Exists(shown), program=self.program, kind=kind).order_by(
                "-effective_on", "-published_at", "-public_id"
            )[:MOST]
        )
        bodies = Content.objects.filter(program=self.program, pk__in=[row.pk for row in rows])
        said = {pk: json.loads(body) for pk, body in bodies.values_list("pk", "body")}
        return [
            Said(
                row.public_id,
                said[row.pk]["content"],
                said[row.pk]["withheld"],
                row.published_at,
                row.effective_on,
            )
            for row in rows
            if row.pk in said
        ]

    def number(self, label: Any, kind: str, *, blank: Any = "") -> Fact:
        """How many records of a kind are shown, as a fact."""
        total = self.count(kind)
        if not total:
            return Fact(label, kind=kind, blank=blank or self.nothing_of(kind))
        return Fact(label, (str(total),), kind, self.publication.published_at)

    def column(self, label: Any, kind: str, name: str) -> Fact:
        """One column of the program's only record of a kind, as a fact: its values, or the reason why it is blank."""
        said = self.one(kind)
        if said is None:
            return Fact(label, kind=kind, blank=self.nothing_of(kind))
        value = said.content.get(name)
        if value in ("", None, []):
            reason = said.withheld.get(name, "")
            return Fact(label, kind=kind, blank=reason_label(reason) if reason else _("None so far."))
        values = value if isinstance(value, list) else [value]
        return Fact(label, tuple(str(one) for one in values), kind, said.published_at)

    def nothing_of(self, kind: str) -> str:
        """Why there is no record of a kind: none yet, or the program keeps them to itself. The public cannot tell which."""
        return _("The program has published nothing of this: there is none yet, or it is not public.")


@dataclass(frozen=True)
class Practice:
    """How one program meets one principle, by what it has published."""

    program: Program
    publication: Publication
    gates: list[dict[str, Any]]
    facts: list[Fact]


def published_programs() -> list[Published]:
    """Every program with a publication, by name. In the public's scope; two queries."""
    newest: dict[Any, Publication] = {}
    for publication in Publication.objects.order_by("program_id", "-number").distinct("program_id"):
        newest[publication.program_id] = publication
    programs = Program.objects.filter(pk__in=newest).order_by("name", "pk")
    return [Published(program, newest[program.pk]) for program in programs]


def practices(principle: Principle) -> list[Practice]:
    """How every program of this installation meets a principle. In the public's scope."""
    return [
        Practice(one.program, one.publication, one.gates(principle), _facts(one, principle))
        for one in published_programs()
    ]


@dataclass(frozen=True)
class Shows:
    """Which facts a room shows for a principle, by the principle's key."""

    principle: str
    facts: Callable[[Published], Iterable[Fact]]


def _facts(published: Published, principle: Principle) -> list[Fact]:
    shows = [one for one in discover("principles", "SHOWS") if one.principle == principle.key]
    return [fact for one in shows for fact in one.facts(published)]

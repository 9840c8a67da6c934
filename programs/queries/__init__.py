"""Reads of the programs room that cross models or feed one page."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models import Value as Constant
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from programs import countries, meanings
from programs.blueprints import units
from programs.blueprints.units import Value
from programs.enums import Certainty, CodeState
from programs.models import (
    CodeVersion,
    Participation,
    Provision,
    Rule,
    Rung,
    Sourcing,
    StandingEvent,
    Workplace,
)
from programs.sections import COMPARED
from wsr.imports.names import name_key
from wsr.tenancy import Audience, current_audience, current_program_id
from wsr.tenancy.models import Program


def today(at: datetime) -> date:
    """The day at `at` in the active program's time zone. One query."""
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    return at.astimezone(ZoneInfo(zone)).date()


# ── Who takes part ───────────────────────────────────────────────────────────────────────────────


def suppliers() -> QuerySet[Participation]:
    """Suppliers with `standing` (its label), `must_stop` (brands must stop buying) and `workplace_total` (open ones)."""
    return Participation.objects.suppliers().annotate(
        standing=_rung("rung", "label"),
        must_stop=_rung("rung", "stops_purchases"),
        workplace_total=_count(Workplace.objects.open().filter(supplier=OuterRef("pk")), "supplier"),
    )


def brands(*, on: date) -> QuerySet[Participation]:
    """Brands with `supplier_total` and `workplace_total`: from how many they buy on a day."""
    current = Sourcing.objects.current(on=on).filter(brand=OuterRef("pk")).order_by().values("brand")
    return Participation.objects.brands().annotate(
        supplier_total=Coalesce(
            Subquery(current.annotate(n=Count("supplier", distinct=True)).values("n")), 0
        ),
        workplace_total=Coalesce(
            Subquery(current.annotate(n=Count("workplace", distinct=True)).values("n")), 0
        ),
    )


def workplaces(*, on: date) -> QuerySet[Workplace]:
    """Workplaces with their supplier, `standing`, `must_stop` and `brand_total`: how many brands buy there on a day.

    A brand that buys from the supplier as a whole counts for each of its workplaces.
    """
    buying = Sourcing.objects.current(on=on).filter(
        Q(workplace=OuterRef("pk")) | Q(workplace=None), supplier=OuterRef("supplier")
    )
    counted = buying.order_by().values("supplier").annotate(n=Count("brand", distinct=True)).values("n")
    return Workplace.objects.select_related("supplier").annotate(
        standing=_rung("supplier__rung", "label"),
        must_stop=_rung("supplier__rung", "stops_purchases"),
        brand_total=Coalesce(Subquery(counted), 0),
    )


def workplaces_found(rows: QuerySet[Workplace], typed: str) -> QuerySet[Workplace]:
    """Those of the active program's workplaces whose name, address or supplier has `typed`.

    For staff by a function of the database, because a policy keeps LIKE from using its indexes (programs/migrations/0004_search.py);
    the ids it finds are read in one walk along the key. A portal searches among its own few rows, below its policy.
    """
    if current_audience() != Audience.STAFF:
        words = Q(name__icontains=typed) | Q(address__icontains=typed) | Q(supplier__name__icontains=typed)
        return rows.filter(pk__in=Workplace.objects.filter(words).values("pk"))
    return rows.filter(_Found(F("pk"), Constant(typed), Constant(name_key(typed) or typed)))


class _Found(Func):
    """Whether the id is among those that the database's search finds for the words as typed and as a key."""

    template = "= ANY (ARRAY(SELECT programs_search_workplaces(%(expressions)s)))"
    output_field = BooleanField()

    def as_sql(  # type: ignore[override]  # Django never gives the rest
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        """`id = ANY (…)`."""
        words = self.copy()
        pk, *words.source_expressions = self.source_expressions
        column, _none = compiler.compile(pk)
        sql, values = super(_Found, words).as_sql(compiler, connection, **context)
        return f"{column} {sql}", values


def sourcing_of_brand(brand: Participation) -> QuerySet[Sourcing]:
    """From whom a brand buys or bought, present ones first, with the supplier's `standing` and `must_stop`."""
    return (
        Sourcing.objects.filter(brand=brand)
        .select_related("supplier", "workplace")
        .annotate(
            standing=_rung("supplier__rung", "label"), must_stop=_rung("supplier__rung", "stops_purchases")
        )
        .order_by(F("ended_on").desc(nulls_first=True), "supplier__name", "pk")
    )


def sourcing_from(*, supplier_id: UUID, workplace_id: UUID | None = None) -> QuerySet[Sourcing]:
    """Who buys or bought from a supplier; with `workplace_id` only what concerns that workplace."""
    rows = Sourcing.objects.filter(supplier_id=supplier_id)
    if workplace_id:
        rows = rows.filter(Q(workplace_id=workplace_id) | Q(workplace=None))
    return rows.select_related("brand", "workplace").order_by(
        F("ended_on").desc(nulls_first=True), "brand__name", "pk"
    )


def standing_events(supplier: Participation) -> QuerySet[StandingEvent]:
    """The supplier's standing over time, the latest first."""
    return supplier.standing_events.select_related("rung").order_by("-effective_on", "-recorded_at", "-pk")


def _rung(path: str, name: str) -> Subquery:
    return Subquery(Rung.objects.filter(key=OuterRef(path)).order_by().values(name)[:1])


def _count(rows: QuerySet, group: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(group).annotate(n=Count("pk")).values("n")), 0)


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


def rules(*, on: date) -> QuerySet[Rule]:
    """Every rule as it is on a day."""
    return Rule.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on
    ).select_related("set_by")


def planned_rules(*, on: date) -> dict[str, list[Rule]]:
    """{key: what will hold from a later day on, the next first} of rules with a planned change."""
    found: dict[str, list[Rule]] = {}
    rows = Rule.objects.planned_or_held().filter(valid_from__gt=on)
    for rule in rows.select_related("set_by").order_by("valid_from"):
        found.setdefault(rule.key, []).append(rule)
    return found


def rule_value(key: str, *, on: date) -> Value:
    """The value of a rule on a day; None when it is unknown or did not exist yet."""
    return rules(on=on).filter(key=key).values_list("value", flat=True).first()


def missing_rules(*, on: date) -> QuerySet[Rule]:
    """The rules nobody has filled in; targets and published figures may stay empty."""
    return rules(on=on).filter(value__isnull=True).exclude(section__in=COMPARED)


@dataclass(frozen=True)
class SourceLine:
    """One source of a value. `url` is empty where it is not on the web."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class ShownRule:
    """A rule as a page shows it."""

    rule: Rule
    value: list[str]
    blueprint_value: list[str]
    sources: list[SourceLine]
    planned: list["ShownRule"] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        """Whether the blueprint says something else."""
        return (
            self.rule.certainty == Certainty.SET_BY_PROGRAM and self.rule.value != self.rule.blueprint_value
        )


def shown_rule(rule: Rule, planned: list[Rule] | None = None) -> ShownRule:
    """A rule with its values in words and its sources as links, and what is planned of it."""
    return ShownRule(
        rule,
        units.words(rule.unit, rule.value),
        units.words(rule.unit, rule.blueprint_value),
        source_lines(rule.source),
        [shown_rule(later) for later in planned or []],
    )


def plans_of_steps(planned: dict[str, list[Rule]]) -> dict[tuple[str, str], list[ShownRule]]:
    """{(section, key of a rung or severity): what is planned of its meaning} out of all planned rules."""
    found: dict[tuple[str, str], list[ShownRule]] = defaultdict(list)
    for key, rows in planned.items():
        if named := meanings.parts(key):
            found[named[:2]] += [shown_rule(row) for row in rows]
    return found


def source_lines(text: str) -> list[SourceLine]:
    """“F7 https://…” line by line: a web address becomes a link named by the id before it."""
    found = []
    for line in text.splitlines():
        name, _space, address = line.strip().rpartition(" ")
        is_web = address.startswith(("http://", "https://"))
        found.append(SourceLine(name or address, address) if is_web else SourceLine(line.strip()))
    return found


# ── The code ─────────────────────────────────────────────────────────────────────────────────────


def code_in_force() -> CodeVersion | None:
    """The version of the code that holds now."""
    return CodeVersion.objects.filter(state=CodeState.IN_FORCE).first()


@dataclass(frozen=True)
class Piece:
    """Some words of a comparison: `kind` is same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class ProvisionChange:
    """How one provision differs from the version before: `kind` is added, removed or changed."""

    kind: str
    reference: str
    pieces: list[Piece] = field(default_factory=list)
    severity_before: str = ""
    severity_after: str = ""


def provisions_of(code: CodeVersion) -> list[Provision]:
    """The provisions of a version with their severity, in order."""
    return list(code.provisions.select_related("severity").order_by("position", "pk"))


def compared(before: list[Provision], after: list[Provision]) -> list[ProvisionChange]:
    """What differs between two versions, provision by provision, word by word."""
    old = {provision.reference: provision for provision in before}
    new = {provision.reference: provision for provision in after}
    changes = []
    for reference in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(reference), new.get(reference)
        said, says = _said(was), _said(now)
        if (said, _severity(was)) == (says, _severity(now)):
            continue
        kind = "added" if was is None else "removed" if now is None else "changed"
        changes.append(
            ProvisionChange(kind, reference, word_diff(said, says), _severity(was), _severity(now))
        )
    return changes


def word_diff(before: str, after: str) -> list[Piece]:
    """The words of both texts in one line, each marked same, added or removed."""
    old, new = before.split(), after.split()
    pieces = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", " ".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", " ".join(new[c:d])))
    return pieces


def _said(provision: Provision | None) -> str:
    return f"{provision.title}. {provision.text}" if provision else ""


def _severity(provision: Provision | None) -> str:
    return provision.severity.label if provision and provision.severity else ""


# ── Choosing whom a brand buys from ──────────────────────────────────────────────────────────────

FOUND_AT_MOST = 100


@dataclass(frozen=True)
class Chosen:
    """The ids a person has ticked so far."""

    suppliers: frozenset[UUID] = frozenset()
    workplaces: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, suppliers: list[str], workplaces: list[str]) -> "Chosen":
        """From what a form sent; what is no id is left out."""
        return cls(frozenset(_ids(suppliers)), frozenset(_ids(workplaces)))


@dataclass(frozen=True)
class Option:
    """A supplier or workplace to tick. `kind` is the name of the field."""

    kind: str
    id: UUID
    name: str
    place: str
    is_chosen: bool


@dataclass(frozen=True)
class Options:
    """What a search found; `is_cut` when there is more than FOUND_AT_MOST of a kind."""

    options: list[Option]
    is_cut: bool


def to_source_from(typed: str, chosen: Chosen | None) -> Options:
    """Present suppliers and open workplaces whose name, address or supplier has `typed`; the chosen ones first. Four queries at most."""
    chosen = chosen or Chosen()
    suppliers = Participation.objects.suppliers().present().order_by("name", "pk")
    workplaces = Workplace.objects.open().select_related("supplier").order_by("name", "pk")
    options = [_supplier_option(row, True) for row in suppliers.filter(pk__in=chosen.suppliers)]
    options += [_workplace_option(row, True) for row in workplaces.filter(pk__in=chosen.workplaces)]
    typed = typed.strip()
    if not typed:
        return Options(options, False)
    found = list(
        suppliers.filter(name__icontains=typed).exclude(pk__in=chosen.suppliers)[: FOUND_AT_MOST + 1]
    )
    matching = Q(name__icontains=typed) | Q(address__icontains=typed) | Q(supplier__name__icontains=typed)
    places = list(workplaces.filter(matching).exclude(pk__in=chosen.workplaces)[: FOUND_AT_MOST + 1])
    options += [_supplier_option(row, False) for row in found[:FOUND_AT_MOST]]
    options += [_workplace_option(row, False) for row in places[:FOUND_AT_MOST]]
    return Options(options, max(len(found), len(places)) > FOUND_AT_MOST)


def _supplier_option(row: Participation, is_chosen: bool) -> Option:
    return Option("suppliers", row.pk, row.name, countries.name_of(row.country), is_chosen)


def _workplace_option(row: Workplace, is_chosen: bool) -> Option:
    place = ", ".join(filter(None, [row.address, row.city, countries.name_of(row.country)]))
    return Option("workplaces", row.pk, row.name, place, is_chosen)


def _ids(values: list[str]) -> Iterator[UUID]:
    for value in values:
        with suppress(ValueError):
            yield UUID(value)

"""A program in figures, from what it has published and nothing else: each with its definition, its denominator and its rows.

Figures are of a day: what the registry said by its end. Records that were withdrawn or redacted by then do not count.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from wsr.registry import disclosure, pages
from wsr.registry.changes import CHUNK, as_of, contents_of, csv_answer
from wsr.registry.views import program_of, publications_of, registry_page
from wsr.tenancy.models import Program

CACHE_SECONDS = 86_400  # the number of the publication is part of the key
MOST_ROWS = 24

type Content = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One row of a chart. `width`: of 100."""

    label: str
    value: int
    share: str
    width: float


@dataclass(frozen=True)
class Chart:
    """A few numbers that are read against each other."""

    key: str
    title: str
    definition: str
    bars: list[Bar]
    total: int


@dataclass(frozen=True)
class Tile:
    """One number, and what it is."""

    value: str
    label: str
    note: str = ""


@dataclass
class Figures:
    """What is shown of a program on a day."""

    tiles: list[Tile] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    blank: list[tuple[str, int]] = field(default_factory=list)


@registry_page
def show(request: HttpRequest, program_slug: str) -> HttpResponse:
    """The program in figures: tiles, charts that are tables, and files."""
    owner = program_of(program_slug)
    newest = publications_of(owner)[0]
    found = of_newest(owner, newest.number)
    context = {"program": owner, "newest": newest, "figures": found, "lang": translation.get_language()}
    return HttpResponse(render_to_string("registry/figures.html", context))


@registry_page
def file(request: HttpRequest, program_slug: str, key: str) -> HttpResponse:
    """The rows of one chart as CSV."""
    owner = program_of(program_slug)
    newest = publications_of(owner)[0]
    chart = next((one for one in of_newest(owner, newest.number).charts if one.key == key), None)
    if chart is None:
        raise Http404("No such chart.")
    rows = [(newest.number, f"{newest.published_at:%Y-%m-%d}", bar.label, bar.value) for bar in chart.bars]
    return csv_answer(f"{owner.slug}-{key}-{newest.number}", ("publication", "published", key, "count"), rows)


def of_newest(owner: Program, number: int) -> Figures:
    """The figures of the newest publication; counted once for each publication and language."""
    key = f"registry-figures:{owner.pk}:{number}:{translation.get_language()}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = of_day(owner, timezone.now().date())
        cache.set(key, found, CACHE_SECONDS)
    return found


def of_day(owner: Program, day: date) -> Figures:
    """The figures as the registry said them by the end of a day. Runs in `public_scope()` or as the engine."""
    kinds = disclosure.kinds()
    said: dict[str, list[Content]] = {}
    reasons: Counter[str] = Counter()
    for key in kinds:
        said[key] = []
        for one in contents(owner, key, day):
            said[key].append(one["content"])
            reasons.update(one["withheld"].values())
    found = Figures()
    found.tiles = list(_tiles(said))
    found.charts = [chart for chart in _charts(said) if chart.bars]
    found.blank = [(pages.reason_label(code), count) for code, count in reasons.most_common()]
    return found


def contents(owner: Program, kind: str, day: date) -> Iterator[Content]:
    """What each record of a kind said by the end of a day."""
    for chunk in batched(as_of(owner, kind, day, "known").iterator(CHUNK), CHUNK, strict=False):
        held = contents_of(chunk)
        yield from (held[row.pk] for row in chunk)


def _tiles(said: dict[str, list[Content]]) -> Iterator[Tile]:
    places = [one for one in said.get("workplace", []) if not one.get("closed_on")]
    workers = [one["worker_count"] for one in places if one.get("worker_count") is not None]
    suppliers = [one for one in said.get("supplier", []) if not one.get("ended_on")]
    brands = [one for one in said.get("brand", []) if not one.get("ended_on")]
    stopped = sum(one.get("purchases_stopped") is True for one in suppliers)
    total = sum(one.get("findings_original") or 0 for one in places)
    done = sum(one.get("findings_corrected") or 0 for one in places)
    inspected = sum(bool(one.get("last_inspected_on")) for one in places)
    yield Tile(_number(len(places)), _("Open workplaces"))
    if workers:
        yield Tile(
            _number(sum(workers)),
            _("Workers"),
            _("Published for %(known)s of %(all)s workplaces.")
            % {"known": _number(len(workers)), "all": _number(len(places))},
        )
    yield Tile(_number(len(suppliers)), _("Suppliers"))
    yield Tile(_number(len(brands)), _("Brands"))
    if suppliers:
        yield Tile(
            _number(stopped),
            _("Suppliers from whom brands must not buy"),
            _("Of %s suppliers.") % _number(len(suppliers)),
        )
    if inspected:
        yield Tile(
            _number(inspected), _("Workplaces inspected"), _("Of %s open workplaces.") % _number(len(places))
        )
    if total:
        yield Tile(
            f"{100 * done // total} %",
            _("Original findings corrected"),
            _("%(done)s of %(total)s, verified.") % {"done": _number(done), "total": _number(total)},
        )


def _charts(said: dict[str, list[Content]]) -> Iterator[Chart]:
    suppliers = [one for one in said.get("supplier", []) if not one.get("ended_on")]
    places = [one for one in said.get("workplace", []) if not one.get("closed_on")]
    yield _chart(
        "standing",
        _("Standing of suppliers"),
        _("Suppliers that take part, by the standing that is published."),
        suppliers,
        _value("standing"),
    )
    yield _chart(
        "remediation",
        _("Remediation of workplaces"),
        _("Open workplaces, by how far what was found is corrected."),
        places,
        _value("remediation"),
    )
    yield _chart("country", _("Countries"), _("Open workplaces by country."), places, _country)
    yield _chart(
        "status",
        _("Findings by status"),
        _("Findings of issued reports. Corrected means verified by the monitor."),
        said.get("finding", []),
        _value("status"),
    )
    yield _chart(
        "severity",
        _("Findings by severity"),
        _("In the words of the program."),
        said.get("finding", []),
        _value("severity"),
    )
    yield _chart(
        "inspections",
        _("Inspections by year"),
        _("Inspections with an issued report, by the year of their last day."),
        said.get("inspection", []),
        lambda one: str(one.get("inspected_on", ""))[:4],
        in_order=True,
    )
    received = sorted(
        (one for one in said.get("complaint_count", []) if one.get("topic") == "received"),
        key=lambda one: str(one["begins_on"]),
    )
    counted = [(f"{one['begins_on'][:7]} – {one['ends_on'][:7]}", int(one["complaints"])) for one in received]
    yield Chart("complaints", _("Complaints received"), _("By the months that are counted together; never fewer than ten."), _bars(counted[-MOST_ROWS:]), sum(n for _label, n in counted))  # fmt: skip


def _value(name: str) -> Callable[[Content], str]:
    return lambda one: disclosure.in_words(name, one.get(name) or "")


def _country(one: Content) -> str:
    return pages.country_name(one.get("country") or "")


def _chart(
    key: str,
    title: str,
    definition: str,
    rows: list[Content],
    value: Callable[[Content], str],
    *,
    in_order: bool = False,
) -> Chart:
    counted = Counter(value(one) for one in rows)
    counted[_("Not published")] += counted.pop("", 0)
    pairs = sorted((-count, label) for label, count in counted.items() if count)
    named = [(label, -count) for count, label in pairs]
    if in_order:
        named.sort()
    if named == [(_("Not published"), len(rows))]:
        named = []
    return Chart(key, title, definition, _bars(named[:MOST_ROWS]), len(rows))


def _bars(pairs: list[tuple[str, int]]) -> list[Bar]:
    most, total = max((value for _label, value in pairs), default=0), sum(value for _label, value in pairs)
    return [
        Bar(
            label,
            value,
            f"{round(100 * value / total)} %" if total else "",
            round(100 * value / most, 1) if most else 0,
        )
        for label, value in pairs
    ]


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)

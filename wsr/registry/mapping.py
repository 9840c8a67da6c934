"""The map: where the found records are, drawn by the server, without a script and without anybody else's server.

The outlines are one file of ours that the drawing refers to; a view differs only by its window and its circles. The same filters and
the same list of results as in search stand beside it.
"""

import gzip
import json
from dataclasses import dataclass
from hashlib import sha256
from math import log

from django.core.cache import cache
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from wsr.accounts.doors import public_page
from wsr.registry import pages, search
from wsr.registry.grid import COLUMNS, FINEST, ROWS, WORLD, Area, Cell, around_all, cells
from wsr.registry.ids import LENGTH
from wsr.registry.views import facets_in_words, published_programs, registry_page
from wsr.tenancy import public_scope
from wsr.ui.navigation import in_language

CACHE_SECONDS = 60
FINE_FROM = 2  # the zoom from which the finer outlines are drawn
OUTLINES = {False: ("maps/world-110m.svg", 10), True: ("maps/world-50m.svg", 14)}  # file, units per degree


@dataclass(frozen=True)
class Circle:
    """One circle of the drawing, in its units."""

    x: float
    y: float
    radius: float
    text: str
    title: str
    url: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws: the window on the outlines, and the circles."""

    window: str
    outlines: str
    circles: list[Circle]
    letter: float  # height of a number


@registry_page
def show(request: HttpRequest) -> HttpResponse:
    """The map of what was found, with the list of it."""
    query = search.Query.read(request.GET)
    area = Area.read(query.area) or _whole(query)
    found = _cells(query, area)
    listed = search.search(_with(query, area=str(area), after=query.after))
    outside = search.matching(_with(query, area="", kind=query.kind or "workplace")).filter(latitude=None)
    context = {
        "query": query,
        "area": area,
        "facets": facets_in_words(listed),
        "drawing": drawing(found, area, query),
        "moves": _moves(query, area),
        "total": sum(cell.count for cell in found),
        "unplaced": outside.order_by().count(),
        "found": listed,
        "rows": [pages.listing_context(row) for row in listed.rows],
        "list_url": in_language(reverse("registry:search") + query.url(area=str(area))),
        "cells_url": reverse("registry:map_cells") + query.url(area=str(area)),
        "programs": published_programs(),
        "lang": translation.get_language(),
    }
    return HttpResponse(render_to_string("registry/map.html", context))


@public_page
@require_safe
def map_cells(request: HttpRequest) -> HttpResponse:
    """The cells of one view, for other people's maps: [column, row, count], counted from the view's northwest, and the number of a single one.

    {area, west, north, degrees, cells}: `degrees` is the width and height of a cell. An answer that is remembered asks no database.
    """
    query = search.Query.read(request.GET)
    key = f"registry-view:{sha256(repr(_with(query)).encode()).hexdigest()}"
    content: bytes | None = cache.get(key)
    if content is None:
        with public_scope():
            content = _view(query)
        cache.set(key, content, CACHE_SECONDS)
    response = HttpResponse(content, content_type="application/json")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = gzip.compress(content, 6, mtime=0)
        response["Content-Encoding"] = "gzip"
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _view(query: search.Query) -> bytes:
    area = Area.read(query.area) or _whole(query)
    cells_said = [
        [c.x - area.x, c.y - area.y, c.count, *([c.public_id] if c.public_id else [])]
        for c in _cells(query, area)
    ]
    said = {
        "area": str(area),
        "west": area.west,
        "north": area.north,
        "degrees": area.degrees,
        "cells": cells_said,
    }
    return json.dumps(said, separators=(",", ":")).encode()


def _with(query: search.Query, **changes: str) -> search.Query:
    return search.Query(**{**query.__dict__, "after": "", **changes})


def _cells(query: search.Query, area: Area) -> list[Cell]:
    """Counted at most once a minute for the same question."""
    asked = repr((_with(query, area=""), area))
    key = f"registry-cells:{sha256(asked.encode()).hexdigest()}"
    found: list[Cell] | None = cache.get(key)
    if found is None:
        found = cells(search.matching(_with(query, area="")), area)
        cache.set(key, found, CACHE_SECONDS)
    return found


def _whole(query: search.Query) -> Area:
    """The view that holds everything found; remembered for a minute."""
    key = f"registry-whole:{sha256(repr(_with(query, area='')).encode()).hexdigest()}"
    area: Area | None = cache.get(key)
    if area is None:
        ends = (
            search.matching(_with(query, area=""))
            .filter(latitude__isnull=False)
            .order_by()
            .aggregate(w=Min("longitude"), e=Max("longitude"), s=Min("latitude"), n=Max("latitude"))
        )
        corners = [] if ends["w"] is None else [(ends["w"], ends["s"]), (ends["e"], ends["n"])]
        area = around_all(corners)
        cache.set(key, area, CACHE_SECONDS)
    return area


# ── Drawing ──────────────────────────────────────────────────────────────────────────────────────


def drawing(found: list[Cell], area: Area, query: search.Query) -> Drawing:
    """The view with a circle per cell, the larger the more records. A single one leads to its record, more to a nearer view."""
    name, units = OUTLINES[area.zoom >= FINE_FROM]
    size = area.degrees * units
    most = max((cell.count for cell in found), default=1)
    circles = []
    for cell in found:
        share = log(cell.count + 1) / log(most + 1)
        x, y = _place(cell, area)
        circles.append(
            Circle(
                round(x * units, 2),
                round(y * units, 2),
                round(size * (0.32 + 0.16 * share), 2),
                "" if cell.count == 1 else _short(cell.count),
                _title(cell),
                _url(cell, area, query),
            )
        )
    window = f"{area.west * units:g} {-area.north * units:g} {COLUMNS * size:g} {ROWS * size:g}"
    return Drawing(window, static(name), circles, round(size * 0.3, 2))


def _place(cell: Cell, area: Area) -> tuple[float, float]:
    """The middle of its records, near enough to the middle of the cell to keep circles apart; x and y in degrees."""
    most = area.degrees * 0.15
    middle_x = (cell.x + 0.5) * area.degrees - 180
    middle_y = (cell.y + 0.5) * area.degrees - 90
    east = min(max(cell.longitude - middle_x, -most), most)
    south = min(max(-cell.latitude - middle_y, -most), most)
    return middle_x + east, middle_y + south


def _title(cell: Cell) -> str:
    where = _("%(latitude)s, %(longitude)s") % {"latitude": cell.latitude, "longitude": cell.longitude}
    counted = ngettext("%(count)d workplace", "%(count)d workplaces", cell.count) % {"count": cell.count}
    return f"{counted}: {where}"


def _short(count: int) -> str:
    """“12”, “1.2k”: what fits into a circle."""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k" if count < 10_000 else f"{count // 1000}k"


def _url(cell: Cell, area: Area, query: search.Query) -> str:
    if len(cell.public_id) == LENGTH:
        return in_language(reverse("registry:by_id", args=[cell.public_id]))
    if area.zoom == FINEST:
        return in_language(reverse("registry:search") + query.url(area=str(area.cell(cell.x, cell.y))))
    return in_language(reverse("registry:map") + query.url(area=str(area.around(cell.x, cell.y))))


def _moves(query: search.Query, area: Area) -> list[tuple[str, str]]:
    """(words, address) of the views around this one."""
    half_x, half_y = COLUMNS // 2, ROWS // 2
    wanted = [
        (_("Closer"), area.zoomed(1)),
        (_("Farther"), area.zoomed(-1)),
        (_("North"), area.moved(0, -half_y)),
        (_("South"), area.moved(0, half_y)),
        (_("West"), area.moved(-half_x, 0)),
        (_("East"), area.moved(half_x, 0)),
        (_("Whole world"), WORLD),
    ]
    return [
        (label, in_language(reverse("registry:map") + query.url(area=str(to))))
        for label, to in wanted
        if to != area
    ]

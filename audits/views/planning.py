"""What is planned: the board, the list, the calendar. The same pages serve staff and auditors; the database leaves out the rest."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audits.queries import due as queries
from audits.queries import planning
from audits.tables.inspections import BoardFilter, DueTable, InspectionTable
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.ui.navigation import Link


@requires(Permission.INSPECTION_READ)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Columns by week, or by state with `?by=state`."""
    now = today(timezone.now())
    is_by_state = request.GET.get("by") == "state"
    monday = planning.monday_of(_day(request.GET.get("week", ""), now))
    filters = BoardFilter(request.GET, queryset=planning.inspections(), request=request)
    columns = (
        planning.by_state(filters.qs)
        if is_by_state
        else planning.by_week(filters.qs, monday=monday, today=now)
    )
    step = timedelta(weeks=planning.WEEKS)
    context = {
        "columns": columns,
        "is_by_state": is_by_state,
        "is_empty": not any(column.total for column in columns),
        "earlier_url": _with(request, week=f"{monday - step:%Y-%m-%d}"),
        "later_url": _with(request, week=f"{monday + step:%Y-%m-%d}"),
        "by_week_url": _with(request, by="", week=""),
        "by_state_url": _with(request, by="state", week=""),
        **_filtered(request, filters, kept=("by", "week")),
        "tabs": tabs(request, "board"),
    }
    return render(request, "audits/board.html", context)


@requires(Permission.INSPECTION_READ)
@require_GET
def inspections(request: HttpRequest) -> HttpResponseBase:
    """The list, with saved views and exports."""
    table = InspectionTable(request, planning.inspections())
    return table.response("audits/inspections.html", {"tabs": tabs(request, "inspections")})


@requires(Permission.INSPECTION_READ)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month, day by day; `?month=2026-03`."""
    now = today(timezone.now())
    first = _day(f"{request.GET.get('month', '')}-01", now).replace(day=1)
    filters = BoardFilter(request.GET, queryset=planning.inspections(), request=request)
    before, after = planning.months_around(first)
    context = {
        "first": first,
        "weeks": planning.month_of(filters.qs, first=first, today=now),
        "earlier_url": _with(request, month=f"{before:%Y-%m}"),
        "later_url": _with(request, month=f"{after:%Y-%m}"),
        "now_url": _with(request, month=""),
        **_filtered(request, filters, kept=("month",)),
        "tabs": tabs(request, "calendar"),
    }
    return render(request, "audits/calendar.html", context)


def tabs(request: HttpRequest, current: str) -> list[Link]:
    """The ways to look at what is planned."""
    shown = [(_("Board"), "board"), (_("List"), "inspections"), (_("Calendar"), "calendar")]
    if Permission.WORKPLACE_READ in request.permissions:
        shown.append((_("What is due"), "due"))
    if Permission.INSPECTION_PLAN in request.permissions:
        shown.append((_("Barred people"), "bars"))
    return [
        Link(label, reverse(f"audits:{name}", args=[request.program.slug]), name == current)
        for label, name in shown
    ]


def _day(said: str, otherwise: date) -> date:
    """The day in an address; another one where it cannot be read or is out of reach."""
    with suppress(ValueError):
        day = date.fromisoformat(said)
        if 1970 <= day.year <= 2200:
            return day
    return otherwise


def _with(request: HttpRequest, **changes: str) -> str:
    """The address of this page with some words changed; empty ones are left out."""
    params = request.GET.copy()
    for key, value in changes.items():
        params[key] = value
    kept = [(key, value) for key, values in params.lists() for value in values if value]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _filtered(request: HttpRequest, filters: Any, *, kept: tuple[str, ...]) -> dict[str, Any]:
    """The form of the filters, what it must carry on, and whether anything narrows the page."""
    names = filters.form.fields
    return {
        "filters": filters,
        "search_field": filters.form["q"],
        "filter_fields": [bound for bound in filters.form if bound.name != "q"],
        "kept": [(key, request.GET[key]) for key in kept if request.GET.get(key)],
        "is_filtered": any(request.GET.get(name) for name in names),
        "clear_url": _with(request, **dict.fromkeys(names, "")),
    }


@requires(Permission.INSPECTION_READ, Permission.WORKPLACE_READ)
@require_GET
def due(request: HttpRequest) -> HttpResponseBase:
    """Workplaces never or longest ago inspected: a map, and the list behind it."""
    now = today(timezone.now())
    found = queries.rhythm(on=now)
    rows = queries.workplaces(reader_id=request.user.pk)
    table = DueTable(request, rows.annotate(is_due=queries.is_due(found)))
    context: dict[str, Any] = {"tabs": tabs(request, "due"), "rhythm": found}
    if not request.GET.get("export") and not request.headers.get("HX-Target"):
        places = queries.places(rows, found)
        context |= {
            "map": queries.drawn(places),
            "places": places,
            "totals": queries.totals(rows, found),
        }
    return table.response("audits/due.html", context)

"""The figures of complaints, on a page and as a file."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from complaints.enums import Topic
from complaints.forms.public import PeriodForm
from complaints.models import PublicTable
from complaints.queries import kpis
from complaints.queries.facets import LIMITS
from programs.queries import today
from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.history.operations import record
from wsr.ui.exports import csv_file

YEAR = timedelta(days=364)
BY = (Topic.ISSUE, Topic.SEVERITY)


@requires(Permission.COMPLAINT_READ)
@require_GET
def figures(request: HttpRequest) -> HttpResponseBase:
    """Each figure with what it divides by what and the rows behind it; `?export=csv` as a file."""
    at = timezone.now()
    day = today(at)
    asked = request.GET if "begins_on" in request.GET or "ends_on" in request.GET else None
    usual = {"begins_on": day - YEAR, "ends_on": day}
    form = PeriodForm(asked, initial=usual)
    said = form.cleaned_data if form.is_bound and form.is_valid() else usual
    period = kpis.Period(said["begins_on"], said["ends_on"])
    found = kpis.figures(period, at=at)
    if request.GET.get("export"):
        return _file(request, period, found + kpis.found(at=at))
    context = {
        "form": form,
        "period": period,
        "figures": [(one, _rows(request, one.part_rows), _rows(request, one.whole_rows)) for one in found],
        "found": kpis.found(at=at),
        "tables": [(topic.label, kpis.lines(period, topic, at=at)) for topic in BY],
        "limits": LIMITS,
        "may_export": Permission.EXPORT in request.permissions,
        "export_url": f"{request.path}?{urlencode({**said, 'export': 'csv'})}",
        "published": PublicTable.objects.filter(topic=Topic.RECEIVED).order_by("-ends_on").first(),
    }
    return render(request, "complaints/figures.html", context, status=422 if form.errors else 200)


def _rows(request: HttpRequest, asked: dict[str, str]) -> str:
    """The list of complaints with these filters."""
    page = reverse("complaints:complaints", args=[request.program.slug])
    return f"{page}?{urlencode(asked)}" if asked else ""


def _file(request: HttpRequest, period: kpis.Period, found: list[kpis.Figure]) -> HttpResponse | FileResponse:
    if Permission.EXPORT not in request.permissions:
        raise PermissionDenied
    at = timezone.now()
    span = {"begins_on": period.begins_on.isoformat(), "ends_on": period.ends_on.isoformat()}
    record(
        "list.exported", request.program, by=request.user, at=at, after={"list": "complaint-figures", **span}
    )
    header = [_("Figure"), _("Value"), _("Unit"), _("Count"), _("What is counted"), _("Of"), _("Of what")]
    header += [_("Received from"), _("Received until")]
    return FileResponse(
        csv_file([str(words) for words in header], (_line(one, period) for one in found)),
        as_attachment=True,
        filename=f"complaint-figures-{_day(period.begins_on)}-{_day(period.ends_on)}.csv",
        content_type="text/csv; charset=utf-8",
    )


def _line(one: kpis.Figure, period: kpis.Period) -> list[Any]:
    period = one.period or period
    return [
        *(one.label, one.value, one.unit, one.part, one.part_is, one.whole, one.whole_is),
        *(period.begins_on, period.ends_on),
    ]


def _day(day: date) -> str:
    return day.isoformat()

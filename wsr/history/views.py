"""The record of the program, for its directors."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from wsr.accounts.doors import requires
from wsr.accounts.grants import Permission
from wsr.history import queries
from wsr.history.forms import HistoryFilter


@requires(Permission.HISTORY_READ)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """Every act, newest first, narrowed by kind, subject and days."""
    form = HistoryFilter(request.GET)
    page = None
    older_url = ""
    if form.is_valid():
        wanted = {name: value for name, value in form.cleaned_data.items() if value}
        page = queries.page_of(
            zone=ZoneInfo(request.program.time_zone), permissions=request.permissions, **wanted
        )
        older_url = request.path + request_query(request, before=str(page.before)) if page.before else ""
    context = {"form": form, "page": page, "older_url": older_url}
    return render(request, "history/list.html", context, status=200 if page else 422)


def request_query(request: HttpRequest, **changes: str) -> str:
    """The query string of this request with some values replaced, beginning with “?”."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"

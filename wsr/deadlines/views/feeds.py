"""A person's calendar address."""

from contextlib import suppress
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import public_page, signed_in
from wsr.accounts.queries import programs_of
from wsr.deadlines import feeds
from wsr.deadlines import month as months


@public_page
@require_GET
def ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind an address; the token is all it asks for."""
    content = feeds.calendar_for(token, at=timezone.now())
    if content is None:
        raise Http404("No such calendar.")
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    patch_cache_control(response, private=True, max_age=300)
    return response


@signed_in
@require_http_methods(["GET", "POST"])
def feed(request: HttpRequest) -> HttpResponse:
    """Make an address, which is shown once, or see that there is one."""
    address = ""
    if request.method == "POST":
        token = feeds.make_feed(person=request.user, at=timezone.now())
        address = settings.BASE_URL + reverse("deadlines:ics", args=[token])
    return render(request, "deadlines/feed.html", {"address": address, "feed": feeds.feed_of(request.user)})


@signed_in
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """Due dates and days of a month over all her programs; `?month=2026-03`, `?program=` for one."""
    now = timezone.now()
    request.standings = programs_of(request.user)
    first, program = _first(request.GET.get("month", ""), now.date()), request.GET.get("program", "")
    before, after = months.months_around(first)
    kept = {"program": program} if program else {}
    weeks = months.month_of(request.user, request.standings, first=first, at=now, program=program)
    context = {
        "first": first,
        "weeks": weeks,
        "is_empty": not any(day.lines for week in weeks for day in week if not day.is_outside),
        "earlier_url": "?" + urlencode({"month": f"{before:%Y-%m}", **kept}),
        "later_url": "?" + urlencode({"month": f"{after:%Y-%m}", **kept}),
        "now_url": "?" + urlencode(kept),
        "programs": list({one.program.slug: one.program for one in request.standings}.values()),
        "chosen": program,
    }
    return render(request, "deadlines/month.html", context)


def _first(said: str, today: date) -> date:
    """The first day of the month in an address; of this month where it cannot be read or is out of reach."""
    with suppress(ValueError):
        day = date.fromisoformat(f"{said}-01")
        if 1970 <= day.year <= 2200:
            return day
    return today.replace(day=1)


@signed_in
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The address shows nothing from now on."""
    feeds.revoke_feed(person=request.user, at=timezone.now())
    return redirect("deadlines:feed")

"""A person's calendar address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wsr.accounts.doors import public_page, signed_in
from wsr.deadlines import feeds


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
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """The address shows nothing from now on."""
    feeds.revoke_feed(person=request.user, at=timezone.now())
    return redirect("deadlines:feed")

"""What all pages for workers have in common: no script, nothing kept, nothing told to anybody, one press away from leaving."""

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.utils.translation import get_language_info
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wsr.accounts.doors import View, public_page
from wsr.ui.navigation import Link
from wsr.vault.throttle import network_of

NEUTRAL = (
    "https://www.wikipedia.org/"  # where “leave” goes: known everywhere, in every language, about nothing
)
_POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": ["data:"],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


def worker_page(view: View) -> View:
    """A page for workers. No cookie of Django's: posts of other sites are told by what browsers say of them, and cookies are SameSite.

    Sensitive: Django's error reports leave out what was posted.
    """

    @public_page
    @csrf_exempt
    @csp_override(_POLICY)
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.sensitive_post_parameters = "__ALL__"
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in (
            "same-origin",
            "none",
        ):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return page


def network(request: HttpRequest) -> str:
    """The network that she is counted with."""
    return network_of(get_ip(request))


def chosen_language(request: HttpRequest, kept: str = "") -> str:
    """The language of the page: the one asked for, the one kept, or the browser's; always one that there is."""
    there = dict(settings.LANGUAGES)
    asked = request.POST.get("lang") or request.GET.get("lang") or kept
    return asked if asked in there else translation.get_language() or settings.LANGUAGE_CODE


def show(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    carried: dict[str, str] | None = None,
) -> HttpResponse:
    """A page of `templates/complaints/worker/`. `carried`: what its links and forms take along, no cookie being there yet."""
    carried = {key: value for key, value in (carried or {}).items() if value}
    current = translation.get_language()
    links = [
        Link(
            str(get_language_info(code)["name_local"]).capitalize(),
            _with(request, carried, code),
            code == current,
            code,
        )
        for code, _name in settings.LANGUAGES
    ]
    more = {"neutral": NEUTRAL, "languages": links, "carried": carried, "query": urlencode(carried)}
    return render(request, f"complaints/worker/{name}.html", {**more, **context}, status=status)


def _with(request: HttpRequest, carried: dict[str, str], language: str) -> str:
    query = {key: request.GET[key] for key in ("q",) if key in request.GET}
    return "?" + urlencode({**query, **carried, "lang": language})


def keep_cookie(response: HttpResponse, name: str, value: str, *, path: str, seconds: int) -> None:
    """A cookie that no script reads and no other site sends."""
    response.set_cookie(
        name, value, max_age=seconds, path=path, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


def left(request: HttpRequest, name: str, *, path: str) -> HttpResponse:
    """She is gone: the cookie ends, if it has a name, the browser is told to forget this site, and goes somewhere harmless."""
    response = render(request, "complaints/worker/left.html", {"neutral": NEUTRAL})
    if name:
        response.delete_cookie(name, path=path, samesite="Lax")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"' if name else '"cache"'
    response["Refresh"] = f"0; url={NEUTRAL}"
    return response

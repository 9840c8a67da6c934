"""What all pages for workers have in common: no script, nothing kept, nothing told to anybody, one press away from leaving."""

from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wsr import languages
from wsr.accounts.doors import View, public_page
from wsr.files.uploads import take_in_memory
from wsr.vault.throttle import network_of

NEUTRAL = (
    "https://www.wikipedia.org/"  # where “leave” goes: known everywhere, in every language, about nothing
)
_POLICY = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": ["data:"],
    "media-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


def worker_page(view: View) -> View:
    """A page for workers. No cookie of Django's: posts of other sites are told by what browsers say of them, and cookies are SameSite.

    Sensitive: Django's error reports leave out what was posted. Whatever goes wrong is said in her language, under the neutral title.
    """

    @public_page
    @csrf_exempt
    @csp_override(_POLICY)
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.sensitive_post_parameters = "__ALL__"
        take_in_memory(request)
        request.error_page = partial(_problem, request)
        response = _answered(view, request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return page


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    sender = request.headers.get("Sec-Fetch-Site", "none")
    if request.method == "POST" and sender not in ("same-origin", "none"):
        return _problem(request, 403)
    try:
        request.POST  # noqa: B018 -- reads all that a slow line brings before anything is locked
        return view(request, *args, **kwargs)
    except UnreadablePostError:
        return _problem(request, 400)
    except Http404:
        return _problem(request, 404)
    except SuspiciousOperation:
        return _problem(request, 400)


def _problem(request: HttpRequest, status: int) -> HttpResponse:
    """What went wrong, and what to do. Asks nothing of the database or of what she posted."""
    with translation.override(languages.asked(request) or languages.accepted(request)):
        title, words = {
            400: (_("This was too much at once"), _("Go back, make it shorter, and send it again.")),
            403: (_("This did not come from our page"), _("Open the page again and press once more.")),
            404: (_("There is nothing here"), _("Look at the address again. Maybe one letter is wrong.")),
        }.get(
            status,
            (
                _("Something went wrong on our side"),
                _("It is not your fault. Wait a minute, go back and press again."),
            ),
        )
        context = _surroundings(request) | {"title": title, "words": words}
        page = render_to_string("complaints/worker/problem.html", context)  # without the database
        return HttpResponse(page, status=status, headers={"Content-Language": translation.get_language()})


def network(request: HttpRequest) -> str:
    """The network that she is counted with."""
    return network_of(get_ip(request))


def asked_language(request: HttpRequest) -> str:
    """The language that she pressed; empty where she pressed none that there is."""
    return languages.pressed(request)


def chosen_language(request: HttpRequest, kept: str = "") -> str:
    """The language of the page: the one asked for, the one kept, or a guess from what her browser says; always one that there is.

    Borrowed phones are often in another language than their user, so the choice stands first on the first page.
    """
    return asked_language(request) or languages.nearest(kept) or languages.accepted(request)


def show(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    carried: dict[str, str] | None = None,
) -> HttpResponse:
    """A page of `templates/complaints/worker/`. `carried`: what its links and forms take along, no cookie being there yet."""
    response = render(
        request, f"complaints/worker/{name}.html", _surroundings(request, carried) | context, status=status
    )
    response["Content-Language"] = translation.get_language()
    return response


def _surroundings(request: HttpRequest, carried: dict[str, str] | None = None) -> dict[str, Any]:
    carried = {key: value for key, value in (carried or {}).items() if value}
    current = translation.get_language()
    links = [
        {"language": one, "url": _with(request, carried, one.code), "is_current": one.code == current}
        for one in languages.LANGUAGES
    ]
    return {
        "neutral": NEUTRAL,
        "exit": getattr(request, "exit", NEUTRAL),
        "languages": links,
        "carried": carried,
        "query": urlencode(carried),
    }


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
    response = left_quickly(request, name, path=path)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"' if name else '"cache"'
    return response


def left_quickly(request: HttpRequest, name: str, *, path: str) -> HttpResponse:
    """The same at once: forgetting a site takes some browsers seconds, an empty page and the end of one cookie take none."""
    response = render(request, "complaints/worker/left.html", {"neutral": NEUTRAL})
    response["Content-Language"] = translation.get_language()
    if name:
        response.delete_cookie(name, path=path, samesite="Lax")
    response["Refresh"] = f"0; url={NEUTRAL}"
    return response

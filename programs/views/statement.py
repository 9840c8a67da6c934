"""The statement of principles in public, and how each program of this installation meets each of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from programs import showing, statement
from programs.statement import Statement
from wsr.registry.views import registry_page


def _version(request: HttpRequest) -> Statement:
    """The version that `?version=` asks for; today's without it."""
    asked = request.GET.get("version", "")
    if not asked:
        return statement.current()
    found = statement.version(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else None
    if found is None:
        raise Http404("No such version.")
    return found


def _said(request: HttpRequest, shown: Statement) -> dict[str, Any]:
    """The language of the principles: the one pressed, or that of the page."""
    language = shown.language(request.GET.get("text") or translation.get_language())
    return {
        "statement": shown,
        "versions": statement.versions(),
        "language": language,
        "is_current": shown == statement.current(),
        "lang": translation.get_language(),
    }


@registry_page
def principles(request: HttpRequest) -> HttpResponse:
    """The whole statement, in each of its languages and versions."""
    shown = _version(request)
    context = _said(request, shown)
    code = context["language"].code
    context["principles"] = [{"principle": one, "words": one.said_in(code)} for one in shown.principles]
    return HttpResponse(render_to_string("programs/network/principles.html", context))


@registry_page
def principle(request: HttpRequest, number: int) -> HttpResponse:
    """One principle of today's version, and what each program has published of how it meets it."""
    shown = statement.current()
    found = shown.principle(number)
    if found is None:
        raise Http404("No such principle.")
    context = _said(request, shown)
    context |= {
        "principle": found,
        "words": found.said_in(context["language"].code),
        "practices": showing.practices(found),
        "previous": shown.principle(number - 1),
        "next": shown.principle(number + 1),
    }
    return HttpResponse(render_to_string("programs/network/principle.html", context))

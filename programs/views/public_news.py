"""News in public, of all programs or of one, and as a feed. Read from published records, with the public's login."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from programs.queries import news as queries
from wsr.registry.models import Publication
from wsr.registry.pages import FEED_ENTRIES, absolute, atom
from wsr.registry.views import registry_page
from wsr.tenancy.models import Program
from wsr.ui.keyset import Keyset

SIZE = 20


@registry_page
def every(request: HttpRequest) -> HttpResponse:
    """News of every program."""
    return _list(request, None)


@registry_page
def of_program(request: HttpRequest, slug: str) -> HttpResponse:
    """News of one program."""
    return _list(request, _program(slug))


@registry_page
def one(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """One item, whole."""
    program = _program(slug)
    found = queries.items(queries.shown(program).filter(public_id=public_id))
    if not found:
        raise Http404("No such item.")
    context = {"item": found[0], "program": program, "lang": translation.get_language()}
    return HttpResponse(render_to_string("programs/network/news_item.html", context))


@registry_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest items of one program for a feed reader; a withdrawn one says so."""
    program = _program(slug)
    newest = queries.shown(program).order_by("-published_at", "-pk")[:FEED_ENTRIES]
    entries = [
        (
            absolute(reverse("programs:public_news_item", args=[slug, item.public_id])),
            item.title,
            item.published_at,
            _("Withdrawn: %(reason)s") % {"reason": item.reason} if item.withdrawn_on else item.text,
        )
        for item in queries.items(newest)
    ]
    title = _("News of %(program)s") % {"program": program.name}
    page = absolute(reverse("programs:program_news", args=[slug]))
    return HttpResponse(atom(page, title, entries), content_type="application/atom+xml")


def _program(slug: str) -> Program:
    """A program that has published; any other is not there for the public."""
    found = Program.objects.filter(slug=slug, pk__in=Publication.objects.values("program_id")).first()
    if found is None:
        raise Http404("No such program.")
    return found


def _list(request: HttpRequest, program: Program | None) -> HttpResponse:
    page = Keyset("-dated").page(
        queries.shown(program),
        size=SIZE,
        after=request.GET.get("after", "")[:500],
        before=request.GET.get("before", "")[:500],
    )
    language = translation.get_language()
    context = {
        "program": program,
        "items": queries.items(page.rows),
        "page": page,
        "programs": Program.objects.filter(pk__in=Publication.objects.values("program_id")).order_by(
            "name", "pk"
        ),
        "query": f"lang={language}&" if language != "en" else "",
        "lang": language,
    }
    return HttpResponse(render_to_string("programs/network/news.html", context))

"""How search engines find the pages of the record: robots.txt and site maps."""

from xml.sax.saxutils import escape

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from wsr.registry import pages
from wsr.registry.models import Listing
from wsr.registry.views import program_of, registry_page

URLS = 20_000  # of one file; the format allows 50,000
_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@registry_page
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: the public pages. Filters and moved maps would lead them on for ever."""
    lines = ["User-agent: *", "Disallow: /p/", "Disallow: /accounts/", "Disallow: /admin/", "Disallow: /registry/map/?", "Disallow: /registry/?"]  # fmt: skip
    lines.append(f"Sitemap: {pages.absolute(reverse('registry:sitemaps'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@registry_page
def sitemaps(request: HttpRequest) -> HttpResponse:
    """The site maps of all programs that have published."""
    shown = Listing.objects.filter(is_shown=True).order_by("program__slug")
    parts = []
    for slug, records in shown.values_list("program__slug").annotate(Count("pk")):
        for number in range(1, (records + URLS - 1) // URLS + 1):
            url = pages.absolute(reverse("registry:sitemap", args=[slug, number]))
            parts.append(f"<sitemap><loc>{escape(url)}</loc></sitemap>")
    return _xml(f"<sitemapindex {_XMLNS}>{''.join(parts)}</sitemapindex>")


@registry_page
def sitemap(request: HttpRequest, program_slug: str, number: int) -> HttpResponse:
    """One part of the pages of a program: its records, with the day of their newest version."""
    owner = program_of(program_slug)
    rows = Listing.objects.filter(program=owner, is_shown=True).order_by("public_id")
    found = list(
        rows.values_list("public_id", "published_at")[(number - 1) * URLS : number * URLS] if number else []
    )
    if not found:
        raise Http404("No such site map.")
    parts = [] if number > 1 else [_url(reverse("registry:program", args=[owner.slug]))]
    for public_id, published_at in found:
        parts.append(
            _url(reverse("registry:record", args=[owner.slug, public_id]), f"{published_at:%Y-%m-%d}")
        )
    return _xml(f"<urlset {_XMLNS}>{''.join(parts)}</urlset>")


def _url(path: str, day: str = "") -> str:
    return f"<url><loc>{escape(pages.absolute(path))}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"


def _xml(text: str) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n', content_type="application/xml")

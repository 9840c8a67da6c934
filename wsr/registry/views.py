"""The public pages. They read registry tables as the public, set no cookie, and know nobody.

Published files are served as they lie on the disk where no web server in front does it; search, other languages and "as it
was on" are rendered here from the same rows.
"""

import gzip
import mimetypes
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial, wraps
from typing import Any

from django.db.models import Max
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wsr import languages
from wsr.accounts.doors import public_page
from wsr.registry import disclosure, documents, pages, search
from wsr.registry.ids import BadPublicId, read_public_id, shard
from wsr.registry.models import Listing, Publication
from wsr.registry.publishing import LANGUAGE, program_folder
from wsr.tenancy import public_scope
from wsr.tenancy.models import Program
from wsr.ui.navigation import in_language

SAFE_PATH = re.compile(r"[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*")
TYPES = {
    ".geojson": "application/geo+json",
    ".atom": "application/atom+xml",
    ".sqlite": "application/vnd.sqlite3",
    ".py": "text/plain",
    ".jsonl": "application/json",
    ".json": "application/json",
    ".csv": "text/csv",
    ".zip": "application/zip",
}
HTML = "text/html; charset=utf-8"


def registry_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A public page in the language of `?lang=`, inside the public's scope; anyone may keep it for a minute."""

    @public_page
    @require_safe
    @wraps(view)
    def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with languages.speaking(request) as language, public_scope():
            response = view(request, *args, **kwargs)
            response["Content-Language"] = language
        response["Access-Control-Allow-Origin"] = "*"
        patch_cache_control(response, public=True, max_age=60)
        return response

    return through


# ── Search ───────────────────────────────────────────────────────────────────────────────────────


@registry_page
def find(request: HttpRequest) -> HttpResponse:
    """Search over everything published, with facets in the address."""
    query = search.Query.read(request.GET)
    if public_id := search.exact_id(query.text):
        listing = Listing.objects.select_related("program").filter(public_id=public_id).first()
        if listing:
            return redirect_to("registry:record", listing.program.slug, public_id)
    found = search.search(query)
    context = {
        "query": query, "found": found, "facets": facets_in_words(found), "rows": [pages.listing_context(row) for row in found.rows],
        "programs": published_programs(), "lang": translation.get_language(),
        "map_url": in_language(reverse("registry:map") + query.url()),
    }  # fmt: skip
    return HttpResponse(render_to_string("registry/search.html", context))


def facets_in_words(found: search.Found) -> list[dict[str, Any]]:
    """The values that one may choose, in the reader's language."""
    labels = {
        "kind": _("Kind"),
        "country": _("Country"),
        "region": _("Region"),
        "standing": _("Standing"),
        "product": _("Product"),
    }
    shown = {name: partial(disclosure.in_words, name) for name in labels}
    shown |= {"country": pages.country_name, "kind": _kind}
    return [
        {
            "name": name,
            "label": label,
            "choices": [
                {
                    "value": c.value,
                    "label": shown[name](c.value),
                    "count": c.count,
                    "is_chosen": c.is_chosen,
                }
                for c in found.facets["products" if name == "product" else name]
            ],
        }
        for name, label in labels.items()
    ]


def _kind(key: str) -> str:
    kinds = disclosure.kinds()
    return str(kinds[key].label_plural) if key in kinds else key


@registry_page
def by_id(request: HttpRequest, public_id: str) -> HttpResponse:
    """The permanent short address of a record."""
    try:
        wanted = read_public_id(public_id)
    except BadPublicId as wrong:
        raise Http404("No such record.") from wrong
    listing = Listing.objects.select_related("program").filter(public_id=wanted).first()
    if listing is None:
        raise Http404("No such record.")
    return redirect_to("registry:record", listing.program.slug, listing.public_id)


@registry_page
def verify(request: HttpRequest) -> HttpResponse:
    """How to check the record, and where each program's key is."""
    context = {"programs": published_programs(), "lang": translation.get_language()}
    return HttpResponse(render_to_string("registry/verify.html", context))


# ── Pages that are files ─────────────────────────────────────────────────────────────────────────


@registry_page
def program(request: HttpRequest, program_slug: str) -> HttpResponse:
    """A program's page."""
    return _page(
        request,
        program_slug,
        "index.html.gz",
        lambda owner: pages.program_page(owner, publications_of(owner)),
    )


@registry_page
def verify_program(request: HttpRequest, program_slug: str) -> HttpResponse:
    """How to check one program's registry."""
    return _page(
        request,
        program_slug,
        "verify/index.html.gz",
        lambda owner: pages.verify_page(owner, publications_of(owner)[0]),
    )


@registry_page
def dictionary(request: HttpRequest, program_slug: str) -> HttpResponse:
    """What the columns mean."""
    return _page(request, program_slug, "dictionary/index.html.gz", pages.dictionary_page)


@registry_page
def publication(request: HttpRequest, program_slug: str, number: int) -> HttpResponse:
    """What one publication changed."""

    def render(owner: Program) -> bytes:
        return pages.publication_page(owner, Publication.objects.get(program=owner, number=number))

    return _page(request, program_slug, f"publications/{number}/index.html.gz", render)


@registry_page
def record(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """One record; JSON where that is asked for."""
    if "application/json" in request.headers.get("Accept", ""):
        response = _file(program_slug, f"r/{shard(public_id)}/{public_id}.json")
    else:
        path = f"r/{shard(public_id)}/{public_id}.html.gz"
        response = _page(
            request, program_slug, path, lambda owner: pages.record_page(document_of(owner, public_id), owner)
        )
    patch_vary_headers(response, ["Accept"])
    return response


@registry_page
def record_json(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponseBase:
    """One record with its versions and proofs."""
    return _file(program_slug, f"r/{shard(public_id)}/{public_id}.json")


@registry_page
def record_feed(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """The versions of one record, for a feed reader."""
    owner = program_of(program_slug)
    return HttpResponse(
        pages.record_feed(document_of(owner, public_id), owner), content_type="application/atom+xml"
    )


@registry_page
def as_of(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """One record as it was on a day: what was true then, and what was known then."""
    owner = program_of(program_slug)
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return redirect_to("registry:record", program_slug, public_id)
    return HttpResponse(pages.record_page(document_of(owner, public_id), owner, known_on(owner, day)))


@registry_page
def file(request: HttpRequest, program_slug: str, path: str) -> HttpResponseBase:
    """Any published file, byte for byte."""
    return _file(program_slug, path)


@registry_page
def bundle(request: HttpRequest, program_slug: str) -> HttpResponseBase:
    """Everything that is needed to use and check the registry, in one file."""
    path = program_folder(program_of(program_slug)) / "current" / "registry.zip"
    if not path.is_file():
        raise Http404("Nothing is published.")
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"{program_slug}.zip", content_type="application/zip"
    )


def _page(request: HttpRequest, slug: str, path: str, render: Callable[[Program], bytes]) -> HttpResponse:
    """A published page: the file itself, or the same rows in another language."""
    owner = program_of(slug)
    stored = program_folder(owner) / "current" / "public" / path
    if not stored.is_file():
        raise Http404("Not published.")
    if translation.get_language() != LANGUAGE:
        return HttpResponse(render(owner))
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(stored.read_bytes(), content_type=HTML, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(stored.read_bytes()), content_type=HTML)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _file(slug: str, path: str) -> HttpResponseBase:
    stored = program_folder(program_of(slug)) / "current" / "public" / path
    if not SAFE_PATH.fullmatch(path) or not stored.is_file():
        raise Http404("Not published.")
    kind = TYPES.get(stored.suffix) or mimetypes.guess_type(path)[0] or "text/plain"
    text = kind.startswith("text/") or kind in {"application/json", "application/geo+json"}
    return FileResponse(stored.open("rb"), content_type=f"{kind}; charset=utf-8" if text else kind)


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────


def program_of(slug: str) -> Program:
    """The program of an address. Raises Http404."""
    found = Program.objects.filter(slug=slug).first()
    if found is None:
        raise Http404("No such program.")
    return found


def known_on(owner: Program, day: date) -> pages.AsOf:
    """A day, and what was published by its end (UTC)."""
    by_then = Publication.objects.filter(
        program=owner, published_at__lte=datetime.combine(day, time.max, UTC)
    )
    return pages.AsOf(day, by_then.aggregate(newest=Max("number"))["newest"] or 0)


def publications_of(owner: Program) -> list[Publication]:
    """Every publication, newest first. Raises Http404 where there is none."""
    found = list(Publication.objects.filter(program=owner))
    if not found:
        raise Http404("Nothing is published.")
    return found


def document_of(owner: Program, public_id: str) -> dict[str, Any]:
    """A record with all its versions. Raises Http404."""
    document = documents.documents([public_id], owner.slug).get(public_id)
    if document is None or not Listing.objects.filter(program=owner, public_id=public_id).exists():
        raise Http404("No such record.")
    return document


def published_programs() -> list[Program]:
    """Programs that have published, by name."""
    return list(
        Program.objects.filter(pk__in=Publication.objects.filter(number=1).values("program_id")).order_by(
            "name"
        )
    )


def redirect_to(name: str, *args: str) -> HttpResponse:
    """To another public page, in the language of this one."""
    response = HttpResponseRedirect(in_language(reverse(name, args=args)))
    response["Cache-Control"] = "public, max-age=60"
    return response

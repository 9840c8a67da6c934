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

from django.conf import settings
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

from wsr.accounts.doors import public_page
from wsr.registry import disclosure, documents, pages, search
from wsr.registry.ids import shard
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
        asked = request.GET.get("lang", "")
        with translation.override(asked if asked in dict(settings.LANGUAGES) else LANGUAGE), public_scope():
            response = view(request, *args, **kwargs)
            response["Content-Language"] = translation.get_language()
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
            return _to("registry:record", listing.program.slug, public_id)
    found = search.search(query)
    labels = {
        "kind": _("Kind"),
        "country": _("Country"),
        "region": _("Region"),
        "standing": _("Standing"),
        "product": _("Product"),
    }
    shown = {name: partial(disclosure.in_words, name) for name in labels}
    shown |= {"country": pages.country_name, "kind": _kind}
    facets = [
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
    context = {
        "query": query, "found": found, "facets": facets, "rows": [pages.listing_context(row) for row in found.rows],
        "programs": _published_programs(), "lang": translation.get_language(),
    }  # fmt: skip
    return HttpResponse(render_to_string("registry/search.html", context))


def _kind(key: str) -> str:
    kinds = disclosure.kinds()
    return str(kinds[key].label_plural) if key in kinds else key


@registry_page
def by_id(request: HttpRequest, public_id: str) -> HttpResponse:
    """The permanent short address of a record."""
    listing = Listing.objects.select_related("program").filter(public_id=search.exact_id(public_id)).first()
    if listing is None:
        raise Http404("No such record.")
    return _to("registry:record", listing.program.slug, listing.public_id)


@registry_page
def verify(request: HttpRequest) -> HttpResponse:
    """How to check the record, and where each program's key is."""
    context = {"programs": _published_programs(), "lang": translation.get_language()}
    return HttpResponse(render_to_string("registry/verify.html", context))


# ── Pages that are files ─────────────────────────────────────────────────────────────────────────


@registry_page
def program(request: HttpRequest, program_slug: str) -> HttpResponse:
    """A program's page."""
    return _page(
        request, program_slug, "index.html.gz", lambda owner: pages.program_page(owner, _publications(owner))
    )


@registry_page
def verify_program(request: HttpRequest, program_slug: str) -> HttpResponse:
    """How to check one program's registry."""
    return _page(
        request,
        program_slug,
        "verify/index.html.gz",
        lambda owner: pages.verify_page(owner, _publications(owner)[0]),
    )


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
            request, program_slug, path, lambda owner: pages.record_page(_document(owner, public_id), owner)
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
    owner = _program(program_slug)
    return HttpResponse(
        pages.record_feed(_document(owner, public_id), owner), content_type="application/atom+xml"
    )


@registry_page
def as_of(request: HttpRequest, program_slug: str, public_id: str) -> HttpResponse:
    """One record as it was on a day: what was true then, and what was known then."""
    owner = _program(program_slug)
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return _to("registry:record", program_slug, public_id)
    return HttpResponse(pages.record_page(_document(owner, public_id), owner, _as_of(owner, day)))


@registry_page
def file(request: HttpRequest, program_slug: str, path: str) -> HttpResponseBase:
    """Any published file, byte for byte."""
    return _file(program_slug, path)


@registry_page
def bundle(request: HttpRequest, program_slug: str) -> HttpResponseBase:
    """Everything that is needed to use and check the registry, in one file."""
    path = program_folder(_program(program_slug)) / "current" / "registry.zip"
    if not path.is_file():
        raise Http404("Nothing is published.")
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"{program_slug}.zip", content_type="application/zip"
    )


def _page(request: HttpRequest, slug: str, path: str, render: Callable[[Program], bytes]) -> HttpResponse:
    """A published page: the file itself, or the same rows in another language."""
    owner = _program(slug)
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
    stored = program_folder(_program(slug)) / "current" / "public" / path
    if not SAFE_PATH.fullmatch(path) or not stored.is_file():
        raise Http404("Not published.")
    kind = TYPES.get(stored.suffix) or mimetypes.guess_type(path)[0] or "text/plain"
    text = kind.startswith("text/") or kind in {"application/json", "application/geo+json"}
    return FileResponse(stored.open("rb"), content_type=f"{kind}; charset=utf-8" if text else kind)


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────


def _program(slug: str) -> Program:
    found = Program.objects.filter(slug=slug).first()
    if found is None:
        raise Http404("No such program.")
    return found


def _as_of(owner: Program, day: date) -> pages.AsOf:
    by_then = Publication.objects.filter(
        program=owner, published_at__lte=datetime.combine(day, time.max, UTC)
    )
    return pages.AsOf(day, by_then.aggregate(newest=Max("number"))["newest"] or 0)


def _publications(owner: Program) -> list[Publication]:
    found = list(Publication.objects.filter(program=owner))
    if not found:
        raise Http404("Nothing is published.")
    return found


def _document(owner: Program, public_id: str) -> dict[str, Any]:
    document = documents.documents([public_id], owner.slug).get(public_id)
    if document is None or not Listing.objects.filter(program=owner, public_id=public_id).exists():
        raise Http404("No such record.")
    return document


def _published_programs() -> list[Program]:
    return list(
        Program.objects.filter(pk__in=Publication.objects.filter(number=1).values("program_id")).order_by(
            "name"
        )
    )


def _to(name: str, *args: str) -> HttpResponse:
    response = HttpResponseRedirect(in_language(reverse(name, args=args)))
    response["Cache-Control"] = "public, max-age=60"
    return response

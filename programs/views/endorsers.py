"""Who endorses the principles: the public list, as a file, and badges. Read as the public, with a cookie for nobody."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import translation

from programs.enums import EndorserKind
from programs.models import Endorser
from programs.queries import endorsers
from wsr.registry.pages import absolute
from wsr.registry.views import registry_page
from wsr.ui.exports import csv_file
from wsr.ui.keyset import Keyset

SIZE = 50
_COLUMNS = (
    "name", "kind", "signed_by", "organization", "country", "website", "domain",
    "comment", "endorsed_on", "statement_version",
)  # fmt: skip


def _asked(request: HttpRequest) -> dict[str, str]:
    """The filters in the address; over-long and unreadable ones cut."""
    names = {"text": "q", "country": "country", "kind": "kind"}
    return {
        name: request.GET.get(key, "").strip().replace("\x00", "")[:100]
        for name, key in names.items()
    }  # fmt: skip


@registry_page
def listed(request: HttpRequest) -> HttpResponse:
    """Who endorses and agreed to be named, with a search; keyset pages."""
    asked = _asked(request)
    page = Keyset("name_key").page(
        endorsers.found(**asked),
        size=SIZE,
        after=request.GET.get("after", "")[:500],
        before=request.GET.get("before", "")[:500],
    )
    query = urlencode({name: value for name, value in _query(asked).items() if value})
    context = {
        "asked": asked,
        "query": query,
        "page": page,
        "totals": endorsers.totals(),
        "countries": endorsers.countries_named(),
        "kinds": EndorserKind.choices,
        "badge_url": absolute("/endorse/badge.svg"),
        "endorse_page": absolute("/endorse/"),
        "lang": translation.get_language(),
    }
    return HttpResponse(render_to_string("programs/network/endorsers.html", context))


def _query(asked: dict[str, str]) -> dict[str, str | None]:
    language = translation.get_language()
    return {
        "q": asked["text"],
        "country": asked["country"],
        "kind": asked["kind"],
        "lang": language if language != "en" else "",
    }


@registry_page
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The list as a file: everybody who is named and fits the filters."""
    rows = Keyset("name_key").ordered(endorsers.found(**_asked(request))).values_list(*_COLUMNS)
    return FileResponse(
        csv_file(list(_COLUMNS), (list(row) for row in rows.iterator(chunk_size=2000))),
        as_attachment=True,
        filename="endorsers.csv",
        content_type="text/csv; charset=utf-8",
    )


@registry_page
def badge(request: HttpRequest) -> HttpResponse:
    """How many endorse, as an image for any page: no script, no font of others."""
    return _svg("programs/network/badge.svg", {"total": endorsers.totals().all})


@registry_page
def own_badge(request: HttpRequest, endorser_id: UUID) -> HttpResponse:
    """The badge of one endorser who is named; gone once the endorsement is withdrawn."""
    endorser = get_object_or_404(Endorser.objects.named(), pk=endorser_id)
    return _svg("programs/network/badge.svg", {"endorser": endorser})


def _svg(template: str, context: dict[str, object]) -> HttpResponse:
    response = HttpResponse(render_to_string(template, context), content_type="image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

"""Reconciliation Service API 0.2 (W3C Entity Reconciliation Community Group): OpenRefine and others match their tables with the record.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
Queries are answered and forgotten; what is matched stays with the person who asks.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from rapidfuzz import fuzz

from wsr.accounts.doors import public_page
from wsr.imports.names import name_key
from wsr.imports.reading.countries import country_code
from wsr.registry import disclosure, documents, linked, pages, search
from wsr.registry.cards import IN_FRAMES, card_context
from wsr.registry.ids import printed
from wsr.registry.models import Listing
from wsr.registry.names import fold
from wsr.registry.verify import cell
from wsr.registry.views import registry_page
from wsr.tenancy import public_scope

QUERIES = 50  # of one request
COMPARED, MOST = 200, 25
SURE = 95  # percent from which a single candidate is a match


@csrf_exempt  # it changes nothing and knows nobody, so it needs no cookie
@public_page
@sensitive_post_parameters()
@require_http_methods(["GET", "POST", "OPTIONS"])
def service(request: HttpRequest) -> HttpResponse:
    """The manifest; or the answers to a batch of queries; or values of columns for matched records."""
    with translation.override("en"), public_scope():
        response = _answer(request.POST if request.method == "POST" else request.GET)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response


def _answer(asked: Any) -> JsonResponse:
    for name, answer in (("queries", _queries), ("extend", _extend)):
        if name in asked:
            try:
                said = json.loads(asked[name].replace("\\u0000", ""))  # no text of the record has it
                return JsonResponse(answer(said))
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
                problem = {"status": 400, "title": f"“{name}” is not as the Reconciliation API 0.2 describes it.", "detail": type(error).__name__}  # fmt: skip
                return JsonResponse(problem, status=400, content_type="application/problem+json")
    return JsonResponse(manifest())


def manifest() -> dict[str, Any]:
    """What this service can do."""
    here = linked.absolute(reverse("registry:reconcile"))
    record = linked.absolute(reverse("registry:by_id", args=["ID"])).replace("ID", "{{id}}")
    return {
        "versions": ["0.2"],
        "name": "Public registry of worker-driven programs",
        "identifierSpace": linked.absolute("/r/"),
        "schemaSpace": here,
        "documentation": linked.absolute(reverse("registry:search")),
        "defaultTypes": [_type(kind) for kind in disclosure.kinds().values()],
        "view": {"url": record},
        "preview": {"url": f"{here}preview/?id={{{{id}}}}", "width": 420, "height": 190},
        "suggest": {"entity": {"service_url": here.rstrip("/"), "service_path": "/suggest/"}},
        "extend": {"propose_properties": {"service_url": here.rstrip("/"), "service_path": "/properties/"}, "property_settings": []},
        "batchSize": QUERIES,
    }  # fmt: skip


def _type(kind: disclosure.PublicKind) -> dict[str, str]:
    return {"id": kind.key, "name": str(kind.label)}


# ── Queries ──────────────────────────────────────────────────────────────────────────────────────


def _queries(asked: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if len(asked) > QUERIES:
        raise ValueError("too many")
    return {key: {"result": candidates(query)} for key, query in asked.items()}


def candidates(query: dict[str, Any]) -> list[dict[str, Any]]:
    """The likeliest records for one query, best first. Runs in `public_scope()`."""
    text = str(query["query"])[:300]
    limit = min(max(int(query.get("limit") or 5), 1), MOST)
    rows = Listing.objects.filter(is_shown=True).select_related("program")
    types = query.get("type") or []
    types = [
        one["id"] if isinstance(one, dict) else str(one)
        for one in (types if isinstance(types, list) else [types])
    ]
    if types:
        rows = rows.filter(kind__in=types)
    country = _country(query.get("properties") or [])
    if public_id := search.exact_id(text):
        exact = list(rows.filter(public_id=public_id))
    else:
        code = search.compact(text)
        exact = list(
            rows.filter(identifiers__overlap=[f"os_id:{code}", f"lei:{code}"]).order_by("public_id")[:limit]
        )
    if exact:
        return [_candidate(row, 100.0, match=len(exact) == 1) for row in exact]
    key = name_key(text)
    near = rows.filter(search__trigram_word_similar=fold(key)).order_by("public_id")
    if country:
        near = near.filter(country__in=[country, ""])
    scored = [(fuzz.ratio(key, name_key(row.name)), row) for row in near[:COMPARED]]
    scored.sort(key=lambda one: (-one[0], one[1].public_id))
    sure = sum(score >= SURE for score, _row in scored)
    return [_candidate(row, score, match=score >= SURE and sure == 1) for score, row in scored[:limit]]


def _country(properties: list[dict[str, Any]]) -> str:
    for one in properties:
        value = one.get("v", "")
        if one.get("pid") == "country" and value:
            value = value[0] if isinstance(value, list) else value
            return country_code(str(value["name"] if isinstance(value, dict) else value)) or ""
    return ""


def _candidate(row: Listing, score: float, *, match: bool) -> dict[str, Any]:
    kinds = disclosure.kinds()
    where = ", ".join(part for part in (row.place, pages.country_name(row.country), row.program.name) if part)
    return {
        "id": row.public_id,
        "name": row.name,
        "description": f"{printed(row.public_id)}; {where}",
        "score": round(score, 1),
        "match": match,
        "type": [_type(kinds[row.kind])] if row.kind in kinds else [],
    }


# ── Columns of matched records ───────────────────────────────────────────────────────────────────


def _extend(asked: dict[str, Any]) -> dict[str, Any]:
    ids = [str(one) for one in asked["ids"]][:1000]
    names = [str(one["id"]) for one in asked["properties"]]
    columns = {
        column.name: str(column.label) for kind in disclosure.kinds().values() for column in kind.columns
    }
    contents = documents.newest_contents(ids)
    return {
        "meta": [{"id": name, "name": columns.get(name, name)} for name in names],
        "rows": {
            public_id: {
                name: _values(contents.get(public_id, {}).get("content", {}).get(name)) for name in names
            }
            for public_id in ids
        },
    }


def _values(value: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict) and part.get("public_id"):
            found.append({"id": part["public_id"], "name": part["name"]})
        elif isinstance(part, bool | str | int | float | dict) and part != "":
            is_number = isinstance(part, int | float) and not isinstance(part, bool)
            found.append({"float": part} if is_number else {"str": cell(part)})
    return found


@registry_page
def properties(request: HttpRequest) -> HttpResponse:
    """The columns of a kind, to choose from."""
    kinds = disclosure.kinds()
    kind = kinds.get(request.GET.get("type", ""))
    columns = kind.columns if kind else {c.name: c for one in kinds.values() for c in one.columns}.values()
    said = [{"id": column.name, "name": str(column.label)} for column in columns]
    return JsonResponse({"type": kind.key if kind else "", "properties": said})


@registry_page
def suggest(request: HttpRequest) -> HttpResponse:
    """Records whose name begins with what is being typed."""
    text = request.GET.get("prefix", "")[:200].replace("\x00", "")
    query = search.Query(text=text)
    rows = (
        search.matching(query).select_related("program").order_by("name_key", "id")[:10]
        if text.strip()
        else []
    )
    keys = ("id", "name", "description")
    return JsonResponse(
        {"result": [{key: _candidate(row, 0, match=False)[key] for key in keys} for row in rows]}
    )


@public_page
@require_safe
@xframe_options_exempt
@csp_override(IN_FRAMES)
def preview(request: HttpRequest) -> HttpResponse:
    """A record in a few lines, for the window that opens over a table."""
    with translation.override("en"), public_scope():
        row = (
            Listing.objects.select_related("program")
            .filter(public_id=request.GET.get("id", "").replace("\x00", "")[:10])
            .first()
        )
        if row is None:
            return HttpResponse(status=404)
        return HttpResponse(
            render_to_string("registry/card.html", card_context(row.program.slug, row.public_id))
        )

"""The description as a file and as a page, and a page for each kind of problem. Public, and without any outside file."""

import functools
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wsr.accounts.doors import public_page
from wsr.api import problems
from wsr.api.scopes import declared


@public_page
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, as YAML, or as JSON where the caller asks for that."""
    from wsr.api import schema  # noqa: PLC0415 -- what makes the description is heavy; only these pages need it

    if request.get_preferred_type(["application/yaml", "application/json"]) == "application/json":
        return HttpResponse(json.dumps(schema.description(), default=str), content_type="application/json")
    return HttpResponse(schema.as_yaml(), content_type="application/yaml")


@public_page
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Every address with what it takes and gives."""
    context = {"groups": groups(), "kinds": problems.CATALOG, "scopes": declared()}
    return render(request, "api/documentation.html", context)


@public_page
@require_safe
def problem(request: HttpRequest, kind: str) -> HttpResponse:
    """What a kind of problem means: the address is its `type`."""
    if kind not in problems.CATALOG:
        raise Http404("No such kind of problem.")
    return render(
        request, "api/problem.html", {"kind": problems.CATALOG[kind], "type": problems.type_of(kind)}
    )


@functools.cache
def groups() -> list[dict[str, Any]]:
    """The operations of the description by tag, ready to be shown."""
    from wsr.api import schema  # noqa: PLC0415 -- see above

    whole = schema.description()
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            shown = {
                "id": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "text": operation.get("description", "").partition("Scope:")[0].strip(),
                "scope": next(iter(operation["security"][0]["oauth2"]), ""),
                "deprecated": operation.get("deprecated", False),
                "parameters": [_parameter(item) for item in operation.get("parameters", [])],
                "body": _fields(operation.get("requestBody", {}).get("content", {}), whole),
                "answer": _fields(_good(operation)["content"], whole)
                if "content" in _good(operation)
                else [],
                "statuses": list(operation["responses"]),
            }
            found.setdefault(operation["tags"][0], []).append(shown)
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def _good(operation: dict[str, Any]) -> dict[str, Any]:
    return next(answer for status, answer in operation["responses"].items() if status.startswith("2"))


def _parameter(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": item["name"],
        "where": item["in"],
        "kind": _kind(item["schema"]),
        "required": item.get("required", False),
        "text": item.get("description", ""),
    }


def _fields(content: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a body, one level deep; a list inside its envelope shows those of an entry."""
    shape = _resolve(next(iter(content.values()), {}).get("schema", {}), whole)
    required = shape.get("required", [])
    found = []
    for name, inner in shape.get("properties", {}).items():
        entry = {
            "name": name,
            "kind": _kind(inner),
            "required": name in required,
            "text": inner.get("description", ""),
        }
        found.append(entry)
        inside = _resolve(inner.get("items", {}), whole)
        for deep, field in inside.get("properties", {}).items():
            found.append(
                {
                    "name": f"{name}[].{deep}",
                    "kind": _kind(field),
                    "required": deep in inside.get("required", []),
                    "text": field.get("description", ""),
                }
            )
    return found


def _resolve(shape: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    return whole["components"]["schemas"][name] if name else shape


def _kind(shape: dict[str, Any]) -> str:
    """The type of a value in one line."""
    if "$ref" in shape:
        return shape["$ref"].rpartition("/")[2]
    kinds = shape.get("type", "")
    text = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "items" in shape:
        text = f"{_kind(shape['items'])}[]"
    if "enum" in shape:
        text = " | ".join(str(value) for value in shape["enum"])
    limits = [
        f"{words} {shape[name]}"
        for name, words in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "length ≤"))
        if name in shape
    ]
    return ", ".join([f"{text} ({shape['format']})" if "format" in shape else text, *limits])

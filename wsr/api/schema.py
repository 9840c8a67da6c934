"""The description: OpenAPI 3.1, made from what each address declares with `@endpoint`. docs/api/openapi.yaml is kept equal to it."""

import functools
import re
from typing import Any

import yaml
from django.core.validators import RegexValidator
from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from wsr.api import problems
from wsr.api.paging import PageQuery
from wsr.api.replays import HEADER
from wsr.api.scopes import declared
from wsr.api.serializers import DAY, MOMENT, UUIDS, Known, ProblemOut

VERBS = {"GET": "read", "POST": "create", "PUT": "put", "PATCH": "change", "DELETE": "remove"}
ALWAYS = (400, 401, 404, 405, 406, 429, 500)
OF_WRITES = (409, 413, 415)
PATTERNS = {
    serializers.DateTimeField: MOMENT,
    serializers.DateField: DAY,
    serializers.UUIDField: UUIDS,
}


class Describe(AutoSchema):
    """Reads `Endpoint` where drf-spectacular would guess."""

    @property
    def endpoint(self) -> Any:
        """What the method declares."""
        return self.view.endpoints()[self.method]

    def get_operation_id(self) -> str:
        """Name of the view and what the method does, as `findings_list`."""
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self.view).__name__).lower()
        return f"{name}_{'list' if self.endpoint.many and self.method == 'GET' else VERBS[self.method]}"

    def get_tags(self) -> list[str]:
        """The first noun of the address."""
        nouns = [part for part in self.path.split("/")[3:] if part and not part.startswith("{")]
        return [
            nouns[1] if nouns[:1] == ["programs"] and len(nouns) > 1 else nouns[0] if nouns else "programs"
        ]

    def get_summary(self) -> str:
        """The first line of the method's docstring, else of the view's."""
        return _docstring(self.view, self.method).partition("\n")[0]

    def get_description(self) -> str:
        """The rest of it, and the scope."""
        rest = _docstring(self.view, self.method).partition("\n")[2].strip()
        scope = f"Scope: `{self.endpoint.scope}`." if self.endpoint.scope else ""
        return "\n\n".join(part for part in (rest, scope) if part)

    def get_auth(self) -> list[dict[str, list[str]]]:
        """The scope that the token needs."""
        return [{"oauth2": [self.endpoint.scope] if self.endpoint.scope else []}]

    def is_deprecated(self) -> bool:
        """Whether clients should leave."""
        return self.endpoint.deprecated is not None

    def get_request_serializer(self) -> Any:
        """The body."""
        if self.endpoint.takes:
            return {self.endpoint.takes: OpenApiTypes.BINARY}
        return self.endpoint.input() if self.endpoint.input and self.method != "GET" else None

    def map_parsers(self) -> list[str]:
        """What a body may be."""
        return [self.endpoint.takes or "application/json"]

    def get_response_serializers(self) -> Any:
        """The answers, good and bad."""
        found: dict[Any, Any] = {}
        for status in (self.endpoint.status, *self.endpoint.also):
            found[(status, self.endpoint.gives or "application/json")] = self._good()
        if self.endpoint.versioned and self.method == "GET":
            found[304] = OpenApiResponse(description="You have this version already.")
        for status in self._bad():
            title = next(str(kind.title) for kind in problems.CATALOG.values() if kind.status == status)
            found[(status, problems.MEDIA_TYPE)] = OpenApiResponse(ProblemOut, description=title)
        return found

    def _good(self) -> Any:
        if self.endpoint.gives:
            return OpenApiResponse(OpenApiTypes.BINARY, description="The file.")
        if self.endpoint.output is None:
            return OpenApiResponse(description="Done.")
        if not self.endpoint.many or self.method != "GET":
            return OpenApiResponse(self.endpoint.output, description="Done.")
        return OpenApiResponse(_page_of(self.endpoint.output), description="A page.")

    def _bad(self) -> list[int]:
        found = {*ALWAYS}
        if self.endpoint.scope:
            found.add(403)
        if any("since" in query().fields for query in self.endpoint.queries(self.method)):
            found.add(410)
        if self.method != "GET":
            found.update(OF_WRITES)
            if self.method == "POST":
                found.add(422)
            if self.endpoint.versioned:
                found.update((412,) if self.method == "POST" else (412, 428))
            if self.endpoint.waits:
                found.add(503)
        return sorted(found)

    def get_override_parameters(self) -> list[Any]:
        """Parameters and headers."""
        found: list[Any] = self.endpoint.queries(self.method)
        for header in self.endpoint.headers:
            found.append(_header(header.name, header.description, header.pattern, required=True))
        if self.method == "POST":
            found.append(
                _header(HEADER, "Makes a repeat harmless: a new UUID per request.", r"^[!-~]{1,200}$")
            )
        if self.endpoint.versioned:
            if self.method == "GET":
                found.append(_header("If-None-Match", "ETags of the versions you have.", None))
            elif self.method != "POST":
                found.append(
                    _header("If-Match", "ETag of the version you change.", r'^"[0-9]{1,18}"$', required=True)
                )
            found.append(
                OpenApiParameter(
                    "ETag",
                    str,
                    OpenApiParameter.HEADER,
                    description="The version.",
                    response=[self.endpoint.status],
                )
            )
        return found

    def _map_serializer(
        self, serializer: Any, direction: Any, bypass_extensions: bool = False
    ) -> dict[str, Any]:
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if isinstance(serializer, Known) and schema.get("type") == "object":
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> dict[str, Any]:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if schema.get("type") in ("string", ["string", "null"]) and _is_asked(field):
            _narrow(field, schema)
        if isinstance(field, serializers.ListSerializer) and _is_asked(field):
            schema |= {"minItems": field.min_length or 0, "maxItems": field.max_length}
        if isinstance(field, serializers.JSONField):
            schema.pop("oneOf", None)  # it may be anything, null as well
        return schema

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)
        match schema:  # an empty string would fit two of these, and `oneOf` refuses that
            case {"oneOf": [inner, {"maxLength": 0}]} if _takes_blank(inner):
                del schema["oneOf"]
                schema |= inner


@functools.cache
def _page_of(output: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """The envelope of a list; one class for each shape, however many addresses list it."""
    cursor = serializers.CharField(
        allow_null=True, help_text="Send it as `cursor` for the next page; null on the last."
    )
    fields = {"items": output(many=True), "next_cursor": cursor}
    return type(f"{output.__name__.removesuffix('Out')}Page", (serializers.Serializer,), fields)


def _narrow(field: Any, schema: dict[str, Any]) -> None:
    """Say in the description what the door refuses."""
    pattern = next((text for kind, text in PATTERNS.items() if isinstance(field, kind)), None)
    if pattern is None and isinstance(field, serializers.CharField) and "enum" not in schema:
        blank = r"[^\u0000]*" if field.allow_blank else r"[^\u0000]*[^\s\u0000][^\u0000]*"
        own = [check.regex.pattern for check in field.validators if isinstance(check, RegexValidator)]
        pattern = own[0] if own else getattr(field, "pattern", f"^{blank}$")
        if not field.allow_blank:
            schema["minLength"] = max(1, schema.get("minLength", 0))
    if pattern is not None:
        schema.setdefault("pattern", pattern)


def _takes_blank(schema: dict[str, Any]) -> bool:
    """Whether an empty string fits."""
    return not ({"format", "minLength"} & schema.keys()) and bool(re.search(schema.get("pattern", ""), ""))


def _is_asked(field: Any) -> bool:
    """Whether a field belongs to what comes in."""
    while field is not None:
        if isinstance(field, Known | PageQuery):
            return True
        field = field.parent
    return False


def _header(name: str, description: str, pattern: str | None, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(
        name,
        {"type": "string", **({"pattern": pattern} if pattern else {})},
        OpenApiParameter.HEADER,
        description=description,
        required=required,
    )


def _docstring(view: Any, method: str) -> str:
    text = getattr(view, method.lower()).__doc__ or type(view).__doc__ or ""
    return re.sub(r"\n +", "\n", text).strip()


def add_sign_in(result: dict[str, Any], **kwargs: object) -> dict[str, Any]:
    """The scopes, and where tokens are had. OpenAPI 3.1 has no word for the device code; the text says it."""
    result["components"]["securitySchemes"] = {
        "oauth2": {
            "type": "oauth2",
            "description": "Devices get a token by the device code (RFC 8628): POST /api/oauth/device/code with "
            "client_id=wsr-device. Firms use client credentials.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/api/oauth/token",
                    "refreshUrl": "/api/oauth/token",
                    "scopes": {scope: str(words) for scope, words in declared().items()},
                }
            },
        }
    }
    return result


def description() -> dict[str, Any]:
    """The description of this version, in English."""
    with override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


@functools.cache
def as_yaml() -> str:
    """The same as text, as it is committed."""
    return yaml.dump(_plain(description()), sort_keys=False, allow_unicode=True, width=110)


def _plain(value: Any) -> Any:
    """Nothing but what YAML has words for."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, bool | int | float) or value is None else str(value)

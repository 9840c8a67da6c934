"""The door of the API: every address goes through here, and through nothing else.

    class Findings(ProgramAPIView):
        @endpoint(P.INSPECTION_READ, scope="findings:read", query=FindingsQuery, output=FindingOut, many=True)
        def get(self, request, inspection_id):
            return self.page(queries.findings(inspection_id, **self.query))

        @endpoint(P.INSPECTION_RECORD, scope="findings:write", input=FindingIn, output=FindingOut, status=201)
        def post(self, request, inspection_id):
            return self.answer(operations.put_finding(inspection_id=inspection_id, by=self.person, at=self.at, **self.input).row)

In this order: method (405), Accept (406), token (401), quota (429), program (404), scope and permission (403), parameters and body (400,
413, 415), If-Match (428); then the program's scope, with the audience and the person of the token, as one transaction. What the
handler raises becomes problem details (`wsr.api.problems`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.core.signals import got_request_exception
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.api import limits, paging, problems, replays, tokens, versions
from wsr.api.parsing import StrictJSONParser
from wsr.api.problems import Place, Problem
from wsr.api.serializers import Input, Out, Query, fields_query
from wsr.errors import Stale
from wsr.tenancy import Audience, program_scope

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Header:
    """A header that a request must have. `pattern`: a regular expression for its whole value."""

    name: str
    description: str
    pattern: str


@dataclass(frozen=True)
class Endpoint:
    """What one method of an address needs and gives; the description and the tests read it too."""

    permission: Permission | None
    scope: str
    input: type[Serializer] | None = None
    query: type[Query] | None = None
    output: type[BaseSerializer] | None = None
    many: bool = False
    status: int = 200
    also: tuple[int, ...] = ()
    takes: str = ""
    gives: str = ""
    headers: tuple[Header, ...] = ()
    versioned: bool = False
    waits: bool = False
    deprecated: date | None = None
    sunset: date | None = None

    def queries(self, method: str) -> list[type[Serializer]]:
        """The parameters that it takes: its own, and those of all lists and of all addresses that are read."""
        narrow = method in {"GET", "HEAD"} and self.output is not None and issubclass(self.output, Out)
        return [
            *([self.query] if self.query else []),
            *([fields_query(self.output)] if narrow else []),
            *([paging.PageQuery] if self.many and method in {"GET", "HEAD"} else []),
        ]


def endpoint(permission: Permission | None, *, scope: str, **fields: Any) -> Callable[[Callable], Callable]:
    """Declare a handler. `permission` None and scope "" only where every valid token may.

    `also`: further statuses with the same answer. `takes` and `gives`: media types where a body or an answer is a file. `headers`: for the
    description; the handler reads them.
    `many`: a list with cursor and limit. `versioned`: GET sends an ETag, PATCH, PUT and DELETE need If-Match (`self.if_version`).
    `waits`: 503 with Retry-After while there is no room for it. `deprecated` and `sunset` are days: since when clients should leave, and from when it is gone.
    """

    def declare(handler: Callable) -> Callable:
        handler.endpoint = Endpoint(permission, scope, **fields)
        return handler

    return declare


class Door(APIView):
    """What all addresses have in common. Derive from ProgramAPIView; this one is for the few outside any program."""

    parser_classes: ClassVar[list] = [StrictJSONParser]
    renderer_classes: ClassVar[list] = [JSONRenderer]
    authentication_classes: ClassVar[list] = []
    permission_classes: ClassVar[list] = []
    throttle_classes: ClassVar[list] = []
    content_negotiation_class = DefaultContentNegotiation
    http_method_names: ClassVar[list] = ["get", "head", "post", "put", "patch", "delete"]

    person: Person
    at: datetime
    query: dict[str, Any]
    input: dict[str, Any]
    if_version: int | None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponse]:
        """As DRF, marked for the test that refuses views without a door."""
        view = super().as_view(**initkwargs)
        view.wsr_door = ("api", ())
        return view

    @classmethod
    def endpoints(cls) -> dict[str, Endpoint]:
        """The declared methods by name, in capitals."""
        found = {
            name.upper(): getattr(getattr(cls, name), "endpoint", None)
            for name in cls.http_method_names
            if name != "head" and hasattr(cls, name)
        }
        undeclared = [name for name, declared in found.items() if declared is None]
        if undeclared:
            raise TypeError(f"{cls.__name__}: declare {', '.join(undeclared)} with @endpoint.")
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The whole way of one request. Never raises."""
        self.args, self.kwargs, self.format_kwarg = args, kwargs, None
        self.quota: limits.Quota | None = None
        self.endpoint: Endpoint | None = None
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            response = self._through(**kwargs)
        except Exception as error:
            response = self._refuse(request, error)
        return self._finish(response)

    def _through(self, **kwargs: Any) -> HttpResponse:
        request = self.request
        method = "GET" if request.method == "HEAD" else request.method
        self.endpoint = self.endpoints().get(method) if method.lower() in self.http_method_names else None
        if self.endpoint is None:
            raise Problem("method-not-allowed", headers={"Allow": ", ".join(self.allowed_methods)})
        self.perform_content_negotiation(request)
        self.caller = self._identify()
        self.person, self.at = self.caller.person, timezone.now()
        return self._enter(getattr(self, method.lower()), **kwargs)

    def _identify(self) -> tokens.Caller:
        try:
            caller = self._caller()
        except Problem:
            self.quota = limits.of_network(self.request._request)
            limits.check(self.quota)
            raise
        self.quota = limits.of_device(caller.device_id)
        limits.check(self.quota)
        self.reached = tokens.reached(caller)
        if not self.reached:
            raise tokens.refused(_("Access was taken away or has expired. Ask for it again."))
        return caller

    def _caller(self) -> tokens.Caller:
        """Whoever the request says it is from. Raises Problem (401)."""
        return tokens.caller_of(self.request._request)

    def _enter(self, handler: Callable[..., HttpResponse], **kwargs: Any) -> HttpResponse:
        self._read()
        return handler(self.request, **kwargs)

    def _read(self) -> None:
        """Parameters, headers and body, before any transaction is open: a slow line holds nothing."""
        self.query = self._read_query()
        self.input = {}
        self.if_version = None
        if self.request.method in WRITES:
            self._read_body()
            if self.endpoint.versioned and self.request.method != "POST":
                self.if_version = versions.if_match(self.request)

    def _read_query(self) -> dict[str, Any]:
        names = {**self.request.query_params}
        found = {name: values[-1] for name, values in names.items()}
        twice = [name for name, values in names.items() if len(values) > 1]
        fields = self._query_class()(data=found)
        fields.is_valid()
        wrong = [Place(_("Give this once."), parameter=name) for name in twice]
        for name, why in fields.errors.items():
            wrong += [Place(str(text), parameter=name) for text in why]
        wrong += [
            Place(_("NUL is refused."), parameter=name)
            for name, value in found.items()
            if "\0" in name + value
        ]
        if wrong:
            raise Problem("invalid", errors=wrong)
        return dict(fields.validated_data)

    def _query_class(self) -> type[Serializer]:
        bases = self.endpoint.queries(self.request.method)
        if len(bases) == 1 and issubclass(bases[0], Query):
            return bases[0]
        return type(
            "AllQuery", (*bases, *([] if any(issubclass(base, Query) for base in bases) else [Query])), {}
        )

    def _read_body(self) -> None:
        data = self.request.data
        expected = self.endpoint.input or (Input if self.parser_classes == Door.parser_classes else None)
        if expected is None:
            return  # a parser of its own: the handler reads `request.data`
        fields = expected(data={} if isinstance(data, QueryDict) else data)  # a QueryDict: there was no body
        fields.is_valid(raise_exception=True)
        self.input = dict(fields.validated_data)

    def answer(
        self, row: Any, *, status: int | None = None, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        """One record in the shape of `output`; with its ETag, and as 304 where the caller has it already."""
        found = dict(headers or {})
        if self.endpoint.versioned and getattr(row, "version", None) is not None:
            found["ETag"] = versions.etag_of(row.version)
            if self.request.method in {"GET", "HEAD"} and versions.is_known(self.request, found["ETag"]):
                return HttpResponse(status=304, headers=found)
        return respond(self.shown(row), status=status or self.endpoint.status, headers=found)

    def nothing(self) -> HttpResponse:
        """204."""
        response = HttpResponse(status=204)
        del response["Content-Type"]
        return response

    def page(self, rows: QuerySet) -> HttpResponse:
        """One page of a list, by (updated_at, id)."""
        found = paging.page(rows, cursor=self.query.get("cursor", ""), limit=self.query["limit"])
        return self.items(found.rows, next_cursor=found.next_cursor)

    def items(self, rows: Any, *, next_cursor: str = "") -> HttpResponse:
        """A list in the shape of `output`, in its envelope."""
        return respond({"items": self.shown(rows, many=True), "next_cursor": next_cursor or None})

    def shown(self, row: Any, *, many: bool = False, **context: Any) -> Any:
        """A record, or records, in the shape of `output`, narrowed to the fields that were asked for."""
        wanted = {"fields": self.query.get("fields"), **context}
        return self.endpoint.output(row, many=many, context=wanted).data

    def _refuse(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """The answer to an exception, in the shape of problem details."""
        found = problems.of(error)
        if isinstance(error, Stale):
            found = self._stale(error)
        if found.kind == "server-error":
            problems.log(error, request.request_id)
            got_request_exception.send(sender=type(self), request=request)
        return respond_problem(found, request.request_id)

    def _stale(self, error: Stale) -> Problem:
        """412 with the record as it is. The handler's transaction is over; what the row holds is enough to show it."""
        current = error.current
        more = {"current": error.shown} if getattr(error, "shown", None) is not None else {}
        return Problem("stale", str(error), headers={"ETag": versions.etag_of(current.version)}, more=more)

    def _finish(self, response: HttpResponse) -> HttpResponse:
        for name, value in (self.quota.headers if self.quota else {}).items():
            response[name] = value
        if self.endpoint and self.endpoint.deprecated:
            response["Deprecation"] = f"@{_seconds(self.endpoint.deprecated)}"
        if self.endpoint and self.endpoint.sunset:
            response["Sunset"] = http_date(_seconds(self.endpoint.sunset))
        return response


class ProgramAPIView(Door):
    """An address of one program: /api/v1/programs/<slug>/…"""

    # Portals read their rows from other tables; an address that has them for brands or suppliers says so here.
    audiences: ClassVar[frozenset[Audience]] = frozenset({Audience.STAFF, Audience.AUDITOR})
    program_id: UUID
    reach: tokens.Reach

    def _enter(self, handler: Callable[..., HttpResponse], *, program: str, **kwargs: Any) -> HttpResponse:
        found = [reach for reach in self.reached if reach.grant.program.slug == program]
        if not found:
            raise problems.not_found()
        self.reach = found[0]
        self._check_rights()
        self._read()
        grant = self.reach.grant
        self.program, self.program_id = grant.program, grant.program_id
        with program_scope(
            grant.program_id, grant.side, person_id=grant.person_id, organization_id=grant.organization_id
        ):
            if self.request.method in WRITES and not tokens.still_stands(self.reach):
                raise tokens.refused(_("Access was taken away while the request was under way."))
            return self._once(handler, **kwargs)

    def _check_rights(self) -> None:
        wanted = self.endpoint.scope
        if wanted not in self.caller.scopes or wanted not in self.reach.grant.scopes:
            challenge = f'Bearer realm="wsr", error="insufficient_scope", scope="{wanted}"'
            raise Problem(
                "scope-missing",
                _("This needs the scope %(scope)s.") % {"scope": wanted},
                headers={"WWW-Authenticate": challenge},
            )
        is_for_her_side = self.reach.grant.side in self.audiences
        if not is_for_her_side or self.endpoint.permission not in self.reach.permissions:
            raise Problem("not-permitted")

    def _once(self, handler: Callable[..., HttpResponse], **kwargs: Any) -> HttpResponse:
        """Call the handler, or repeat its answer where the request carries a key that was used."""
        key = replays.key_of(self.request) if self.request.method == "POST" else ""
        if key:
            mark = replays.fingerprint(self.request, self.body_mark())
            before = replays.begin(person=self.person, key=key, mark=mark)
            if before is not None:
                return before
        try:
            response = handler(self.request, **kwargs)
        except Stale as error:
            self._show(error)
            raise
        if key:
            replays.keep(response, person=self.person, key=key)
        return response

    def body_mark(self) -> bytes:
        """What stands for the body in the fingerprint of a request; views with parsers of their own override it."""
        return JSONRenderer().render(self.request.data)

    def _show(self, error: Stale) -> None:
        """Put the record into the answer while its program is still entered."""
        if self.endpoint.output is not None:
            error.shown = self.endpoint.output(error.current).data


def respond(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """JSON, written while the program is entered."""
    return HttpResponse(
        JSONRenderer().render(data), status=status, content_type="application/json", headers=headers
    )


def respond_problem(problem: Problem, request_id: str) -> HttpResponse:
    """Problem details."""
    body = JSONRenderer().render(problem.as_json(request_id))
    return HttpResponse(
        body, status=problem.status, content_type=problems.MEDIA_TYPE, headers=dict(problem.headers)
    )


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone()).timestamp())

"""Whatever goes wrong, as problem details (RFC 9457): a stable type with a page of its own, and what to do about it.

`CATALOG` lists the types; their addresses never change. `of(error)` turns an exception into a Problem; what nothing here knows is a bug:
it is logged with the request's id and answered with 500.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from wsr.errors import DomainError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A type of problem: its status, its title, and what its page says to whoever builds a client."""

    status: int
    title: Any
    advice: Any


CATALOG: dict[str, Kind] = {
    "malformed": Kind(
        400,
        _("The request cannot be read"),
        _(
            "Send UTF-8 JSON without NUL characters, without a name twice in one object, and not nested deeper than 50."
        ),
    ),
    "invalid": Kind(
        400,
        _("The request has values that cannot be accepted"),
        _(
            "Each entry of errors says where (a JSON pointer into the body, or the name of a parameter or header) and why. Unknown "
            "parameters and fields are refused, and no value is taken for one of another type."
        ),
    ),
    "sign-in-needed": Kind(
        401,
        _("A valid access token is needed"),
        _(
            "Send Authorization: Bearer with an access token. Where it has expired, use the refresh token, else ask for access again."
        ),
    ),
    "scope-missing": Kind(
        403,
        _("The token was not granted this scope"),
        _("Ask for access again with the scope that detail names."),
    ),
    "not-permitted": Kind(
        403,
        _("The person's role does not permit this"),
        _(
            "A token never allows more than the roles of the person in the program. Ask the program's director."
        ),
    ),
    "not-found": Kind(
        404,
        _("There is nothing here"),
        _(
            "Either there is no such record, or this token may not know of it. The answer does not tell the two apart."
        ),
    ),
    "method-not-allowed": Kind(
        405, _("This address does not take that method"), _("The Allow header lists the methods it takes.")
    ),
    "not-acceptable": Kind(
        406, _("The answer cannot be sent in the form you asked for"), _("Accept application/json.")
    ),
    "conflict": Kind(
        409,
        _("The act is refused as things stand"),
        _(
            "detail says why, in a sentence meant for a person. Read the record again before you try once more."
        ),
    ),
    "done-twice": Kind(
        409,
        _("The same act was done at the same moment"),
        _("The first stands. Read the record again; use an Idempotency-Key for safe repeats."),
    ),
    "start-again": Kind(
        410,
        _("The cursor counts on data that are no more"),
        _(
            "The server was restored or moved. Drop what you hold of this collection and ask without a cursor."
        ),
    ),
    "stale": Kind(
        412,
        _("The record was changed in the meantime"),
        _(
            "current holds the record as it is now, and the ETag header its version. Bring both together, then send again."
        ),
    ),
    "too-large": Kind(413, _("The request is too large"), _("Send less at once; detail names the limit.")),
    "media-type": Kind(
        415, _("The body is of a type this address does not take"), _("Send Content-Type: application/json.")
    ),
    "key-reused": Kind(
        422,
        _("The Idempotency-Key was used for another request"),
        _("Use a new key for each new request, and the same key only to repeat the same request."),
    ),
    "version-needed": Kind(
        428,
        _("Say which version of the record you change"),
        _("Send If-Match with the ETag that came with the record."),
    ),
    "too-many-requests": Kind(
        429,
        _("Too many requests"),
        _("Wait as many seconds as Retry-After says; RateLimit tells what is left."),
    ),
    "server-error": Kind(
        500,
        _("Something is wrong on our side"),
        _(
            "Nothing was changed. Send the request again later, and tell the operator the request_id if it stays so."
        ),
    ),
    "unavailable": Kind(
        503,
        _("The service is not available for the moment"),
        _("Send the request again after as many seconds as Retry-After says."),
    ),
}


@dataclass(frozen=True)
class Place:
    """One thing that is wrong: where, in one of three ways, and why."""

    detail: str
    pointer: str | None = None  # into the body
    parameter: str | None = None
    header: str | None = None

    def as_json(self) -> dict[str, str]:
        """As an entry of `errors`."""
        where = {"pointer": self.pointer, "parameter": self.parameter, "header": self.header}
        return {"detail": self.detail, **{name: value for name, value in where.items() if value is not None}}


@dataclass
class Problem(Exception):
    """A problem of a known kind. Raise it anywhere below the door."""

    kind: str
    detail: str = ""
    errors: Iterable[Place] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)  # further members, as `current`

    @property
    def status(self) -> int:
        """The HTTP status."""
        return CATALOG[self.kind].status

    def as_json(self, request_id: str) -> dict[str, Any]:
        """The document."""
        kind = CATALOG[self.kind]
        document: dict[str, Any] = {
            "type": type_of(self.kind),
            "title": str(kind.title),
            "status": kind.status,
            "detail": self.detail or str(kind.advice),
            "request_id": request_id,
        }
        errors = [place.as_json() for place in self.errors]
        return document | ({"errors": errors} if errors else {}) | dict(self.more)


def type_of(kind: str) -> str:
    """The address that names a kind of problem, and explains it to whoever opens it."""
    return f"{settings.BASE_URL}/api/v1/problems/{kind}/"


def of(error: Exception) -> Problem:
    """The problem that an exception stands for."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DomainError) and error.retry_after:
        return Problem("unavailable", str(error), headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, DomainError):
        return Problem("done-twice" if type(error).__name__ == "DoneTwice" else "conflict", str(error))
    if isinstance(error, exceptions.ValidationError):
        return Problem("invalid", errors=places(error.detail))
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, ObjectDoesNotExist | Http404):
        return Problem("not-found")
    if isinstance(error, PermissionDenied):
        return Problem("not-permitted")
    if isinstance(error, RequestDataTooBig):
        return Problem("too-large")
    if isinstance(error, SuspiciousOperation):
        return Problem("malformed")
    return Problem("server-error")


def _of_framework(error: exceptions.APIException) -> Problem:
    headers = {}
    for kind, classes in {
        "malformed": exceptions.ParseError,
        "sign-in-needed": (exceptions.NotAuthenticated, exceptions.AuthenticationFailed),
        "not-permitted": exceptions.PermissionDenied,
        "not-found": exceptions.NotFound,
        "method-not-allowed": exceptions.MethodNotAllowed,
        "not-acceptable": exceptions.NotAcceptable,
        "media-type": exceptions.UnsupportedMediaType,
        "too-many-requests": exceptions.Throttled,
    }.items():
        if isinstance(error, classes):
            return Problem(kind, str(error.detail), headers=headers)
    return Problem("server-error")


def places(detail: Any, pointer: str = "") -> list[Place]:
    """What a serializer found wrong, with a JSON pointer (RFC 6901) for each."""
    if isinstance(detail, Mapping):
        found = []
        for name, value in detail.items():
            own = "" if name == "non_field_errors" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            found += places(value, pointer + own)
        return found
    if isinstance(detail, list) and any(isinstance(value, Mapping | list) for value in detail):
        return [
            place for number, value in enumerate(detail) for place in places(value, f"{pointer}/{number}")
        ]
    return [
        Place(str(value), pointer=pointer) for value in (detail if isinstance(detail, list) else [detail])
    ]


def log(error: Exception, request_id: str) -> None:
    """Tell the operator of a bug."""
    logger.error("api request failed request=%s", request_id, exc_info=error)


def not_found() -> Problem:
    """Nothing here, or nothing this token may know of."""
    return Problem("not-found", gettext("There is no such record, or this token may not know of it."))

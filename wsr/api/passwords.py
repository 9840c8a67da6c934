"""Who asks with an app password: HTTP Basic, for the few addresses that take it (`PasswordDoor`), and never for another.

A name that nobody has, a wrong password and one that was taken back or has expired get the same answer after the same work. What the
person may do is read anew with every request, as for tokens.
"""

import base64
import binascii
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.api import limits
from wsr.api.door import ProgramAPIView
from wsr.api.models import Grant, GrantKind
from wsr.api.operations.passwords import digests_of
from wsr.api.problems import Problem
from wsr.api.tokens import Caller
from wsr.tenancy import person_scope

CHALLENGE = 'Basic realm="wsr", charset="UTF-8"'
LONGEST = 300  # characters of a name or a password
_NOBODY = UUID(int=0)


class PasswordDoor(ProgramAPIView):
    """An address for apps that sign in with a name and an app password; tokens are refused here."""

    def _caller(self) -> Caller:
        return caller_of(self.request._request)

    def _finish(self, response: HttpResponse) -> HttpResponse:
        response = super()._finish(response)
        if response.status_code == 401:
            response["WWW-Authenticate"] = CHALLENGE
        return response


def caller_of(request: HttpRequest) -> Caller:
    """The person and the device behind name and password. Raises Problem: 401, or 429 after too many wrong ones."""
    name, password = _basic(request.headers.get("Authorization", ""))
    limits.check_guesses(request, name)
    digests = digests_of(password)
    person = Person.objects.filter(email=name, is_active=True).first()
    grant = _grant(person.pk if person else _NOBODY, digests)
    if person is None or grant is None:
        limits.count_guess(request, name)
        raise _refused()
    return Caller(person, grant.device_id, frozenset(grant.scopes))


def _grant(person_id: UUID, digests: list[str]) -> Grant | None:
    with person_scope(person_id):
        rows = Grant.objects.open().filter(person_id=person_id, kind=GrantKind.PASSWORD)
        return rows.filter(secret_hash__in=digests).first()


def _basic(header: str) -> tuple[str, str]:
    """Name, in small letters, and password. Raises Problem (401)."""
    scheme, _space, value = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError(scheme)
        name, colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        raise _refused() from None
    if not colon or not (name + password).isprintable() or max(len(name), len(password)) > LONGEST:
        raise _refused()
    return name.strip().lower(), password


def _refused() -> Problem:
    return Problem(
        "sign-in-needed",
        _(
            "The name or the app password is wrong, was taken back or has expired. Make a new one under Your devices."
        ),
    )

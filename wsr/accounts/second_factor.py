"""Whether this session has passed a second factor, without asking the database on each request.

The session keeps a stamp: the person and the number of her `second_factor_epoch` when she passed. Taking a factor away raises the
number, so every session that passed under the old one, on whichever device, must pass again.
"""

import time
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db.models import F
from django.http import HttpRequest

from wsr.accounts.models import Person

SESSION_KEY = "second_factor"
FACTORS = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
)  # recovery codes only stand in for one of these


def has_passed(request: HttpRequest) -> bool:
    """Whether the session of this signed-in person passed a second factor that still counts. No query."""
    return request.user.is_authenticated and request.session.get(SESSION_KEY) == _stamp(request.user)


def mark_passed(request: HttpRequest, person: Person) -> None:
    """Remember in the session that this person passed."""
    request.session[SESSION_KEY] = _stamp(person)


def signed_in_just_now(request: HttpRequest) -> bool:
    """Whether this session began so recently that asking for the password again would prove nothing more."""
    records = request.session.get("account_authentication_methods") or [{"at": 0}]
    return time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT


def shown_just_now(request: HttpRequest, *, seconds: int) -> str:
    """By which kind of factor this session showed a second one within the last `seconds`; empty if it did not.

    For acts that need a step-up, as a signature does. A recovery code is no such factor: it only stands in for one at sign-in.
    """
    for shown in reversed(request.session.get("account_authentication_methods") or []):
        recent = shown.get("method") == "mfa" and time.time() - shown["at"] < seconds
        if recent and shown.get("type") in FACTORS:
            return str(shown["type"])
    return ""


def kinds_of(person: Person) -> list[str]:
    """Types of second factors this person has set up, one entry each. One query."""
    return list(
        Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).values_list("type", flat=True)
    )


def revoke(person: Person) -> None:
    """All sessions of this person must pass again. Changes the given object too."""
    Person.objects.filter(pk=person.pk).update(second_factor_epoch=F("second_factor_epoch") + 1)
    person.refresh_from_db(fields=["second_factor_epoch"])


def listen() -> None:
    """Connect to allauth's signals."""
    signals.authenticator_used.connect(_used, dispatch_uid="wsr second factor used")
    signals.authenticator_added.connect(_added, dispatch_uid="wsr second factor added")
    signals.authenticator_removed.connect(_removed, dispatch_uid="wsr second factor removed")


def _used(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    mark_passed(request, user)


def _added(request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting up the first factor proves that she holds it. A further one proves nothing about the session."""
    if authenticator.type in FACTORS and len(kinds_of(user)) == 1:
        mark_passed(request, user)


def _removed(request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in FACTORS:
        revoke(user)


def _stamp(person: Person) -> str:
    return f"{person.pk}:{person.second_factor_epoch}"

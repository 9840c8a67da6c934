"""App passwords: for apps of phones that know nothing but a user name and a password. One for each device and program."""

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing
from wsr.api.models import Grant, GrantKind
from wsr.api.operations.grants import CannotGrant, give
from wsr.api.scopes import of_passwords
from wsr.errors import DoneTwice
from wsr.history.operations import record
from wsr.tenancy import atomic

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_GROUPS, _IN_GROUP = 5, 5  # 31 ** 25: 123 bits, so that a fast keyed hash is enough and nobody guesses one


def digests_of(password: str) -> list[str]:
    """What is kept of a password as it was typed, by the key of this installation first and then by its former keys."""
    plain = "".join(sign for sign in password.lower() if sign.isalnum())
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac("wsr.api.passwords", plain, secret=key, algorithm="sha256").hexdigest() for key in keys
    ]


@atomic
def make(
    *,
    device_id: UUID,
    name: str,
    person: Person,
    standing: Standing,
    scope: str,
    expires_at: datetime,
    at: datetime,
) -> tuple[Grant, str]:
    """An app password of `person` in the active program, and the grant that keeps its hash; it is told this once.

    Made again for the same device, as by a form that is sent twice, it replaces the one before, so that one counts. Raises
    CannotGrant as `give`, for somebody whose roles do not reach that far, and for a device that was taken back.
    """
    if of_passwords()[scope].permission not in standing.permissions:
        raise CannotGrant(_("Your roles in this program do not reach that far."))
    password = _new()
    digest = digests_of(password)[0]
    try:
        grant = give(
            kind=GrantKind.PASSWORD,
            device_id=device_id,
            client_key="",
            name=name,
            person=person,
            standing=standing,
            scopes=[scope],
            expires_at=expires_at,
            secret_hash=digest,
            by=person,
            at=at,
        )
    except DoneTwice:
        grant = _replaced(device_id, digest, by=person, at=at)
    return grant, password


def _replaced(device_id: UUID, digest: str, *, by: Person, at: datetime) -> Grant:
    own = Grant.objects.select_for_update(of=("self",)).filter(person=by, kind=GrantKind.PASSWORD)
    grant = own.filter(device_id=device_id).first()
    if grant is None or grant.ended_at is not None:
        raise CannotGrant(_("This password was taken back. Begin a new one from your devices."))
    grant.secret_hash = digest
    grant.save(update_fields=["secret_hash"])
    record("api.password_replaced", grant, by=by, at=at)
    return grant


def _new() -> str:
    """As somebody types it into a phone: abcde-fghjk-…"""
    groups = ["".join(secrets.choice(_LETTERS) for _sign in range(_IN_GROUP)) for _group in range(_GROUPS)]
    return "-".join(groups)

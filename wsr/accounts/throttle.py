"""Slowing down whoever guesses passwords, without locking out the person whose address is being guessed.

Failed tries are counted in fixed windows, each by who could be guessing:

- per network: 20 in five minutes, whatever the address;
- per network and address: 5 in five minutes;
- per address over all networks together: 30 in an hour.

A browser in which this person has signed in before carries a signed cookie. It is counted by itself (10 in five minutes), and none of
the limits above applies to it. So an attacker, from however many networks, and even from hers, uses up his own tries and not hers.
A person on a new device, while her address is under attack from many networks, signs in with a passkey or by resetting her password.
An address without an account is counted the same way. Without Valkey each web process counts for itself (`wsr.cache`). `docs/decisions/0004-throttling-sign-in.md` tells what was weighed.
"""

import secrets
import time
from dataclasses import dataclass, field

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from wsr.cache import count_up

COOKIE = "wsr_device"
COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
PEOPLE_PER_DEVICE = 8
_SALT = "wsr.accounts.known-device"


@dataclass(frozen=True)
class Limit:
    """At most `amount` failed tries in a window of `seconds`."""

    amount: int
    seconds: int


PER_NETWORK = Limit(20, 300)
PER_NETWORK_AND_ADDRESS = Limit(5, 300)
PER_ADDRESS = Limit(30, 3600)
PER_DEVICE = Limit(10, 300)


@dataclass
class Attempt:
    """One try to sign in, counted before the password is checked so that many at once cannot slip through."""

    keys: list[str] = field(default_factory=list)
    is_allowed: bool = True

    def forget(self) -> None:
        """It was the right password; it counts against nobody."""
        for key in self.keys:
            try:
                cache.decr(key)
            except ValueError:  # its window is over
                continue


def begin(request: HttpRequest, email: str) -> Attempt:
    """Count a try for this address. `is_allowed` is False once a limit is reached."""
    attempt = Attempt()
    for limit, name in _limits(request, digest(email)):
        key = f"sign-in:{name}:{int(time.time()) // limit.seconds}"
        attempt.keys.append(key)
        if count_up(key, limit.seconds) > limit.amount:
            attempt.is_allowed = False
            break  # a refused try must not use up the limits that others share
    return attempt


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Note in a cookie that this person has signed in with this browser."""
    known = _read(request)
    device = known.get("device") or secrets.token_urlsafe(12)
    people = [digest(email), *(person for person in known.get("people", []) if person != digest(email))]
    value = signing.dumps({"device": device, "people": people[:PEOPLE_PER_DEVICE]}, salt=_SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def digest(email: str) -> str:
    """A keyed digest, so that neither the cache nor the cookie tells whose address it is."""
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:32]


def _limits(request: HttpRequest, address: str) -> list[tuple[Limit, str]]:
    known = _read(request)
    if address in known.get("people", []):
        return [(PER_DEVICE, f"device:{known['device']}:{address}")]
    network = salted_hmac(_SALT, get_ip(request), algorithm="sha256").hexdigest()[:32]
    return [
        (PER_NETWORK, f"network:{network}"),
        (PER_NETWORK_AND_ADDRESS, f"both:{network}:{address}"),
        (PER_ADDRESS, f"address:{address}"),
    ]


def _read(request: HttpRequest) -> dict:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return {}

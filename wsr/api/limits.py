"""How often a token, or a network without one, may ask: RateLimit and RateLimit-Policy (draft 11), Retry-After with 429.

Counted in fixed windows in the cache; while Valkey is away each web process counts for itself (`wsr.cache`).
"""

import time
from dataclasses import dataclass

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from wsr.api.problems import Problem

WINDOW = 60  # seconds
GUESSES = 10  # wrong app passwords in a window, for one name from one network


@dataclass(frozen=True)
class Quota:
    """What is left of a window."""

    name: str
    amount: int
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """As headers of the answer."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.amount};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={max(0, self.left)};t={self.seconds}',
        }


def of_device(device_id: object) -> Quota:
    """Count one request of a device or client."""
    return _count("device", str(device_id), settings.API_REQUESTS_PER_MINUTE)


def of_network(request: HttpRequest) -> Quota:
    """Count one request without a valid token."""
    return _count("network", _hidden(get_ip(request)), settings.API_STRANGERS_PER_MINUTE)


def check_guesses(request: HttpRequest, name: str) -> None:
    """Raises Problem (429) where too many wrong passwords came for this name from this network: then the right one waits too."""
    key, seconds = _key("guess", _hidden(f"{get_ip(request)} {name}"))
    check(Quota("guess", GUESSES, GUESSES - 1 - cache.get(key, 0), seconds))


def count_guess(request: HttpRequest, name: str) -> None:
    """Count one wrong password."""
    _count("guess", _hidden(f"{get_ip(request)} {name}"), GUESSES)


def check(quota: Quota) -> None:
    """Raises Problem (429) where nothing is left."""
    if quota.left < 0:
        raise Problem(
            "too-many-requests",
            _("Wait %(seconds)d seconds.") % {"seconds": quota.seconds},
            headers={"Retry-After": str(quota.seconds)},
        )


def _count(name: str, key: str, amount: int) -> Quota:
    key, seconds = _key(name, key)
    cache.add(key, 0, WINDOW * 2)
    try:
        used = cache.incr(key)
    except ValueError:  # lost, or come back, between the two calls
        used = 1
    return Quota(name, amount, amount - used, seconds)


def _key(name: str, key: str) -> tuple[str, int]:
    """The counter of the window that runs now, and the seconds until the next."""
    now = time.time()
    window = int(now) // WINDOW
    return f"api:{name}:{key}:{window}", max(1, int((window + 1) * WINDOW - now))


def _hidden(text: str) -> str:
    return salted_hmac("wsr.api.limits", text, algorithm="sha256").hexdigest()[:32]

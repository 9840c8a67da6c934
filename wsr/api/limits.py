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
    network = salted_hmac("wsr.api.limits", get_ip(request), algorithm="sha256").hexdigest()[:32]
    return _count("network", network, settings.API_STRANGERS_PER_MINUTE)


def check(quota: Quota) -> None:
    """Raises Problem (429) where nothing is left."""
    if quota.left < 0:
        raise Problem(
            "too-many-requests",
            _("Wait %(seconds)d seconds.") % {"seconds": quota.seconds},
            headers={"Retry-After": str(quota.seconds)},
        )


def _count(name: str, key: str, amount: int) -> Quota:
    now = time.time()
    window = int(now) // WINDOW
    key = f"api:{name}:{key}:{window}"
    cache.add(key, 0, WINDOW * 2)
    try:
        used = cache.incr(key)
    except ValueError:  # lost, or come back, between the two calls
        used = 1
    return Quota(name, amount, amount - used, max(1, int((window + 1) * WINDOW - now)))

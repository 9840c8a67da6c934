"""What the director does with the webhooks of the active program."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.models import DisabledBecause, WebhookDelivery, WebhookEndpoint
from wsr.notices.webhooks import addresses
from wsr.notices.webhooks.events import body_of, wake
from wsr.notices.webhooks.signing import new_secret, sealed
from wsr.tenancy import atomic, on_commit

BOTH_HOURS = 24  # so long two secrets sign while one replaces the other
MOST_ENDPOINTS = 20
TEST_KIND = "webhook.test"


class TooMany(DomainError):
    """A program has room for twenty endpoints."""


class IsOff(DomainError):
    """Nothing is sent to an endpoint that is off."""


@atomic
def add(
    *, label: str, url: str, kinds: Sequence[str], by: Person, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which nobody sees again. Raises AddressRefused and TooMany."""
    addresses.check(url)
    if WebhookEndpoint.objects.count() >= MOST_ENDPOINTS:
        raise TooMany(_("A program has at most 20 webhooks. Change one that is no longer used."))
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        label=label, url=url, kinds=sorted(kinds), secret=sealed(secret), created_by=by, created_at=at
    )
    record("webhook.added", endpoint, by=by, at=at, after={"url": url, "kinds": sorted(kinds)})
    return endpoint, secret


@atomic
def change(
    *, endpoint_id: UUID, label: str, url: str, kinds: Sequence[str], by: Person, at: datetime
) -> WebhookEndpoint:
    """Another address, name or choice of kinds; the secret stays. Raises AddressRefused."""
    addresses.check(url)
    endpoint = _lock(endpoint_id)
    before = {"label": endpoint.label, "url": endpoint.url, "kinds": endpoint.kinds}
    after = {"label": label, "url": url, "kinds": sorted(kinds)}
    if before != after:
        endpoint.label, endpoint.url, endpoint.kinds = label, url, after["kinds"]
        endpoint.save(update_fields=["label", "url", "kinds"])
        record("webhook.changed", endpoint, by=by, at=at, before=before, after=after)
    return endpoint


@atomic
def rotate(*, endpoint_id: UUID, by: Person, at: datetime) -> tuple[WebhookEndpoint, str]:
    """A new secret; for a day the previous one signs too, so that the receiver can change over without losing anything."""
    endpoint = _lock(endpoint_id)
    secret = new_secret()
    endpoint.previous_secret, endpoint.secret = endpoint.secret, sealed(secret)
    endpoint.previous_until = at + timedelta(hours=BOTH_HOURS)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    record("webhook.secret_rotated", endpoint, by=by, at=at)
    return endpoint, secret


@atomic
def turn_off(*, endpoint_id: UUID, by: Person, at: datetime) -> None:
    """Send nothing more; what waits is kept until it is turned on."""
    endpoint = _lock(endpoint_id)
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_because = at, DisabledBecause.PERSON
        endpoint.save(update_fields=["disabled_at", "disabled_because"])
        record("webhook.turned_off", endpoint, by=by, at=at)


@atomic
def turn_on(*, endpoint_id: UUID, by: Person, at: datetime) -> None:
    """Send again, beginning with what waits. Raises AddressRefused."""
    endpoint = _lock(endpoint_id)
    if endpoint.disabled_at is not None:
        addresses.check(endpoint.url)
        endpoint.disabled_at, endpoint.disabled_because = None, ""
        endpoint.failing_since = endpoint.wait_until = None
        endpoint.save(update_fields=["disabled_at", "disabled_because", "failing_since", "wait_until"])
        record("webhook.turned_on", endpoint, by=by, at=at)
        on_commit(wake)


@atomic
def send_test(*, endpoint_id: UUID, by: Person, at: datetime) -> WebhookDelivery:
    """An event that says nothing, to see whether the receiver answers. Raises IsOff."""
    endpoint = _lock(endpoint_id)
    _refuse_off(endpoint)
    event_id = f"evt_test_{int(at.timestamp() * 1000)}"
    body = body_of(kind=TEST_KIND, program_id=endpoint.program_id, at=at, context={})
    delivery, _is_new = WebhookDelivery.objects.get_or_create(
        endpoint=endpoint,
        event_id=event_id,
        defaults={"kind": TEST_KIND, "body": body, "created_at": at, "next_try_at": at},
    )
    on_commit(wake)
    return delivery


@atomic
def replay(*, delivery_id: UUID, by: Person, at: datetime) -> WebhookDelivery:
    """Send an event again under the same id, from the first try on; its log of attempts stays. Raises IsOff."""
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    _refuse_off(delivery.endpoint)
    delivery.next_try_at, delivery.tries = at, 0
    delivery.delivered_at = delivery.given_up_at = None
    delivery.save(update_fields=["next_try_at", "tries", "delivered_at", "given_up_at"])
    record("webhook.replayed", delivery.endpoint, by=by, at=at, after={"event": delivery.event_id})
    on_commit(wake)
    return delivery


def _refuse_off(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise IsOff(_("This webhook is off. Turn it on first."))


def _lock(endpoint_id: UUID) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update(of=("self",)).get(pk=endpoint_id)

"""From one row of the outbox to a delivery for each endpoint that subscribed to its kind."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kombu.exceptions import OperationalError

from wsr.notices.models import Outbox, WebhookDelivery, WebhookEndpoint
from wsr.tenancy import on_commit

logger = logging.getLogger(__name__)


def fan_out(row: Outbox, *, at: datetime) -> None:
    """Write the deliveries of a row, once each, in the relay's transaction and the engine scope of its program."""
    endpoints = WebhookEndpoint.objects.filter(disabled_at=None, kinds__contains=row.kind)
    body = body_of(kind=row.kind, program_id=row.program_id, at=row.created_at, context=row.context)
    deliveries = [
        WebhookDelivery(
            program_id=row.program_id,
            endpoint=endpoint,
            event_id=f"evt_{row.pk.hex}",
            kind=row.kind,
            body=body,
            created_at=at,
            next_try_at=at,
        )
        for endpoint in endpoints
    ]
    WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    if deliveries:
        on_commit(wake)


def listened_to() -> set[str]:
    """The kinds of events that some endpoint of the active program gets now."""
    endpoints = WebhookEndpoint.objects.filter(disabled_at=None)
    return {kind for chosen in endpoints.values_list("kinds", flat=True) for kind in chosen}


def body_of(*, kind: str, program_id: UUID, at: datetime, context: Mapping[str, Any]) -> str:
    """Kind, time and ids; whoever receives it asks the API for the rest, with rights of his own."""
    ids = {name: value for name, value in context.items() if _is_id(value)}
    stamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    data = {**ids, "program": str(program_id)}
    return json.dumps({"type": kind, "timestamp": stamp, "data": data}, separators=(",", ":"))


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


def wake() -> None:
    """Ask for deliveries now. Without a broker beat does it once that is back."""
    from wsr.notices.tasks import send_webhooks  # noqa: PLC0415 -- tasks are leaves; operations import them

    try:
        send_webhooks.delay()
    except OperationalError:
        logger.warning("webhooks not woken")

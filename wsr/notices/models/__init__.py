"""The outbox, what each person was told and chose, and the webhooks of a program."""

from wsr.notices.models.outbox import Digest, Notice, Outbox, Preference, Way
from wsr.notices.models.webhooks import DisabledBecause, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Digest",
    "DisabledBecause",
    "Notice",
    "Outbox",
    "Preference",
    "Way",
    "WebhookDelivery",
    "WebhookEndpoint",
]

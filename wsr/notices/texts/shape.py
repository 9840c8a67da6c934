"""What goes over the line, both ways: small JSON bodies, signed as Standard Webhooks has it. `docs/text-messages.md` tells it to gateways.

To the gateway:   {"id", "from", "to", "text"}
From the gateway: {"type": "text", "from", "to", "text"} and {"type": "report", "id", "state": "delivered" or "failed"}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wsr.notices.texts.gateways import Gateway
from wsr.notices.webhooks.signing import is_signed, signed_headers

MOST_BYTES = 16_384  # of a body
MOST_ID = 200
WINDOW = 300  # seconds that the clocks of both sides may differ; what is older is a replay
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class NotBelieved(Exception):
    """Nobody learns why: an unknown gateway, no or a wrong signature, too old, too long."""


class NotUnderstood(Exception):
    """Signed, and not in this shape."""


@dataclass(frozen=True, repr=False)
class Text:
    """A text message that arrived. `message_id` is the gateway's, the same however often it is sent."""

    gateway: Gateway
    message_id: str
    phone: str
    text: str


@dataclass(frozen=True)
class Report:
    """What became of a message of ours; `message_id` is ours."""

    gateway: Gateway
    message_id: str
    is_delivered: bool


def outgoing(
    gateway: Gateway, *, key: str, phone: str, text: str, at: datetime
) -> tuple[str, dict[str, str]]:
    """(body, headers) of a message to send."""
    body = json.dumps({"id": key, "from": gateway.number, "to": phone, "text": text}, ensure_ascii=False)
    return body, signed_headers(key, at, body, gateway.secrets[:1])


def believed(gateway: Gateway | None, headers: Mapping[str, str], body: bytes, *, at: datetime) -> str:
    """The id that a body came under, of a gateway that signed it a moment ago. Raises NotBelieved."""
    event_id, stamp, signatures = (headers.get(name, "") for name in HEADERS)
    is_recent = (
        stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and abs(at.timestamp() - int(stamp)) <= WINDOW
    )
    is_theirs = is_signed(event_id, stamp, body, signatures, gateway.secrets if gateway else ())
    if not (is_theirs and is_recent and 0 < len(event_id) <= MOST_ID):
        raise NotBelieved
    return event_id


def understood(gateway: Gateway, event_id: str, body: bytes) -> Text | Report:
    """What a believed body says. Raises NotUnderstood."""
    try:
        said = json.loads(body)
    except ValueError:
        raise NotUnderstood from None
    if not isinstance(said, dict):
        raise NotUnderstood
    if said.get("type") == "report" and said.get("state") in ("delivered", "failed"):
        return Report(gateway, _text(said, "id"), said["state"] == "delivered")
    if said.get("type") == "text" and said.get("to") == gateway.number and _text(said, "from"):
        return Text(gateway, event_id, _text(said, "from"), _text(said, "text"))
    raise NotUnderstood


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if not isinstance(value, str):
        raise NotUnderstood
    # A sign cut in two between the parts of a text is no character: the rest of the text counts.
    return value.replace("\0", "").encode(errors="replace").decode()

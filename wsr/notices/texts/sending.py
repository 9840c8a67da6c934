"""Handing a message to the gateway of its program."""

from django.utils import timezone

from wsr.notices.texts.gateways import Gateway
from wsr.notices.texts.shape import outgoing
from wsr.notices.webhooks.posting import post


class NotTaken(Exception):
    """The gateway did not take it; says the status or a fixed word, never what the other side wrote."""


def send(gateway: Gateway, phone: str, text: str, *, key: str) -> None:
    """Send one message under `key`, the same at every attempt. Raises NotTaken; the relay tries again."""
    body, headers = outgoing(gateway, key=key, phone=phone, text=text, at=timezone.now())
    answer = post(gateway.url, body, headers)
    if not answer.is_success:
        raise NotTaken(answer.error or f"status {answer.code}")

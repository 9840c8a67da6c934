"""Text messages behind one small adapter: a class with `send(phone, text, key)`, named by `WSR_SMS_SENDER`."""

import sys

from django.conf import settings
from django.utils.module_loading import import_string


class ConsoleSender:
    """Prints what would be sent, with all but the last two digits of the number hidden. For trying out."""

    def send(self, phone: str, text: str, key: str) -> None:
        """`key` is the same for every attempt to send the same message."""
        sys.stdout.write(f"Text message to {masked(phone)} ({key}): {text}\n")
        sys.stdout.flush()


def send(phone: str, text: str, *, key: str) -> None:
    """Send one message by the sender of this installation. Raises whatever the sender raises; the relay tries again."""
    import_string(settings.SMS_SENDER)().send(phone, text, key)


def masked(phone: str) -> str:
    """A number that can be recognized and not called."""
    return "•" * max(len(phone) - 2, 0) + phone[-2:]

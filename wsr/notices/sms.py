"""Text messages: by the gateway of the program (`wsr.notices.texts`), or else by a class with `send(phone, text, key)` named by `WSR_SMS_SENDER`."""

import sys

from django.conf import settings
from django.utils.module_loading import import_string

from wsr.notices.texts import gateways, sending


class ConsoleSender:
    """Prints what would be sent, with all but the last two digits of the number hidden. For trying out."""

    def send(self, phone: str, text: str, key: str) -> None:
        """`key` is the same for every attempt to send the same message."""
        sys.stdout.write(f"Text message to {masked(phone)} ({key}): {text}\n")
        sys.stdout.flush()


def send(phone: str, text: str, *, key: str, program: str = "") -> None:
    """Send one message for a program (its short name). Raises whatever the sender raises; the relay tries again."""
    if gateway := gateways.of_program(program):
        sending.send(gateway, phone, text, key=key)
        return
    import_string(settings.SMS_SENDER)().send(phone, text, key)


def masked(phone: str) -> str:
    """A number that can be recognized and not called."""
    return "•" * max(len(phone) - 2, 0) + phone[-2:]

"""Celery entry points. Beat calls them every few seconds; an act that tells somebody wakes the relay after commit."""

import time

from celery import shared_task
from django.utils import timezone


@shared_task(ignore_result=True)
def relay() -> None:
    """Deliver what is due until nothing is, for a minute at most: beat calls again."""
    from wsr.notices.relay import relay as run  # noqa: PLC0415 -- tasks are leaves; operations import them

    end = time.monotonic() + 60
    while run(at=timezone.now()) and time.monotonic() < end:
        pass


@shared_task(ignore_result=True)
def send_digests() -> None:
    """Put the digests that are due into the outbox, and deliver them."""
    from wsr.notices import digests, operations  # noqa: PLC0415 -- as above

    if digests.send_digests(at=timezone.now()):
        operations.wake()


@shared_task(ignore_result=True)
def send_webhooks() -> None:
    """Send the webhooks that are due."""
    from wsr.notices.webhooks import sending  # noqa: PLC0415 -- as above

    sending.send_webhooks()

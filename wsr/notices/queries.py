"""Reads of the outbox."""

from datetime import datetime, timedelta

from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope

LATE = timedelta(minutes=10)


def undelivered(*, at: datetime) -> dict[str, int]:
    """{"given_up": …, "late": …} over all programs, for the operator. Own transaction.

    Late: due for more than ten minutes and not yet delivered, so the relay or the mail server is down.
    """
    with engine_scope():
        waiting = Outbox.objects.filter(sent_at=None)
        return {
            "given_up": waiting.exclude(given_up_at=None).count(),
            "late": waiting.filter(given_up_at=None, created_at__lt=at - LATE).count(),
        }


def delivery_by_key(keys: list[str]) -> dict[str, Outbox]:
    """{key: row} of the given messages of the active program."""
    return {row.key: row for row in Outbox.objects.filter(key__in=keys)}

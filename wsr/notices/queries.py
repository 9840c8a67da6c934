"""Reads of the outbox."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope

LATE = timedelta(minutes=10)


def undelivered(*, at: datetime) -> dict[str, int]:
    """{"given_up": …, "late": …} over all programs, for the operator. Own transaction.

    Late: due for more than ten minutes and not yet delivered, so the relay or the mail server is down.
    """
    with engine_scope():
        return {"given_up": Outbox.objects.given_up().count(), "late": late(at=at).count()}


def late(*, at: datetime) -> QuerySet[Outbox]:
    """What should have left ten minutes ago: never tried although due, or tried in vain since then. Not what quiet hours hold."""
    before = at - LATE
    return Outbox.objects.waiting().filter(
        Q(tries=0, next_try_at__lt=before) | Q(tries__gt=0, created_at__lt=before)
    )


def delivery_by_key(keys: list[str]) -> dict[str, Outbox]:
    """{key: row} of the given messages of the active program."""
    return {row.key: row for row in Outbox.objects.filter(key__in=keys)}

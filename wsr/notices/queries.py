"""Reads of the outbox and of a person's own notices."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from wsr.notices.models import Notice, Outbox, Preference, Way, WebhookEndpoint
from wsr.tenancy import engine_scope, person_scope

LATE = timedelta(minutes=10)
WEEK = timedelta(days=7)
MOST = 500


def undelivered(*, at: datetime) -> dict[str, int]:
    """{"given_up": …, "late": …, "webhooks": endpoints that do not answer} over all programs, for the operator. Own transaction.

    Late: due for more than ten minutes and not yet delivered, so the relay or the mail server is down.
    """
    with engine_scope():
        return {
            "given_up": Outbox.objects.given_up().count(),
            "late": late(at=at).count(),
            "webhooks": WebhookEndpoint.objects.exclude(failing_since=None).count(),
        }


def late(*, at: datetime) -> QuerySet[Outbox]:
    """What should have left ten minutes ago: never tried although due, or tried in vain since then. Not what quiet hours hold."""
    before = at - LATE
    return Outbox.objects.waiting().filter(
        Q(tries=0, next_try_at__lt=before) | Q(tries__gt=0, created_at__lt=before)
    )


def undelivered_messages(*, at: datetime) -> QuerySet[Outbox]:
    """Of the active program: given up, tried in vain, or due for more than ten minutes."""
    rows = Outbox.objects.filter(sent_at=None, dropped_at=None)
    return rows.filter(Q(given_up_at__isnull=False) | Q(tries__gt=0) | Q(next_try_at__lt=at - LATE))


def delivery_by_key(keys: list[str]) -> dict[str, Outbox]:
    """{key: row} of the given messages of the active program."""
    return {row.key: row for row in Outbox.objects.filter(key__in=keys)}


def unread_by_program(person_id: UUID) -> dict[UUID, int]:
    """{program: unread notices} of a person; programs without any are absent. Inside her own scope, one query."""
    unread = Notice.objects.filter(person_id=person_id, read_at=None).order_by()
    return dict(unread.values("program_id").annotate(n=Count("pk")).values_list("program_id", "n"))


def unread_total(standings: Iterable[Any]) -> int:
    """Unread notices of all programs somebody is in, from her standings there."""
    return sum({standing.program.pk: standing.unread for standing in standings}.values())


def page_of_notices(
    person_id: UUID, program_ids: list[UUID], *, only_unread: bool, number: str, size: int
) -> Page[Notice]:
    """One page of a person's notices in these programs, newest first. Own transaction."""
    with person_scope(person_id):
        rows = Notice.objects.filter(person_id=person_id, program_id__in=program_ids)
        if only_unread:
            rows = rows.filter(read_at=None)
        page = Paginator(rows.order_by("-created_at", "-pk"), size).get_page(number)
        page.object_list = list(page.object_list)
        return page


def notice_of(person_id: UUID, notice_id: UUID) -> Notice | None:
    """A notice of this person. Own transaction."""
    with person_scope(person_id):
        return Notice.objects.filter(person_id=person_id, pk=notice_id).first()


def ways_kept(person_id: UUID) -> dict[UUID, Way]:
    """{program: what a person wants otherwise there}. Own transaction."""
    with person_scope(person_id):
        return {row.program_id: row for row in Way.objects.filter(person_id=person_id)}


def last_week(person_id: UUID, *, at: datetime) -> list[Notice]:
    """What a person was told in the last seven days, the oldest first, at most MOST. Own transaction."""
    with person_scope(person_id):
        rows = Notice.objects.filter(person_id=person_id, created_at__gte=at - WEEK, created_at__lte=at)
        return list(rows.order_by("created_at", "pk")[:MOST])


def choices_of(person_id: UUID) -> dict[tuple[UUID, str], str]:
    """{(program, kind): choice} where a person chose something else than the default. Own transaction."""
    with person_scope(person_id):
        rows = Preference.objects.filter(person_id=person_id)
        return {(row.program_id, row.kind): row.choice for row in rows}

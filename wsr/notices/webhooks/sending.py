"""Claims deliveries that are due and sends them: at least once each, with back-off over three days."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db.models import Q
from django.utils import timezone

from wsr.accounts.grants import Permission
from wsr.history.operations import record
from wsr.notices.models import DisabledBecause, WebhookDelivery, WebhookEndpoint
from wsr.notices.operations import tell_role
from wsr.notices.webhooks.posting import Answer, post
from wsr.notices.webhooks.signing import opened, signed_headers
from wsr.tenancy import engine_scope

logger = logging.getLogger(__name__)

# Seconds to wait after the first, second, … failed try, as Standard Webhooks proposes; together a little over three days.
BACKOFF = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
LONGEST_WAIT = timedelta(hours=1)  # that a receiver may ask for with Retry-After
FAILING = timedelta(days=3)
GONE = 410
KEPT_ATTEMPTS = 50


def send_webhooks(*, clock: Callable[[], datetime] = timezone.now, limit: int = 200) -> int:
    """Send what is due in all programs; returns how many were tried. Safe to run many times at once.

    `clock` is asked before each attempt, because receivers refuse old timestamps. An endpoint that fails is left alone for the rest of the
    run, so that it cannot hold up the others.
    """
    tried, failed = 0, set()
    while tried < limit:
        due = _due(clock(), failed)
        if due is None:
            break
        delivery_id, program_id, endpoint_id = due
        answer = _send(delivery_id, program_id, clock())
        if answer is None or not answer.is_success:
            failed.add(endpoint_id)
        tried += answer is not None
    return tried


def _due(at: datetime, failed: set[UUID]) -> tuple[UUID, UUID, UUID] | None:
    """(delivery, program, endpoint) of the oldest that is due and held by nobody."""
    with engine_scope():
        return (
            WebhookDelivery.objects.waiting()
            .filter(Q(endpoint__wait_until=None) | Q(endpoint__wait_until__lte=at), next_try_at__lte=at)
            .exclude(endpoint_id__in=failed)
            .order_by("next_try_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("id", "program_id", "endpoint_id")
            .first()
        )


def _send(delivery_id: UUID, program_id: UUID, at: datetime) -> Answer | None:
    """One attempt and its log, in one transaction. None when somebody else holds it."""
    with engine_scope(program_id):
        delivery = (
            WebhookDelivery.objects.waiting()
            .filter(pk=delivery_id, next_try_at__lte=at)
            .select_related("endpoint")
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if delivery is None:
            return None
        answer = _attempt(delivery, at)
        _note(delivery, answer, at)
        if not answer.is_success:
            logger.warning(
                "webhook not delivered delivery=%s code=%s error=%s", delivery.pk, answer.code, answer.error
            )
        return answer


def _attempt(delivery: WebhookDelivery, at: datetime) -> Answer:
    """Sign and send it. Whatever goes wrong with one endpoint is its answer, and holds up no other."""
    try:
        live = [opened(secret) for secret in delivery.endpoint.sealed_secrets(at)]
        headers = signed_headers(delivery.event_id, at, delivery.body, live)
        return post(delivery.endpoint.url, delivery.body, headers)
    except InvalidToken:
        return Answer(None, "secret unreadable, replace it", 0)
    except Exception as error:
        logger.exception("webhook not sent delivery=%s", delivery.pk)
        return Answer(None, type(error).__name__, 0)


def _note(delivery: WebhookDelivery, answer: Answer, at: datetime) -> None:
    attempt = {
        "at": at.isoformat(),
        "code": answer.code,
        "error": answer.error,
        "ms": answer.milliseconds,
    }
    delivery.attempts = [*delivery.attempts, attempt][-KEPT_ATTEMPTS:]
    delivery.tries += 1
    if answer.is_success:
        delivery.delivered_at = at
    elif delivery.tries <= len(BACKOFF):
        delivery.next_try_at = at + max(timedelta(seconds=BACKOFF[delivery.tries - 1]), _wait(answer))
    else:
        delivery.given_up_at = at
    delivery.save(update_fields=["attempts", "tries", "delivered_at", "next_try_at", "given_up_at"])
    _note_endpoint(delivery, answer, at)


def _wait(answer: Answer) -> timedelta:
    """For so long the receiver asks to be left alone, within reason."""
    return min(timedelta(seconds=answer.wait), LONGEST_WAIT)


def _note_endpoint(delivery: WebhookDelivery, answer: Answer, at: datetime) -> None:
    endpoints = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    if answer.is_success:
        endpoints.exclude(failing_since=None).update(failing_since=None)
        return
    endpoints.filter(failing_since=None).update(failing_since=at)
    if wait := _wait(answer):
        endpoints.update(wait_until=at + wait)
    since = delivery.endpoint.failing_since
    if answer.code == GONE:
        _disable(delivery.endpoint, DisabledBecause.GONE, at)
    elif delivery.given_up_at and since and at - since >= FAILING:
        _disable(delivery.endpoint, DisabledBecause.FAILED, at)


def _disable(endpoint: WebhookEndpoint, because: DisabledBecause, at: datetime) -> None:
    """Turn it off and tell whoever looks after webhooks."""
    changed = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at=None).update(
        disabled_at=at, disabled_because=because
    )
    if changed:
        record("webhook.turned_off", endpoint, by=None, at=at, after={"because": because.value})
        tell_role(
            kind="webhook_off",
            key=f"webhook_off:{endpoint.pk}:{int(at.timestamp())}",
            permission=Permission.WEBHOOK_CHANGE,
            at=at,
            context={"endpoint": str(endpoint.pk)},
        )

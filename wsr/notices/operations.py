"""Telling people: a row in the outbox now, a message after commit.

Delivery is at least once. The row is marked as sent in the transaction that sends, one row each; when the process dies after the mail
server took the message and before the commit, it is sent again under the same Message-ID, so that mail programs show it once.
"""

import hashlib
import logging
import traceback
from collections.abc import Mapping
from datetime import datetime, timedelta
from smtplib import SMTPResponseException
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from kombu.exceptions import OperationalError

from wsr.accounts.models import Person
from wsr.notices.kinds import preparer_of
from wsr.notices.models import Outbox
from wsr.tenancy import atomic, current_program_id, engine_scope, on_commit

logger = logging.getLogger(__name__)

# Minutes to wait after the first, second, … failed try; after the last one the message is given up and shown.
BACKOFF = (1, 5, 15, 60, 240, 720, 1440)


@atomic
def tell(
    *,
    kind: str,
    key: str,
    email: str,
    at: datetime,
    context: Mapping[str, object],
    person: Person | None = None,
    language: str = "",
) -> None:
    """Put a message into the outbox of the active program, once per `key`; the relay is woken after commit.

    `context` holds ids and addresses of pages, never facts and never anything that opens a door by itself.
    """
    preparer_of(kind)
    row = Outbox(
        program_id=current_program_id(),
        key=key,
        kind=kind,
        email=email,
        person=person,
        language=language or (person.language if person else ""),
        context=dict(context),
        created_at=at,
        next_try_at=at,
    )
    Outbox.objects.bulk_create([row], ignore_conflicts=True)
    on_commit(_wake)


def relay(*, at: datetime, limit: int = 200) -> int:
    """Deliver what is due in all programs, up to `limit` messages; returns how many were tried. Safe to run many times at once."""
    for tried in range(limit):
        if not deliver_next(at=at):
            return tried
    return limit


def deliver_next(*, at: datetime) -> bool:
    """Claim one due message that nobody else holds, send it and mark it, in one transaction. False when there is none."""
    with engine_scope():
        row = (
            Outbox.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(sent_at=None, given_up_at=None, next_try_at__lte=at)
            .order_by("next_try_at", "id")
            .first()
        )
        if row is None:
            return False
        try:
            with atomic():
                message(row).send()
        except Exception as error:  # one bad message must not hold up the others
            _log(row, error)
            _postpone(row, at, error)
        else:
            row.sent_at, row.tries, row.error = at, row.tries + 1, ""
        row.save(update_fields=["sent_at", "tries", "error", "next_try_at", "given_up_at"])
        return True


def message(row: Outbox) -> EmailMessage:
    """The mail of one row, in the language of its reader."""
    with translation.override(row.language or settings.LANGUAGE_CODE):
        text = render_to_string(
            f"notices/{row.kind}.txt", preparer_of(row.kind)(row) | {"site": settings.BASE_URL}
        )
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(
        subject,
        body.strip() + "\n",
        to=[row.email],
        headers={"Message-ID": message_id(row.program_id, row.key)},
    )


def message_id(program_id: UUID, key: str) -> str:
    """The same for every attempt to send the same message."""
    host = urlsplit(settings.BASE_URL).hostname
    digest = hashlib.sha256(f"{settings.BASE_URL} {program_id} {key}".encode()).hexdigest()[:40]
    return f"<{digest}@{host}>"


def _wake() -> None:
    from wsr.notices.tasks import relay as relay_task  # noqa: PLC0415 -- tasks are leaves; operations import them

    try:
        relay_task.delay()
    except OperationalError:  # the broker is away; beat wakes the relay once it is back
        logger.warning("relay not woken")


def _postpone(row: Outbox, at: datetime, error: Exception) -> None:
    row.error = _describe(error)
    if row.tries < len(BACKOFF):
        row.next_try_at = at + timedelta(minutes=BACKOFF[row.tries])
    else:
        row.given_up_at = at
    row.tries += 1


def _log(row: Outbox, error: Exception) -> None:
    """Where it went wrong, without the error's own words: they may hold her address."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name} {frame.filename}:{frame.lineno}" for frame in reversed(frames))
    logger.error("notice not sent notice=%s error=%s at %s", row.pk, _describe(error), where)


def _describe(error: Exception) -> str:
    """What the operator needs to know, without the addresses that mail servers repeat in their answers."""
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__

"""The relay: claims what is due and delivers it.

Delivery is at least once. A row is marked in the transaction that delivers it, one row each; when the process dies after the mail
server took the message and before the commit, it is sent again under the same Message-ID, so that mail programs show it once.
"""

import hashlib
import logging
import traceback
from datetime import datetime, timedelta
from smtplib import SMTPResponseException
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from wsr.accounts.models import Membership, Person
from wsr.notices import sms
from wsr.notices.enums import Channel
from wsr.notices.hours import Ways, ways_of
from wsr.notices.kinds import NotReachable, kind_of
from wsr.notices.models import Outbox, Way
from wsr.notices.personal import stop_token
from wsr.notices.spreading import spread
from wsr.notices.texts.sending import NotTaken
from wsr.notices.wording import one_line, words_of
from wsr.tenancy import atomic, engine_scope
from wsr.tenancy.circles import hidden_from
from wsr.tenancy.models import Program

logger = logging.getLogger(__name__)

# Minutes to wait after the first, second, … failed try; after the last one the message is given up and shown.
BACKOFF = (1, 5, 15, 60, 240, 720, 1440)


def relay(*, at: datetime, limit: int = 200) -> int:
    """Deliver what is due in all programs, up to `limit` rows; returns how many were tried. Safe to run many times at once."""
    tried = 0
    while tried < limit:
        handled = [deliver(row_id, program_id, at=at) for row_id, program_id in _due(at, limit - tried)]
        if not any(handled):
            break
        tried += sum(handled)
    return tried


def _due(at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(row, program) of what is due and held by no other relay, oldest first."""
    with engine_scope():
        rows = (
            Outbox.objects.waiting()
            .filter(next_try_at__lte=at)
            .order_by("next_try_at", "id")
            .select_for_update(skip_locked=True, of=("self",))
        )
        return list(rows.values_list("id", "program_id")[:limit])


def deliver(row_id: UUID, program_id: UUID, *, at: datetime) -> bool:
    """Claim one row, deliver it and mark it, in one transaction. False when somebody else has it or had it."""
    with engine_scope(program_id):
        row = (
            Outbox.objects.waiting()
            .filter(pk=row_id, next_try_at__lte=at)
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if row is None:
            return False
        try:
            with atomic():
                _deliver(row, at)
        except NotReachable:
            row.dropped_at = at
        except Exception as error:  # one bad message must not hold up the others
            _log(row, error)
            _postpone(row, at, error)
        row.save(
            update_fields=["sent_at", "tries", "error", "next_try_at", "given_up_at", "dropped_at", "email"]
        )
        return True


def _deliver(row: Outbox, at: datetime) -> None:
    """Send it or hold it until the end of the quiet hours; raises NotReachable, or whatever went wrong."""
    if row.members_only:
        _refuse_left(row)
        quiet_until = None if kind_of(row.kind).urgent else _ways(row).held_until(at)
        if quiet_until:
            row.next_try_at = quiet_until
            return
    if row.channel == Channel.PEOPLE:
        spread(row, at=at)
    elif row.channel == Channel.SMS:
        phone = _phone(row, at)
        if not phone:
            return
        program = Program.objects.get(pk=row.program_id).slug
        sms.send(phone, words_of(row, row.language).subject, key=str(row.pk), program=program)
    else:
        message(row).send()
    row.sent_at, row.tries, row.error = at, row.tries + 1, ""


def _phone(row: Outbox, at: datetime) -> str:
    """The number, of a worker out of the vault; "" where it is not the hour for her, and the row waits. Raises NotReachable."""
    reach = kind_of(row.kind).reach
    if reach is None:
        return row.phone
    found = reach(row, at)
    if found.not_before:
        row.next_try_at = found.not_before
        return ""
    return found.phone


def _refuse_left(row: Outbox) -> None:
    """Writes the reader's present address into the row. Raises NotReachable, also where by now she must not know of it."""
    held = Membership.objects.active().filter(person_id=row.person_id, person__is_active=True)
    if row.organization_id:
        held = held.filter(organization_id=row.organization_id)
    if not held.exists() or (row.about and hidden_from(row.about, [row.person_id])):
        raise NotReachable
    row.person = Person.objects.get(pk=row.person_id)
    if row.channel == Channel.EMAIL:
        row.email = row.person.email


def _ways(row: Outbox) -> Ways:
    own = Way.objects.filter(person_id=row.person_id).first()
    return ways_of(row.person, Program.objects.get(pk=row.program_id), own)


def message(row: Outbox) -> EmailMessage:
    """The mail of one row, in the language of its reader."""
    words = words_of(row, row.language)
    headers = {"Message-ID": message_id(row.program_id, row.key)}
    body = words.body
    if row.members_only:
        body += footer(row)
        headers |= _one_click(row)
    return EmailMessage(words.subject, body, to=[row.email], headers=headers)


def footer(row: Outbox) -> str:
    """Why she gets it, and where to change that."""
    with translation.override(row.language or settings.LANGUAGE_CODE):
        return render_to_string(
            "notices/footer.txt",
            {
                "program": one_line(Program.objects.get(pk=row.program_id).name),
                "choose_url": settings.BASE_URL + reverse("notices:preferences"),
                "stop_url": stop_url(row),
            },
        )


def _one_click(row: Outbox) -> dict[str, str]:
    """Mail programs show a button by these headers (RFC 8058); what is mandatory has none."""
    url = stop_url(row)
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def stop_url(row: Outbox) -> str:
    """The signed address that stops such mails and does nothing else; "" for what cannot be switched off."""
    if kind_of(row.kind).mandatory:
        return ""
    kind = "" if row.kind == "digest" else row.kind
    token = stop_token(person_id=row.person_id, program_id=row.program_id, kind=kind)
    return settings.BASE_URL + reverse("notices:stop", args=[token])


def message_id(program_id: UUID, key: str) -> str:
    """The same for every attempt to send the same message."""
    host = urlsplit(settings.BASE_URL).hostname
    digest = hashlib.sha256(f"{settings.BASE_URL} {program_id} {key}".encode()).hexdigest()[:40]
    return f"<{digest}@{host}>"


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
    if isinstance(error, NotTaken):
        return f"text gateway: {error}"
    if isinstance(error, SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__

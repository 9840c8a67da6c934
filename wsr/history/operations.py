"""Writing history: one call inside the operation's own transaction."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from wsr.errors import DomainError
from wsr.history.models import Held, Payload
from wsr.tenancy import ask, current_program_id, engine_scope
from wsr.tenancy.models import OPEN

# Nothing is returned from the tables themselves: a portal may add to history and read none of it.
_INSERT = "SELECT history_record($1, $2, $3, $4, $5, $6, $7, $8, $9)"

ACT = ("at", "event", "actor_id", "subject_type", "subject_id", "body")


def record(
    event: str,
    subject: models.Model | tuple[str, UUID | None],
    *,
    by: models.Model | None,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
    secret_of: UUID = OPEN,
) -> UUID:
    """Record an act in the active program and return the event's id.

    `by` is a Person, or None for the system. `subject` is a saved row, or ("app.model", id). `at` is timezone-aware.
    `before` and `after` hold only what changed. Texts that would expose a person belong in neither. An act that only a circle may
    know of (`secret_of`) is held back until `release`; then the id is that of what is held.
    """
    if at.tzinfo is None:
        raise ValueError("History wants a time with its zone.")
    subject_type, subject_id = (
        subject if isinstance(subject, tuple) else (subject._meta.label_lower, subject.pk)
    )
    body = canonical(
        {
            "by": str(by) if by is not None else "",
            "subject": "" if isinstance(subject, tuple) else str(subject),
            "before": before or {},
            "after": after or {},
            "reason": reason,
        }
    )
    act = {
        "at": at,
        "event": event,
        "actor_id": by.pk if by is not None else None,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "body": body,
    }
    if secret_of != OPEN:
        return Held.objects.create(secret_of=secret_of, **act).pk
    return _insert(act)


def release(circle_id: UUID) -> int:
    """Enter what was held back for a circle into the history, in order and with the times of the acts; returns how many.

    The caller opens the circle in the same transaction, once.
    """
    held = list(Held.objects.filter(secret_of=circle_id).order_by("at", "id").values(*ACT))
    for act in held:
        _insert(act)
    return len(held)


def _insert(act: Mapping[str, Any]) -> UUID:
    salt = secrets.token_bytes(16)
    return UUID(
        ask(
            _INSERT,
            (
                str(current_program_id()),
                act["at"].isoformat(),
                str(act["event"]),
                _id(act["actor_id"]),
                act["subject_type"],
                _id(act["subject_id"]),
                f"\\x{commitment(salt, act['body']).hex()}",
                f"\\x{salt.hex()}",
                act["body"],
            ),
        )
    )


def _id(value: UUID | int | None) -> str | None:
    return None if value is None else str(value)


def erase_payload(event_id: UUID, *, by: models.Model, at: datetime, reason: str) -> UUID:
    """Erase what an event of the active program says; that it happened, when and by whom stays. Returns the erasure's event.

    The erasure is recorded first, in the same transaction, on the engine's login: no other may delete a payload. It is done
    when this returns, whatever becomes of the caller's own transaction. `at` is timezone-aware. The reason stays on record and
    must name nobody. Raises DomainError where there is no reason or nothing to erase.
    """
    if not reason.strip():
        raise DomainError(_("Say why the text is erased, without naming anyone."))
    with engine_scope(current_program_id()):
        rows = Payload.objects.filter(pk=event_id)
        if not rows.exists():
            raise DomainError(
                _("There is no text to erase: it was erased before, or the event is of another program.")
            )
        erasure = record("history.erased", ("history.event", event_id), by=by, at=at, reason=reason.strip())
        rows.delete()
        return erasure


def commitment(salt: bytes, body: str) -> bytes:
    """SHA-256 over salt and payload: what the tree knows of a payload."""
    return hashlib.sha256(salt + body.encode()).digest()


def canonical(value: object) -> str:
    """JSON with sorted keys and no blanks, so that equal content is equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if hasattr(value, "_proxy____args") or isinstance(value, bytes):  # a lazy translation
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in history")

"""What a worker has typed and not sent yet: kept here, readable in her browser alone.

One token in a cookie is all that the browser holds. The id of the draft – and of the complaint it becomes – and the key that seals it are both
made of it, so whoever has the whole database and the keys of this server cannot open a draft.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connections

from complaints.models import Draft
from wsr.files import sealed
from wsr.tenancy import atomic, current_alias, engine_scope
from wsr.vault.envelope import KEY_BYTES, DoesNotOpen, Place, close, open_envelope

# From the morning break until after a long shift, so that she can begin at work and send from home, and press again after a line that was
# dead for hours. Longer would help only whoever takes her phone.
HOURS = 12
MOST_BYTES = 60_000  # of all answers together; each has a shorter limit of its own
_TOKEN_BYTES = 32
_TABLE = "complaints_draft"


@dataclass(frozen=True, repr=False)
class Token:
    """What her browser holds, 256 random bits, in one program. Never logged, never in a URL."""

    text: str
    program_id: UUID

    @classmethod
    def new(cls, program_id: UUID) -> "Token":
        """For the first answer of a new complaint."""
        return cls(secrets.token_urlsafe(_TOKEN_BYTES), program_id)

    @cached_property
    def case_id(self) -> UUID:
        """Id of the draft, and of the complaint that it becomes."""
        return UUID(bytes=self._derived("draft id")[:16], version=4)

    @cached_property
    def key(self) -> bytes:
        """What the draft, and afterwards the receipt, is sealed under."""
        return self._derived("draft key")

    def made_id(self, purpose: str) -> UUID:
        """Another id that this token alone leads to, so that what is pressed twice is made once."""
        return UUID(bytes=self._derived(f"id of {purpose}")[:16], version=4)

    def _derived(self, purpose: str) -> bytes:
        made = HKDF(
            algorithm=SHA256(),
            length=KEY_BYTES,
            salt=self.program_id.bytes,
            info=f"wsr complaints {purpose}".encode(),
        )
        return made.derive(self.text.encode())


@dataclass(frozen=True, repr=False)
class Slip:
    """What one complainant is given: digits without hyphens. `secret` is empty once it was shown."""

    complainant_id: UUID
    number: str
    secret: str = ""


@dataclass(frozen=True, repr=False)
class Receipt:
    """What she keeps: the number that she may tell, and the secret that she tells nobody. Digits without hyphens; and in which language.

    `others`: the slips of those who complain with her. Once somebody has seen the secrets for them (`reveal`), they are empty.
    """

    number: str
    secret: str
    language: str = "en"
    others: tuple[Slip, ...] = ()


@atomic
def keep(token: Token, answers: Mapping[str, Any], *, at: datetime) -> bool:
    """Seal her answers so far; False where the draft was sent already and nothing was kept. In the worker's scope of the token's case."""
    draft = locked(token, at=at)
    if draft.sent_at is not None:
        return False
    _write(draft, token, "content", dict(answers), at=at)
    for file in answers.get("files", ()):
        sealed.stay(token.program_id, UUID(file["id"]))
    return True


@atomic
def add(token: Token, answers: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Put answers beside those that are there, by question, so that of two presses at once neither takes back what the other said.

    Returns all of them; empty where the draft was sent already. In the worker's scope of the token's case.
    """
    locked(token, at=at)
    said = {**answers_of(token, at=at), **answers}
    return said if keep(token, said, at=at) else {}


def answers_of(token: Token, *, at: datetime) -> dict[str, Any]:
    """Her answers so far; empty where there is no draft, it has expired, or it was sent."""
    draft = Draft.objects.filter(pk=token.case_id, sent_at=None, expires_at__gt=at).first()
    return _read(draft, token, "content") if draft else {}


def receipt_of(token: Token, *, at: datetime) -> Receipt | None:
    """The receipt of what she sent, until she has written it down or it expires."""
    draft = Draft.objects.filter(pk=token.case_id, sent_at__isnull=False, expires_at__gt=at).first()
    return _receipt(draft, token) if draft else None


@atomic
def reveal(token: Token, *, at: datetime) -> Receipt | None:
    """The receipt with its secrets, once: from then on they are empty. In the worker's scope of the token's case."""
    sent = Draft.objects.select_for_update(of=("self",)).filter(pk=token.case_id, sent_at__isnull=False)
    draft = sent.filter(expires_at__gt=at).first()
    receipt = _receipt(draft, token) if draft else None
    if receipt is not None and receipt.secret:
        blank = tuple(replace(slip, secret="") for slip in receipt.others)
        _write(draft, token, "receipt", _said(replace(receipt, secret="", others=blank)), at=at)
    return receipt


def forget(token: Token) -> None:
    """Throw the draft away, or the receipt that it holds: she wrote it down, or she leaves."""
    Draft.objects.filter(pk=token.case_id).delete()


def locked(token: Token, *, at: datetime) -> Draft:
    """The draft of a token, made where there is none, locked until the end of the transaction: two presses at once stand in line here."""
    blank = Draft(
        id=token.case_id, program_id=token.program_id, content=b"", begun_at=at, expires_at=_expiry(at)
    )
    Draft.objects.bulk_create([blank], ignore_conflicts=True)
    return Draft.objects.select_for_update(of=("self",)).get(pk=token.case_id)


def put_receipt(draft: Draft, token: Token, receipt: Receipt, *, at: datetime) -> None:
    """What was typed goes, the receipt takes its place. The caller holds the lock."""
    draft.sent_at = at
    _write(draft, token, "receipt", _said(receipt), at=at)


def delete_expired(*, at: datetime) -> int:
    """Delete the drafts and receipts of all programs whose time is over; returns how many."""
    with engine_scope(), connections[current_alias()].cursor() as cursor:
        cursor.execute("DELETE FROM complaints_draft WHERE expires_at <= %s", [at])
        return cursor.rowcount


def _expiry(at: datetime) -> datetime:
    return at + timedelta(hours=HOURS)


def _place(token: Token, column: str) -> Place:
    return Place(_TABLE, column, token.case_id)


def _write(draft: Draft, token: Token, column: str, said: dict[str, Any], *, at: datetime) -> None:
    text = json.dumps(said, ensure_ascii=False).encode()
    draft.content = close(token.key, token.program_id, _place(token, column), text)
    draft.expires_at = _expiry(at)
    draft.save(update_fields=["content", "sent_at", "expires_at"])


def _said(receipt: Receipt) -> dict[str, Any]:
    others = [[str(slip.complainant_id), slip.number, slip.secret] for slip in receipt.others]
    return {
        "number": receipt.number,
        "secret": receipt.secret,
        "language": receipt.language,
        "others": others,
    }


def _receipt(draft: Draft, token: Token) -> Receipt | None:
    said = _read(draft, token, "receipt")
    if not said:
        return None
    others = tuple(Slip(UUID(who), number, secret) for who, number, secret in said.get("others", ()))
    return Receipt(said["number"], said["secret"], said["language"], others)


def _read(draft: Draft, token: Token, column: str) -> dict[str, Any]:
    if not draft.content:
        return {}
    try:
        text = open_envelope(token.key, token.program_id, _place(token, column), draft.content)
    except DoesNotOpen:
        return {}
    return json.loads(text)

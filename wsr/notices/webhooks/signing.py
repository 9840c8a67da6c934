"""Secrets and signatures of Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", one `v1,…` for each live secret."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

PREFIX = "whsec_"


def new_secret() -> str:
    """32 random bytes as receivers expect them: whsec_ and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed_headers(event_id: str, at: datetime, body: str, live: Sequence[str]) -> dict[str, str]:
    """The three headers of one attempt, signed with every live secret."""
    stamp = str(int(at.timestamp()))
    content = f"{event_id}.{stamp}.{body}".encode()
    signatures = [
        base64.b64encode(hmac.digest(key_of(secret), content, "sha256")).decode() for secret in live
    ]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def is_signed(event_id: str, stamp: str, body: bytes, signatures: str, live: Sequence[str]) -> bool:
    """Whether one of the `v1,…` in `signatures` was made with one of the secrets; each is compared in constant time."""
    content = f"{event_id}.{stamp}.".encode() + body
    given = [part.removeprefix("v1,").encode() for part in signatures.split()[:8] if part.startswith("v1,")]
    right = [base64.b64encode(hmac.digest(key_of(secret), content, "sha256")) for secret in live]
    return any(hmac.compare_digest(one, other) for one in given for other in right)


def sealed(secret: str) -> str:
    """Encrypted for the database, by a key that follows from WSR_SECRET_KEY."""
    return _box().encrypt(secret.encode()).decode()


def opened(secret: str) -> str:
    """The secret itself; old values of WSR_SECRET_KEY still open it."""
    return _box().decrypt(secret.encode()).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. ValueError for what is no base64."""
    return base64.b64decode(secret.removeprefix(PREFIX))


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"secrets of webhooks " + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])

"""Links of invitations. Nothing that is stored opens one.

The token is a keyed digest of the invitation's id and a nonce. The outbox keeps the nonce, the invitation keeps a digest of the token, and
the key is the installation's: whoever reads the database cannot make the link, and a new nonce ends the old link.
"""

import hashlib
import secrets
from uuid import UUID

from django.conf import settings
from django.core.signing import base64_hmac

_SALT = "wsr.accounts.invitation"


def new_nonce() -> str:
    """A fresh nonce for one link."""
    return secrets.token_urlsafe(16)


def token_of(invitation_id: UUID, nonce: str) -> str:
    """The token in the link, from what the outbox keeps."""
    return base64_hmac(_SALT, f"{invitation_id}:{nonce}", settings.SECRET_KEY, algorithm="sha256")


def digest_of(token: str) -> str:
    """SHA-256 of a token, in hexadecimal: what the invitation keeps."""
    return hashlib.sha256(token.encode()).hexdigest()

"""The installation's Ed25519 key, which signs every head: of histories and of registries.

`WSR_SIGNING_KEY` holds 32 bytes in base64; without it the key is the file `signing.key` in the keys folder, readable by
its owner alone. `create_key` makes the file, once: in development at first use, in production when an operator asks.
"""

import base64
import binascii
import contextlib
import os
import secrets
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .checkpoint import Checkpoint, VerifierKey, sign

KEY_FILE = "signing.key"


def private_key() -> Ed25519PrivateKey:
    """The installation's key. Raises ImproperlyConfigured where there is none and none may be made."""
    text = settings.SIGNING_KEY
    if not text:
        path = settings.KEYS_DIR / KEY_FILE
        if not path.exists():
            if not settings.DEBUG:
                raise ImproperlyConfigured(
                    "There is no signing key: set WSR_SIGNING_KEY or run prepare_database."
                )
            create_key()
        text = path.read_text()
    return _key_of(text)


@lru_cache(maxsize=2)
def _key_of(text: str) -> Ed25519PrivateKey:
    """Deriving a key takes as long as signing with it."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=False))
    except (ValueError, binascii.Error):
        raise ImproperlyConfigured("The signing key is not 32 bytes in base64.") from None


def create_key() -> None:
    """Make the key file unless it exists; of two processes at once, the first one's key stays."""
    settings.KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.KEYS_DIR / KEY_FILE
    draft = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def origin(log: str, slug: str) -> str:
    """Name of a log of this installation, such as `registry.example.org/history/fair-food`."""
    return f"{urlsplit(settings.BASE_URL).netloc}/{log}/{slug}"


def verifier_key(name: str) -> VerifierKey:
    """The public half, under the name of a log: what anyone needs to check its heads."""
    return VerifierKey(name, private_key().public_key().public_bytes_raw())


def sign_head(name: str, size: int, root: bytes, extensions: tuple[str, ...] = ()) -> str:
    """The signed head of a log: `name` is its origin, `root` the hash over its `size` leaves."""
    return sign(Checkpoint(name, size, root, extensions), private_key())

"""The secrets that are not in the database: the root key, its predecessors during a rotation, and the pepper.

`WSR_VAULT_KEY` holds 32 bytes in base64. Without it the file `vault.key` in the keys folder does, one key a line: the first one closes,
the others still open. `WSR_VAULT_KEY_FALLBACKS` names those others where the key comes from the environment. The pepper
(`WSR_VAULT_PEPPER`, or the file `vault.pepper`) keys the blind index and the hashes of workers' secrets; it is exchanged in the same way, with
`WSR_VAULT_PEPPER_FALLBACKS` or further lines, and its id stands beside what it keys.
"""

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from wsr.vault.envelope import KEY_BYTES

KEY_FILE = "vault.key"
PEPPER_FILE = "vault.pepper"


@dataclass(frozen=True, repr=False)
class RootKey:
    """A root key and the name it goes by in the database, from which it cannot be guessed."""

    secret: bytes

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits."""
        return hashlib.sha256(b"wsr vault root key" + self.secret).hexdigest()[:16]


def root_keys() -> dict[str, RootKey]:
    """{id: key}; the first one closes, all of them open. Raises ImproperlyConfigured where there is none."""
    texts = (
        (settings.VAULT_KEY, *settings.VAULT_KEY_FALLBACKS)
        if settings.VAULT_KEY
        else tuple(_read(KEY_FILE, "WSR_VAULT_KEY").split())
    )
    keys = [RootKey(_decoded(text, "WSR_VAULT_KEY")) for text in texts]
    return {key.id: key for key in keys}


def current_root_key() -> RootKey:
    """The root key that closes."""
    return next(iter(root_keys().values()))


@dataclass(frozen=True, repr=False)
class Pepper:
    """A pepper and the name it goes by in the database, from which it cannot be guessed."""

    secret: bytes

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits."""
        return hashlib.sha256(b"wsr vault pepper" + self.secret).hexdigest()[:16]


def peppers() -> list[Pepper]:
    """The first one keys what is new, the others what was not keyed anew yet. Raises ImproperlyConfigured where there is none."""
    texts = (
        (settings.VAULT_PEPPER, *settings.VAULT_PEPPER_FALLBACKS)
        if settings.VAULT_PEPPER
        else tuple(_read(PEPPER_FILE, "WSR_VAULT_PEPPER").split())
    )
    return [Pepper(_decoded(text.strip(), "WSR_VAULT_PEPPER")) for text in texts]


def derived(purpose: str, salt: bytes = b"", *, pepper: Pepper | None = None) -> bytes:
    """A key of its own for one purpose, from the first pepper or this one (HKDF-SHA256)."""
    return _derived((pepper or peppers()[0]).secret, purpose, salt)


def create_keys() -> None:
    """Make the key files that are missing, readable by their owner alone; of two processes at once, the first one's stay."""
    for setting, name in ((settings.VAULT_KEY, KEY_FILE), (settings.VAULT_PEPPER, PEPPER_FILE)):
        if setting:
            continue
        settings.KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = settings.KEYS_DIR / name
        draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()


def new_key() -> str:
    """32 random bytes in base64, as a root key or a pepper."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _read(name: str, setting: str) -> str:
    path = settings.KEYS_DIR / name
    if not path.exists() and settings.DEBUG:
        create_keys()
    try:
        text = path.read_text()
    except FileNotFoundError:
        text = ""
    if not text.strip():
        raise ImproperlyConfigured(f"The vault has no key: set {setting} or run prepare_database.")
    return text


@lru_cache(maxsize=8)
def _decoded(text: str, setting: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{setting} is not 32 bytes in base64.")
    return key


@lru_cache(maxsize=1024)
def _derived(pepper: bytes, purpose: str, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=f"wsr vault {purpose}".encode()).derive(
        pepper
    )

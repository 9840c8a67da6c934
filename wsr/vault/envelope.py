"""The envelope that every secret lies in: AES-256-GCM, bound to the place it was written for. No Django, no state.

    envelope = version (1 byte) | nonce (12 bytes) | ciphertext and tag of the padded text

The associated data name version, program, table, column and row, so that an envelope that is moved to another place does not open. Texts
are padded to full 64 bytes (ISO/IEC 7816-4: one byte 0x80, then zeros), so that the length does not tell "yes" from "no".
"""

import re
import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
_NONCE_BYTES = 12
_BLOCK = 64
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


class DoesNotOpen(Exception):
    """An envelope that this key and this place do not open: altered, moved, or of another key. A bug or an attack, never a typing error."""


@dataclass(frozen=True)
class Place:
    """Where a secret belongs: table and column as in the database, and the id of the row."""

    table: str
    column: str
    row: UUID

    def __post_init__(self) -> None:
        """ValueError for a name that could be read as two, or a row that is no id."""
        if not (_NAME.fullmatch(self.table) and _NAME.fullmatch(self.column)):
            raise ValueError("A place has a table and a column named as in the database.")
        if not isinstance(self.row, UUID):
            raise ValueError("The row of a place is a UUID.")


def associated_data(version: int, program_id: UUID, place: Place) -> bytes:
    """`wsr-vault|version|program|table|column|row`, ids in their canonical form."""
    return f"wsr-vault|{version}|{program_id}|{place.table}|{place.column}|{place.row}".encode()


def close(key: bytes, program_id: UUID, place: Place, text: bytes, *, nonce: bytes = b"") -> bytes:
    """Encrypt. `nonce` is for known-answer tests alone; two texts under one nonce and key would betray both."""
    nonce = nonce or secrets.token_bytes(_NONCE_BYTES)
    padded = text + b"\x80" + bytes(-(len(text) + 1) % _BLOCK)
    sealed = AESGCM(key).encrypt(nonce, padded, associated_data(VERSION, program_id, place))
    return bytes([VERSION]) + nonce + sealed


def open_envelope(key: bytes, program_id: UUID, place: Place, envelope: bytes | memoryview) -> bytes:
    """Decrypt. Raises DoesNotOpen for anything but what `close` made with the same key for the same place."""
    envelope = bytes(envelope)
    if not envelope or envelope[0] != VERSION:
        raise DoesNotOpen("This envelope has a version that is not known here.")
    nonce, sealed = envelope[1 : 1 + _NONCE_BYTES], envelope[1 + _NONCE_BYTES :]
    try:
        padded = AESGCM(key).decrypt(nonce, sealed, associated_data(envelope[0], program_id, place))
    except (InvalidTag, ValueError):
        raise DoesNotOpen(f"What is sealed for {place.table}.{place.column} does not open.") from None
    return padded[: padded.rindex(b"\x80")]

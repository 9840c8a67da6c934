"""Signed heads of a log, in the C2SP forms that witnesses and other people's tools read.

A checkpoint (c2sp.org/tlog-checkpoint) is a note of three lines – origin, size, root hash – and optional extension
lines; a signed note (c2sp.org/signed-note) adds signature lines below an empty line. The signer's name is the origin of
the log, so a head of one log can never pass for a head of another, although one Ed25519 key signs for all of them.
"""

import base64
import binascii
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\N{EM DASH} "


class BadCheckpoint(ValueError):
    """The text is not a well-formed checkpoint, or its signature does not hold. The message says which."""


@dataclass(frozen=True)
class Checkpoint:
    """What a head says: the log's name, how many leaves it had, and their root hash."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> str:
        """The exact text that is signed."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        if any(not line or "\n" in line for line in lines):
            raise BadCheckpoint("A line of a checkpoint is never empty and holds no line break.")
        return "\n".join(lines) + "\n"

    def extension(self, key: str) -> str | None:
        """The rest of the extension line that begins with `key` and a blank."""
        return next((line[len(key) + 1 :] for line in self.extensions if line.startswith(f"{key} ")), None)


@dataclass(frozen=True)
class VerifierKey:
    """A public key and the name it signs under: `<name>+<key id>+<base64 of algorithm and key>`."""

    name: str
    public: bytes

    @cached_property
    def key_id(self) -> bytes:
        """The four bytes that lead every signature of this key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read what `str()` wrote. Raises BadCheckpoint."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadCheckpoint("The key is not in the form name+id+key.") from error
        key = cls(name, raw[1:])
        if len(raw) != 33 or raw[:1] != ED25519 or str(key) != f"{name}+{key_id}+{encoded}":
            raise BadCheckpoint("The key is not an Ed25519 key, or its id does not belong to it.")
        return key


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The signed note of a checkpoint, signed under the log's own name."""
    body = checkpoint.body()
    verifier = VerifierKey(checkpoint.origin, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.key_id + key.sign(body.encode())).decode()
    return f"{body}\n{DASH}{checkpoint.origin} {signature}\n"


def parse(note: str) -> Checkpoint:
    """What a note says, without checking who signed it. Raises BadCheckpoint."""
    return _read(_split(note)[0])


def _read(body: str) -> Checkpoint:
    origin, size, root, *extensions = body[:-1].split("\n") + [""] * 3
    extensions = [line for line in extensions if line]
    try:
        checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), tuple(extensions))
    except (ValueError, binascii.Error) as error:
        raise BadCheckpoint("The head does not state an origin, a size and a root hash.") from error
    if len(checkpoint.root) != 32 or checkpoint.body() != body:
        raise BadCheckpoint("The head does not state an origin, a size and a root hash.")
    return checkpoint


def verify(note: str, key: VerifierKey) -> Checkpoint:
    """What a note says, if `key` signed exactly this. Raises BadCheckpoint."""
    body, signatures = _split(note)
    checkpoint = _read(body)
    if checkpoint.origin != key.name:
        raise BadCheckpoint(f"The head is of {checkpoint.origin}, the key is for {key.name}.")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    for name, raw in signatures:
        if name != key.name or raw[:4] != key.key_id:
            continue
        try:
            public.verify(raw[4:], body.encode())
        except InvalidSignature as error:
            raise BadCheckpoint("The signature does not belong to this head.") from error
        return checkpoint
    raise BadCheckpoint(f"The head carries no signature of {key.name}.")


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """A note's text and its signatures as (name, raw bytes)."""
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines[-1] or len(lines) < 2:
        raise BadCheckpoint("The head is not a signed note.")
    signatures = []
    for line in lines[:-1]:
        name, _space, encoded = line.removeprefix(DASH).partition(" ")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadCheckpoint("A signature line cannot be read.") from error
        if line != f"{DASH}{name} {base64.b64encode(raw).decode()}" or not name or len(raw) < 5:
            raise BadCheckpoint("A signature line cannot be read.")
        signatures.append((name, raw))
    return text + "\n", signatures

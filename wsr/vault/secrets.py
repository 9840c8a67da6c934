"""The secret that belongs to a case number: 12 digits that only the worker keeps.

The number finds the row, so every row has a salt of its own (it stands in the hash, as Argon2 writes it). Before hashing, number and secret go
through HMAC under the pepper: who steals the database cannot try twelve digits at all, and a hash that is moved to another row is worth
nothing there. Argon2id with 64 MiB and three passes takes about 0.2 s of one core; at most `WSR_SECRET_CHECKS` run in one process
at a time, so that guessing is bounded by that and no attack on memory. An unknown number costs exactly as much as a known one.

Before the first `$` of a hash stands the id of its pepper. Hashes from before there were ids belong to the last of those that are kept.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError
from django.conf import settings
from django.utils.translation import gettext as _

from wsr.errors import DomainError
from wsr.vault.digits import in_threes, plain_digits
from wsr.vault.keys import Pepper, derived, peppers

LENGTH = 12
PATIENCE = 10.0  # seconds that a check waits for its turn


class TooBusy(DomainError):
    """More people sign in at once than this process can check."""


def new_secret() -> str:
    """Twelve random digits, 40 bits."""
    return f"{secrets.randbelow(10**LENGTH):0{LENGTH}}"


def read_secret(text: str) -> str:
    """The digits of a secret as somebody typed it, in whatever script; "" where there is anything else in it."""
    return plain_digits(text)


def shown(secret: str) -> str:
    """`482-193-047-115`, for the one page that shows it."""
    return in_threes(secret)


def hash_secret(number: str, secret: str, *, is_flood: bool = False) -> str:
    """What is kept in the row of a case number: good for this number alone. Raises TooBusy.

    `is_flood`: it comes from a network that floods. A flood never has every turn, and does not wait for one: whoever waits holds a thread of
    the server, and people of other networks would find none.
    """
    if is_flood:
        with _turn(_turns_of_floods(), patience=0), _turn(patience=0):
            return _hashed(number, secret)
    with _turn():
        return _hashed(number, secret)


def is_right(number: str, secret: str, hashed: str | None) -> bool:
    """Whether this is the secret of the number. `hashed` is None for an unknown or expired one: the same work, and False.

    `number` and `secret` are as `read_number` and `read_secret` return them, empty too. Raises TooBusy. Ask
    `wsr.vault.throttle` first.
    """
    pepper, against = _pepper_of(hashed or ""), hashed or _of_nobody(*_cost().items())
    with _turn():
        try:
            matches = _hasher().verify(f"${against.partition('$')[2]}", _peppered(number, secret, pepper))
        except VerifyMismatchError:
            matches = False
    return matches and bool(hashed) and bool(number)


def is_stale(hashed: str) -> bool:
    """Whether a hash lies under another pepper than the first: made anew when she comes with her secret."""
    return _pepper_of(hashed).id != peppers()[0].id


def _hashed(number: str, secret: str) -> str:
    pepper = peppers()[0]
    return pepper.id + _hasher().hash(_peppered(number, secret, pepper))


def _pepper_of(hashed: str) -> Pepper:
    """That of a hash. One that is not kept any more opens nothing: the first one in its place, for the same work."""
    wanted, _dollar, rest = hashed.partition("$")
    kept = peppers()
    if rest and not wanted:
        return kept[-1]
    return next((pepper for pepper in kept if pepper.id == wanted), kept[0])


def _peppered(number: str, secret: str, pepper: Pepper) -> bytes:
    key = derived("secrets of workers", pepper=pepper)
    return hmac.new(key, f"{number}|{secret}".encode(), hashlib.sha256).digest()


def _hasher() -> PasswordHasher:
    return PasswordHasher(**_cost(), hash_len=32, salt_len=16, type=Type.ID)


def _cost() -> dict[str, int]:
    """Read anew each time; what is verified is verified at the cost it was hashed with, and never hashed again."""
    return settings.SECRET_HASH


@cache
def _of_nobody(*cost: tuple[str, int]) -> str:
    """A hash that nothing matches, at the same cost."""
    return PasswordHasher(**dict(cost), hash_len=32, salt_len=16, type=Type.ID).hash(secrets.token_bytes(32))


@cache
def _turns() -> BoundedSemaphore:
    return BoundedSemaphore(settings.SECRET_CHECKS)


@cache
def _turns_of_floods() -> BoundedSemaphore:
    return BoundedSemaphore(max(1, settings.SECRET_CHECKS - 1))


@contextmanager
def _turn(turns: BoundedSemaphore | None = None, *, patience: float | None = None) -> Iterator[None]:
    turns = turns or _turns()
    if not turns.acquire(timeout=PATIENCE if patience is None else patience):
        raise TooBusy(_("Many people are here at this moment. Wait a few seconds, then press again."))
    try:
        yield
    finally:
        turns.release()

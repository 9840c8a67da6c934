"""Permanent public ids: nine random characters and one that checks them, printed as `7K3M-9QXB-5T`.

The alphabet has 31 characters – no zero, I, L, O or U – and 31 is prime. Each character counts with a weight of its own,
so every single mistyped character and every pair of swapped characters gives a wrong check character.
"""

import secrets

from django.utils.translation import gettext as _

from wsr.errors import DomainError

ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKE = str.maketrans({"I": "1", "L": "1"})
_SEPARATORS = " -\u2010\u2011\u2013\u2014\u00a0_./"


class BadPublicId(DomainError):
    """What was typed is not a public id. The sentence says why."""


def new_public_id() -> str:
    """A fresh random id without separators, such as `7K3M9QXB5T`. Uniqueness is the database's business.

    One digit at least, so that a search box can tell a number from a word of ten letters.
    """
    body = "".join(secrets.choice(ALPHABET) for _position in range(LENGTH - 1))
    public_id = body + check_character(body)
    return new_public_id() if public_id.isalpha() else public_id


def check_character(body: str) -> str:
    """The character that follows these nine. Weights 2 to 10; with the check character (weight 1) the sum is 0 mod 31."""
    return ALPHABET[
        -sum(weight * _VALUE[character] for weight, character in enumerate(body, 2)) % len(ALPHABET)
    ]


def read_public_id(typed: str) -> str:
    """The id in what somebody typed: any case, with spaces or hyphens, I and L for 1. Raises BadPublicId."""
    text = typed.upper().translate(str.maketrans("", "", _SEPARATORS)).translate(_LOOKALIKE)
    if len(text) != LENGTH:
        raise BadPublicId(
            _("A registry number has 10 characters, such as 7K3M-9QXB-5T. You typed %d.") % len(text)
        )
    strange = next((character for character in text if character not in _VALUE), None)
    if strange:
        raise BadPublicId(
            _("A registry number has no “%s” in it. Please compare it with the original.") % strange
        )
    if check_character(text[:-1]) != text[-1]:
        raise BadPublicId(
            _("This registry number has a typing mistake in it. Please compare it with the original.")
        )
    return text


def printed(public_id: str) -> str:
    """The id in the groups that people read out: `7K3M-9QXB-5T`."""
    return "-".join((public_id[:4], public_id[4:8], public_id[8:]))


def shard(public_id: str) -> str:
    """The folder a record is published in: the two characters before the check character."""
    return public_id[-3:-1]

"""Case numbers: public, random, and hard to mistype.

Eight random digits and a check digit, shown in threes: 482-193-047. The check digit is H. M. Damm's (2004): a quasigroup of order ten, which
catches every single wrong digit and every swap of two neighbors, with ten digits and nothing else. The method of credit cards (Luhn) misses the
swap of 0 and 9, that of ISBN needs an X, which no phone keypad has. It tells a slip of the thumb from a wrong number before anything is
looked up; it is no secret and proves nothing. The first digit is never 0, so that a spreadsheet leaves the number whole.
"""

import secrets

from wsr.vault.digits import in_threes, plain_digits

LENGTH = 9
_TABLE = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def new_number() -> str:
    """Nine digits. One in ninety million: where it is taken already, the caller asks for another."""
    digits = str(10_000_000 + secrets.randbelow(90_000_000))
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that makes `digits` a number."""
    state = 0
    for digit in digits:
        state = int(_TABLE[state][int(digit)])
    return str(state)


def read_number(text: str) -> str:
    """The nine digits of a number as somebody typed it, in whatever script; "" where it is none."""
    digits = plain_digits(text)
    is_one = len(digits) == LENGTH and digits[0] != "0" and check_digit(digits) == "0"
    return digits if is_one else ""


def is_number(text: str) -> bool:
    """Whether this could be a case number. Says nothing about whether there is such a case."""
    return bool(read_number(text))


def shown(number: str) -> str:
    """`482-193-047`."""
    return in_threes(number)

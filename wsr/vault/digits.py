"""Digits as people type them: in any script, with spaces, hyphens and the marks that phones put around them."""

import unicodedata

_BETWEEN = frozenset(
    " -.·_/\t\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2212\u200e\u200f\u061c\u2066\u2067\u2068\u2069\ufeff"
)


def plain_digits(text: str) -> str:
    """ASCII digits of what was typed, without what stands between them; "" where anything else is in it.

    Bengali, Arabic-Indic, Urdu and all other decimal digits of Unicode count, also mixed.
    """
    found = runs_of_digits(text.strip())
    return found[0] if len(found) == 1 else ""


def runs_of_digits(text: str) -> list[str]:
    """The numbers in a text, in ASCII, each without what stands between its digits; "" for what lies between two others."""
    found = [""]
    for character in text:
        if (value := unicodedata.decimal(character, None)) is not None:
            found[-1] += str(value)
        elif character not in _BETWEEN:
            found.append("")
    return found


def in_threes(digits: str) -> str:
    """`123-456-789`, as it is shown and read out."""
    return "-".join(digits[start : start + 3] for start in range(0, len(digits), 3))

"""Words that a worker sends alone in a text message, in her language: to stop, to be helped, and the digits that answer a question."""

import unicodedata
from enum import StrEnum

from wsr.vault.digits import plain_digits


class Keyword(StrEnum):
    """What a text of one word means."""

    STOP = "stop"
    HELP = "help"
    ONE = "1"
    TWO = "2"


# English, Spanish, Haitian Creole, French, Bengali, Urdu, Hindi, Arabic. Not “end”, “no” or “leave”: they may be the answer to a question.
_STOP = """
stop stopall unsubscribe quit
alto parar pare basta
sispann rete kanpe
arrêt arrêter arret
বন্ধ থামুন থামো স্টপ
بند روکو رکو
बंद रोको
قف توقف إيقاف ايقاف
"""
_HELP = """
help info ayuda èd ede édé aide
সাহায্য হেল্প
مدد
मदद
مساعدة مساعده
"""
_WORDS = dict.fromkeys(_STOP.split(), Keyword.STOP) | dict.fromkeys(_HELP.split(), Keyword.HELP)


_OF_PICTURES = frozenset(map(chr, (*range(0xFE00, 0xFE10), 0x20E3)))  # phones put them after signs and digits


def keyword_in(text: str) -> Keyword | None:
    """The keyword that is the whole of a text, however it is spelled, set or quoted; None for every longer text."""
    kept = "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text.casefold())
        if unicodedata.category(sign)[0] not in "PSZC" and sign not in _OF_PICTURES
    )
    digits = plain_digits(kept)
    if digits in (Keyword.ONE, Keyword.TWO):
        return Keyword(digits)
    return _KNOWN.get(kept)


_KNOWN = {unicodedata.normalize("NFKC", word.casefold()): keyword for word, keyword in _WORDS.items()}

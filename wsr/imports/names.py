"""Names and addresses reduced to keys that can be compared.

One place for both sides: the keys are computed here, stored beside the row, and SQL compares columns. Two names with the
same key are spelled alike; whether they are the same site is for the address, or a person, to say.
"""

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose into a base letter and an accent.
_UNDIVIDED = {
    "ı": "i", "İ": "I", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ø": "o", "Ø": "O", "ß": "ss",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ħ": "h", "Ħ": "H", "’": "'", "‘": "'", "`": "'",
}  # fmt: skip
_PLAIN = str.maketrans(_UNDIVIDED)

# The legal form says nothing about which company it is, and lists write or drop it at will. These are removed wherever
# they stand after the first word: "Delta (Pvt) Ltd. Unit 2".
_FORMS_ANYWHERE = frozenset(
    [
        "LTD",
        "LIMITED",
        "LTDA",
        "LIMITADA",
        "PVT",
        "PRIVATE",
        "PTE",
        "PTY",
        "CO",
        "COMPANY",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "LLC",
        "LLP",
        "GMBH",
        "BHD",
        "SDN",
        "JSC",
        "STI",
        "SIRKETI",
        "SIRKET",
        "ANONIM",
        "LTDSTI",
        "COLTD",
        "SRL",
    ]
)
# These are also parts of real names ("AB Apparels", "San Marco"), so they are removed only at the end.
_FORMS_AT_END = _FORMS_ANYWHERE | frozenset(
    [
        "LP",
        "PLC",
        "PUBLIC",
        "SA",
        "SAS",
        "SARL",
        "SPA",
        "SNC",
        "SL",
        "SLU",
        "SC",
        "SCA",
        "SAC",
        "SPRL",
        "BVBA",
        "BV",
        "NV",
        "MBH",
        "AG",
        "KG",
        "OHG",
        "UG",
        "EK",
        "AB",
        "AS",
        "ASA",
        "OY",
        "OYJ",
        "APS",
        "DOO",
        "DD",
        "AD",
        "EOOD",
        "OOD",
        "SRO",
        "KFT",
        "ZRT",
        "NYRT",
        "SPZOO",
        "OU",
        "UAB",
        "SIA",
        "CV",
        "DECV",
        "RL",
        "BERHAD",
        "FZE",
        "FZCO",
        "FZC",
        "OJSC",
        "CJSC",
        "OOO",
        "OAO",
        "ZAO",
        "TICARET",
        "TIC",
        "SANAYI",
        "SAN",
        "VE",
        "LIMITET",
        "ITHALAT",
        "IHRACAT",
        "ITH",
        "IHR",
        "PAZARLAMA",
        "PAZ",
        "EIRELI",
        "ME",
        "EPP",
        "KK",
        "GK",
        "TBK",
        "CIA",
        "DE",
    ]
)
_FORMS_AT_START = frozenset({"PT", "CV", "UD", "OOO", "OAO", "ZAO"})

_ACCENTS = re.compile("[\u0300-\u036f]")
_INNER_MARKS = re.compile(r"[.']")
# The same for text without accents, in one pass: letters and figures in upper case, marks inside words gone, all else a space.
_ASCII_WORDS = {
    number: None if chr(number) in ".'`" else chr(number).upper() if chr(number).isalnum() else " "
    for number in range(128)
}


def plain(text: str) -> str:
    """Upper case without accents; letters of other scripts stay as they are."""
    if text.isascii():
        return text.replace("`", "'").upper()
    text = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return _ACCENTS.sub("", text).upper()


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """`name` in upper case without accents, punctuation and legal form; initials written apart are joined.

    "I. O. U. Sheep Co." and "I.O.U. SHEEP CO" both give "IOU SHEEP". Empty only when nothing but punctuation was given.
    """
    words = _words(name)
    kept = [word for place, word in enumerate(words) if place == 0 or word not in _FORMS_ANYWHERE]
    while len(kept) > 1 and kept[-1] in _FORMS_AT_END:
        kept.pop()
    if len(kept) > 1 and kept[0] in _FORMS_AT_START:
        kept.pop(0)
    return " ".join(_joined_initials(kept))


def address_key(*parts: str) -> str:
    """The words and numbers of an address in their order; case, accents and punctuation do not matter."""
    return " ".join(_words(" ".join(parts)))


def header_key(header: str) -> str:
    """A column header reduced to lower-case words: "Company_Name", "companyName" and "COMPANY NAME" are one."""
    header = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return " ".join(_spaced(plain(header)).split()).lower()


def _words(text: str) -> list[str]:
    text = text if text.isascii() else plain(text)
    if text.isascii():
        return text.translate(_ASCII_WORDS).split()
    return _spaced(_INNER_MARKS.sub("", text)).split()


def _spaced(text: str) -> str:
    """Everything but letters, figures and the vowel signs of scripts that write them as marks becomes a space."""
    return "".join(letter if letter.isalnum() or _is_mark(letter) else " " for letter in text)


def _is_mark(letter: str) -> bool:
    return letter > "\u036f" and unicodedata.category(letter) in ("Mn", "Mc")


def compact(text: str) -> str:
    """Only the letters, figures and vowel signs of a text."""
    return "".join(letter for letter in text if letter.isalnum() or _is_mark(letter))


def _joined_initials(words: list[str]) -> list[str]:
    joined: list[str] = []
    for word in words:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and joined and joined[-1].startswith("\0"):
            joined[-1] += word
        else:
            joined.append("\0" + word if is_initial else word)
    return [word.lstrip("\0") for word in joined]

"""Cells made usable: spaces, lists, numbers, dates, postal codes. Nothing is guessed beyond what is written."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
_FILLERS = frozenset(
    {
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "#n/a",
        "n\\a",
        "none",
        "null",
        "nil",
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "..",
        "?",
        "xxx",
        "tbd",
        "not available",
        "not applicable",
    }
)
_MONTHS = {name: number for number, names in enumerate(
    ["jan january enero janvier januar ocak", "feb february febrero fevrier februar subat", "mar march marzo mars marz mart", "apr april abril avril nisan",
     "may mayo mai mayis", "jun june junio juin juni haziran", "jul july julio juillet juli temmuz", "aug august agosto aout agustos",
     "sep sept september septiembre septembre eylul", "oct october octubre octobre okt oktober ekim", "nov november noviembre novembre kasim",
     "dec december diciembre decembre dez dezember aralik"], start=1) for name in names.split()}  # fmt: skip
_C1 = re.compile("[\x80-\x9f]")
_NUMERIC = re.compile(r"(?i)\s*(?:usd|eur|gbp|us\$|[$€£¥৳₫])?[-+\d.,'’e\s]*(?:%|usd|eur)?\s*")


def is_filler(text: str) -> bool:
    """True for what people write when there is nothing to write: N/A, -, none."""
    return len(text) < 40 and text.strip().lower() in _FILLERS


def one_line(text: str) -> str:
    """Composed letters, ordinary single spaces, nothing invisible; empty for a filler."""
    if not text:
        return ""
    text = " ".join(_composed(text).split())
    return "" if is_filler(text) else text


def address_line(text: str) -> str:
    """One line of an address: line breaks become commas, doubled commas and the spaces before them go."""
    if not text:
        return ""
    lines = _composed(text).replace("，", ",").splitlines()
    pieces = (" ".join(piece.split()) for line in lines for piece in line.split(","))
    joined = ", ".join(filter(None, pieces))
    return "" if is_filler(joined) else joined


def list_values(text: str) -> list[str]:
    """Values of a cell that holds several, without the padding around them, each once, in their order."""
    if not text:
        return []
    parts = re.split(r"[\n\t|;，、]+|,(?!\d)", text)
    values = (one_line(part.strip(" ,\t\r\n")) for part in parts)
    once: dict[str, str] = {}
    for value in filter(None, values):
        once.setdefault(value.casefold(), value)
    return list(once.values())


def has_control(text: str) -> bool:
    """True when C1 control characters are inside, which no keyboard types: the text was damaged on its way."""
    return bool(_C1.search(text))


def number(text: str) -> Decimal | None:
    """A number as people write it: 1,234.5 / 1.234,5 / 1 234 / $500 / 12%. None when it is not one number."""
    if not text or not _NUMERIC.fullmatch(text):
        return None
    bare = re.sub(
        r"(?i)^\s*(?:usd|eur|gbp|us\$|[$€£¥৳₫])\s*|\s*(?:%|usd|eur)\s*$",
        "",
        text.replace("\u00a0", " ").replace("\u202f", " ").strip(),
    )
    bare = re.sub(r"(?<=\d)[ '’](?=\d{3})", "", bare)
    if re.fullmatch(r"[-+]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", bare) and ("," in bare or bare.count(".") > 1):
        bare = bare.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[-+]?\d+,\d+", bare):
        bare = bare.replace(",", ".")
    if not re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", bare):
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def count(text: str) -> int | None:
    """A whole number of things, zero or more; "1.250" and "1,250" are both 1250. None when it is a range or a word."""
    thousands = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d{3})+)\s*", text)
    value = Decimal(re.sub(r"[.,]", "", thousands.group(1))) if thousands else number(text)
    return (
        int(value)
        if value is not None and value >= 0 and value == value.to_integral_value() and value < 10**9
        else None
    )


def day(text: str, *, day_first: bool = False) -> date | None:
    """A date in ISO form, with a named month, or in figures; `day_first` settles 03/04/2025."""
    text = one_line(text)
    if not text:
        return None
    iso = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$", text)
    if iso:
        return _date(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)))
    figures = re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: .*)?$", text)
    if figures:
        first, second, year = (int(part) for part in figures.groups())
        year += 2000 if year < 70 else 1900 if year < 100 else 0
        if first > 12 or (day_first and second <= 12):
            return _date(year, second, first)
        return _date(year, first, second)
    return _named_month(text)


def day_first(samples: list[str]) -> bool:
    """True when a column writes 31/12/2025: some first number is over 12 and no second one is."""
    pairs = [
        match.groups()
        for text in samples
        if (match := re.match(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}", text))
    ]
    return any(int(a) > 12 for a, b in pairs) and not any(int(b) > 12 for a, b in pairs)


def lost_zeros(postal_code: str, country: str) -> str | None:
    """The postal code with the leading zeros a spreadsheet took away, where the country's form makes that certain enough to offer."""
    width = _POSTAL_WIDTH.get(country)
    code = postal_code.strip()
    if width is None or not code.isdigit() or not width - 2 <= len(code) < width:
        return None
    return code.zfill(width)


# Countries whose codes are all digits, of one length, and may begin with 0.
_POSTAL_WIDTH = {"US": 5, "PR": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5, "MX": 5, "TR": 5, "KR": 5, "FI": 5, "EE": 5, "HR": 5, "UA": 5, "MY": 5, "PE": 5, "KH": 5,
                 "RO": 6, "SG": 6, "CN": 6, "RU": 6, "JP": 7, "NO": 4, "ZA": 4, "AU": 4, "EG": 5, "DO": 5, "GT": 5, "MA": 5, "LK": 5}  # fmt: skip


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_INVISIBLE)


def _named_month(text: str) -> date | None:
    words = re.findall(
        r"[^\W\d_]+|\d+",
        "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c)),
    )
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    years = [int(word) for word in words if word.isdigit() and len(word) == 4]
    days = [int(word) for word in words if word.isdigit() and len(word) <= 2]
    if len(months) != 1 or len(years) != 1 or len(days) > 1:
        return None
    return _date(years[0], months[0], days[0] if days else 1)


def _date(year: int, month: int, day_: int) -> date | None:
    try:
        return datetime(year, month, day_).date()  # noqa: DTZ001 -- a day has no time zone
    except ValueError:
        return None

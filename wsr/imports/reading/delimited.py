"""Text files: which encoding, which delimiter, and their records one by one."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from wsr.imports.reading.errors import ReadError
from wsr.imports.reading.shapes import Record

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 256 * 1024
_LARGEST_CELL = 1_000_000
_BROKEN = re.compile("[\udc80-\udcff]")  # what "surrogateescape" makes of a byte that is not UTF-8
# What spreadsheet programs around the world write; charset-normalizer also knows mainframe pages that only confuse it.
_LIKELY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "gb18030", "big5", "shift_jis", "cp932", "euc_kr", "cp949", "mac_roman",
]  # fmt: skip
# charset-normalizer tells scripts apart well, these four hardly at all.
_LATIN = {
    "cp1252": "áéíóúàèìòùâêîôûäëïöüñçãõåøæßÿœ’“”–",
    "cp1254": "şğıçöüâîûŞĞİÇÖÜÂÎÛ’“”–",
    "cp1250": "ąćęłńóśźżčďěňřšťůúýžáíéöőüűăâîşţđ’“”–",
    "cp1257": "āčēģīķļņšūžąęėįųõäöü’“”–",
    "mac_roman": "áéíóúàèìòùâêîôûäëïöüñçãõåøæßÿœ’“”–",
}
_BOMS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: the single bytes that are not UTF-8 are read as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1


codecs.register_error("wsr-windows", _as_windows)


def detect_encoding(path: Path) -> tuple[str, str]:
    """(encoding, error handler) of a text file. Raises `ReadError` when it is not text."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, "replace"
    if b"\0" in head:
        return _wide_encoding(head), "replace"
    invalid, valid, odd = _count_utf8(path)
    if not invalid:
        return "utf-8", "strict"
    if valid > 4 * invalid:  # UTF-8 into which somebody pasted a few cells of something else
        return "utf-8", "wsr-windows"
    guess = from_bytes(odd, cp_isolation=_LIKELY, threshold=0.9).best()
    if guess is None or guess.encoding in _LATIN or guess.encoding == "cp1258":
        return _latin_page(odd), "replace"
    return guess.encoding, "replace"


def detect_delimiter(sample: str) -> str:
    """The character that splits most records into the same number of cells; a comma when there is only one column."""
    if sample[:4].lower() == "sep=":
        return sample[4]
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else ","


def sample_text(path: Path, encoding: str, errors: str) -> str:
    """The first quarter of a megabyte of text, cut at a line end."""
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        text = file.read(_SAMPLE)
    whole = text.rfind("\n")
    return text[: whole + 1] if len(text) == _SAMPLE and whole > 0 else text


def read_records(path: Path, encoding: str, errors: str, delimiter: str) -> Iterator[Record]:
    """Records with the physical line on which each starts. Raises `ReadError` when quoting is broken."""
    csv.field_size_limit(_LARGEST_CELL)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        lines = (line.replace("\0", "") for line in file)
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t")
        start = 1
        try:
            for cells in reader:
                if not (start == 1 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep=")):
                    yield start, tuple(cells), {}
                start = reader.line_num + 1
        except csv.Error as error:
            raise ReadError(
                _(
                    "From line %(line)d on, the file cannot be read: a quotation mark is opened and never closed."
                )
                % {"line": start}
            ) from error


def _wide_encoding(head: bytes) -> str:
    """UTF-16 without a byte order mark shows as a zero in every second byte of plain text."""
    half = len(head) // 2
    for encoding, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[0::2].count(0))):
        text = head[: 2 * half].decode(encoding, "replace")
        if (
            zeros > 0.6 * half
            and sum(" " <= letter <= "~" or letter.isspace() for letter in text) > 0.6 * half
        ):
            return encoding
    raise ReadError(_("This file is not a table: it holds binary data. Send a CSV or Excel file."))


def _count_utf8(path: Path) -> tuple[int, int, bytes]:
    """(bytes that are not UTF-8, letters beyond ASCII that are, a sample of the lines that hold either)."""
    invalid = valid = 0
    odd = bytearray()
    with path.open("rb") as file:
        while lines := file.readlines(1 << 20):
            for line in lines:
                if line.isascii():
                    continue
                text = line.decode("utf-8", "surrogateescape")
                broken = len(_BROKEN.findall(text))
                invalid += broken
                valid += len(text) - len(text.encode("ascii", "ignore")) - broken
                if len(odd) < _SAMPLE:
                    odd += line[:_SAMPLE]
    return invalid, valid, bytes(odd)


def _latin_page(odd: bytes) -> str:
    """Which Windows page of Latin letters: the one under which most letters beyond ASCII belong to its languages."""

    def fitting(encoding: str) -> int:
        text = odd.decode(encoding, "replace")
        return sum(
            letter in _LATIN[encoding] or (encoding != "cp1254" and letter.lower() in _LATIN[encoding])
            for letter in text
        )

    return max(_LATIN, key=fitting)  # the first of equals: Western before Turkish before Central European


def _evenness(sample: str, delimiter: str) -> float:
    if delimiter not in sample:
        return 0.0
    csv.field_size_limit(_LARGEST_CELL)
    widths: Counter[int] = Counter()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)):
            if cells:
                widths[len(cells)] += 1
            if number >= 300:
                break
    except csv.Error:
        return 0.0
    width, agreeing = max(
        ((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(1, 0)
    )
    return agreeing / widths.total() * (1 + min(width, 20) / 100)

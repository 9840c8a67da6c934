"""From records to a table: title rows above the header, the header itself, footer rows and totals below the data."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from wsr.imports.names import header_key
from wsr.imports.reading import container, delimited
from wsr.imports.reading.errors import ReadError
from wsr.imports.reading.shapes import Book, Column, Record, Row, Sheet, Tail, Total
from wsr.imports.reading.values import day, number, one_line
from wsr.imports.vocabulary import KNOWN_HEADERS

MAX_COLUMNS = 200
MAX_CELLS = 16_384  # of one record, empty ones too: as wide as Excel is
MAX_ROWS = 1_000_000
_LOOK_AT = 200
_HEADER_WITHIN = 40
_FOOTER_ROWS = 12
_TOTAL = re.compile(
    r"(?i)\s*(?:(?:grand|sub)[ -]?)?(?:totals?|totales|totaal|totale|totais|sum|gesamt|insgesamt|summe|(?:genel )?toplam|suma|jumlah|razem|celkem|összesen|итого|всего|合计|合計|总计|總計|小计|합계|총계|tổng(?: cộng| số)?|(?:সর্ব)?মোট|कुल|الإجمالي|المجموع)(?: (?:général|general|geral))?\s*:?\s*([\d.,]*)[^\d]{0,30}$"
)
_REMARK = re.compile(
    r"(?i)\s*(?:source|note|notes|disclaimer|generated|exported|last updated|updated|as of|page|copyright|©|\*|fuente|quelle|nota|end of (?:file|report|list)|\d+ (?:rows|records|factories|facilities|results)\b)"
)
_TEXT_MARK = re.compile(r"(?i)'(?![stn][ -]|'|$)")
_AS_OF = re.compile(
    r"(?i)(?:as of|as at|as on|dated?|updated(?: on)?|stand|al|au|effective)[:\s]+([\w./-]+(?:[ ,]+[\w./]+){0,2})"
)


def open_book(path: Path, filename: str, *, encoding: str = "") -> Book:
    """How the file can be read. `filename` only names it; its content decides. Raises `ReadError`.

    `encoding` overrules detection for a text file when a person saw that the letters are wrong.
    """
    from wsr.imports.reading import workbooks  # noqa: PLC0415 -- openpyxl is heavy; only uploads need it

    kind = container.identify(path)
    used, delimiter = "", ""
    if kind == "xlsx":
        sources, notes = workbooks.open_xlsx(path)
    elif kind == "xls":
        sources, notes = workbooks.open_xls(path)
    elif kind == "html":
        sources, notes = workbooks.open_html(path)
    else:
        kind, sources, notes, used, delimiter = _open_text(path, encoding)
    suffix = Path(filename).suffix.lower().lstrip(".")
    if suffix in {"csv", "tsv", "txt", "xls", "xlsx", "xlsm"} and not _fits(suffix, kind):
        notes.insert(
            0,
            _("The file is called .%(suffix)s but holds %(kind)s. It was read as what it is.")
            % {"suffix": suffix, "kind": kind.upper()},
        )
    sheets = [sheet for name, records in sources if (sheet := _find_table(name, records))]
    if not sheets:
        raise ReadError(
            _("No table was found in the file. It needs one row of column names and rows of data below it.")
        )
    return Book(kind=kind, sheets=sheets, notes=notes, encoding=used, delimiter=delimiter)


def _open_text(path: Path, encoding: str) -> tuple:
    used, errors = (encoding, "replace") if encoding else delimited.detect_encoding(path)
    notes = []
    if errors == "wsr-windows":
        notes.append(
            _(
                "Most of the file is UTF-8, but some letters are not. Those were read as Windows-1252; check names with accents."
            )
        )
    try:
        sample = delimited.sample_text(path, used, errors)
    except (UnicodeError, LookupError) as error:
        raise ReadError(
            _("The file cannot be read as %(encoding)s. Choose another encoding.") % {"encoding": used}
        ) from error
    printable = sum(
        times
        for letter, times in Counter(sample).items()
        if letter.isprintable() or letter.isspace() or "\x80" <= letter <= "\x9f"
    )
    if not sample.strip() or printable < 0.95 * len(sample):
        raise ReadError(_("This file is not a table: it holds binary data. Send a CSV or Excel file."))
    delimiter = delimited.detect_delimiter(sample)
    source = ("", lambda: delimited.read_records(path, used, errors, delimiter))
    return "csv", [source], notes, used, delimiter


def _fits(suffix: str, kind: str) -> bool:
    return {"xlsx": "xlsx", "xlsm": "xlsx", "xls": "xls"}.get(suffix, "csv") == kind


def _find_table(name: str, records: Callable[[], Iterator[Record]]) -> Sheet | None:
    """The table of one sheet, or None when the sheet holds nothing."""
    first = list(islice(records(), _LOOK_AT))
    for _line, cells, _problems in first:  # before anything is compared cell by cell
        if len(cells) > MAX_COLUMNS and (
            len(cells) > MAX_CELLS or sum(map(bool, map(str.strip, cells))) > MAX_COLUMNS
        ):
            raise _too_wide(len(cells))
    filled = [record for record in first if any(cell.strip() for cell in record[1])]
    if not filled:
        return None
    place = _header_place(filled)
    header = filled[place] if place is not None else None
    body = filled[place + 1 :] if place is not None else filled
    title = [
        " ".join(cell.strip() for cell in cells if cell.strip()) for _line, cells, _p in filled[: place or 0]
    ]
    columns, notes = _columns(header[1] if header else (), [cells for _line, cells, _p in body])
    if place is None:
        notes.append(_("The file has no row of column names. The columns are called by their letters."))
    sheet = Sheet(
        name=name, header_line=header[0] if header else 0, title=title, as_of=_as_of(title), columns=columns, notes=notes,
        first=[], _records=records, _walk=_walk,
    )  # fmt: skip
    sheet.first = list(islice(_walk(replace(sheet, _records=lambda: iter(first)), Tail()), 5))
    return sheet


def _header_place(filled: list[Record]) -> int | None:
    """Index of the header among the first filled records; None when the first one is already data."""
    widths = Counter(sum(bool(cell.strip()) for cell in cells) for _line, cells, _p in filled)
    usual = max(widths, key=lambda width: (widths[width], width))
    scores = [_header_score(cells, usual) for _line, cells, _p in filled[:_HEADER_WITHIN]]
    best = max(range(len(scores)), key=lambda place: scores[place])
    if scores[best] >= 1.0:
        return best
    wide = next(
        (
            place
            for place, (_l, cells, _p) in enumerate(filled[:_HEADER_WITHIN])
            if sum(bool(c.strip()) for c in cells) >= max(1, 0.6 * usual)
        ),
        0,
    )
    return wide if _looks_like_names(filled[wide][1]) and not _same_kind(filled, wide) else None


def _header_score(cells: tuple[str, ...], usual: int) -> float:
    """1 or more only when known column names are among short, distinct cells about as wide as the data."""
    texts = [header_key(cell) for cell in cells if cell.strip()]
    if not texts or not _looks_like_names(cells):
        return 0.0
    known = len({text for text in texts if text in KNOWN_HEADERS})
    wide = min(1.0, len(texts) / max(usual, 1))
    if not known or (len(texts) == 1 and usual > 1):
        return 0.0
    return wide + known / len(texts) + 0.02 * known + 0.3 if wide >= 0.5 else 0.0


def _looks_like_names(cells: tuple[str, ...]) -> bool:
    texts = [one_line(cell) for cell in cells if cell.strip()]
    plain = [text for text in texts if len(text) <= 120 and number(text) is None and day(text) is None]
    return (
        bool(texts)
        and len(plain) >= 0.9 * len(texts)
        and len({text.lower() for text in texts}) >= 0.6 * len(texts)
    )


def _same_kind(filled: list[Record], place: int) -> bool:
    """True when the row has the shape of the rows below it, so that it is data: same columns are numbers or long text."""
    row = filled[place][1]
    below = [cells for _line, cells, _p in filled[place + 1 : place + 20]]
    numeric = [
        index
        for index in range(len(row))
        if sum(index < len(c) and number(c[index]) is not None for c in below) > len(below) / 2
    ]
    if numeric:
        return all(number(row[index]) is not None for index in numeric)
    lengths = [len(cell) for cells in below for cell in cells if cell.strip()]
    mine = [len(cell) for cell in row if cell.strip()]
    return bool(lengths and mine) and sum(mine) / len(mine) > 0.6 * sum(lengths) / len(lengths)


def _columns(header: tuple[str, ...], body: list[tuple[str, ...]]) -> tuple[list[Column], list[str]]:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 -- see open_book

    used = [
        any(index < len(cells) and cells[index].strip() for cells in body)
        for index in range(max([len(header), *map(len, body)], default=0))
    ]
    names = [one_line(header[index]) if index < len(header) else "" for index in range(len(used))]
    kept = [index for index, name in enumerate(names) if name or used[index]]
    if len(kept) > MAX_COLUMNS:
        raise _too_wide(len(kept))
    columns, seen, notes = [], Counter(), []
    for index in kept:
        name = names[index] or _("Column %(letter)s") % {"letter": get_column_letter(index + 1)}
        seen[name.lower()] += 1
        times = seen[name.lower()]
        columns.append(
            Column(index=index, name=f"{name} ({times})" if times > 1 else name, header=names[index])
        )
    for name in sorted(
        {column.header for column in columns if column.header and seen[column.header.lower()] > 1}
    ):
        notes.append(
            _(
                "Several columns are called “%(name)s”. They are numbered in their order; choose the right one below."
            )
            % {"name": name}
        )
    if len(columns) == 1:
        notes.append(
            _(
                "The file has only one column, “%(name)s”. If it should have more, the cells are separated by something unusual: save it as Excel."
            )
            % {"name": columns[0].name}
        )
    return columns, notes


def _too_wide(count: int) -> ReadError:
    return ReadError(
        _(
            "The table has %(count)d columns; a list can have at most %(most)d. Delete the columns that are not needed and upload it again."
        )
        % {"count": count, "most": MAX_COLUMNS}
    )


def _walk(sheet: Sheet, tail: Tail) -> Iterator[Row]:
    """Rows of data. The last filled rows are held back until it is known whether they are a footer."""
    held: deque[Row] = deque()
    places = [column.index for column in sheet.columns]
    header = tuple(column.header for column in sheet.columns)
    sums: dict[int, Decimal | int] = {}
    for line, cells, problems in sheet.records():
        if line <= sheet.header_line:
            continue
        width = len(cells)
        picked = tuple([cells[index] if index < width else "" for index in places])
        joined = "".join(picked)
        if not joined.strip() or tuple(map(str.strip, picked)) == header:
            tail.blank += 1
            continue
        if "'" in joined:
            picked = tuple(map(_without_mark, picked))
        found = (
            {place: problems[index] for place, index in enumerate(places) if index in problems}
            if problems
            else {}
        )
        held.append(Row(line, picked, found))
        if len(held) > _FOOTER_ROWS:
            yield _counted(held.popleft(), tail, sums)
    footer = _take_footer(held)
    while held:
        yield _counted(held.popleft(), tail, sums)
    _read_totals(sheet, tail, footer, sums)


def _without_mark(cell: str) -> str:
    """A cell without the apostrophe that tells a spreadsheet to take it as text; 's-Hertogenbosch keeps its own."""
    return cell[1:] if _TEXT_MARK.match(cell) else cell


def _counted(row: Row, tail: Tail, sums: dict[int, Decimal | int]) -> Row:
    tail.rows += 1
    if tail.rows > MAX_ROWS:
        raise ReadError(
            _("The file has more than %(most)s rows. Split it and upload the parts.")
            % {"most": f"{MAX_ROWS:,}"}
        )
    for place, cell in enumerate(row.cells):
        if cell.isascii() and cell.isdecimal():
            sums[place] = sums.get(place, 0) + int(cell)
        elif cell and (cell[0].isdigit() or cell[0] in "-+$€£") and (value := number(cell)) is not None:
            sums[place] = sums.get(place, 0) + value
    return row


def _take_footer(held: deque[Row]) -> list[Row]:
    """Removes footer rows from the end of `held`: totals, remarks, and what follows them."""
    rows = list(held)
    first = next(
        (
            place
            for place in range(len(rows))
            if _is_footer(rows[place]) and all(_is_footer(row) or _is_thin(row) for row in rows[place:])
        ),
        None,
    )
    if first is None:
        return []
    footer = rows[first:]
    for _row in footer:
        held.pop()
    return footer


def _is_thin(row: Row) -> bool:
    filled = sum(bool(cell.strip()) for cell in row.cells)
    return filled <= max(1, len(row.cells) // 4)


def _is_footer(row: Row) -> bool:
    texts = [cell.strip() for cell in row.cells if cell.strip()]
    total = any(_TOTAL.match(text) for text in texts)
    if total:
        return all(_TOTAL.match(text) or number(text) is not None for text in texts)
    return len(row.cells) > 1 and _is_thin(row) and bool(_REMARK.match(texts[0]))


def _read_totals(sheet: Sheet, tail: Tail, footer: list[Row], sums: dict[int, Decimal | int]) -> None:
    for row in footer:
        tail.footer.append(" ".join(cell.strip() for cell in row.cells if cell.strip()))
        label = next((match for cell in row.cells if (match := _TOTAL.match(cell))), None)
        if label is None:
            continue
        if label.group(1) and (stated := number(label.group(1))) is not None:
            tail.totals.append(Total(_("rows"), stated, Decimal(tail.rows)))
        for place, cell in enumerate(row.cells):
            if (stated := number(cell)) is not None and place in sums:
                counted = Decimal(tail.rows) if stated == tail.rows else Decimal(sums[place])
                tail.totals.append(Total(sheet.columns[place].name, stated, counted))


def _as_of(title: list[str]) -> date | None:
    """The day a title states ("Data As Of DEC 2025"); a month alone gives its first day."""
    for text in title:
        for match in _AS_OF.finditer(text):
            words = match.group(1).replace(",", " ").split()
            for length in (3, 2, 1):
                if found := day(" ".join(words[:length])):
                    return found
    return None

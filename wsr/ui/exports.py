"""Writing rows as CSV and XLSX: all of them, in constant memory, and harmless to whoever opens them."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from wsr.registry.verify import neutral

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEET_ROWS = 1_000_000
CHUNK_BYTES = 64 * 1024


def plain(value: Any) -> str | int | float | Decimal | date:
    """A cell: numbers and dates as they are, anything else as text that no spreadsheet takes for a formula.

    Times are written in UTC as ISO 8601.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, int | float | Decimal | date):
        return value
    return neutral(", ".join(map(str, value)) if isinstance(value, list | tuple | set) else str(value))


def csv_lines(header: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """The file in pieces, UTF-8 with the mark by which spreadsheets know it."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([plain(cell) for cell in header])
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
        if buffer.tell() > CHUNK_BYTES:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def csv_file(header: list[str], rows: Iterable[list[Any]]) -> IO[bytes]:
    """An open temporary file, at its beginning: written at once, so that a slow reader holds no transaction open."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    for piece in csv_lines(header, rows):
        file.write(piece)
    file.seek(0)
    return file


def xlsx_file(header: list[str], rows: Iterable[list[Any]]) -> IO[bytes]:
    """An open temporary file, at its beginning. After SHEET_ROWS rows a second sheet begins."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        sheet = None
        line = SHEET_ROWS
        for row in rows:
            if line >= SHEET_ROWS:
                sheet, line = _new_sheet(book, header, bold), 0
            line += 1
            _write_row(sheet, line, row)
        if sheet is None:
            _new_sheet(book, header, bold)
    file.seek(0)
    return file


def _new_sheet(book: Any, header: list[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for position, cell in enumerate(header):
        sheet.write_string(0, position, str(plain(cell)), bold)
    return sheet


def _write_row(sheet: Any, line: int, row: list[Any]) -> None:
    for position, cell in enumerate(map(plain, row)):
        if isinstance(cell, date):
            sheet.write_datetime(line, position, cell)
        elif isinstance(cell, int | float | Decimal):
            sheet.write_number(line, position, cell)
        elif cell:
            sheet.write_string(line, position, cell[:32_767])

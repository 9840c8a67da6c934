"""Excel files, new and old, and HTML tables that call themselves Excel."""

import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
import xlrd
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from wsr.imports.reading.container import check_zip
from wsr.imports.reading.errors import ReadError
from wsr.imports.reading.shapes import Record

Source = tuple[str, Callable[[], Iterator[Record]]]
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}


def cell_text(value: object) -> str:
    """A cell as a person sees it: whole numbers without a point, dates as 2025-12-31, true/false as 1/0."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in _EXCEL_ERRORS else value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def open_xlsx(path: Path) -> tuple[list[Source], list[str]]:
    """Its visible sheets that hold something, and what a person should know. Raises `ReadError`."""
    notes = []
    with check_zip(path) as archive:
        formulas = _scan_parts(archive)
        if "xl/vbaProject.bin" in archive.namelist():
            notes.append(_("The workbook contains macros. They were not run and are not kept."))
    with _opened(path, values=True) as book:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        names = [sheet.title for sheet in visible or book.worksheets]
    if not names:
        raise ReadError(_("The workbook has no sheet with a table."))
    if formulas:
        notes.append(_("Some cells hold formulas. Their last saved results are used."))
    return [(name, _xlsx_records(path, name, formulas=formulas)) for name in names], notes


def open_xls(path: Path) -> tuple[list[Source], list[str]]:
    """The same for the format before 2007, which must be read as a whole. Raises `ReadError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = xlrd.open_workbook(str(path), logfile=None, on_demand=True, formatting_info=False)
            sheets = [book.sheet_by_index(index) for index in range(book.nsheets)]
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise ReadError(
                _("The file is protected with a password. Save it without a password and upload it again.")
            ) from error
        raise ReadError(_damaged()) from error
    except Exception as error:
        raise ReadError(_damaged()) from error
    filled = [sheet for sheet in sheets if sheet.nrows and sheet.visibility == 0] or sheets[:1]
    return [(sheet.name, _xls_records(book, sheet)) for sheet in filled], []


def open_html(path: Path) -> tuple[list[Source], list[str]]:
    """The largest table of a web page saved with the name of a spreadsheet. Raises `ReadError`."""
    data = path.read_bytes()
    charset = re.search(rb"charset=[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    try:
        text = data.decode(charset.group(1).decode("ascii") if charset else "utf-8")
    except (UnicodeDecodeError, LookupError):
        text = data.decode("cp1252", "replace")
    parser = _Tables()
    parser.feed(text)
    rows = max(parser.tables, key=len, default=[])
    if len(rows) < 2:
        raise ReadError(_("This is a web page without a table. Send a CSV or Excel file."))
    records = [(line, tuple(cells), {}) for line, cells in enumerate(rows, start=1)]
    return [("", lambda: iter(records))], [
        _("The file is a web page saved as a spreadsheet. Its largest table was read.")
    ]


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[openpyxl.Workbook]:
    """The workbook, by its content whatever it is called. Raises `ReadError` also when damage shows later, while reading."""
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=values, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        DefusedXmlException,
    ) as error:
        raise ReadError(_damaged()) from error


def _xlsx_records(path: Path, name: str, *, formulas: bool) -> Callable[[], Iterator[Record]]:
    def rows(book: openpyxl.Workbook) -> Iterator[tuple]:
        sheet = book[name]
        sheet.reset_dimensions()  # files state wrong dimensions; count what is there
        return sheet.iter_rows(values_only=True)

    def records() -> Iterator[Record]:
        with ExitStack() as stack:
            results = rows(stack.enter_context(_opened(path, values=True)))
            if not formulas:
                for line, cells in enumerate(results, start=1):
                    yield line, _trimmed(cells), {}
                return
            written = rows(stack.enter_context(_opened(path, values=False)))
            for line, (cells, asked) in enumerate(zip(results, written, strict=False), start=1):
                yield line, _trimmed(cells), _missing_results(cells, asked)

    return records


def _missing_results(cells: tuple, written: tuple) -> dict[int, str]:
    return {
        index: _(
            "The cell %(column)s holds a formula without a saved result. Open the file in Excel, save it and upload it again."
        )
        % {"column": get_column_letter(index + 1)}
        for index, formula in enumerate(written)
        if isinstance(formula, str)
        and formula.startswith("=")
        and (index >= len(cells) or cells[index] is None)
    }


def _xls_records(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Callable[[], Iterator[Record]]:
    def value(cell: xlrd.sheet.Cell) -> object:
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                return xlrd.xldate_as_datetime(cell.value, book.datemode)
            except (ValueError, OverflowError):
                return cell.value
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        return (
            None if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else cell.value
        )

    def records() -> Iterator[Record]:
        for index in range(sheet.nrows):
            yield index + 1, _trimmed(tuple(value(cell) for cell in sheet.row(index))), {}

    return records


def _trimmed(cells: tuple) -> tuple[str, ...]:
    """As text, without the empty cells that formatting leaves at the end of a row."""
    last = len(cells)
    while last and cells[last - 1] in (None, ""):
        last -= 1
    return tuple(cell_text(cell) for cell in cells[:last])


def _scan_parts(archive: zipfile.ZipFile) -> bool:
    """True when any sheet holds a formula. Refuses parts that declare entities, which no spreadsheet program writes."""
    formulas = False
    for entry in archive.infolist():
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        try:
            with archive.open(entry) as part:
                if _ENTITY.search(part.read(2048)):
                    raise ReadError(
                        _(
                            "The Excel file is built in a way no spreadsheet program does and was not opened. Save it as CSV and upload that."
                        )
                    )
                if entry.filename.startswith("xl/worksheets/") and not formulas:
                    formulas = _holds_formula(part)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            raise ReadError(_damaged()) from error
    return formulas


def _holds_formula(part: zipfile.ZipExtFile) -> bool:
    carry = b""
    part.seek(0)
    while block := part.read(1 << 20):
        if b"<f>" in (text := carry + block) or b"<f " in text or b"<f/" in text:
            return True
        carry = text[-2:]
    return False


def _damaged() -> str:
    return _("The Excel file is damaged or was not uploaded whole. Save it again and upload it once more.")


class _Tables(HTMLParser):
    """All tables of a page as lists of rows of text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
            self._in_cell = True
        elif tag == "br" and self._in_cell:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[-1][-1][-1] += data

"""What reading a file gives: a book of sheets, a sheet of columns and rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Raw = tuple[str, ...]
# One physical record: line number as a person sees it in the file, cells as text, problems by column index.
Record = tuple[int, Raw, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column that has a header or values. `name` is unique in its sheet; `header` is as written in the file."""

    index: int
    name: str
    header: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data. `line` is the line or spreadsheet row where it starts, counted from 1."""

    line: int
    cells: Raw
    problems: dict[int, str]


@dataclass(frozen=True, slots=True)
class Total:
    """A total that the file states under its data, compared with what was read."""

    column: str
    stated: Decimal
    counted: Decimal

    @property
    def agrees(self) -> bool:
        return self.stated == self.counted


@dataclass
class Tail:
    """What is known only when the last row has been read. `blank` counts empty rows and repeats of the header."""

    rows: int = 0
    blank: int = 0
    footer: list[str] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)


@dataclass
class Sheet:
    """A table found in a file: where its header is and how to read its rows."""

    name: str
    header_line: int
    title: list[str]
    as_of: date | None
    columns: list[Column]
    notes: list[str]
    first: list[Row]
    _records: Callable[[], Iterator[Record]]
    _walk: Callable[["Sheet", Tail], Iterator[Row]]
    tail: Tail = field(default_factory=Tail)

    def rows(self) -> Iterator[Row]:
        """Every row of data, streamed from the file. Afterwards `tail` holds counts, footer and control totals."""
        self.tail = Tail()
        return self._walk(self, self.tail)

    def records(self) -> Iterator[Record]:
        """Every physical record, title and header included."""
        return self._records()


@dataclass
class Book:
    """A file that could be read. `kind` is csv, xlsx, xls or html; encoding and delimiter only where they apply."""

    kind: str
    sheets: list[Sheet]
    notes: list[str]
    encoding: str = ""
    delimiter: str = ""

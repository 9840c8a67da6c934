"""Exported cells: no formula survives, numbers and dates stay what they are."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from wsr.registry import verify
from wsr.ui.exports import csv_lines, plain, xlsx_file

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("x")',
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    " =1",
    "\u00a0＝1",
    "\ufeff=1",
    "\u200b@A1",
    " \t＝1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_neutralized(text):
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("value", [-5, 3.5, Decimal("-1.20"), dt.date(2026, 3, 2), "plain", "1=1", 0])
def test_everything_else_stays(value):
    assert plain(value) == value


def test_lists_times_and_absence_become_text():
    assert [plain(None), plain(True), plain(["a", "b"])] == ["", "yes", "a, b"]
    assert plain(dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)) == "2026-03-02T09:30:00+00:00"


def test_csv_opens_in_a_spreadsheet_and_reads_back():
    data = b"".join(csv_lines(["Náme", "=x"], ([f"row {n}", -n] for n in range(9_000))))
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert (read[0], read[1], read[-1], len(read)) == (
        ["Náme", "'=x"],
        ["row 0", "0"],
        ["row 8999", "-8999"],
        9_001,
    )


def test_xlsx_keeps_types_and_holds_no_formula():
    with xlsx_file(
        ["A", "B", "C"], [["=1+1", -5, dt.date(2026, 3, 2)], ["https://example.org", None, Decimal("1.5")]]
    ) as file:
        sheet = openpyxl.load_workbook(file).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert (rows[0], rows[1][:2], rows[2]) == (
        ["A", "B", "C"],
        ["'=1+1", -5],
        ["https://example.org", None, 1.5],
    )
    assert rows[1][2].date() == dt.date(2026, 3, 2)
    assert "f" not in kinds


@pytest.mark.parametrize("text", DANGEROUS)
def test_the_public_files_neutralize_the_same_formulas(text):
    line = verify.csv_line([text, [text, "shirts"], {"name": text}]).decode()

    assert all(cell.startswith("'") for cell in next(csv.reader([line])))

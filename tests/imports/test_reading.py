"""Reading files as people make them."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from wsr.imports.reading import Book, ReadError, open_book

HERE = Path(__file__).parent / "files"


def book(tmp_path: Path, content: str | bytes, name: str = "list.csv") -> Book:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_book(path, name)


def workbook(tmp_path: Path, rows: list[list[object]], name: str = "list.xlsx") -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(tmp_path / name)
    return tmp_path / name


def cells(read: Book) -> list[tuple[str, ...]]:
    return [row.cells for row in read.sheets[0].rows()]


ROWS = [("Delta", "Dhaka"), ("Gamma", "Savar")]


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("name,city\nDelta,Dhaka\nGamma,Savar\n", "utf-8", ","),
        ("name;city\r\nDelta;Dhaka\r\nGamma;Savar\r\n", "utf-8", ";"),
        ("name\tcity\rDelta\tDhaka\rGamma\tSavar", "utf-8", "\t"),
        ("name|city\nDelta|Dhaka\nGamma|Savar\n", "utf-8", "|"),
        ("sep=;\nname;city\nDelta;Dhaka\nGamma;Savar\n", "utf-8", ";"),
        ("name,city\nDelta,Dhaka\nGamma,Savar\n".encode("utf-8-sig"), "utf-8-sig", ","),
        ("name\tcity\nDelta\tDhaka\nGamma\tSavar\n".encode("utf-16"), "utf-16", "\t"),
        ("name,city\nDelta,Dhaka\nGamma,Savar\n".encode("utf-16-le"), "utf-16-le", ","),
    ],
)
def test_encodings_and_delimiters(tmp_path, content, encoding, delimiter):
    read = book(tmp_path, content)

    assert (read.encoding, read.delimiter, cells(read)) == (encoding, delimiter, ROWS)


def test_windows_1252_and_turkish(tmp_path):
    western = "nombre,dirección\nIndustrias Químicas,Montañana\nPeña y Hijos,Calle Mayor\n"
    turkish = "fabrika,adres\nŞirin Giyim,Güneşli Mah. İstanbul\nÇağdaş Tekstil,Bağcılar İstanbul\nIşık Örme,Bahçelievler\n"

    assert cells(book(tmp_path, western.encode("cp1252")))[0] == ("Industrias Químicas", "Montañana")
    assert cells(book(tmp_path, turkish.encode("cp1254")))[0] == ("Şirin Giyim", "Güneşli Mah. İstanbul")


def test_utf8_with_a_pasted_windows_cell_keeps_both(tmp_path):
    rows = "".join(f"Şirin {n},Bağcılar\n" for n in range(9))
    read = book(tmp_path, f"name,city\n{rows}".encode() + "Peña,Lugo\n".encode("cp1252"))

    assert (cells(read)[0], cells(read)[-1]) == (("Şirin 0", "Bağcılar"), ("Peña", "Lugo"))
    assert "Windows-1252" in read.notes[0]


def test_line_breaks_inside_quotes_keep_line_numbers(tmp_path):
    read = book(tmp_path, 'name,address\nDelta,"12 Road\nSavar\nDhaka"\nGamma,5 Lane\n')

    assert [(row.line, row.cells) for row in read.sheets[0].rows()] == [
        (2, ("Delta", "12 Road\nSavar\nDhaka")),
        (5, ("Gamma", "5 Lane")),
    ]


def test_title_rows_date_footer_and_control_totals(tmp_path):
    read = book(
        tmp_path,
        "Supplier disclosure,,\nData as of March 2024,,\n,,\nFactory,Country,Workers\nDelta,BD,120\nGamma,BD,80\n,,\nTotal,,199\nSource: own records,,\n",
    )
    sheet = read.sheets[0]
    rows = list(sheet.rows())

    assert (sheet.title, sheet.as_of, sheet.header_line) == (
        ["Supplier disclosure", "Data as of March 2024"],
        date(2024, 3, 1),
        4,
    )
    assert [row.cells[0] for row in rows] == ["Delta", "Gamma"]
    assert (sheet.tail.rows, sheet.tail.blank, sheet.tail.footer) == (
        2,
        1,
        ["Total 199", "Source: own records"],
    )
    assert [(total.column, total.stated, total.counted, total.agrees) for total in sheet.tail.totals] == [
        ("Workers", Decimal(199), Decimal(200), False)
    ]


def test_a_company_called_total_is_not_a_footer(tmp_path):
    assert len(cells(book(tmp_path, "name,city\nDelta,Dhaka\nTotal Garments Ltd,Savar\n"))) == 2


def test_no_header(tmp_path):
    sheet = book(tmp_path, "Delta Garments,Bangladesh,120\nGamma Knit,Vietnam,80\nOmega,India,70\n").sheets[0]

    assert ([column.name for column in sheet.columns], len(list(sheet.rows()))) == (
        ["Column A", "Column B", "Column C"],
        3,
    )


def test_unknown_header_words(tmp_path):
    sheet = book(tmp_path, "Zakłady,Powiat,Ile\nDelta,Łódź,120\nGamma,Kraków,80\n").sheets[0]

    assert [column.name for column in sheet.columns] == ["Zakłady", "Powiat", "Ile"]


def test_duplicate_headers_and_empty_columns(tmp_path):
    sheet = book(tmp_path, "name,,city,name,\nDelta,,Dhaka,D-1,\nGamma,,Savar,G-1,\n").sheets[0]

    assert [column.name for column in sheet.columns] == ["name", "city", "name (2)"]
    assert sheet.notes == [
        "Several columns are called “name”. They are numbered in their order; choose the right one below."
    ]


def test_legacy_xls_with_title_total_and_numbers_that_lost_their_zeros():
    read = open_book(HERE / "legacy.xls", "legacy.xls")
    rows = cells(read)

    assert (read.kind, [sheet.name for sheet in read.sheets], read.sheets[0].title) == (
        "xls",
        ["List"],
        ["Supplier list"],
    )
    assert rows[0] == ("Şirin Tekstil", "Atatürk Cad. 5\nBursa", "Türkiye", "1600", "120", "2024-03-05")
    assert [total.agrees for total in read.sheets[0].tail.totals] == [True]


def test_wrong_extensions_are_read_as_what_they_are(tmp_path):
    path = workbook(tmp_path, [["Name", "Country"], ["Delta", "BD"]], "list.xlsx")
    read = open_book(path, "list.csv")
    assert (read.kind, cells(read), read.notes) == (
        "xlsx",
        [("Delta", "BD")],
        ["The file is called .csv but holds XLSX. It was read as what it is."],
    )

    html = "<html><table><tr><th>Name<th>Country</tr><tr><td>Delta &amp; Co<td>BD</tr><tr><td>Gamma<td>VN</table></html>"
    read = book(tmp_path, html, "list.xls")
    assert (read.kind, cells(read)) == ("html", [("Delta & Co", "BD"), ("Gamma", "VN")])


def test_formulas_use_saved_results_and_say_where_there_is_none(tmp_path):
    path = workbook(tmp_path, [["Name", "Country", "Workers"], ["Delta", "BD", "=1+1"], ["Gamma", "BD", 7]])
    read = open_book(path, "list.xlsx")
    rows = list(read.sheets[0].rows())

    assert read.notes == ["Some cells hold formulas. Their last saved results are used."]
    assert (list(rows[0].problems), rows[1].problems) == ([2], {})
    assert "formula without a saved result" in rows[0].problems[2]


def test_several_sheets_and_hidden_ones(tmp_path):
    made = openpyxl.Workbook()
    made.active.title = "Read me"
    made.create_sheet("Factories").append(["Name", "Country"])
    made["Factories"].append(["Delta", "BD"])
    made.create_sheet("Lists").append(["x"])
    made["Lists"].sheet_state = "hidden"
    made.save(tmp_path / "many.xlsx")

    assert [sheet.name for sheet in open_book(tmp_path / "many.xlsx", "many.xlsx").sheets] == ["Factories"]


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return path


def entity(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "b">]><workbook/>')
    return path


def broken(path: Path) -> Path:
    whole = workbook(path.parent, [["Name"], ["x"]]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def filled(content: bytes):
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


WIDE = ",".join(f"c{n}" for n in range(500)).encode() + b"\n" + b",".join(b"1" for _ in range(500)) + b"\n"


@pytest.mark.parametrize(
    ("make", "name", "sentence"),
    [
        (filled(b""), "a.csv", "The file is empty"),
        (filled(b" \r\n \n"), "a.csv", "The file is empty"),
        (filled(bytes(range(256)) * 40), "a.csv", "binary data"),
        (filled(b"\x01\x02\x03\x04\x05\x06" * 90), "a.csv", "binary data"),
        (filled(b"\x89PNG\r\n\x1a\n" + b"0" * 90), "a.csv", "This is a picture"),
        (filled(b"%PDF-1.7 ..."), "a.xlsx", "This is a PDF"),
        (filled(b'{"type": "FeatureCollection"}'), "a.csv", "This is a JSON file"),
        (
            filled(b'name,city\n"Delta,Dhaka\n' + b"x,y\n" * 400_000),
            "a.csv",
            "quotation mark is opened and never closed",
        ),
        (filled(WIDE), "a.csv", "The table has 500 columns"),
        (bomb, "bomb.xlsx", "unpacks to far more"),
        (entity, "entity.xlsx", "no spreadsheet program"),
        (broken, "broken.xlsx", "damaged or was not uploaded whole"),
        (lambda path: HERE / "protected.xlsx", "protected.xlsx", "protected with a password"),
    ],
)
def test_bad_files_get_a_sentence(tmp_path, make, name, sentence):
    with pytest.raises(ReadError, match=sentence):
        cells(open_book(make(tmp_path / name), name))


def test_one_column_is_read_and_remarked(tmp_path):
    read = book(tmp_path, "name\nDelta\nGamma\n")

    assert (cells(read), read.sheets[0].notes[0][:28]) == (
        [("Delta",), ("Gamma",)],
        "The file has only one column",
    )

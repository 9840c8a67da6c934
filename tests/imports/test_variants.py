"""Real lists, remade the way other offices would have sent them. Each must read as the original does."""

from decimal import Decimal
from itertools import islice

import openpyxl
import pytest

from wsr.imports import mapping
from wsr.imports.reading import open_book
from wsr.imports.reading.positions import coordinates
from wsr.imports.reading.values import count
from wsr.imports.targets import Context, target_of

HEADER = ["Factory Name", "Address", "City", "Country", "Total Workers", "Latitude", "Longitude"]
ROWS = [
    ["Confecções Açores Ltda", "Rua São João 12", "Americana", "Brazil", "1250", "-22.7392", "-47.3314"],
    ["Şirin Örme San. Tic. A.Ş.", "Güneşli Mah. 4", "Bağcılar", "Türkiye", "340", "41.0339", "28.8577"],
    ["Delta Knitwear Ltd.", "12 Mill Road, Savar", "Dhaka", "Bangladesh", "80", "23.8583", "90.2667"],
    ["Cía. Textil Ñandú S.A.", "Av. Perú 5", "Lima", "Perú", "2100", "-12.0464", "-77.0428"],
]
WESTERN = [row for row in ROWS if "Ş" not in row[0]]


def text(rows, delimiter=",", end="\n"):
    def quoted(cell):
        return '"' + cell.replace('"', '""') + '"' if delimiter in cell or '"' in cell else cell

    return end.join(delimiter.join(map(quoted, row)) for row in rows) + end


def write(folder, content, name="list.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(folder, rows, *, merge=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def understood(path, **defaults):
    """Every row of a file, read with the guessed columns."""
    sheet = open_book(path, path.name).sheets[0]
    guess = mapping.guess(sheet, list(islice(sheet.rows(), 300)))
    target = target_of(guess.target)
    fields = {
        place: key for place, column in enumerate(sheet.columns) if (key := guess.columns.get(column.name))
    }
    return [
        target.clean(
            {key: row.cells[place] for place, key in fields.items()}, Context(defaults, {}, line=row.line)
        )
        for row in sheet.rows()
    ]


def facts(rows):
    """What matters of each row."""
    assert [row.errors for row in rows] == [{}] * len(rows)
    return [
        (
            row.values["name"],
            row.values["address"],
            row.values["city"],
            row.country,
            row.values["worker_count"],
            row.point,
        )
        for row in rows
    ]


def expected(rows):
    codes = {"Brazil": "BR", "Türkiye": "TR", "Bangladesh": "BD", "Perú": "PE"}
    return [
        (name, address, city, codes[country], int(workers), (float(latitude), float(longitude)))
        for name, address, city, country, workers, latitude, longitude in rows
    ]


@pytest.mark.parametrize(
    ("rows", "encode"),
    [
        (WESTERN, lambda rows: text(rows, ";", "\r\n").encode("cp1252")),
        (ROWS, lambda rows: text(rows, ";").encode("utf-8-sig")),
        (ROWS, lambda rows: text(rows, "\t").encode("utf-16")),
        (ROWS, lambda rows: text(rows, "\t", "\r\n").encode("utf-16-be")),
        (ROWS, lambda rows: text(rows, "|").encode()),
        (ROWS, lambda rows: text(rows, ",", "\r").encode()),
        (WESTERN, lambda rows: text(rows, "\t", "\r").encode("mac_roman")),
        (ROWS, lambda rows: text([[*row, "", "", ""] for row in rows]).encode()),
        (ROWS, lambda rows: text([["", *row] for row in rows]).encode()),
        (ROWS, lambda rows: text([[f"{cell}   " for cell in row] for row in rows]).encode()),
        (ROWS, lambda rows: text([[f"'{cell}" for cell in row] for row in rows]).encode()),
    ],
)
def test_letters_separators_and_line_ends(tmp_path, rows, encode):
    assert facts(understood(write(tmp_path, encode([HEADER, *rows])))) == expected(rows)


def test_tabs_in_a_file_named_csv_and_commas_in_one_named_tsv(tmp_path):
    tabs = write(tmp_path, text([HEADER, *ROWS], "\t"))
    commas = write(tmp_path, text([HEADER, *ROWS]), "list.tsv")

    assert facts(understood(tabs)) == facts(understood(commas)) == expected(ROWS)


def test_letterhead_above_and_signature_below(tmp_path):
    letter = [
        ["Garment Exporters Association"],
        ["House 7, Road 5, Dhaka 1207"],
        ["Tel: +880 2 555 123"],
        [],
        ["Members 2025"],
    ]
    below = [[], ["Total", "", "", "", "3770"], ["Source: member returns"]]
    path = write(tmp_path, text([*letter, HEADER, *ROWS, *below]))

    assert facts(understood(path)) == expected(ROWS)


@pytest.mark.parametrize(
    "word",
    ["Total", "TOTAL:", "Grand Total", "Gesamt", "Summe", "Toplam", "Genel Toplam", "Total général", "Totales", "Suma total", "Totaal", "Totale", "Tổng cộng",
     "Jumlah", "合计", "মোট", "Total de trabajadores"],
)  # fmt: skip
def test_totals_in_many_languages(tmp_path, word):
    path = write(tmp_path, text([HEADER, *ROWS, [word, "", "", "", "3770"]]))

    assert facts(understood(path)) == expected(ROWS)


def test_merged_titles_and_two_header_rows(tmp_path):
    groups = ["Factory", None, "Place", None, "People", "Position", None]
    path = workbook(
        tmp_path,
        [["Supplier list 2025"], [], groups, HEADER, *ROWS],
        merge=["A1:G1", "A3:B3", "C3:D3", "F3:G3"],
    )

    assert facts(understood(path)) == expected(ROWS)


def test_units_under_the_headers(tmp_path):
    units = ["", "", "", "", "(persons)", "(degrees)", "(degrees)"]
    path = workbook(tmp_path, [HEADER, units, *ROWS])

    assert [row.values["name"] for row in understood(path) if not row.errors] == [row[0] for row in ROWS]


@pytest.mark.parametrize(
    ("written", "code"),
    [("Estados Unidos", "US"), ("Alemania", "DE"), ("Bangladés", "BD"), ("Viêt Nam", "VN"), ("Inde", "IN"), ("Chine", "CN"), ("Deutschland", "DE"), ("Türkei", "TR"),
     ("Kambodscha", "KH"), ("বাংলাদেশ", "BD"), ("ভারত", "IN"), ("चीन", "CN"), ("भारत", "IN"), ("中国", "CN"), ("BGD", "BD"), ("bd", "BD"), ("Bangladesh (BD)", "BD"),
     ("BD - Bangladesh", "BD"), ("Viet-Nam", "VN"), ("P.R. of China", "CN"), ("China (Mainland)", "CN"), ("Türkiye Cumhuriyeti", "TR"), ("The Netherlands", "NL"),
     ("Sri-Lanka", "LK"), ("Pakistán", "PK"), ("Egypte", "EG"), ("México", "MX"), ("Rep. of Korea", "KR"), ("U.S.A", "US"), ("Hong Kong S.A.R.", "HK"),
     ("পাকিস্তান", "PK"), ("Việt Nam", "VN"), ("Bangladesch", "BD")],
)  # fmt: skip
def test_countries_as_written(tmp_path, written, code):
    path = write(tmp_path, text([["Name", "Country"], ["Delta", written], ["Gamma", written]]))

    assert [row.country for row in understood(path)] == [code, code]


@pytest.mark.parametrize(
    ("written", "workers"),
    [("1,234", 1234), ("1.234", 1234), ("1 234", 1234), ("1\u00a0234", 1234), ("1'234", 1234), ("12,34,567", 1234567), ("1234.0", 1234), ("1,234.00", 1234),
     ("1.234,00", 1234), ("~500", None), ("100-250", None), ("100 – 250", None), ("> 1000", None), ("1000+", None), ("0", 0), ("-5", None), ("850 workers", None),
     ("N/A", None)],
)  # fmt: skip
def test_numbers_of_workers(tmp_path, written, workers):
    path = write(tmp_path, text([["Factory", "Country", "Workers"], ["Delta", "BD", written]], ";"))
    (row,) = understood(path)

    assert (row.values["worker_count"], row.errors) == (workers, {})
    assert bool(row.remarks.get("worker_count")) == (workers is None and written != "N/A")


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ("23.8583, 90.2667", ("23.8583", "90.2667")),
        ("23,8583; 90,2667", ("23.8583", "90.2667")),
        ("23,8583 90,2667", ("23.8583", "90.2667")),
        ("23°51'29.9\"N 90°16'0.1\"E", ("23.858306", "90.266694")),
        ("23° 51′ 29.9″ N, 90° 16′ 0.1″ E", ("23.858306", "90.266694")),
        ("12°2'47\"S 77°2'34\"W", ("-12.046389", "-77.042778")),
        ("23.8583° N, 90.2667° E", ("23.8583", "90.2667")),
        ("12.0464 S 77.0428 W", ("-12.0464", "-77.0428")),
        ("N23.8583 E90.2667", ("23.8583", "90.2667")),
        ("https://maps.google.com/?q=23.8583,90.2667", ("23.8583", "90.2667")),
        ("https://www.google.com/maps/@23.8583,90.2667,17z", ("23.8583", "90.2667")),
        ("lat: 23.8583, lon: 90.2667", ("23.8583", "90.2667")),
        ("95.1, 20.2", None),
        ("0, 0", None),
        ("Savar, Dhaka", None),
    ],
)
def test_coordinates_as_written(written, point):
    found = coordinates(written)

    assert found == (point and tuple(map(Decimal, point)))


def test_degrees_and_decimal_commas_in_two_columns(tmp_path):
    rows = [
        ["Name", "Country", "Lat", "Long"],
        ["Delta", "BD", "23,8583", "90,2667"],
        ["Gamma", "PE", "12°2'47\"S", "77°2'34\"W"],
    ]
    path = write(tmp_path, text(rows, ";"))

    assert [row.point for row in understood(path)] == [(23.8583, 90.2667), (-12.046389, -77.042778)]


def test_duplicate_headers_links_and_persons(tmp_path):
    header = [
        "S.No",
        "Name",
        "Website",
        "Address",
        "Address",
        "Country",
        "Contact Person",
        "E-mail",
        "Map link",
    ]
    row = [
        "1",
        "Delta",
        "https://delta.example/a?b=1,2",
        "12 Mill Road",
        "Savar",
        "BD",
        "Rahima Begum",
        "r@example.org",
        "https://maps.example/x",
    ]
    path = write(tmp_path, text([header, row, ["2", "Gamma", "", "5 Lane", "Dhaka", "BD", "", "", ""]]))
    first, _second = understood(path)

    assert (first.values["name"], first.country) == ("Delta", "BD")
    assert first.values["address"].startswith("12 Mill Road")
    assert "Rahima" not in str(first.values)
    assert "example.org" not in str(first.values)


def test_a_column_of_numbers_is_not_the_name(tmp_path):
    path = write(
        tmp_path,
        text(
            [
                ["No.", "Name of Factory", "Location", "Country"],
                ["1", "Delta", "Savar", "BD"],
                ["2", "Gamma", "Dhaka", "BD"],
            ]
        ),
    )

    assert [row.values["name"] for row in understood(path)] == ["Delta", "Gamma"]


def test_header_repeated_on_every_page_and_section_rows(tmp_path):
    path = write(tmp_path, text([HEADER, *ROWS[:2], HEADER, *ROWS[2:]]))

    assert facts([row for row in understood(path) if not row.skip]) == expected(ROWS)


def test_count_takes_no_range():
    assert (count("1.250"), count("100-250"), count("")) == (1250, None, None)

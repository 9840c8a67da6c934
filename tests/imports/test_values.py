"""Cells, names and countries made comparable."""

from datetime import date
from decimal import Decimal

import pytest

from wsr.imports.comparing import differing
from wsr.imports.names import address_key, header_key, name_key
from wsr.imports.reading.countries import country_code, trailing_country
from wsr.imports.reading.mojibake import repair
from wsr.imports.reading.positions import coordinates
from wsr.imports.reading.values import (
    address_line,
    count,
    day,
    day_first,
    is_filler,
    list_values,
    lost_zeros,
    number,
    one_line,
)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("I. O. U. SHEEP CO", "IOU SHEEP"),
        ("I.O.U. SHEEP CO.", "IOU SHEEP"),
        ("Delta Garments (Pvt.) Ltd.", "DELTA GARMENTS"),
        ("PT Taitat Putra Rejeki", "TAITAT PUTRA REJEKI"),
        ("Şirin Tekstil San. ve Tic. Ltd. Şti.", "SIRIN TEKSTIL"),
        ("AB Apparels Ltd.", "AB APPARELS"),
        ("Industrias Químicas Perlacos, S.L.", "INDUSTRIAS QUIMICAS PERLACOS"),
        ("Fashion Garments 2", "FASHION GARMENTS 2"),
        ("Fashion Garments 2 – Tan Phu Branch", "FASHION GARMENTS 2 TAN PHU BRANCH"),
        ("上海服装有限公司", "上海服装有限公司"),
        ("Ltd", "LTD"),
    ],
)
def test_name_key(written, key):
    assert name_key(written) == key


def test_other_keys():
    assert (
        address_key("12, Road-5", "DHAKA")
        == address_key("12 road 5", "Dhaka")
        != address_key("5 Road 12", "Dhaka")
    )
    assert [header_key(text) for text in ("Company_Name", "companyName", "COMPANY  NAME")] == [
        "company name"
    ] * 3


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("USA", "US"), ("united states", "US"), ("Vietnam", "VN"), ("VIET NAM", "VN"), ("Taiwan", "TW"), ("South Korea", "KR"), ("Bosnia", "BA"), ("Laos", "LA"),
        ("Türkiye", "TR"), ("turkey", "TR"), ("UK", "GB"), ("bgd", "BD"), ("de", "DE"), ("España", "ES"), ("Deutschland", "DE"), ("Côte d’Ivoire", "CI"),
        ("中国", "CN"), ("Bolivia", "BO"), ("P.R. China", "CN"), ("Hong Kong SAR", "HK"), ("Atlantis", None), ("", None),
    ],
)  # fmt: skip
def test_countries(written, code):
    assert country_code(written) == code


def test_country_at_the_end_of_an_address():
    assert [
        trailing_country(text)
        for text in ("Lot 5, Binh Duong, VIETNAM", "12 Road, Vellore", "5 Main St, Houston, CA")
    ] == ["VN", None, None]


def test_mojibake_is_offered_only_where_it_is():
    assert repair("Ltd. Å\x9eti.") == "Ltd. Şti."
    assert repair("NÂ° 12") == "N° 12"
    assert [
        repair(text)
        for text in ("Taha Dıs Giyim San. Ve Tic.", "Industrias Químicas", "Bình Dương", "Ðng Nai", "plain")
    ] == [None] * 5


def test_text_and_lists():
    assert one_line("  a\u00a0 b\u200b\n c ") == "a b c"
    assert address_line("Holding 5 ,, Road\n Gazipur,\nJoydevpur") == "Holding 5, Road, Gazipur, Joydevpur"
    assert list_values("Shirts\n\t\t\t ,Pants\t\t\t,Shirts") == ["Shirts", "Pants"]
    assert list_values("Apparel|Health") == ["Apparel", "Health"]
    assert [is_filler(text) for text in ("N/A", " - ", "n.a.", "", "NA Textiles")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_numbers():
    assert [number(text) for text in ("1,234.5", "1.234,5", "1 234", "$500", "12%", "12,5", "abc", "1-50")] == [
        Decimal("1234.5"), Decimal("1234.5"), Decimal(1234), Decimal(500), Decimal(12), Decimal("12.5"), None, None,
    ]  # fmt: skip
    assert [count(text) for text in ("1.250", "1,250", "386", "386.0", "-3", "1.5")] == [
        1250,
        1250,
        386,
        386,
        None,
        None,
    ]


def test_coordinates():
    assert coordinates("[27.1591961, 78.3957331]") == (Decimal("27.1591961"), Decimal("78.3957331"))
    assert coordinates("POINT (78.39 27.15)") == (Decimal("27.15"), Decimal("78.39"))
    assert [coordinates(text) for text in ("0, 0", "99, 10", "Dhaka", "")] == [None] * 4


def test_dates():
    assert [day(text) for text in ("2024-03-05", "03/05/24", "5 mars 2024", "DEC 2025", "31/12/2024", "soon")] == [
        date(2024, 3, 5), date(2024, 3, 5), date(2024, 3, 5), date(2025, 12, 1), date(2024, 12, 31), None,
    ]  # fmt: skip
    assert (
        day("03/04/2024", day_first=True),
        day_first(["03/04/2024", "13/04/2024"]),
        day_first(["03/14/2024"]),
    ) == (date(2024, 4, 3), True, False)


def test_postal_codes_that_lost_their_zeros():
    assert [
        lost_zeros(*pair)
        for pair in (
            ("4330", "US"),
            ("83324", "US"),
            ("T9W1T", "US"),
            ("1600", "TR"),
            ("12", "US"),
            ("7001", "BD"),
        )
    ] == ["04330", None, None, "01600", None, None]


def test_words_that_differ():
    ours, theirs = differing("Delta Knit Wear, Ltd.", "DELTA Knitwear Ltd")

    assert ours == [("Delta", False), ("Knit Wear,", True), ("Ltd.", False)]
    assert theirs == [("DELTA", False), ("Knitwear", True), ("Ltd", False)]

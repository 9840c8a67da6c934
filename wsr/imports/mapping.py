"""Guessing what the columns mean, from their headers and their cells. A person confirms or corrects the guess."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from wsr.imports.names import header_key
from wsr.imports.reading import Column, Row, Sheet
from wsr.imports.reading.countries import country_code
from wsr.imports.reading.positions import coordinates
from wsr.imports.targets import Target, targets
from wsr.imports.vocabulary import HEADERS, PERSON_WORDS

# Of two columns for the workplace's name, the one that says so wins over the one that only says "company".
_PLAIN_NAMES = (
    "name",
    "company name",
    "company",
    "empresa",
    "business",
    "business name",
    "firma",
    "entity name",
)
_WORK_PLACE = ("alien work", "work city", "work state", "worksite", "work site")
_EMPLOYER_PLACE = (
    "employer address",
    "employer city",
    "employer state",
    "employer postal",
    "employer zip",
    "employer country",
)


@dataclass(frozen=True)
class Guess:
    """{column name: field key} and the columns that name private persons."""

    target: str
    columns: dict[str, str]
    persons: tuple[str, ...]


def signature(sheet: Sheet) -> str:
    """Files with the same headers are read the same way: a hash over the headers in any order."""
    return hashlib.sha256(
        "\n".join(sorted(header_key(column.header) for column in sheet.columns)).encode()
    ).hexdigest()


def names_a_person(header: str) -> bool:
    """True for columns that hold agents, attorneys, contacts, phone numbers: they are never imported."""
    words = f" {header_key(header)} "
    return any(f" {word} " in words or words.strip().startswith(word + " ") for word in PERSON_WORDS)


def guess(sheet: Sheet, rows: Sequence[Row], wanted: str = "") -> Guess:
    """The likely meaning of each column for the wanted target, or for the one that fits best."""
    persons = tuple(column.name for column in sheet.columns if names_a_person(column.header))
    open_columns = [column for column in sheet.columns if column.name not in persons]
    candidates = [targets()[wanted]] if wanted else list(targets().values())
    guesses = [(target, _columns_for(target, open_columns, sheet, rows)) for target in candidates]
    target, columns = max(guesses, key=lambda pair: _fit(*pair))
    return Guess(target.key, columns, persons)


def _fit(target: Target, columns: dict[str, str]) -> float:
    mapped = set(columns.values())
    required = [one.key for one in target.fields if one.required]
    missing = sum(key not in mapped for key in required if not _has_default(target, key))
    special = sum(2 for one in target.fields if one.required and one.key in mapped)
    return len(mapped) + special - 10 * missing


def _has_default(target: Target, key: str) -> bool:
    one = target.field(key)
    return bool(one and one.default) and key == "country"


def _columns_for(target: Target, columns: list[Column], sheet: Sheet, rows: Sequence[Row]) -> dict[str, str]:
    places = {column.name: place for place, column in enumerate(sheet.columns)}
    found: dict[str, str] = {}
    has_work_place = any(header_key(column.header).startswith(_WORK_PLACE) for column in columns)
    for one in target.fields:
        words = frozenset().union(*(HEADERS.get(name, frozenset()) for name in (one.headers or (one.key,))))
        fitting = [
            column for column in columns if column.name not in found and header_key(column.header) in words
        ]
        if has_work_place:
            fitting = [
                column for column in fitting if not header_key(column.header).startswith(_EMPLOYER_PLACE)
            ]
        if fitting:
            found[_best(one.key, fitting, places, rows).name] = one.key
    _by_content(target, columns, places, rows, found)
    return found


def _best(key: str, fitting: list[Column], places: dict[str, int], rows: Sequence[Row]) -> Column:
    """Of several columns with fitting headers: the telling one for names, else the fullest, else the first."""
    if key == "workplace_name":
        telling = [column for column in fitting if header_key(column.header) not in _PLAIN_NAMES]
        fitting = telling or fitting
    if key == "brand" and len(fitting) > 1:
        return min(fitting, key=lambda column: len({row.cells[places[column.name]] for row in rows}))
    return max(
        fitting,
        key=lambda column: (
            sum(bool(row.cells[places[column.name]].strip()) for row in rows) > len(rows) / 2,
            -column.index,
        ),
    )


def _by_content(
    target: Target, columns: list[Column], places: dict[str, int], rows: Sequence[Row], found: dict[str, str]
) -> None:
    """Countries and coordinates are known by their values where the header says nothing."""
    if target.field("brand") and "brand" not in found.values() and "workplace_name" in found.values():
        for column in columns:
            texts = [text for row in rows if (text := row.cells[places[column.name]].strip())]
            is_plain = column.name not in found and header_key(column.header) in _PLAIN_NAMES
            if is_plain and len(set(texts)) <= len(texts) / 2:
                found[column.name] = "brand"  # the company whose suppliers the other name column lists
                break
    tests = {
        "country": lambda text: country_code(text) is not None,
        "coordinates": lambda text: coordinates(text) is not None,
    }
    for key, fits in tests.items():
        if key in found.values() or target.field(key) is None:
            continue
        for column in columns:
            texts = [text for row in rows if (text := row.cells[places[column.name]].strip())]
            if column.name not in found and len(texts) >= 3 and sum(map(fits, texts)) >= 0.8 * len(texts):
                found[column.name] = key
                break

"""A list of suppliers compared with the public record: read, matched, and answered in a dated, signed statement. Nothing of it is kept.

The list is read in memory, compared with the public's login, and forgotten with the request. Found is what has the registry number, an
identifier (OS ID, LEI, company number) or the name, legal forms aside, in the same country where the list names one. Names that are
only alike are offered as such and never counted as found.
"""

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from wsr.errors import DomainError
from wsr.history.signing import private_key
from wsr.imports.names import header_key, name_key
from wsr.imports.reading import ReadError, open_book
from wsr.imports.reading.countries import country_code
from wsr.imports.vocabulary import HEADERS
from wsr.registry import disclosure, documents, search
from wsr.registry.ids import printed
from wsr.registry.models import Listing, Publication
from wsr.registry.names import fold

MOST_LINES = 2_000
MOST_UNPACKED = 16 * 1024 * 1024  # several times what so many lines take in Excel
MOST_ALIKE = 100  # lines for which names that are only alike are looked for
OFFERED, COMPARED, LIKENESS = 3, 200, 75  # names offered, of how many, from which likeness in percent
KINDS = ("workplace", "supplier", "brand")
_COLUMNS = ("workplace_name", "country", "external_id")
FIRST_LINE = (
    "Statement of a sourcing check"  # never the name of a log, so that it can never pass for a signed head
)


class CannotCheck(DomainError):
    """The list cannot be compared. The sentence says what to do."""


@dataclass(frozen=True)
class Line:
    """One line of the list. `country`: ISO code, where the list names one."""

    number: int
    name: str
    country: str = ""
    identifier: str = ""

    @property
    def said(self) -> str:
        """As the statement repeats it: on one line."""
        return " ".join(" ".join(filter(None, [self.name, self.identifier, self.country])).split())[:200]


@dataclass(frozen=True)
class Match:
    """A public record that a line may mean."""

    listing: Listing
    standing: str
    since: str
    stops: bool | None


@dataclass(frozen=True)
class Answer:
    """What the record says to one line: `found`, `several`, `alike` (perhaps) or `none`."""

    line: Line
    outcome: str
    matches: list[Match] = field(default_factory=list)

    @property
    def stops(self) -> bool:
        """Whether brands must not buy from one that was found."""
        return self.outcome in {"found", "several"} and any(match.stops for match in self.matches)


# ── The list ─────────────────────────────────────────────────────────────────────────────────────


def pasted(text: str) -> list[Line]:
    """The lines of what somebody pasted: a table with a header, or one name, registry number or identifier a line."""
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    if not rows:
        raise CannotCheck(_("Paste at least one name, or choose a file."))
    head = rows[0].replace(";", "\t").replace(",", "\t").split("\t")
    if len(head) > 1 and any(header_key(cell) in HEADERS["workplace_name"] for cell in head):
        return uploaded("\n".join(rows).encode())
    lines = []
    for number, row in enumerate(rows, 1):
        name, mark, rest = (row.replace(";", "\t") if "\t" in row or ";" in row else row).rpartition("\t")
        if not mark:
            name, mark, rest = row.rpartition(",")
        country = country_code(rest.strip()) if mark else None
        lines.append(Line(number, (name if country else row).strip()[:300], country or ""))
    return _bounded(lines)


def uploaded(content: bytes) -> list[Line]:
    """The lines of a CSV or Excel file. Raises CannotCheck."""
    if _unpacks_to(content) > MOST_UNPACKED:
        raise _too_long()
    try:
        with _in_memory(content) as path:
            book = open_book(path, "list")
            for sheet in book.sheets:
                places = _places([column.header for column in sheet.columns])
                if "workplace_name" in places or "external_id" in places:
                    rows = []
                    for row in sheet.rows():
                        rows.append(_line(row.line, row.cells, places))
                        if len(rows) > MOST_LINES:
                            break
                    return _bounded([line for line in rows if line.name or line.identifier])
    except ReadError as error:
        raise CannotCheck(str(error)) from error
    raise CannotCheck(
        _(
            "No column of the list has a heading such as “Name” or “OS ID”. Write one above the names and try again."
        )
    )


def _places(headers: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for meaning in _COLUMNS:
        for index, header in enumerate(headers):
            if header_key(header) in HEADERS[meaning]:
                found.setdefault(meaning, index)
    return found


def _line(number: int, cells: tuple[str, ...], places: dict[str, int]) -> Line:
    name, country, identifier = (cells[places[key]].strip() if key in places else "" for key in _COLUMNS)
    return Line(number, name[:300], (country_code(country) or "") if country else "", identifier[:100])


def _bounded(lines: list[Line]) -> list[Line]:
    if len(lines) > MOST_LINES:
        raise _too_long()
    if not lines:
        raise CannotCheck(_("There is no name in this list."))
    return lines


def _too_long() -> CannotCheck:
    return CannotCheck(_("The list has more than %(most)d lines. Check it in parts.") % {"most": MOST_LINES})


def _unpacks_to(content: bytes) -> int:
    """Bytes that an Excel file says it holds; it is never read further than that. 0 for what is not packed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0


@contextmanager
def _in_memory(content: bytes) -> Iterator[Path]:
    """A path to bytes that never lie on a disk; where the system cannot do that, in a file that is removed at once."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("list"), "w+b") as file:
            file.write(content)
            file.flush()
            yield Path(f"/proc/self/fd/{file.fileno()}")
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


# ── The record ───────────────────────────────────────────────────────────────────────────────────


def check(lines: list[Line]) -> list[Answer]:
    """What the newest publications say to each line. Runs in `public_scope()`; reads, and writes nothing."""
    listings = Listing.objects.filter(is_shown=True, kind__in=KINDS).select_related("program")
    numbers = {
        line.number: number for line in lines if (number := search.exact_id(line.identifier or line.name))
    }
    codes = {line.number: search.compact(line.identifier or line.name) for line in lines}
    wanted = [f"{kind}:{code}" for code in codes.values() if len(code) > 4 for kind in ("os_id", "lei")]
    names = {fold(line.name)[:300] for line in lines if line.name}
    by_number = {row.public_id: row for row in listings.filter(public_id__in=numbers.values())}
    by_identifier: dict[str, list[Listing]] = {}
    for row in listings.filter(identifiers__overlap=wanted or ["-"]).order_by("public_id"):
        for identifier in row.identifiers:
            by_identifier.setdefault(identifier.rpartition(":")[2], []).append(row)
    by_name: dict[str, list[Listing]] = {}
    for row in listings.filter(name_key__in=names).order_by("public_id"):
        by_name.setdefault(row.name_key, []).append(row)
    found: list[tuple[Line, str, list[Listing]]] = []
    looked = 0
    for line in lines:
        rows = [by_number[numbers[line.number]]] if numbers.get(line.number) in by_number else []
        rows = rows or by_identifier.get(codes[line.number], [])
        rows = rows or _of_country(by_name.get(fold(line.name)[:300], []), line)
        outcome = _outcome(rows)
        if not rows and line.name and looked < MOST_ALIKE:
            looked += 1
            outcome, rows = _alike(line)
        found.append((line, outcome, rows))
    return _with_standing(found)


def _of_country(rows: list[Listing], line: Line) -> list[Listing]:
    return [row for row in rows if not line.country or row.country in {line.country, ""}]


def _outcome(rows: list[Listing]) -> str:
    """One name at several places is for a person to tell apart; a workplace and its supplier of one name are one answer."""
    if not rows:
        return "none"
    return "found" if len({(row.kind, row.program_id) for row in rows}) == len(rows) else "several"


def _alike(line: Line) -> tuple[str, list[Listing]]:
    """Names that differ by their legal form alone are found; names that are spelled alike are offered."""
    key = name_key(line.name)
    near = Listing.objects.filter(is_shown=True, kind__in=KINDS, search__trigram_word_similar=fold(key))
    if line.country:
        near = near.filter(country__in=[line.country, ""])
    rows = list(near.select_related("program").order_by("public_id")[:COMPARED])
    same = [row for row in rows if name_key(row.name) == key]
    if same:
        return _outcome(same), same
    scored = sorted(((fuzz.ratio(key, name_key(row.name)), row) for row in rows), key=lambda one: -one[0])
    likely = [row for score, row in scored if score >= LIKENESS][:OFFERED]
    return ("alike", likely) if likely else ("none", [])


def _with_standing(found: list[tuple[Line, str, list[Listing]]]) -> list[Answer]:
    contents = documents.newest_contents({row.public_id for _line, _outcome, rows in found for row in rows})
    return [
        Answer(line, outcome, [_match(row, contents.get(row.public_id, {})) for row in rows])
        for line, outcome, rows in found
    ]


def _match(row: Listing, said: dict[str, Any]) -> Match:
    content = said.get("content", {})
    return Match(
        row,
        disclosure.in_words("standing", content.get("standing", "")),
        content.get("standing_since", ""),
        content.get("purchases_stopped"),
    )


# ── The statement ────────────────────────────────────────────────────────────────────────────────


def statement(answers: list[Answer], at: datetime) -> str:
    """The answers as a text to sign and keep: when, from which publications, line by line. `at` is timezone-aware."""
    programs = (
        Publication.objects.order_by("program__slug").values_list("program__slug").annotate(Max("number"))
    )
    heads = {
        (one.program.slug, one.number): one
        for one in Publication.objects.select_related("program").filter(
            number__in=[n for _slug, n in programs]
        )
    }
    listed = "".join(f"{answer.line.said}\n" for answer in answers)
    said = [
        FIRST_LINE,
        f"Made at {at:%Y-%m-%dT%H:%M:%SZ} by {settings.BASE_URL}",
        f"Lines: {len(answers)}; SHA-256 of what was asked: {sha256(listed.encode()).hexdigest()}",
        "Compared with these publications:",
    ]
    for slug, number in programs:
        one = heads[slug, number]
        said.append(
            f"  {slug}, publication {number} of {one.published_at:%Y-%m-%dT%H:%M:%SZ}, root {bytes(one.root).hex()}"
        )
    said += [
        "A line that is not found takes part in no program here; that says nothing about conditions there.",
        "",
        "line\tasked\tanswer\tnumber\tname\tprogram\tstanding\tsince\tbrands must stop buying",
    ]
    for answer in answers:
        for match in answer.matches or [None]:
            said.append(
                "\t".join([str(answer.line.number), answer.line.said, answer.outcome, *_cells(match)])
            )
    return "\n".join(said) + "\n"


def _cells(match: Match | None) -> list[str]:
    if match is None:
        return [""] * 6
    row = match.listing
    stops = {True: "yes", False: "no", None: ""}[match.stops]
    values = [printed(row.public_id), row.name, row.program.name, match.standing, match.since, stops]
    return [" ".join(str(value).split()) for value in values]


README = """Check the signature of statement.txt with OpenSSL 3 or newer:

    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in statement.txt -sigfile statement.sig

key.pem is the key that signs the registry; compare it with {url}
"""


def public_key() -> bytes:
    """The installation's key in PEM, for OpenSSL."""
    return private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signed(text: str) -> bytes:
    """A ZIP with the statement, its signature, the key, and how to check it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("statement.txt", text)
        archive.writestr("statement.sig", private_key().sign(text.encode()))
        archive.writestr("key.pem", public_key())
        archive.writestr("README.txt", README.format(url=f"{settings.BASE_URL}/registry/key.pem"))
    return packed.getvalue()

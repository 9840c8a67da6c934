"""Files of purchases: read once, shown with a reason per line and field, then recorded whole or not at all, and taken back whole."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.models.money import Purchase, PurchaseFile, PurchaseFileRow
from agreements.money.enums import FILE_MOVES, Ended, FileState, ReportSide, RowStatus
from agreements.operations.money import purchases
from agreements.operations.money.checking import FIELDS, Line
from agreements.operations.money.waking import settle_soon
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.operations import too_large
from wsr.history.operations import record
from wsr.imports.mapping import names_a_person
from wsr.imports.names import header_key
from wsr.imports.reading import Sheet, open_book
from wsr.imports.reading.values import day_first
from wsr.tenancy import atomic, current_program_id

MOST_LINES = 20_000
MOST_BYTES = 10 * 1024 * 1024
# The words of a header, normalized, by what it means.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "partner": ("supplier", "supplier name", "grower", "grower name", "farm", "factory", "vendor", "brand", "brand name", "buyer", "buyer name", "customer", "proveedor", "comprador"),
    "workplace": ("workplace", "site", "farm site", "plant", "location", "unit name"),
    "product": ("product", "crop", "commodity", "item", "style", "producto", "cultivo"),
    "volume": ("volume", "quantity", "qty", "amount bought", "amount sold", "weight", "pounds bought", "cantidad"),
    "unit": ("unit", "uom", "unit of measure", "units", "unidad"),
    "period": ("period", "month", "quarter", "mes", "periodo"),
    "starts_on": ("start", "start date", "starts on", "from", "first day", "period start", "date from", "desde"),
    "ends_on": ("end", "end date", "ends on", "to", "until", "last day", "period end", "date to", "hasta"),
    "value": ("value", "purchase value", "sales value", "amount", "total", "invoice value", "valor"),
    "currency": ("currency", "ccy", "moneda"),
}  # fmt: skip


class CannotUse(DomainError):
    """The file cannot be used so."""


@atomic
def read(
    *, side: ReportSide, owner_id: UUID, chunks: Iterable[bytes], name: str, by: Person, at: datetime
) -> PurchaseFile:
    """Read a file and stage its lines; nothing is recorded yet. Raises ReadError, CannotUse, FileTooLarge and Participation.DoesNotExist."""
    sheet, lines, digest = _lines_of(chunks, name)
    headers = [column.header for column in sheet.columns]
    persons = {place for place, header in enumerate(headers) if names_a_person(header)}
    file = PurchaseFile.objects.create(
        side=side,
        owner_id=owner_id,
        name=Path(name).name[:255],
        sha256=digest,
        headers=headers,
        mapping=guess(headers, skip=persons),
        notes=[str(note) for note in sheet.notes],
        sent_by=by,
        sent_at=at,
    )
    _stage(
        file,
        [
            (number, ["" if place in persons else cell for place, cell in enumerate(cells)])
            for number, cells in lines
        ],
        at=at,
    )
    record(
        "purchase_file.read",
        file,
        by=by,
        at=at,
        after={"side": file.side, "lines": len(lines), "sha256": file.sha256},
    )
    return file


def _lines_of(chunks: Iterable[bytes], name: str) -> tuple[Sheet, list[tuple[int, list[str]]], str]:
    """The first sheet of a file, its lines with their numbers, and its SHA-256 in hex. Raises ReadError, CannotUse and FileTooLarge."""
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(prefix="purchases-") as taken:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                raise too_large()
            digest.update(chunk)
            taken.write(chunk)
        taken.flush()
        sheet = open_book(Path(taken.name), name).sheets[0]
        lines = [
            (row.line, list(row.cells))
            for _place, row in zip(range(MOST_LINES + 1), sheet.rows(), strict=False)
        ]
    if len(lines) > MOST_LINES:
        raise CannotUse(
            _("The file has more than %(most)s lines. Split it, for example by month.")
            % {"most": f"{MOST_LINES:,}"}
        )
    return sheet, lines, digest.hexdigest()


def guess(headers: list[str], *, skip: set[int]) -> dict[str, str]:
    """{place of the column: field} by the words of the headers; the first column of a meaning wins."""
    found: dict[str, str] = {}
    for field, words in HEADERS.items():
        for place, header in enumerate(headers):
            bare = header_key(header)
            if (
                place not in skip
                and str(place) not in found
                and (bare in words or bare == field.replace("_", " "))
            ):
                found[str(place)] = field
                break
    return found


@atomic
def remap(
    *, file_id: UUID, mapping: Mapping[str, str], defaults: Mapping[str, str], by: Person, at: datetime
) -> PurchaseFile:
    """Read the lines anew with other meanings of the columns. `defaults`: {field: value for lines that have none}.

    Raises CannotUse and PurchaseFile.DoesNotExist.
    """
    file = _open(file_id, FileState.READ)
    kept = {
        place: field
        for place, field in mapping.items()
        if field in FIELDS and place.isdigit() and int(place) < len(file.headers)
    }
    if len(set(kept.values())) < len(kept):
        raise CannotUse(_("Two columns cannot mean the same."))
    file.mapping = kept
    file.defaults = {field: value for field, value in defaults.items() if field in FIELDS and value}
    file.save(update_fields=["mapping", "defaults"])
    lines = list(file.rows.order_by("line").values_list("line", "raw"))
    file.rows.all().delete()
    _stage(file, lines, at=at)
    return file


@atomic
def apply(*, file_id: UUID, by: Person, at: datetime) -> PurchaseFile:
    """Record every line that can be, in one act; lines with errors stay behind with their reasons.

    Raises CannotUse, also when what is on record has changed since the lines were shown.
    """
    file = _open(file_id, FileState.READ)
    desk = purchases.desk_of(ReportSide(file.side), file.owner_id, at=at)
    shown = {row.line: row for row in file.rows.order_by("line")}
    lines = _understood(file, [(row.line, row.raw) for row in shown.values()], desk)
    if any(
        line.status != shown[line.number].status or _id(line) != shown[line.number].purchase_id
        for line in lines
    ):
        raise CannotUse(
            _("What is on record has changed since these lines were shown. Read them again, then record.")
        )
    wanted = [line for line in lines if line.status in (RowStatus.NEW, RowStatus.CHANGED)]
    if not wanted:
        raise CannotUse(_("No line of this file says anything new."))
    replaces = {place: line.known for place, line in enumerate(wanted) if line.known is not None}
    purchases.end(replaces.values(), Ended.REPLACED, at=at)
    reason = _("Corrected by the file %(name)s") % {"name": file.name}
    purchases.insert(desk, wanted, by=by, at=at, replaces=replaces, reason=reason, file=file)
    _move(file, FileState.APPLIED, applied_at=at)
    record(
        "purchase_file.applied",
        file,
        by=by,
        at=at,
        after={
            "new": len(wanted) - len(replaces),
            "replaced": len(replaces),
            "left": file.counts.get(RowStatus.ERROR, 0),
        },
    )
    return file


@atomic
def discard(*, file_id: UUID, by: Person, at: datetime) -> PurchaseFile:
    """Put a file away of which nothing was recorded. Raises CannotUse."""
    file = _open(file_id, FileState.READ)
    _move(file, FileState.DISCARDED)
    record("purchase_file.discarded", file, by=by, at=at)
    return file


@atomic
def undo(*, file_id: UUID, by: Person, at: datetime) -> PurchaseFile:
    """Take back everything a file recorded; what it had replaced counts again, as new rows. Raises CannotUse."""
    file = _open(file_id, FileState.APPLIED)
    rows = list(Purchase.objects.filter(file=file).select_related("replaces"))
    if any(row.ended_at for row in rows):
        raise CannotUse(
            _("Some lines of this file were corrected or taken back since. Correct the others one by one.")
        )
    purchases.end(rows, Ended.WITHDRAWN, at=at)
    back = [row for row in rows if row.replaces_id]
    Purchase.objects.bulk_create(_again(row, by, at) for row in back)
    _move(file, FileState.UNDONE, undone_at=at)
    record("purchase_file.undone", file, by=by, at=at, after={"taken_back": len(rows), "again": len(back)})
    settle_soon()
    return file


def _again(row: Purchase, by: Person, at: datetime) -> Purchase:
    former = row.replaces
    kept = (
        "side",
        "brand_id",
        "supplier_id",
        "workplace_id",
        "product",
        "product_key",
        "unit",
        "volume",
        "starts_on",
        "ends_on",
        "value",
        "currency",
    )
    return Purchase(
        program_id=current_program_id(),
        **{name: getattr(former, name) for name in kept},
        replaces=row,
        reason=_("A file was taken back"),
        reported_by=by,
        reported_at=at,
    )


def _stage(file: PurchaseFile, lines: list[tuple[int, list[str]]], *, at: datetime) -> None:
    desk = purchases.desk_of(ReportSide(file.side), file.owner_id, at=at)
    found = _understood(file, lines, desk)
    raw = dict(lines)
    PurchaseFileRow.objects.bulk_create(
        [
            PurchaseFileRow(
                program_id=current_program_id(),
                file=file,
                owner_id=file.owner_id,
                line=line.number,
                raw=raw[line.number],
                cleaned=line.as_data(),
                errors=line.errors,
                status=line.status,
                purchase=line.known if not line.errors else None,
            )
            for line in found
        ],
        batch_size=2000,
    )
    file.counts = dict(Counter(str(line.status) for line in found))
    file.save(update_fields=["counts"])


def _understood(file: PurchaseFile, lines: list[tuple[int, list[str]]], desk: purchases.Desk) -> list[Line]:
    places = {field: int(place) for place, field in file.mapping.items()}
    orders = [
        cells[places[name]] for _number, cells in lines for name in ("starts_on", "ends_on") if name in places
    ]
    is_day_first = day_first(orders)
    found = []
    for number, cells in lines:
        values = dict(file.defaults) | {
            field: cells[place] for field, place in places.items() if cells[place].strip()
        }
        found.append(desk.understand(values, line=number, day_first=is_day_first))
    return found


def _id(line: Line) -> UUID | None:
    return line.known.pk if line.known is not None and not line.errors else None


def _open(file_id: UUID, state: FileState) -> PurchaseFile:
    """The file, locked. Raises CannotUse when it is in another state, and PurchaseFile.DoesNotExist."""
    file = PurchaseFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    if file.state != state:
        words = {"state": FileState(file.state).label.lower()}
        raise CannotUse(_("Somebody was here before you; this file is: %(state)s.") % words)
    return file


def _move(file: PurchaseFile, to: FileState, **fields: object) -> None:
    if to not in FILE_MOVES[FileState(file.state)]:
        raise CannotUse(_("This file cannot be moved so."))
    for name, value in {"state": to, **fields}.items():
        setattr(file, name, value)
    file.save(update_fields=["state", *fields])

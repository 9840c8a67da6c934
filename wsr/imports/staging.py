"""The dry run: read the file once, understand every row, find what it may be, and stage it. Writes nothing else."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connections

from wsr.imports.enums import Answer, Status
from wsr.imports.mapping import names_a_person
from wsr.imports.matching import ASKED, ASKED_IN_FILE, Candidate, Index
from wsr.imports.models import Batch, Decision, Link
from wsr.imports.reading import Book, Row, Sheet, open_book
from wsr.imports.reading.mojibake import repair
from wsr.imports.reading.values import day_first, has_control, is_filler
from wsr.imports.targets import Cleaned, Context, Known, Target, target_of
from wsr.said import dump
from wsr.said import gettext as _
from wsr.tenancy import current_alias, current_program_id

_CHUNK = 2_000
_COLUMNS = {
    "line": "int", "raw": "jsonb", "cleaned": "jsonb", "errors": "jsonb", "remarks": "jsonb", "offers": "jsonb", "status": "text", "reason": "text",
    "identity": "text", "name_key": "text", "country": "text", "address_key": "text", "object_id": "uuid", "same_as": "int", "candidates": "jsonb",
    "score": "float8", "answer": "text",
}  # fmt: skip
_INSERT = f"""
INSERT INTO imports_row (program_id, batch_id, {", ".join(_COLUMNS)}) SELECT %s, %s, {", ".join(_COLUMNS)}
FROM json_to_recordset(%s::json) AS t({", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())})
"""  # noqa: S608 -- constants


@dataclass
class Staged:
    """What becomes of one row."""

    line: int
    raw: tuple[str, ...]
    cleaned: Cleaned
    status: str
    reason: str = ""
    identity: str = ""
    object_id: str | None = None
    same_as: int | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    score: float | None = None


def open_sheet(batch: Batch) -> tuple[Book, Sheet]:
    """The book and the chosen sheet of a batch. Raises ReadError."""
    book = open_book(batch.file.path, batch.file.name, encoding=batch.encoding)
    return book, next((sheet for sheet in book.sheets if sheet.name == batch.sheet), book.sheets[0])


def stage(batch: Batch, progress: Callable[[int, int], None]) -> Sheet:
    """Fill `imports_row` for a batch, replacing an earlier dry run. Returns the sheet with its totals known."""
    _book, sheet = open_sheet(batch)
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "DELETE FROM imports_row WHERE program_id = %s AND batch_id = %s",
            [current_program_id(), batch.pk],
        )
    expected = max(batch.reading.get("rows", 0), 1)
    matcher = _Matcher(batch)
    chunk: list[Staged] = []
    done = 0
    persons = {place for place, column in enumerate(sheet.columns) if names_a_person(column.header)}
    fields = {place: batch.mapping.get(column.name) for place, column in enumerate(sheet.columns)}
    for row, cleaned in _understood(batch, sheet):
        hidden = persons
        if cleaned.private:
            hidden = persons | {place for place, key in fields.items() if key in cleaned.private}
        if hidden:
            row = replace(row, cells=tuple("" if place in hidden else cell for place, cell in enumerate(row.cells)))  # fmt: skip
        chunk.append(matcher.place(row, cleaned))
        if len(chunk) == _CHUNK:
            _insert(batch, chunk)
            done += len(chunk)
            chunk = []
            progress(min(done, expected), expected)
    _insert(batch, chunk)
    return sheet


def identity_of(target: Target, parts: tuple[str, ...]) -> str:
    """A hash that is the same for the same row in any file."""
    return hashlib.sha256("\x1f".join((target.key, *parts)).encode()).hexdigest()


def _understood(batch: Batch, sheet: Sheet) -> Iterator[tuple[Row, Cleaned]]:
    target = target_of(batch.target)
    fields = {
        place: batch.mapping[column.name]
        for place, column in enumerate(sheet.columns)
        if batch.mapping.get(column.name)
    }
    orders = _date_orders(sheet, fields)
    for row in sheet.rows():
        if all(not cell.strip() or is_filler(cell) for cell in row.cells):
            yield (
                row,
                Cleaned(
                    skip=_("No data (%(text)s)")
                    % {"text": next(cell.strip() for cell in row.cells if cell.strip())}
                ),
            )
            continue
        context = Context(batch.defaults, batch.repairs, orders, row.line)
        values, offers, remarks = _repaired(row, fields, context)
        cleaned = target.clean(values, context)
        cleaned.offers[:0] = offers
        cleaned.remarks = {**remarks, **cleaned.remarks}
        cleaned.errors.update(
            {fields[place]: sentence for place, sentence in row.problems.items() if place in fields}
        )
        yield row, cleaned


def _repaired(
    row: Row, fields: dict[int, str], context: Context
) -> tuple[dict[str, str], list[dict[str, str]], dict[str, str]]:
    """Values by field with accepted repairs made; what else could be repaired; what looks damaged. Cells of one field are joined."""
    values: dict[str, str] = {}
    offers, remarks = [], {}
    for place, key in fields.items():
        text = row.cells[place]
        if not text.isascii() and (fixed := repair(text)) is not None:
            if context.accepts("letters", row.line, key):
                text = fixed
            else:
                offers.append({"kind": "letters", "field": key, "before": text, "after": fixed})
        if not text.isascii() and has_control(text):
            remarks[key] = _("Letters were damaged before the file was made. Compare it with the original.")
        values[key] = (
            f"{values[key]}\n{text}"
            if values.get(key, "").strip() and text.strip()
            else values.get(key) or text
        )
    return values, offers, remarks


def _date_orders(sheet: Sheet, fields: dict[int, str]) -> frozenset[str]:
    dated = {place: key for place, key in fields.items() if key.endswith(("_date", "_on"))}
    if not dated:
        return frozenset()
    samples: dict[str, list[str]] = {key: [] for key in dated.values()}
    for row in sheet.rows():
        for place, key in dated.items():
            samples[key].append(row.cells[place])
    return frozenset(key for key, texts in samples.items() if day_first(texts))


class _Matcher:
    """Finds for each row in turn what it is: remembered, exactly known, seen earlier in the file, alike, or new."""

    def __init__(self, batch: Batch) -> None:
        self._target = target_of(batch.target)
        known = list(self._target.known())
        self._ids = {one.id for one in known}
        self._exact = (
            {(one.name_key, one.country, one.address_key): one.id for one in reversed(known)}
            if self._target.settles_exact
            else {}
        )
        self._index = Index(known)
        self._file = Index()
        self._seen: dict[str, int] = {}
        links = (
            Link.objects.filter(target=batch.target)
            .order_by("-last_batch_id")
            .values_list("source", "identity", "object_id")
        )
        self._links: dict[str, str] = {}
        for source, identity, object_id in links:
            if str(object_id) in self._ids and (source == batch.source or identity not in self._links):
                self._links[identity] = str(object_id)
        decided = Decision.objects.filter(target=batch.target).values_list("identity", "candidate", "answer")
        self._decided = {(identity, candidate): answer for identity, candidate, answer in decided}

    def place(self, row: Row, cleaned: Cleaned) -> Staged:
        """The staged row, added to what later rows are compared with."""
        staged = Staged(row.line, row.cells, cleaned, Status.CREATE)
        if cleaned.skip:
            staged.status, staged.reason = Status.SKIP, cleaned.skip
            return staged
        if cleaned.errors:
            staged.status, staged.reason = Status.ERROR, next(iter(cleaned.errors.values()))
            return staged
        staged.identity = identity_of(self._target, cleaned.identity)
        if (earlier := self._seen.get(staged.identity)) is not None:
            staged.status, staged.same_as, staged.reason = (
                Status.UNCHANGED,
                earlier,
                _("The same as line %(line)d") % {"line": earlier},
            )
            return staged
        me = Known(
            staged.identity,
            cleaned.values.get("name", ""),
            cleaned.name_key,
            cleaned.country,
            cleaned.values.get("address", ""),
            cleaned.address_key,
            cleaned.place,
            cleaned.point,
            row.line,
        )
        is_exact = self._recognize(staged, me)
        self._seen[staged.identity] = row.line
        if self._target.compares_rows and not is_exact:
            self._file.add(me)
        return staged

    def _recognize(self, staged: Staged, me: Known) -> bool:
        """Settle the row or note what it may be. True when it reads exactly as a known object, which other rows find by themselves."""
        exact = self._exact.get((me.name_key, me.country, me.address_key))
        known = self._links.get(staged.identity) or exact
        if known:
            staged.status, staged.object_id = Status.UNCHANGED, known
            return known == exact
        found = self._open(staged, self._index.alike(me, ASKED))
        if staged.object_id:
            return False
        if found:
            staged.status, staged.reason = Status.ASK, _("May be known already")
        elif self._target.compares_rows:
            found = self._open(staged, self._file.alike(me, ASKED_IN_FILE))
            if found:
                staged.reason = _("May be the same as line %(line)d") % {"line": found[0].known.line}
        staged.candidates = [_shown(candidate) for candidate in found]
        staged.score = round(found[0].score, 4) if found else None
        return False

    def _open(self, staged: Staged, candidates: list[Candidate]) -> list[Candidate]:
        """Those nobody has decided on; a remembered "the same" settles the row."""
        still = []
        for candidate in candidates:
            answer = self._decided.get((staged.identity, candidate.known.id))
            if answer == Answer.SAME:
                if candidate.known.line:
                    staged.same_as = candidate.known.line
                    staged.reason = _("The same as line %(line)d, as decided") % {
                        "line": candidate.known.line
                    }
                    staged.status = Status.UNCHANGED
                else:
                    staged.status, staged.object_id = Status.UNCHANGED, candidate.known.id
                return []
            if answer is None:
                still.append(candidate)
        return still


def _shown(candidate: Candidate) -> dict[str, Any]:
    one = candidate.known
    return {
        "id": one.id,
        "line": one.line,
        "name": one.name,
        "address": one.address,
        "score": round(candidate.score, 4),
    }


def _dumped(sentences: dict[str, str]) -> dict[str, str]:
    return {key: dump(sentence) for key, sentence in sentences.items()}


def _insert(batch: Batch, chunk: list[Staged]) -> None:
    if not chunk:
        return
    table = [
        {
            "line": one.line, "raw": one.raw, "cleaned": one.cleaned.values, "errors": _dumped(one.cleaned.errors), "remarks": _dumped(one.cleaned.remarks),
            "offers": one.cleaned.offers, "status": one.status, "reason": dump(one.reason), "identity": one.identity,
            "name_key": one.cleaned.name_key[:300], "country": one.cleaned.country, "address_key": one.cleaned.address_key[:600],
            "object_id": one.object_id, "same_as": one.same_as, "candidates": one.candidates, "score": one.score, "answer": "",
        }
        for one in chunk
    ]  # fmt: skip
    said = json.dumps(table, ensure_ascii=False, default=str).replace("\\u0000", "")
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(_INSERT, [current_program_id(), batch.pk, said])


__all__ = ["identity_of", "open_sheet", "stage"]

"""Uploading, mapping, deciding, and what the jobs do: check, apply, undo."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.operations import store
from wsr.history.operations import record
from wsr.imports import mapping, queries, staging
from wsr.imports.enums import Answer, State, Status
from wsr.imports.models import Batch, Decision, Link, Row
from wsr.imports.models import Mapping as SavedMapping
from wsr.imports.reading import open_book
from wsr.imports.reading.countries import country_code
from wsr.imports.targets import Target, target_of
from wsr.jobs.models import Job
from wsr.jobs.operations import start as start_job
from wsr.said import gettext as _
from wsr.tenancy import atomic, current_alias, current_program_id


class CannotImport(DomainError):
    """The import is not in a state for this."""


@atomic
def upload(*, chunks: Iterable[bytes], name: str, media_type: str, by: Person, at: datetime) -> Batch:
    """Keep a file and see how it can be read. Raises FileTooLarge and ReadError; then nothing is kept."""
    file = store(chunks=chunks, name=name, media_type=media_type, by=by, at=at)
    batch = Batch(file=file, source=_source_name(name), uploaded_by=by, uploaded_at=at, target="")
    _look(batch)
    batch.save()
    record(
        "import.uploaded",
        batch,
        by=by,
        at=at,
        after={"file": file.name, "sha256": file.sha256, "bytes": file.size},
    )
    return batch


@atomic
def read_again(*, batch_id: UUID, sheet: str, encoding: str) -> Batch:
    """Read another sheet, or with another encoding. Raises Batch.DoesNotExist, CannotImport and ReadError."""
    batch = _locked(batch_id, State.UPLOADED, State.CHECKED)
    batch.sheet, batch.encoding, batch.target = sheet, encoding, ""
    _look(batch)
    batch.save(update_fields=["sheet", "encoding", "target", "mapping", "defaults", "source", "reading"])
    return batch


@atomic
def map_columns(
    *,
    batch_id: UUID,
    target: str,
    source: str,
    columns: Mapping[str, str],
    defaults: Mapping[str, str],
    by: Person,
    at: datetime,
) -> Batch:
    """Say what the columns mean, remember it for files with these headers, and start the dry run.

    `columns`: {column name: field key}. Columns that name private persons are refused whatever is said. Raises CannotImport.
    """
    batch = _locked(batch_id, State.UPLOADED, State.CHECKED)
    kind = target_of(target)
    wanted = {name: key for name, key in columns.items() if key}
    _check_columns(kind, wanted, defaults)
    answers = _answers(kind, defaults)
    batch.target, batch.source = target, source.strip()[:120] or batch.source
    batch.mapping = wanted
    batch.defaults = {key: value for key, value in {**defaults, **answers}.items() if value}
    _book, sheet = staging.open_sheet(batch)
    said = {
        "target": target,
        "columns": wanted,
        "defaults": batch.defaults,
        "source": batch.source,
        "saved_at": at,
    }
    SavedMapping.objects.update_or_create(signature=mapping.signature(sheet), defaults=said)
    batch.save(update_fields=["target", "source", "mapping", "defaults"])
    _start(batch, "imports.check", _("Check %(list)s"), by=by, at=at)
    return batch


def _check_columns(kind: Target, wanted: Mapping[str, str], defaults: Mapping[str, str]) -> None:
    """Every field that is needed has a column or a value; no column names a private person. A country may also be found in the rows."""
    for one in kind.fields:
        said = one.key in wanted.values() or defaults.get(one.key)
        if one.required and not said and one.key != "country":
            raise CannotImport(_("Choose the column for “%(field)s”.") % {"field": one.label})
    if any(mapping.names_a_person(name) for name in wanted):
        raise CannotImport(_("A column that names private persons cannot be imported."))


def _answers(kind: Target, defaults: Mapping[str, str]) -> dict[str, str]:
    """What was chosen for the whole file: the code of its country, and an answer to every question of this kind of import."""
    country = country_code(defaults.get("country", ""))
    if defaults.get("country") and not country:
        raise CannotImport(_("Choose a country from the list."))
    answers = {"country": country or ""}
    for question in kind.questions:
        answers[question.key] = defaults.get(question.key) or question.suggest()[0]
        if answers[question.key] not in dict(question.options):
            raise CannotImport(_("Choose an answer for “%(question)s”.") % {"question": question.label})
    return answers


@atomic
def accept_repairs(*, batch_id: UUID, kind: str, cells: list[str] | str, by: Person, at: datetime) -> Batch:
    """Repair these cells (`"*"`: all of this kind, `["12:address"]`: these) and check again. Raises CannotImport."""
    batch = _locked(batch_id, State.CHECKED)
    batch.repairs = {**batch.repairs, kind: cells}
    batch.save(update_fields=["repairs"])
    record(
        "import.repaired",
        batch,
        by=by,
        at=at,
        after={"kind": kind, "cells": cells if cells == "*" else len(cells)},
    )
    _start(batch, "imports.check", _("Check %(list)s"), by=by, at=at)
    return batch


@atomic
def decide(*, batch_id: UUID, line: int, answer: str, candidate: str = "", by: Person, at: datetime) -> Row:
    """Say whether a row is the candidate. `different` is about all its candidates; `""` takes an answer back.

    The answer is remembered for every later file. Raises Row.DoesNotExist and CannotImport.
    """
    batch = _locked(batch_id, State.CHECKED)
    row = Row.objects.select_for_update(of=("self",)).get(batch=batch, line=line)
    if not row.candidates:
        raise CannotImport(_("There is nothing to decide about this row."))
    Decision.objects.filter(target=batch.target, identity=row.identity).update(answer=Answer.DIFFERENT)
    for one in row.candidates:
        same = answer == Answer.SAME and one["id"] == candidate
        _remember(batch, row, one["id"], Answer.SAME if same else Answer.DIFFERENT, by, at)
    chosen = next((one for one in row.candidates if answer == Answer.SAME and one["id"] == candidate), None)
    if answer == Answer.SAME and chosen is None:
        raise CannotImport(_("That is not one of the candidates."))
    row.answer, row.object_id, row.same_as = answer, None, None
    if chosen and chosen["line"]:
        row.status, row.same_as = Status.UNCHANGED, chosen["line"]
    elif chosen:
        row.status, row.object_id = Status.UNCHANGED, UUID(chosen["id"])
    else:
        row.status = Status.CREATE
    row.save(update_fields=["answer", "object_id", "same_as", "status"])
    target_of(batch.target).mark_updates(batch.pk)
    record(
        "import.decided",
        batch,
        by=by,
        at=at,
        after={"line": line, "answer": answer, "candidate": chosen["name"] if chosen else ""},
    )
    _count(batch)
    row.refresh_from_db()
    return row


@atomic
def all_different(*, batch_id: UUID, below: float, by: Person, at: datetime) -> int:
    """Say "different" for every open question that scores under `below`. Returns how many. Raises CannotImport."""
    batch = _locked(batch_id, State.CHECKED)
    rows = queries.open_questions(batch).filter(score__lt=below)
    answered = [(row.identity, one["id"]) for row in rows for one in row.candidates]
    Decision.objects.bulk_create(
        [
            Decision(
                program_id=current_program_id(),
                target=batch.target,
                identity=identity,
                candidate=candidate,
                answer=Answer.DIFFERENT,
                decided_by=by,
                decided_at=at,
            )
            for identity, candidate in answered
        ],
        ignore_conflicts=True,
    )
    changed = rows.update(answer=Answer.DIFFERENT, status=Status.CREATE)
    target_of(batch.target).mark_updates(batch.pk)
    record("import.all_different", batch, by=by, at=at, after={"rows": changed, "below": below})
    _count(batch)
    return changed


@atomic
def ask_apply(*, batch_id: UUID, end_missing: bool = False, by: Person, at: datetime) -> Batch:
    """Start applying. Rows with an open question wait; rows with errors are left out. Raises CannotImport."""
    batch = _locked(batch_id, State.CHECKED)
    batch.defaults = {**batch.defaults, "end_missing": "1" if end_missing else ""}
    batch.save(update_fields=["defaults"])
    _start(batch, "imports.apply", _("Import %(list)s"), by=by, at=at)
    return batch


@atomic
def ask_undo(*, batch_id: UUID, by: Person, at: datetime) -> Batch:
    """Start undoing. Raises CannotImport."""
    batch = _locked(batch_id, State.APPLIED)
    _start(batch, "imports.undo", _("Undo the import of %(list)s"), by=by, at=at)
    return batch


def check(*, batch_id: UUID, by: Person | None, at: datetime, progress: Any) -> Batch:
    """The dry run itself; replaces an earlier one. Runs in a job."""
    _take_turn()
    batch = _locked(batch_id, State.UPLOADED, State.CHECKED)
    sheet = staging.stage(batch, progress)
    tail = sheet.tail
    batch.reading |= {
        "rows": tail.rows,
        "blank": tail.blank,
        "footer": tail.footer,
        "totals": [
            {
                "column": one.column,
                "stated": str(one.stated),
                "counted": str(one.counted),
                "agrees": one.agrees,
            }
            for one in tail.totals
        ],
    }
    target_of(batch.target).mark_updates(batch.pk)
    batch.state, batch.checked_at = State.CHECKED, at
    batch.save(update_fields=["reading", "state", "checked_at"])
    _count(batch)
    return batch


def apply(
    *,
    batch_id: UUID,
    by: Person | None,
    at: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, int]:
    """Write everything that is decided, in the caller's transaction. A second call finds nothing left to do. Runs in a job.

    `progress` is told after every statement how many of how many are done.
    """
    _take_turn()
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == State.APPLIED:
        return batch.counts.get("written", {})
    if batch.state != State.CHECKED:
        raise CannotImport(_("Check the file first."))
    target = target_of(batch.target)
    done = count(1)

    def step() -> None:
        progress(next(done), target.steps + 2)

    _settle_since_check(batch)
    step()
    written = target.apply(batch.pk, at=at, step=step)
    _link(batch)
    step()
    ended = _end_missing(batch, at) if batch.defaults.get("end_missing") else 0
    batch.state, batch.applied_at, batch.applied_by = State.APPLIED, at, by
    batch.counts = {**batch.counts, "written": written, "ended": ended}
    batch.save(update_fields=["state", "applied_at", "applied_by", "counts"])
    record(
        "import.applied", batch, by=by, at=at, after={"sha256": batch.file.sha256, **written, "ended": ended}
    )
    _execute("SELECT imports_count_written(%(batch)s)", {"batch": batch.pk})
    return written


# ── Inside ───────────────────────────────────────────────────────────────────────────────────────


def _look(batch: Batch) -> None:
    """How the file can be read and what its columns may mean, from its first rows."""
    book = open_book(batch.file.path, batch.file.name, encoding=batch.encoding)
    sheet = next((one for one in book.sheets if one.name == batch.sheet), book.sheets[0])
    batch.sheet = sheet.name
    remembered = SavedMapping.objects.filter(signature=mapping.signature(sheet)).first()
    found = mapping.guess(sheet, queries.sample(sheet), remembered.target if remembered else "")
    batch.mapping, batch.target, batch.defaults = found.columns, found.target, {}
    if remembered:
        names = {column.name for column in sheet.columns}
        batch.mapping = {name: key for name, key in remembered.columns.items() if name in names}
        batch.defaults = {key: value for key, value in remembered.defaults.items() if key != "end_missing"}
        batch.source = remembered.source
    batch.reading = {
        "kind": book.kind,
        "encoding": book.encoding,
        "delimiter": book.delimiter,
        "sheets": [one.name for one in book.sheets],
        "title": sheet.title,
        "as_of": sheet.as_of.isoformat() if sheet.as_of else "",
        "header_line": sheet.header_line,
        "columns": [column.name for column in sheet.columns],
        "persons": list(found.persons),
        "notes": [*book.notes, *sheet.notes],
        "first": [list(row.cells) for row in sheet.first],
        "remembered": bool(remembered),
    }


def _source_name(name: str) -> str:
    """What the list is called until somebody says otherwise: the file's name without its ending."""
    return Path(name).stem.replace("_", " ").strip()[:120] or _("List")


def _locked(batch_id: UUID, *states: State) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("file").get(pk=batch_id)
    if batch.state not in states:
        raise CannotImport(
            _("This import is %(state)s; that cannot be done any more.")
            % {"state": State(batch.state).label.lower()}
        )
    return batch


def _start(batch: Batch, kind: str, title: str, *, by: Person, at: datetime) -> None:
    if batch.job_id and (running := Job.objects.filter(pk=batch.job_id).first()) and running.is_open:
        raise CannotImport(
            _("Work on this import is still going on. Wait for it, or cancel it on the jobs page.")
        )
    job = start_job(
        kind=kind, title=title % {"list": batch.source}, by=by, at=at, params={"batch_id": str(batch.pk)}
    )
    batch.job_id = job.pk
    batch.save(update_fields=["job_id"])


def _remember(batch: Batch, row: Row, candidate: str, answer: str, by: Person, at: datetime) -> None:
    Decision.objects.update_or_create(
        target=batch.target,
        identity=row.identity,
        candidate=candidate,
        defaults={"answer": answer, "decided_by": by, "decided_at": at},
    )


def _count(batch: Batch) -> None:
    batch.counts = queries.counts(batch)
    batch.save(update_fields=["counts"])


def _take_turn() -> None:
    """Imports of one program apply one after the other, so that the second sees what the first created.

    Rows staged a moment ago have no statistics; without them the planner would loop over all rows for each row.
    """
    _execute("SELECT set_config('enable_nestloop', 'off', true)", {})
    _execute("SELECT pg_advisory_xact_lock(hashtextextended('imports' || %(program)s::text, 0))", {})


def _settle_since_check(batch: Batch) -> None:
    """Give new rows their id; rows whose place another import created since the dry run become that place."""
    values = {"batch": batch.pk, "target": batch.target, "source": batch.source}
    _execute(
        """UPDATE imports_row r SET status = 'unchanged', object_id = l.object_id FROM imports_link l
        WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status = 'create' AND r.object_id IS NULL AND r.answer = ''
          AND l.program_id = r.program_id AND l.target = %(target)s AND l.identity = r.identity AND %(target)s <> 'citations'""",
        values,
    )
    target = target_of(batch.target)
    if target.settles_exact:
        _execute(
            """UPDATE imports_row SET object_id = uuidv7() WHERE program_id = %(program)s AND batch_id = %(batch)s
            AND status = 'create' AND object_id IS NULL""",
            values,
        )
        for _depth in range(3):  # a row may be the same as one that is the same as another
            _execute(
                """UPDATE imports_row r SET object_id = o.object_id FROM imports_row o
                WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.same_as IS NOT NULL AND r.object_id IS NULL
                  AND o.program_id = r.program_id AND o.batch_id = r.batch_id AND o.line = r.same_as AND o.object_id IS NOT NULL""",
                values,
            )
        target.mark_updates(batch.pk)


def _link(batch: Batch) -> None:
    """Say where each object comes from; the next file of this list finds it by this. What the links were is noted for undo."""
    _note_links(batch)
    _execute(
        """INSERT INTO imports_link (program_id, target, source, identity, object_id, first_batch_id, last_batch_id)
        SELECT DISTINCT ON (identity) program_id, %(target)s, %(source)s, identity, object_id, batch_id, batch_id FROM imports_row
        WHERE program_id = %(program)s AND batch_id = %(batch)s AND object_id IS NOT NULL AND identity <> ''
          AND status IN ('create', 'update', 'unchanged') ORDER BY identity, line
        ON CONFLICT (program_id, target, source, identity) DO UPDATE
          SET object_id = excluded.object_id, last_batch_id = excluded.last_batch_id, ended_at = NULL""",
        {"batch": batch.pk, "target": batch.target, "source": batch.source},
    )


def _note_links(batch: Batch) -> None:
    _execute(
        """INSERT INTO imports_change (program_id, batch_id, step, "table", object_id, act, before, kept)
        SELECT DISTINCT ON (l.id) l.program_id, %(batch)s, 8, 'imports_link', l.id, 'update', to_jsonb(l), ''
        FROM imports_link l JOIN imports_row r ON r.program_id = l.program_id AND r.batch_id = %(batch)s AND r.identity = l.identity
        WHERE l.program_id = %(program)s AND l.target = %(target)s AND l.source = %(source)s
          AND r.object_id IS NOT NULL AND r.status IN ('create', 'update', 'unchanged')""",
        {"batch": batch.pk, "target": batch.target, "source": batch.source},
    )


def _end_missing(batch: Batch, at: datetime) -> int:
    """What the list named before and no longer names is marked as ended in it; the objects stay."""
    gone = list(queries.missing(batch).values_list("pk", flat=True))
    _execute(
        """INSERT INTO imports_change (program_id, batch_id, step, "table", object_id, act, before, kept)
        SELECT l.program_id, %(batch)s, 8, 'imports_link', l.id, 'update', to_jsonb(l), '' FROM imports_link l
        WHERE l.program_id = %(program)s AND l.id = ANY(%(gone)s)""",
        {"batch": batch.pk, "gone": gone},
    )
    return Link.objects.filter(pk__in=gone).update(ended_at=at, last_batch=batch)


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(statement, {"program": current_program_id(), **values})
        return cursor.rowcount

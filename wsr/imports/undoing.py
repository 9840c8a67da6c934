"""Taking an import back: what it created goes, what it changed is as before, what others have built on stays and says why.

What rooms did because of its rows, such as duties, they take back by the reactions `import.undoing`, while the rows are there, and `import.undone`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models, transaction

from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.imports.enums import Act, State
from wsr.imports.models import Batch, Change, Link
from wsr.imports.operations import CannotImport
from wsr.imports.targets import target_of
from wsr.reactions import react
from wsr.said import dump
from wsr.said import gettext as _
from wsr.tenancy import current_alias, current_program_id
from wsr.tenancy.references import IN_USE

_PUBLISHED_TABLE = "registry_identity"


@dataclass
class Undoing:
    """One undo as reactions see it: what they noted before the rows went, how much they withdrew, and what stays (why, how many)."""

    batch: Batch
    by: Person | None
    at: datetime
    noted: dict[str, Any] = field(default_factory=dict)
    withdrawn: int = 0
    kept: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """What an undo would do to rows, why it would keep what it keeps, and how much that rooms did because of them it would withdraw."""

    done: dict[str, int]
    kept: list[tuple[str, int]]
    withdrawn: int


def undo(
    *,
    batch_id: UUID,
    by: Person | None,
    at: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, int]:
    """Take back the batch in the caller's transaction. Returns {removed, restored, kept}. A second call does nothing more.

    Raises CannotImport. Kept rows carry the reason in `Change.kept`.
    """
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state == State.UNDONE:
        return batch.counts.get("undone", {})
    if batch.state != State.APPLIED:
        raise CannotImport(_("Only an applied import can be undone."))
    done = _take_back(Undoing(batch, by, at), progress)
    batch.state, batch.undone_at = State.UNDONE, at
    batch.counts = {**batch.counts, "undone": done}
    batch.save(update_fields=["state", "undone_at", "counts"])
    record("import.undone", batch, by=by, at=at, after=done)
    return done


def preview(batch: Batch, at: datetime) -> Preview:
    """Done for real and rolled back."""
    from wsr.imports.queries import kept_reasons  # noqa: PLC0415 -- only here

    sid = transaction.savepoint_create(using=current_alias())
    try:
        undoing = Undoing(Batch.objects.get(pk=batch.pk), None, at)
        done = _take_back(undoing, lambda done, total: None)
        return Preview(done, [*kept_reasons(batch), *undoing.kept], undoing.withdrawn)
    finally:
        transaction.savepoint_rollback(sid, using=current_alias())


def _take_back(undoing: Undoing, progress: Callable[[int, int], None]) -> dict[str, int]:
    batch, at = undoing.batch, undoing.at
    react("import.undoing", undoing=undoing)
    done = {"removed": 0, "restored": 0, "kept": 0}
    steps = list(
        Change.objects.filter(batch=batch, undone_at=None)
        .values_list("step", "table", "act")
        .distinct()
        .order_by("-step")
    )
    steps.sort(key=lambda one: (one[2] == Act.UPDATE, one[0]), reverse=True)
    for step, table, act in steps:
        _mark_kept(batch, step, _model_of(table), act)
    for step, table, act in steps:
        if act == Act.INSERT:
            _keep_with_its_owner(batch, step, _model_of(table))
    for place, (step, table, act) in enumerate(steps):
        progress(place, len(steps))
        model = _model_of(table)
        if act == Act.INSERT:
            done["removed"] += _remove(batch, step, model)
        else:
            restored = _restore(batch, step, model)
            done["restored"] += restored if model is not Link else 0
    open_changes = Change.objects.filter(batch=batch, undone_at=None)
    done["kept"] = open_changes.exclude(kept="").exclude(table=Link._meta.db_table).count()
    open_changes.filter(kept="").update(undone_at=at)
    _unlink(batch)
    react("import.undone", undoing=undoing)
    return done


def _model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def _mark_kept(batch: Batch, step: int, model: type[models.Model], act: str) -> None:
    """Rows that were changed later, published, or that other rows point to are kept, with the reason."""
    table = model._meta.db_table
    if any(one.name == "updated_at" for one in model._meta.local_fields):
        _keep(
            batch,
            step,
            f"JOIN {table} t ON t.id = c.object_id",
            "t.updated_at <> %(applied)s",
            _("It was changed after the import."),
        )
    if model is Link:
        later = _("A later import of this list builds on it.")
        _keep(batch, step, f"JOIN {table} t ON t.id = c.object_id", "t.last_batch_id <> %(batch)s", later)
    if act != Act.INSERT:
        return
    if apps.is_installed("wsr.registry"):
        _keep(
            batch,
            step,
            f"JOIN {_PUBLISHED_TABLE} t ON t.program_id = c.program_id AND t.subject_id = c.object_id",
            "true",
            _("It has been published."),
        )
    _keep_what_is_used(batch, step, table)
    held = target_of(batch.target).held(batch.pk, table)
    rows = Change.objects.filter(batch=batch, step=step, act=Act.INSERT, kept="", object_id__in=held)
    rows.update(kept=_("Something in the program depends on it."))


def _keep_what_is_used(batch: Batch, step: int, table: str) -> None:
    """Rows that others than the batch's own point to; one reason for all uses, since some must not be known of."""
    created = Change.objects.filter(batch=batch, act=Act.INSERT, kept="")
    _keep(
        batch,
        step,
        f"JOIN (SELECT DISTINCT * FROM {IN_USE}) t(id) ON t.id = c.object_id",  # noqa: S608 -- a constant
        "true",
        _("Something in the program depends on it."),
        table=table,
        ids=list(created.filter(step=step).values_list("object_id", flat=True)),
        but=list(created.values_list("object_id", flat=True)),
    )


def _keep_with_its_owner(batch: Batch, step: int, model: type[models.Model]) -> None:
    """Dated events, which are never changed, stay with the row they are about."""
    if any(one.name == "updated_at" for one in model._meta.local_fields):
        return
    for one in model._meta.local_fields:
        if one.is_relation and one.name != "program":
            _keep(
                batch,
                step,
                f"""JOIN {model._meta.db_table} t ON t.id = c.object_id JOIN imports_change o ON o.program_id = c.program_id
                    AND o.batch_id = c.batch_id AND o.object_id = t."{one.column}" AND o.act = 'insert'""",
                "o.kept <> ''",
                _("What it is about is kept."),
            )


def _keep(batch: Batch, step: int, join: str, condition: str, reason: str, **values: object) -> None:
    _execute(
        f"""UPDATE imports_change SET kept = %(reason)s WHERE program_id = %(program)s AND id IN (
          SELECT c.id FROM imports_change c {join} WHERE c.program_id = %(program)s AND c.batch_id = %(batch)s AND c.step = %(step)s
          AND c.kept = '' AND {condition})""",  # noqa: S608 -- names of our own tables
        {"batch": batch.pk, "step": step, "reason": dump(reason), "applied": batch.applied_at, **values},
    )


def _remove(batch: Batch, step: int, model: type[models.Model]) -> int:
    return _execute(
        f"""DELETE FROM {model._meta.db_table} t USING imports_change c WHERE c.program_id = %(program)s AND c.batch_id = %(batch)s
        AND c.step = %(step)s AND c.kept = '' AND t.program_id = c.program_id AND t.id = c.object_id""",  # noqa: S608
        {"batch": batch.pk, "step": step},
    )


def _restore(batch: Batch, step: int, model: type[models.Model]) -> int:
    """Every column as it was, from the whole row that was kept."""
    columns = [
        one.column for one in model._meta.local_concrete_fields if one.column not in ("id", "program_id")
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table
    return _execute(
        f"""UPDATE {table} t SET ({names}) = (SELECT {names} FROM jsonb_populate_record(NULL::{table}, c.before))
        FROM imports_change c WHERE c.program_id = %(program)s AND c.batch_id = %(batch)s AND c.step = %(step)s AND c.kept = ''
        AND t.program_id = c.program_id AND t.id = c.object_id""",  # noqa: S608
        {"batch": batch.pk, "step": step},
    )


def _unlink(batch: Batch) -> None:
    """Links that this batch was the first to make go, unless their object stays because of it."""
    kept = Change.objects.filter(batch=batch, act=Act.INSERT).exclude(kept="").values("object_id")
    Link.objects.filter(first_batch=batch, last_batch=batch).exclude(object_id__in=kept).delete()


def _execute(statement: str, values: dict[str, Any]) -> int:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(statement, {"program": current_program_id(), **values})
        return cursor.rowcount

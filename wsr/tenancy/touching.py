"""What was touched since: the ground of answers that are kept, and must never be older than what they were made of.

Every table with program data has two triggers that leave a row in `Touched` — program, table, transaction — inside the transaction that
writes, whoever writes and in whatever way. An answer keeps the snapshot it was made in; it holds as long as no row of `Touched` about a
table that it was made of lies outside of that snapshot. So it cannot be forgotten to say that something changed, a rollback says
nothing, nobody waits for anybody, and what commits late is seen when it commits.

`QUIET` are tables that no answer is made of: much is written there, and an answer that does read one is not kept (`wsr.tenancy.reading`).
A table without program data is touched for all programs; a room names it in its `policies.py`: `TOUCHED = [touched("accounts.Person")]`.
No row changes its program, so the one that it has tells whom it concerns.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from wsr.tenancy import fences
from wsr.tenancy.models import OPEN, Touched

QUIET = (
    "api_",
    "files_",
    "history_",
    "imports_",
    "jobs_",
    "notices_",
    "registry_",
    "tenancy_touched",
    "ui_",
    "vault_",
)
EVERYWHERE = OPEN  # the program of what concerns all of them

# Which cluster, timeline and database the ids of transactions are counted in: a snapshot of another one says nothing here.
EPOCH = (
    "(SELECT s.system_identifier::text || '.' || c.timeline_id || '.' || d.oid"
    " FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database())"
)

NOTE_TOUCHED = f"""
CREATE OR REPLACE FUNCTION wsr_note_touched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  whose uuid := '{EVERYWHERE}';
BEGIN
  IF TG_ARGV[0] = 'program_id' THEN
    IF TG_OP = 'DELETE' THEN whose := OLD.program_id; ELSE whose := NEW.program_id; END IF;
  ELSIF TG_ARGV[0] = 'id' THEN
    IF TG_OP = 'DELETE' THEN whose := OLD.id; ELSE whose := NEW.id; END IF;
  END IF;
  INSERT INTO tenancy_touched (program_id, relation, xid)
  VALUES (coalesce(whose, '{EVERYWHERE}'), TG_TABLE_NAME, pg_current_xact_id());
  -- until the end of the transaction, or of the savepoint that is rolled back: the row goes with it
  PERFORM set_config('wsr.touched_' || TG_TABLE_NAME, coalesce(whose, '{EVERYWHERE}')::text, true);
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
"""  # noqa: S608 -- a constant


@dataclass(frozen=True)
class TouchedTable:
    """A table whose writes are noted. `key`: its column with the program, none where it concerns all. `columns`: of an update, none for all.

    `with_new`: a new row is noted, too.
    """

    table: str
    key: str = ""
    columns: tuple[str, ...] = ()
    with_new: bool = True


def touched(label: str, *, but: Iterable[str] = (), with_new: bool = True) -> TouchedTable:
    """A table without program data. `but`: columns whose change tells nobody anything.

    `with_new` is False where a row is met only by way of a row of a program that names it: nobody has read a new one yet, and whoever
    names it is noted.
    """
    model = apps.get_model(label)
    left_out = set(but)
    columns = tuple(
        field.column for field in model._meta.local_concrete_fields if field.column not in left_out
    )
    return TouchedTable(model._meta.db_table, columns=columns if left_out else (), with_new=with_new)


@cache
def declared() -> Mapping[str, TouchedTable]:
    """The tables whose writes are noted, by name."""
    found = {
        table: TouchedTable(table, item.key)
        for table, item in fences.declared().items()
        if isinstance(item, fences.Fence) and not table.startswith(QUIET)
    }
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.policies"):
            named = getattr(import_module(f"{config.name}.policies"), "TOUCHED", [])
            found |= {item.table: item for item in named}
    return found


def apply(cursor: Any, present: set[str]) -> list[str]:
    """Give the tables that exist their triggers."""
    if Touched._meta.db_table not in present:
        return []
    cursor.execute(NOTE_TOUCHED)
    missing = _missing(cursor, present)
    for table in missing:
        _draw(cursor, declared()[table])
    return [f"What touches {table} is noted." for table in missing]


def differences(cursor: Any, present: set[str]) -> list[str]:
    """Tables whose writes are not noted as declared, one sentence each."""
    return [f"What touches {table} is not noted." for table in _missing(cursor, present)]


def _missing(cursor: Any, present: set[str]) -> list[str]:
    cursor.execute(
        """
        SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger'), md5(pg_get_triggerdef(t.oid))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.proname = 'wsr_note_touched' AND t.tgenabled <> 'D' AND c.relnamespace = 'public'::regnamespace
        """
    )
    drawn = {(table, name): (comment, was) for table, name, comment, was in cursor.fetchall()}
    return [
        table
        for table, item in sorted(declared().items())
        if table in present
        and any(
            drawn.get((table, name), ("", ""))[0]
            != _comment(statement, drawn.get((table, name), ("", ""))[1])
            for name, statement in _triggers(item).items()
        )
    ]


def _triggers(item: TouchedTable) -> dict[str, str]:
    """{name: statement}. The condition is looked at without a call: of many rows only the first costs one."""
    updates = f"UPDATE OF {', '.join(item.columns)}" if item.columns else "UPDATE"
    written = f"INSERT OR {updates}" if item.with_new else updates
    events = {"touched_written": (written, "NEW"), "touched_deleted": ("DELETE", "OLD")}
    return {
        name: f'CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON "{item.table}" FOR EACH ROW '
        f"WHEN (current_setting('wsr.touched_{item.table}', true) IS DISTINCT FROM "
        + (f"{row}.{item.key}::text" if item.key else f"'{EVERYWHERE}'")
        + f") EXECUTE FUNCTION wsr_note_touched('{item.key}')"
        for name, (event, row) in events.items()
    }


def _comment(statement: str, drawn: str) -> str:
    """Kept with a trigger: what was declared, and what PostgreSQL made of it."""
    return f"{hashlib.sha256(statement.encode()).hexdigest()[:16]} {drawn}"


def _draw(cursor: Any, item: TouchedTable) -> None:
    for name, statement in _triggers(item).items():
        cursor.execute(statement)
        cursor.execute(f'ALTER TABLE "{item.table}" ENABLE TRIGGER {name}')
        cursor.execute(
            "SELECT md5(pg_get_triggerdef(oid)) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [item.table, name],
        )
        comment = _comment(statement, cursor.fetchone()[0])
        cursor.execute(f"COMMENT ON TRIGGER {name} ON \"{item.table}\" IS '{comment}'")

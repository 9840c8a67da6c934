"""What changed since: the ground of feeds that tell a device everything once, however late a transaction commits.

A room names the tables it serves in its `policies.py`:

    CHANGES = ["audits.Inspection", "audits.Finding"]

Each gets a column `changed_xid`, the transaction that wrote the row last, kept by a trigger. A reader asks for the rows from its last
horizon up to the new one: the oldest transaction that still runs. All before it are over, so that nothing can appear behind
the reader's back; what runs longer delays the news of everything after it and loses none. Transaction ids are those of one
PostgreSQL cluster: after a restore into another one the readers start again (`epoch`), and `apply` sets the column back.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connections, models
from django.db.models.expressions import RawSQL

from wsr.tenancy.models import TransactionIdField
from wsr.tenancy.scope import current_alias

COLUMN = "changed_xid"
FIRST = 3  # PostgreSQL's first ordinary transaction
_CLUSTER = "wsr_changes_counted_in"

NOTE_CHANGE = f"""
CREATE OR REPLACE FUNCTION wsr_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.{COLUMN} := pg_current_xact_id();
  RETURN NEW;
END $$
"""


class Horizon(NamedTuple):
    """Up to where everything is decided. `below`: transactions with a lower id are over. `epoch`: where ids are counted."""

    below: int
    epoch: str


def changed_in(model: type[models.Model]) -> RawSQL:
    """The column of a table named in CHANGES, for `annotate(changed=changed_in(Finding))`."""
    return RawSQL(f'"{model._meta.db_table}"."{COLUMN}"', [], output_field=TransactionIdField())  # noqa: S611 -- a constant


def horizon() -> Horizon:
    """Of the active scope's database, now. Ask before reading rows, and read those below it."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text,
                   s.system_identifier::text || '.' || c.timeline_id || '.' || d.oid
            FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()
            """
        )
        below, epoch = cursor.fetchone()
    return Horizon(int(below), epoch)


def circles_joined() -> dict[UUID, int]:
    """The person's circles in the active program, and the transaction in which she was admitted to each."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT circle_id, joined::text FROM wsr_circles_joined()")
        return {circle: int(joined) for circle, joined in cursor.fetchall()}


def declared() -> list[str]:
    """The tables of all apps whose changes are noted."""
    found = []
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.policies"):
            labels = getattr(import_module(f"{config.name}.policies"), "CHANGES", [])
            found += [apps.get_model(label)._meta.db_table for label in labels]
    return found


def apply(cursor: Any, present: set[str]) -> list[str]:
    """Give the tables that exist column, trigger and index; after a move to another cluster set the column back."""
    cursor.execute(NOTE_CHANGE)
    done = []
    for table in declared():
        if table not in present or not _difference(cursor, table):
            continue
        cursor.execute(
            f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS {COLUMN} xid8 NOT NULL DEFAULT pg_current_xact_id()'
        )
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER note_change BEFORE INSERT OR UPDATE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION wsr_note_change()"
        )
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER note_change')
        cursor.execute(
            f'CREATE INDEX IF NOT EXISTS "{table}_changes" ON "{table}" (program_id, {COLUMN}, id)'
        )
        done.append(f"Changes of {table} are noted.")
    return done + _count_here(cursor, present)


def differences(cursor: Any, present: set[str]) -> list[str]:
    """Tables whose changes are not noted as declared, one sentence each."""
    found = [
        sentence for table in declared() if table in present and (sentence := _difference(cursor, table))
    ]
    if _counted_in(cursor) != _cluster(cursor):
        found.append("Changes were counted in another database server; run migrate.")
    return found


def _difference(cursor: Any, table: str) -> str:
    cursor.execute(
        """
        SELECT EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                       WHERE t.tgrelid = %s::regclass AND t.tgname = 'note_change' AND t.tgenabled <> 'D' AND t.tgtype = 23
                         AND p.proname = 'wsr_note_change')
           AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s AND attnotnull)
           AND to_regclass(%s) IS NOT NULL
        """,
        [table, table, COLUMN, f'"{table}_changes"'],
    )
    return "" if cursor.fetchone()[0] else f"Changes of {table} are not noted."


def _count_here(cursor: Any, present: set[str]) -> list[str]:
    """Rows that came from another cluster carry its ids, which may lie in this one's future."""
    before, cluster = _counted_in(cursor), _cluster(cursor)
    if before == cluster:
        return []
    for table in declared() if before else []:
        if table in present:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute(f"UPDATE \"{table}\" SET {COLUMN} = '{FIRST}'")  # noqa: S608 -- a declared table
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {_CLUSTER}() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '{cluster}' $$"
    )
    return ["Changes are counted in this database server."]


def _cluster(cursor: Any) -> str:
    cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
    return str(cursor.fetchone()[0])


def _counted_in(cursor: Any) -> str:
    """The cluster that the rows were counted in; it travels with a dump. Empty: never counted."""
    cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = %s", [_CLUSTER])
    if not cursor.fetchone()[0]:
        return ""
    cursor.execute(f"SELECT {_CLUSTER}()")
    return str(cursor.fetchone()[0])

"""Raw SQL of every login, in another program, against every table. Grows with the tables by itself."""

import uuid

import psycopg
import pytest
from django.db import connections

from tests import database, factories
from wsr.tenancy import catalog, fences

ALIAS_OF = {"public": "public", "engine": "engine"}
FENCES = {name: item for name, item in fences.declared().items() if isinstance(item, fences.Fence)}
# A predicate with one of these shows rows of one's own only, and nobody is signed in here.
OF_ONES_OWN = ("wsr_own_", "wsr_inspected_", "wsr.person", "wsr.organization", "wsr.case_id")
# {audience: [(table, its fence)]}: what each audience may touch within its program.
BOUND = {
    audience: [
        (table, item)
        for table, item in sorted(FENCES.items())
        if audience in item.grants and audience not in item.across
    ]
    for audience in fences.AUDIENCES
}
AUDIENCES = [audience for audience, tables in BOUND.items() if tables]
LOGIN_OF = {"staff": "app", "public": "site", "engine": "engine_login"}


@pytest.fixture(scope="module")
def two_programs(django_db_setup, django_db_blocker):
    """Program A and program B with one row in each table, whatever its columns."""
    with django_db_blocker.unblock():
        a, b = factories.program("walls-a"), factories.program("walls-b")
        with connections["admin"].cursor() as cursor:
            _fill(cursor, a.pk)
            _fill(cursor, b.pk)
        yield a.pk, b.pk
        database.close()
        database.copy_template()


def _fill(cursor, program_id):
    """One row per fenced table. Constraints other than the fences do not matter here and are taken away."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for table, item in FENCES.items():
        if item.key != "program_id":
            continue
        cursor.execute(
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
            WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
              AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AND a.attname <> 'program_id'
            """,
            [table],
        )
        columns = cursor.fetchall()
        names = ", ".join(f'"{name}"' for name, _ in columns)
        values = ", ".join(_value(kind) for _, kind in columns)
        cursor.execute(
            f"INSERT INTO {table} (program_id{', ' if names else ''}{names}) VALUES (%s{', ' if names else ''}{values})",
            [program_id],
        )
    # the one that workers may read
    cursor.execute("UPDATE programs_rule SET key = 'complaints.phone' WHERE length(key) = 8")
    cursor.execute("SET session_replication_role = origin")


def _value(kind: str) -> str:
    if kind.startswith("character") and kind.endswith(")"):
        most = min(int(kind.partition("(")[2].rstrip(")")), 8)  # where it fits, long enough to be unique
        return f"left(gen_random_uuid()::text, {most})"
    for start, value in {
        "uuid": "gen_random_uuid()",
        "text": "gen_random_uuid()::text",
        "timestamp": "now()",
        "date": "current_date",
        "jsonb": "'{}'::jsonb",
        "bytea": "sha256(gen_random_uuid()::text::bytea)",
        "boolean": "false",
        "xid8": "pg_current_xact_id()",
        "inet": "'127.0.0.1'::inet",
    }.items():
        if kind.endswith("[]"):
            return f"'{{}}'::{kind}"
        if kind.startswith(start):
            return value
    return "1"


def _enter(cursor, audience, program_id):
    cursor.execute(
        "SELECT set_config('role', %s, true), set_config('wsr.program', %s, true), set_config('wsr.person', %s, true)",
        [f"wsr_{audience}", str(program_id), str(uuid.uuid4())],
    )


@pytest.fixture
def raw(two_programs, django_db_blocker):
    """A cursor of the login that may become an audience, inside a transaction that is rolled back."""
    opened = []

    def open_as(audience):
        connection = connections[ALIAS_OF.get(audience, "default")]
        connection.ensure_connection()
        connection.set_autocommit(False)
        opened.append(connection)
        return connection.cursor()

    with django_db_blocker.unblock():
        yield open_as
        for connection in opened:
            connection.rollback()
            connection.set_autocommit(True)


def _refused(cursor, statement, params=()):
    """Whether PostgreSQL refuses a statement for want of a right; anything else is no refusal."""
    cursor.execute("SAVEPOINT here")
    try:
        cursor.execute(statement, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Exception as error:
        cursor.execute("ROLLBACK TO here")
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    cursor.execute("ROLLBACK TO here")
    return False


def _is_of_ones_own(item, audience) -> bool:
    return any(word in item.only.get(audience, "") for word in OF_ONES_OWN)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_another_programs_rows_do_not_exist(two_programs, raw, audience):
    a, b = two_programs
    cursor = raw(audience)
    _enter(cursor, audience, b)
    wrong = {}
    for table, item in BOUND[audience]:
        cursor.execute("SAVEPOINT table_of_its_own")
        try:
            found = _reached(cursor, table, item, audience, a)
        except Exception as error:
            found = {"error": str(error)}
        cursor.execute("ROLLBACK TO table_of_its_own")
        if found:
            wrong[table] = found
    assert wrong == {}


def _reached(cursor, table, item, audience, a):
    """{verb: number of rows of program `a`}, and what is wrong with the view of one's own."""
    verbs = item.grants[audience].split()
    found = {}
    if "select" in verbs:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {item.key} = %s", [a])
        found["select"] = cursor.fetchone()[0]
        cursor.execute(f"SELECT count(*) FROM {table}")
        seen = cursor.fetchone()[0]
        is_right = seen == 0 if _is_of_ones_own(item, audience) else seen >= 1
        found["own rows seen"] = 0 if is_right else f"{seen}, which is wrong"
    if "update" in verbs:
        cursor.execute(f"UPDATE {table} SET {item.key} = {item.key} WHERE {item.key} = %s", [a])
        found["update"] = cursor.rowcount
    if "delete" in verbs:
        cursor.execute(f"DELETE FROM {table} WHERE {item.key} = %s", [a])
        found["delete"] = cursor.rowcount
    return {what: number for what, number in found.items() if number != 0}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_row_cannot_be_forged_into_another_program(two_programs, raw, audience):
    a, b = two_programs
    cursor = raw(audience)
    _enter(cursor, audience, b)
    wrong = []
    for table, item in BOUND[audience]:
        if not _refused(cursor, f"INSERT INTO {table} ({item.key}) VALUES (%s)", [a]):
            wrong.append(f"insert into {table}")
        may_update = "update" in item.grants[audience].split() and item.key == "program_id"
        has_rows = not _is_of_ones_own(item, audience)  # else there is no row to move
        if may_update and has_rows and not _refused(cursor, f"UPDATE {table} SET program_id = %s", [a]):
            wrong.append(f"move a row of {table}")
    assert wrong == []


@pytest.mark.parametrize("audience", LOGIN_OF)
def test_without_a_scope_a_login_is_refused(two_programs, raw, audience):
    cursor = raw(audience)
    read = {table for table in FENCES if not _refused(cursor, f"SELECT 1 FROM {table}")}
    emptied = {table for table in FENCES if not _refused(cursor, f"DELETE FROM {table}")}
    granted = {table for table, item in FENCES.items() if LOGIN_OF[audience] in item.grants}
    assert read == granted
    assert granted <= {"tenancy_program"}  # names and addresses of programs are public
    assert emptied == set()


def test_a_row_cannot_point_into_another_program(two_programs, django_db_blocker):
    wrong = {}
    with django_db_blocker.unblock(), connections["admin"].cursor() as cursor:
        for name, key in sorted(catalog.composite_keys().items()):
            cursor.execute("BEGIN")
            if found := _pointed(cursor, name, *key, *two_programs):
                wrong[name] = found
            cursor.execute("ROLLBACK")
    assert wrong == {}


def _pointed(cursor, name, table, column, target, a, b):
    """What is wrong with a composite key; nothing if it stops a row of program `b` from naming one of `a`."""
    cursor.execute(
        "SELECT coalesce(conrelid::regclass::text, '') FROM pg_constraint WHERE conname = %s", [name]
    )
    if cursor.fetchone() != (table,):
        return f"is not of {table}"
    cursor.execute(f"SELECT id FROM {target} WHERE program_id = %s", [a])
    foreign = cursor.fetchone()[0]
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE program_id = %s', [foreign, b])
    try:
        cursor.execute(f'SET CONSTRAINTS "{name}" IMMEDIATE')
    except Exception as error:
        return "" if name in str(error) else str(error)
    return f"let {table} point into another program"

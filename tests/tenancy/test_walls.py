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
BOUND = [
    (table, audience, item)
    for table, item in sorted(FENCES.items())
    for audience in item.grants
    if audience in fences.AUDIENCES and audience not in item.across
]


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
    cursor.execute("SET session_replication_role = origin")


def _value(kind: str) -> str:
    for start, value in {
        "uuid": "gen_random_uuid()",
        "character": "left(gen_random_uuid()::text, 2)",
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


@pytest.mark.parametrize(("table", "audience", "item"), BOUND, ids=[f"{t}-{a}" for t, a, _ in BOUND])
def test_another_programs_rows_do_not_exist(two_programs, raw, table, audience, item):
    a, b = two_programs
    cursor = raw(audience)
    _enter(cursor, audience, b)
    verbs = item.grants[audience]
    if "select" in verbs:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {item.key} = %s", [a])
        assert cursor.fetchone() == (0,)
        own = 0 if any(word in item.only.get(audience, "") for word in OF_ONES_OWN) else None
        cursor.execute(f"SELECT count(*) FROM {table}")
        seen = cursor.fetchone()[0]
        assert seen >= 1 if own is None else seen == own
    if "update" in verbs.split():
        cursor.execute(f"UPDATE {table} SET {item.key} = {item.key} WHERE {item.key} = %s", [a])
        assert cursor.rowcount == 0
    if "delete" in verbs:
        cursor.execute(f"DELETE FROM {table} WHERE {item.key} = %s", [a])
        assert cursor.rowcount == 0


@pytest.mark.parametrize(("table", "audience", "item"), BOUND, ids=[f"{t}-{a}" for t, a, _ in BOUND])
def test_a_row_cannot_be_forged_into_another_program(two_programs, raw, table, audience, item):
    a, b = two_programs
    cursor = raw(audience)
    _enter(cursor, audience, b)
    assert _refused(cursor, f"INSERT INTO {table} ({item.key}) VALUES (%s)", [a])
    is_own = any(word in item.only.get(audience, "") for word in OF_ONES_OWN)  # then there is no row to move
    if "update" in item.grants[audience].split() and item.key == "program_id" and not is_own:
        assert _refused(cursor, f"UPDATE {table} SET program_id = %s", [a])


@pytest.mark.parametrize("table", sorted(FENCES))
@pytest.mark.parametrize("audience", ["staff", "public", "engine"])
def test_without_a_scope_a_login_is_refused(two_programs, raw, table, audience):
    login = {"staff": "app", "public": "site", "engine": "engine_login"}[audience]
    cursor = raw(audience)
    if login in FENCES[table].grants:
        assert table == "tenancy_program"  # names and addresses of programs are public
        assert _refused(cursor, f"DELETE FROM {table}")
        return
    assert _refused(cursor, f"SELECT 1 FROM {table}")
    assert _refused(cursor, f"DELETE FROM {table}")


@pytest.mark.parametrize("name", sorted(catalog.composite_keys()))
def test_a_row_cannot_point_into_another_program(two_programs, name, django_db_blocker):
    a, b = two_programs
    table, column, target = catalog.composite_keys()[name]
    with django_db_blocker.unblock(), connections["admin"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "SELECT coalesce(conrelid::regclass::text, '') FROM pg_constraint WHERE conname = %s", [name]
        )
        assert cursor.fetchone()[0] == table
        cursor.execute(f"SELECT id FROM {target} WHERE program_id = %s", [a])
        foreign = cursor.fetchone()[0]
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SAVEPOINT here")
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE program_id = %s', [foreign, b])
        with pytest.raises(Exception, match=name):
            cursor.execute(f'SET CONSTRAINTS "{name}" IMMEDIATE')
        cursor.execute("ROLLBACK")

import contextlib

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from wsr.tenancy import catalog, fences


@pytest.fixture
def administrator(transactional_db):
    """The database server's administrator, who can do what no login of ours can."""
    with connections["admin"].cursor() as cursor:
        yield cursor


def test_the_database_is_what_the_code_declares(db):
    assert catalog.differences() == []


def test_applying_twice_changes_nothing(transactional_db):
    assert catalog.apply("owner") == []


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (
            "DROP POLICY wsr_staff ON programs_workplace",
            "Policy wsr_staff on programs_workplace is missing.",
        ),
        (
            "ALTER POLICY wsr_staff ON programs_workplace USING (true)",
            "Policy wsr_staff on programs_workplace is not what is declared.",
        ),
        (
            "CREATE POLICY extra ON programs_workplace TO wsr_staff USING (true)",
            "Policy extra on programs_workplace is declared nowhere.",
        ),
        (
            "ALTER TABLE programs_workplace NO FORCE ROW LEVEL SECURITY",
            "Row-level security of programs_workplace is not forced.",
        ),
        (
            "GRANT SELECT ON programs_workplace TO wsr_public",
            "wsr_public should not select programs_workplace.",
        ),
        ("GRANT TRUNCATE ON history_event TO wsr_staff", "wsr_staff should not truncate history_event."),
        ("REVOKE INSERT ON history_payload FROM wsr_staff", "wsr_staff lacks insert on history_payload."),
        (
            "ALTER TABLE history_event DISABLE TRIGGER append_only_update",
            "history_event does not refuse update.",
        ),
        ("GRANT wsr_staff TO wsr_site", "Login wsr_site should not be a member of wsr_staff."),
        ("CREATE TABLE stray (program_id uuid)", "Table stray has a program_id and no fence."),
        ("CREATE TABLE stray (id int)", "Table stray is declared by no app."),
    ],
)
def test_whatever_is_weakened_is_named(administrator, harm, sentence):
    with transaction.atomic(
        "admin"
    ):  # never committed: roles belong to the whole server, which others use meanwhile
        administrator.execute(harm)
        assert sentence in catalog.differences("admin")
        transaction.set_rollback(True, "admin")


def test_a_weakened_fence_is_mended(administrator):
    administrator.execute("ALTER POLICY wsr_staff ON programs_workplace USING (true)")
    administrator.execute("GRANT SELECT ON programs_workplace TO wsr_public")
    assert catalog.apply("owner") == [
        "Grants of programs_workplace set.",
        "Policies of programs_workplace set.",
    ]
    assert catalog.differences() == []


@pytest.mark.parametrize("alias", ["default", "public", "engine", "aside"])
def test_production_logins_are_ordinary(transactional_db, alias):
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = session_user"
        )
        assert cursor.fetchone() == (settings.DATABASES[alias]["USER"], False, False, False, False)
        cursor.execute(
            "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = session_user AND relkind IN ('r', 'p', 'v')"
        )
        assert cursor.fetchall() == []


def test_each_login_becomes_its_own_audiences_only(transactional_db):
    aliases = {"app": "default", "site": "public", "engine_login": "engine"}
    possible = {}
    for login, alias in aliases.items():
        with connections[alias].cursor() as cursor:
            for audience in [*fences.AUDIENCES, "owner", "searcher"]:
                with contextlib.suppress(ProgrammingError):
                    cursor.execute(f"SET ROLE wsr_{audience}")
                    possible.setdefault(login, []).append(audience)
                    cursor.execute("RESET ROLE")
    assert possible == {login: list(audiences) for login, audiences in _in_order().items()}


def _in_order():
    return {
        login: [audience for audience in fences.AUDIENCES if audience in audiences]
        for login, audiences in fences.LOGINS.items()
    }

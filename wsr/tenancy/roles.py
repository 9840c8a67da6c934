"""The database roles: one per audience, four logins that own nothing, an owner, and an owner of search functions."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from wsr.tenancy.fences import AUDIENCES, LOGINS, OWNER, SEARCHER, role_of


def create_database(settings: Mapping[str, Any], name: str, template: str = "template1") -> bool:
    """Create a database unless it exists; says whether it did. `settings` as in DATABASES, of an administrator."""
    conninfo = psycopg.conninfo.make_conninfo(
        dbname="postgres",
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"],
    )
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return True


def prepare(connection: Any, passwords: Mapping[str, str]) -> None:
    """Create what is missing and correct what differs, as an administrator of the database server.

    `passwords`: login role -> password. Extensions are created here because a plain owner may not.
    """
    with connection.cursor() as cursor:
        # Roles belong to the whole server; two installations on one server must not race.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wsr roles'))")
        cursor.execute("SELECT rolname FROM pg_roles")
        present = {name for (name,) in cursor.fetchall()}
        for role in [OWNER, SEARCHER, *map(role_of, AUDIENCES)]:
            if role not in present:
                cursor.execute(f"CREATE ROLE {role} NOLOGIN")
        cursor.execute(f"ALTER ROLE {SEARCHER} BYPASSRLS")
        for login, audiences in LOGINS.items():
            _prepare_login(cursor, role_of(login), audiences, passwords, present)
        cursor.execute(f"GRANT {OWNER} TO CURRENT_USER WITH SET TRUE")
        cursor.execute(f"GRANT {SEARCHER} TO {OWNER} WITH INHERIT FALSE, SET TRUE")
        _hand_over_database(cursor)


def _prepare_login(
    cursor: Any, login: str, audiences: tuple[str, ...], passwords: Mapping[str, str], present: set[str]
) -> None:
    if login not in present:
        cursor.execute(f"CREATE ROLE {login} LOGIN")
    cursor.execute(f"ALTER ROLE {login} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE LOGIN")
    if login in passwords:
        cursor.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(passwords[login]))
        )
    for audience in audiences:
        cursor.execute(f"GRANT {role_of(audience)} TO {login} WITH INHERIT FALSE, SET TRUE")


def _hand_over_database(cursor: Any) -> None:
    cursor.execute("SELECT current_database()")
    database = sql.Identifier(cursor.fetchone()[0])
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    cursor.execute(
        sql.SQL("GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            database, sql.Identifier(OWNER)
        )
    )
    cursor.execute(sql.SQL("REVOKE CREATE ON DATABASE {} FROM PUBLIC").format(database))
    cursor.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
    cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {SEARCHER}")

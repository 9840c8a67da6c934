"""A database per test process, copied from a template that is migrated once per state of the code."""

import fcntl
import hashlib
import os
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "var" / "test" / "template.lock"


def fingerprint() -> str:
    """Changes whenever the database would."""
    digest = hashlib.sha256()
    parts = ["migrations/*.py", "policies.py", "fences.py", "catalog.py", "roles.py"]
    for top in ("wsr", "programs", "agreements", "audits", "complaints"):
        for pattern in parts:
            for path in sorted((ROOT / top).rglob(pattern)):
                digest.update(path.read_bytes())
        for path in sorted((ROOT / top).rglob("models*/**/*.py")) + sorted((ROOT / top).rglob("models.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def environment() -> dict[str, str]:
    """The environment of a process that works on this test's database and folders."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.process_settings",
        "WSR_DATA_DIR": str(settings.DATA_DIR),
        "WSR_SIGNING_KEY": settings.SIGNING_KEY,
        "WSR_CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
        "PYTHONPATH": str(ROOT),
    }


def copy_template(*, again: bool = False) -> None:
    """Make this process's database a fresh copy of the template."""
    template = _template()
    name = settings.DATABASES["default"]["NAME"]
    with _maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop() -> None:
    """Remove this process's database."""
    close()
    with _maintenance() as connection:
        name = sql.Identifier(settings.DATABASES["default"]["NAME"])
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def close() -> None:
    """Close this process's connections."""
    for connection in connections.all(initialized_only=True):
        connection.close()


def _template() -> str:
    name = f"wsr_template_{fingerprint()}"
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _maintenance() as connection:
            done = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s AND shobj_description(oid, 'pg_database') = 'ready'",
                [name],
            ).fetchone()
            if not done:
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
        if not done:
            _build(name)
    return name


def _build(name: str) -> None:
    """Migrate an empty database under the template's name, then leave it without a connection."""
    own = settings.DATABASES["default"]["NAME"]
    _point_to(name)
    try:
        call_command("prepare_database", verbosity=0)
        call_command("migrate", verbosity=0)
    finally:
        close()
        _point_to(own)
    with _maintenance() as connection:
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))


def _point_to(name: str) -> None:
    for alias in settings.DATABASES:
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def _maintenance() -> psycopg.Connection:
    admin = settings.DATABASES["admin"]
    return psycopg.connect(
        dbname="postgres",
        user=admin["USER"],
        password=admin["PASSWORD"],
        host=admin["HOST"],
        port=admin["PORT"],
        autocommit=True,
    )

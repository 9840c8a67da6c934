"""A filled database that the next run finds again, because filling it takes longer than measuring on it."""

import contextlib
import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from tests import database
from wsr.services import make_folder

FOLDER = database.ROOT / "var" / "bench"


@contextlib.contextmanager
def kept(name: str, fill: Callable[[], None], *, use: Callable[[Path], None], stays: bool) -> Iterator[None]:
    """Go on in the database of this name: filled where there is none, migrated where it is of another state of the code.

    `use` is told its folder of files and keys. Where it `stays`, what a run adds to it does as well, so let it be little. One run at a time.
    """
    folder = FOLDER / name
    make_folder(folder)
    own = settings.DATABASES["default"]["NAME"]
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        use(folder)
        database.close()
        database.point_to(f"wsr_kept_{name}")
        try:
            state = _state(f"wsr_kept_{name}")
            if not state:
                database.copy_template(on_disk=True)
                fill()
            elif state != database.fingerprint():
                call_command("migrate", verbosity=0)
            _mark(f"wsr_kept_{name}")
            yield
        finally:
            if stays:
                database.close()
            else:
                database.drop()
                shutil.rmtree(folder)
            database.point_to(own)


def _state(name: str) -> str:
    """The state of the code that a filled database is of; empty where there is none, or one that was left half filled."""
    with database._maintenance() as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return (found and found[0]) or ""


def _mark(name: str) -> None:
    with database._maintenance() as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(name), sql.Literal(database.fingerprint())
            )
        )

"""Throwing away what nobody goes on with, and what processes left that were killed. Runs outside any scope, any number at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.db import connections

from wsr.files.models import Upload
from wsr.files.operations import TEMPORARY
from wsr.tenancy import engine_scope

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)  # longer than any transaction


def sweep(*, at: datetime) -> int:
    """Remove abandoned uploads of all programs, pieces nobody waits for, and contents without a row. Returns how many uploads went.

    `at` by the clock of this machine: ages of files are compared with it.
    """
    with engine_scope():
        before = at - timedelta(days=settings.UPLOAD_DAYS)
        gone, _by_model = Upload.objects.filter(touched_at__lt=before).delete()
    _pieces(at - _HOUR)
    for path in _older(f"{TEMPORARY}*", at - _DAY):
        path.unlink(missing_ok=True)
    _contents(at - _DAY)
    return gone


def _older(pattern: str, before: datetime) -> Iterator[Path]:
    for path in Path(settings.FILES_DIR).glob(pattern):
        if path.stat().st_mtime < before.timestamp():
            yield path


def _pieces(before: datetime) -> None:
    """Of uploads that are gone, or finished by a process that was killed right afterwards."""
    with engine_scope():
        for path in _older(".uploads/*/*", before):
            if not Upload.objects.filter(pk=path.name, file=None).exists():
                path.unlink(missing_ok=True)


def _contents(before: datetime) -> None:
    """Contents whose row was never written: the transaction that kept them was killed or refused."""
    with engine_scope() as scope, connections[scope.alias].cursor() as cursor:
        for paths in batched(_older("??/*", before), 1000, strict=False):
            # Asked of all rows, secret ones included, which the engine itself does not see.
            cursor.execute("SELECT wsr_kept_contents(%s)", [[path.name for path in paths]])
            wanted = set(cursor.fetchone()[0])
            for path in paths:
                if path.name not in wanted:
                    _remove(path, before)


def _remove(path: Path, before: datetime) -> None:
    """Put it aside first: should the same content have been kept anew meanwhile, it goes back to its place."""
    aside = path.with_name(f".{path.name}")
    path.rename(aside)
    if aside.stat().st_mtime >= before.timestamp() and not path.exists():
        aside.rename(path)
    else:
        aside.unlink()

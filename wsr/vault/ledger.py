"""The list of what was erased, outside the database, so that no restored backup takes an erasure back.

A file in the data folder to which lines are only added: `program case day`, ids and nothing else. A case in it does not open, whatever
the database holds (`holds` is asked before every opening). `wsr.vault.erasing.replay` makes database and list agree, in both directions.
"""

import datetime as dt
import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from uuid import UUID

from django.conf import settings

FILE = "erased.txt"

_lock = Lock()
_known: tuple[tuple[str, int, int], frozenset[UUID]] = (("", 0, 0), frozenset())


def path() -> Path:
    """The file. It is saved with every backup and never replaced by an older one."""
    return settings.VAULT_DIR / FILE


def enter(erased: Iterable[tuple[UUID, UUID, dt.date]]) -> None:
    """Add (program, case, day) of erased cases, those that are missing; on disk when this returns."""
    path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        present = {case for _program, case in _parsed(text)}
        file.write("" if text.endswith("\n") or not text else "\n")
        file.writelines(
            f"{program} {case} {day.isoformat()}\n" for program, case, day in erased if case not in present
        )
        file.flush()
        os.fsync(file.fileno())


def holds(case_id: UUID) -> bool:
    """Whether a case was erased. Reads the file only when it has changed."""
    global _known
    try:
        state = path().stat()
    except FileNotFoundError:
        return False
    mark = (str(path()), state.st_mtime_ns, state.st_size)
    with _lock:
        if _known[0] != mark:
            _known = (mark, frozenset(case for _program, case in entries()))
        return case_id in _known[1]


def entries() -> list[tuple[UUID, UUID]]:
    """(program, case) of everything erased, oldest first."""
    try:
        return _parsed(path().read_text())
    except FileNotFoundError:
        return []


def _parsed(text: str) -> list[tuple[UUID, UUID]]:
    """The whole lines; one that a crash cut off is written anew by the next replay."""
    return [
        (UUID(words[0]), UUID(words[1])) for line in text.splitlines(keepends=True)
        if line.endswith("\n") and len(words := line.split()) == 3
    ]  # fmt: skip

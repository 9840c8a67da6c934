"""Files for one person alone: kept, handed out by the links of `wsr.files.links`, thrown away when their time is over."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from wsr.accounts.models import Person
from wsr.files.models import PersonalFile
from wsr.tenancy import atomic, current_program_id, engine_scope

_DRAFT = ".part"
_HOUR = timedelta(hours=1)  # longer than any transaction that writes one


@atomic
def keep(
    *,
    file_id: UUID,
    chunks: Iterable[bytes],
    name: str,
    media_type: str,
    person: Person,
    at: datetime,
    expires_at: datetime,
) -> PersonalFile:
    """Keep a file for a person of the active program, in place of the one with this id that a killed process left half done.

    It is on disk when this returns; without the row, which is written in the caller's transaction, it is thrown away again.
    """
    file = PersonalFile(
        id=file_id,
        person=person,
        name=name[:255],
        media_type=media_type,
        size=0,
        stored_at=at,
        expires_at=expires_at,
    )
    file.program_id = current_program_id()
    file.size = _write(file.path, chunks)
    file.save(force_insert=True)
    return file


def sweep(*, at: datetime) -> int:
    """Delete files whose time is over, in all programs, and contents without a row; returns how many files. Outside any scope."""
    with engine_scope():
        gone, _by_model = PersonalFile.objects.filter(expires_at__lte=at).delete()
        for path in (Path(settings.FILES_DIR) / ".personal").glob("*/*"):
            before = (at - _HOUR).timestamp()
            is_left = not PersonalFile.objects.filter(pk=path.name.removesuffix(_DRAFT)).exists()
            if is_left and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
    return gone


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    """Whole or not at all, and on disk when this returns. How many bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}{_DRAFT}")
    with draft.open("wb") as file:
        size = sum(file.write(chunk) for chunk in chunks)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return size

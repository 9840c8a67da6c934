"""Taking in a file: streamed to disk, hashed on the way, kept once."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.models import StoredFile, content_path
from wsr.tenancy import Audience, atomic, current_alias, current_audience
from wsr.tenancy.fences import OWN_PARTICIPATION

PORTALS = (Audience.BRAND, Audience.SUPPLIER)


class FileTooLarge(DomainError):
    """The file is larger than this installation takes."""


def too_large() -> FileTooLarge:
    """The refusal, naming the limit in megabytes."""
    return FileTooLarge(
        _(
            "The file is larger than %(limit)d MB. Split it, or save only the list itself, and upload it again."
        )
        % {"limit": settings.MAX_UPLOAD_BYTES // (1024 * 1024)}
    )


@atomic
def store(
    *,
    chunks: Iterable[bytes],
    name: str,
    media_type: str,
    by: Person | None,
    at: datetime,
    participation_id: UUID | None = None,
) -> StoredFile:
    """Keep the content in the active program; the same content under the same name for the same reader is the same row.

    `participation_id`: whose portal may read it; from a portal it is always its own. Never holds more than one chunk in memory.
    Raises FileTooLarge as soon as the limit is passed.
    """
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".taking-in-", delete=False) as taken:
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.MAX_UPLOAD_BYTES:
                    raise too_large()
                digest.update(chunk)
                taken.write(chunk)
            taken.flush()
            os.fsync(taken.fileno())
            path = content_path(digest.hexdigest())
            path.parent.mkdir(exist_ok=True)
            Path(taken.name).replace(path)
        finally:
            Path(taken.name).unlink(missing_ok=True)
    file, _created = StoredFile.objects.get_or_create(
        sha256=digest.hexdigest(),
        name=Path(name).name[:255],
        participation_id=_own_participation() if current_audience() in PORTALS else participation_id,
        defaults={"size": size, "media_type": media_type[:100], "stored_by": by, "stored_at": at},
    )
    return file


def _own_participation() -> UUID:
    """The part of the portal's organization in the active program."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(f"SELECT {OWN_PARTICIPATION}")
        return cursor.fetchone()[0]

"""Keeping files: what this installation makes as it is, what people send only as a cleaned copy. Each content lies on disk once."""

import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import pipeline
from wsr.files.models import StoredFile, content_path
from wsr.tenancy import Audience, atomic, current_alias, current_audience
from wsr.tenancy.fences import OWN_PARTICIPATION
from wsr.tenancy.models import OPEN

TABLES = ("text", "xlsx", "ods")  # what a page takes: keys of `wsr.files.cleaning.kinds.KINDS`
DOCUMENTS = ("pdf", "png", "jpeg", "webp", "docx", "odt", *TABLES)
PORTALS = (Audience.BRAND, Audience.SUPPLIER)
TEMPORARY = ".taking-in-"  # what begins so and is a day old was left by a process that was killed
_ENDINGS = {
    "jpg": {"jpeg"},
    "txt": {"csv", "tsv", "md"},
    "ogg": {"opus", "oga"},
    "m4a": {"mp4", "3gp", "aac"},
}


class FileTooLarge(DomainError):
    """The file is larger than this installation takes."""


class WrongHash(DomainError):
    """What arrived is not what was declared."""


def too_large() -> FileTooLarge:
    """The refusal, naming the limit in megabytes."""
    return FileTooLarge(
        _("The file is larger than %(limit)d MB. Split it or make it smaller, and send it again.")
        % {"limit": settings.MAX_UPLOAD_BYTES // (1024 * 1024)}
    )


def wrong_hash() -> WrongHash:
    """The refusal of bytes that changed on their way."""
    return WrongHash(
        _("The file changed on its way: its SHA-256 is not the one that was declared. Send it again.")
    )


@dataclass(frozen=True)
class Taken:
    """A file that was taken in: the cleaned copy, the hash of what was sent, and what the device said of a photo."""

    file: StoredFile
    sent_sha256: str
    place: pipeline.Place | None


@dataclass(frozen=True)
class Prepared:
    """A cleaned copy that nobody keeps yet, what its sender called it, and the hash of what was sent."""

    copy: pipeline.Cleaned
    name: str
    sent_sha256: str


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
    """Keep what this installation made itself, or reads as data and never hands out, byte for byte in the active program.

    The same content under the same name for the same reader is the same row. `participation_id`: whose portal may read it; from a
    portal it is always its own. Never holds more than one chunk in memory. Raises FileTooLarge as soon as the limit is passed.
    """
    with _written(chunks) as (path, digest, size):
        _into_place(path, digest)
    return _row(digest, size, Path(name).name, media_type, by, at, _readers(participation_id, None, OPEN))


@atomic
def take_in(
    *,
    chunks: Iterable[bytes],
    name: str,
    by: Person | None,
    at: datetime,
    declared_sha256: str = "",
    participation_id: UUID | None = None,
    circle_id: UUID | None = None,
    secret_of: UUID = OPEN,
    only: tuple[str, ...] = (),
) -> Taken:
    """Check and clean what a person sent, and keep the cleaned copy in the active program; what was sent itself is thrown away.

    What it is comes from its content alone. `only`: keys of `wsr.files.cleaning.kinds.KINDS` that are taken here. `circle_id` and
    `secret_of` as on StoredFile. Raises FileTooLarge, WrongHash and pipeline.CannotTake.
    """
    with prepared(chunks=chunks, name=name, declared_sha256=declared_sha256, only=only) as made:
        return keep(
            made,
            by=by,
            at=at,
            participation_id=participation_id,
            circle_id=circle_id,
            secret_of=secret_of,
        )


@contextmanager
def prepared(
    *, chunks: Iterable[bytes], name: str, declared_sha256: str = "", only: tuple[str, ...] = ()
) -> Iterator[Prepared]:
    """The first half of `take_in`, without the database: for what must not be cleaned while rows are locked. Then `keep`.

    What was not kept is gone when the block ends. Raises FileTooLarge, WrongHash and pipeline.CannotTake.
    """
    with ExitStack() as copies:
        with _written(chunks) as (path, digest, _size):
            if declared_sha256 and declared_sha256.lower() != digest:
                raise wrong_hash()
            made = copies.enter_context(pipeline.cleaned(path, only=only))
        yield Prepared(made, name, digest)


@atomic
def keep(
    made: Prepared,
    *,
    by: Person | None,
    at: datetime,
    participation_id: UUID | None = None,
    circle_id: UUID | None = None,
    secret_of: UUID = OPEN,
) -> Taken:
    """The second half: keep a prepared copy in the active program. Readers as in `take_in`."""
    digest, size = _hash_of(made.copy.path)
    _into_place(made.copy.path, digest)
    file = _row(
        digest,
        size,
        _name(made.name, made.copy.kind.ending),
        made.copy.kind.media_type,
        by,
        at,
        _readers(participation_id, circle_id, secret_of),
    )
    return Taken(file, made.sent_sha256, pipeline.Place.read(made.copy.said))


@atomic
def share(
    *, file: StoredFile, circle_id: UUID, by: Person, at: datetime, secret_of: UUID | None = None
) -> StoredFile:
    """Let the auditors of a circle read a file, such as a supplier's proof; returns their row, found by `shared_from=file.pk`.

    The portal that sent it sees nothing of this, and other staff only where the matter is open: `secret_of` is the circle unless given.
    """
    row, _created = StoredFile.objects.get_or_create(
        sha256=file.sha256,
        name=file.name,
        participation_id=None,
        circle_id=circle_id,
        shared_from=file.pk,
        defaults={
            "size": file.size,
            "media_type": file.media_type,
            "stored_by": by,
            "stored_at": at,
            "secret_of": circle_id if secret_of is None else secret_of,
        },
    )
    return row


@contextmanager
def _written(chunks: Iterable[bytes]) -> Iterator[tuple[Path, str, int]]:
    """The chunks in a temporary file, with their hash and size. Raises FileTooLarge."""
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=TEMPORARY, delete=False) as taken:
        path = Path(taken.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.MAX_UPLOAD_BYTES:
                    raise too_large()
                digest.update(chunk)
                taken.write(chunk)
            taken.flush()
            yield path, digest.hexdigest(), size
        finally:
            path.unlink(missing_ok=True)


def _into_place(path: Path, digest: str) -> None:
    """Move a whole file to where its hash says, and not before all of it is on disk: no name ever shows half a file."""
    place = content_path(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    path.chmod(0o640)
    for step in (path, None, place.parent):
        if step is None:
            path.replace(place)
            continue
        descriptor = os.open(step, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _row(
    digest: str,
    size: int,
    name: str,
    media_type: str,
    by: Person | None,
    at: datetime,
    readers: dict[str, UUID | None],
) -> StoredFile:
    secret_of = readers.pop("secret_of")
    file, _created = StoredFile.objects.get_or_create(
        sha256=digest,
        name=name[:255],
        shared_from=None,
        **readers,
        defaults={
            "size": size,
            "media_type": media_type[:100],
            "stored_by": by,
            "stored_at": at,
            "secret_of": secret_of,
        },
    )
    return file


def _readers(
    participation_id: UUID | None, circle_id: UUID | None, secret_of: UUID
) -> dict[str, UUID | None]:
    own = own_participation() if current_audience() in PORTALS else participation_id
    return {"participation_id": own, "circle_id": circle_id, "secret_of": secret_of}


def own_participation() -> UUID:
    """The part of the portal's organization in the active program."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(f"SELECT {OWN_PARTICIPATION}")
        return cursor.fetchone()[0]


def _hash_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _name(sent: str, ending: str) -> str:
    """What the sender called it, without folders and what cannot be seen, with an ending that is true."""
    shown = "".join(
        sign for sign in sent.replace("\\", "/").rpartition("/")[2] if unicodedata.category(sign)[0] != "C"
    ).strip(". ")
    stem, dot, said = shown.rpartition(".")
    if dot and said.lower() in _ENDINGS.get(ending, set()) | {ending}:
        ending = said.lower()
    elif not dot or len(said) > 5:
        stem = shown
    return f"{stem[:200] or 'file'}.{ending}"

"""Files of a case: cleaned in memory, encrypted under the key of the case, and on disk as an envelope alone.

    made = sealed.cleaned(content)                                  # outside a transaction: takes a second
    file = sealed.keep(case_id=…, file_id=…, made=made, at=at)      # in the scope of the circle, or of the worker
    content = sealed.content_of(file)

Before there is a case, what belongs to a draft is closed under the key of the draft (`put_aside`, `taken_up`). Neither path nor header ever holds
what a file was called; that is the room's to keep in the vault.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from wsr.errors import DomainError
from wsr.files.cleaning.kinds import KINDS
from wsr.files.models import SealedFile
from wsr.files.pipeline import cleaned_in_memory
from wsr.files.serving import harmless
from wsr.tenancy import atomic, engine_scope
from wsr.vault.envelope import DoesNotOpen, Place, close, open_envelope
from wsr.vault.models import CaseKey
from wsr.vault.operations import disclose, enclose

TAKEN = ("jpeg", "png", "webp", "pdf", "docx", "odt", "xlsx", "ods", "text", "mp3", "m4a", "ogg", "wav", "webm", "amr", "aac")  # fmt: skip
LEAST_FREE = 1024**3  # bytes on the disk
ASIDE_HOURS = 48  # longer than any draft; who reads a file aside has the key of the draft in her browser


class NoRoom(DomainError):
    """The disk is nearly full: what is left is for words."""


class TooLarge(DomainError):
    """The file is larger than a complaint's may be."""


@dataclass(frozen=True, repr=False)
class Clean:
    """A cleaned file that nobody keeps yet."""

    content: bytes
    media_type: str


def too_large() -> TooLarge:
    """The refusal, naming the limit in megabytes."""
    limit = settings.SEALED_FILE_BYTES // (1024 * 1024)
    return TooLarge(
        _("The file is larger than %(limit)d MB. Send it smaller, or in parts.") % {"limit": limit}
    )


def cleaned(content: bytes) -> Clean:
    """What may be kept of a file, in memory from end to end. Raises TooLarge, NoRoom and `wsr.files.pipeline.CannotTake`."""
    if len(content) > settings.SEALED_FILE_BYTES:
        raise too_large()
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.FILES_DIR).free < LEAST_FREE:
        raise NoRoom(
            _("No files can be taken at the moment. Tell us in words what it shows, and send it later.")
        )
    made, kind = cleaned_in_memory(content, only=TAKEN, audio_seconds=settings.SEALED_AUDIO_SECONDS)
    if len(made) > 2 * settings.SEALED_FILE_BYTES:
        raise too_large()
    return Clean(made, kind.media_type)


@atomic
def keep(*, case_id: UUID, file_id: UUID, made: Clean, at: datetime) -> SealedFile:
    """Keep a cleaned file under an id that the caller chose; the same id again writes the same file again. Raises CaseErased.

    What a transaction that is not committed left on disk opens for nobody and is swept.
    """
    file = SealedFile(
        id=file_id, case_id=case_id, media_type=made.media_type, size=len(made.content), stored_at=at
    )
    envelope = enclose(case_id, _place(file_id), made.content)
    file.save(force_insert=True)
    _write(file.path, envelope)
    return file


def content_of(file: SealedFile) -> bytes | None:
    """The file itself; None once its case is erased or the content is gone. Raises DoesNotOpen."""
    try:
        envelope = file.path.read_bytes()
    except FileNotFoundError:
        return None
    return disclose(file.case_id, _place(file.pk), envelope)


def as_download(file: SealedFile) -> HttpResponse:
    """The file under a name that says nothing. The caller has checked and recorded who asks. Raises Http404."""
    content = content_of(file)
    if content is None:
        raise Http404("The content of this file is not there.")
    ending = next((kind.ending for kind in KINDS.values() if kind.media_type == file.media_type), "bin")
    response = HttpResponse(content, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="file.{ending}"'
    return harmless(response)


# ── Before there is a case ───────────────────────────────────────────────────────────────────────


def put_aside(key: bytes, program_id: UUID, made: Clean) -> UUID:
    """Close a file under the key of a draft; returns the id under which it lies."""
    file_id = UUID(bytes=secrets.token_bytes(16), version=4)
    content = made.media_type.encode() + b"\n" + made.content
    _write(_aside(program_id, file_id), close(key, program_id, _aside_place(file_id), content))
    return file_id


def taken_up(key: bytes, program_id: UUID, file_id: UUID) -> Clean | None:
    """What was put aside; None where it is gone or the key is another's."""
    try:
        envelope = _aside(program_id, file_id).read_bytes()
        content = open_envelope(key, program_id, _aside_place(file_id), envelope)
    except (FileNotFoundError, DoesNotOpen):
        return None
    media_type, _line, rest = content.partition(b"\n")
    return Clean(rest, media_type.decode())


def throw_away(program_id: UUID, file_id: UUID) -> None:
    """What was put aside is not wanted any more."""
    _aside(program_id, file_id).unlink(missing_ok=True)


def stay(program_id: UUID, file_id: UUID) -> None:
    """Its draft goes on: the hours of a file put aside begin anew."""
    path = _aside(program_id, file_id)
    if path.exists():
        os.utime(path)


# ── Sweeping ─────────────────────────────────────────────────────────────────────────────────────


def sweep(*, at: datetime) -> int:
    """Remove what drafts left, contents whose row was never written, and those whose case is erased; returns how many. Outside a scope."""
    gone = list(_older(_root() / "aside", at - timedelta(hours=ASIDE_HOURS)))
    for paths in batched(_older(_root(), at - timedelta(hours=1)), 1000, strict=False):
        found = {path.name: path for path in paths}
        with engine_scope():
            alive = CaseKey.objects.filter(pk=OuterRef("case_id"), destroyed_at=None)
            wanted = SealedFile.objects.filter(
                Exists(alive), pk__in=[name for name in found if name[0] != "."]
            )
            kept = {str(pk) for pk in wanted.values_list("pk", flat=True)}
        gone += [path for name, path in found.items() if name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    """Files in the folders of programs that were not touched since."""
    for path in folder.glob("*-*/*"):
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            yield path


def _root() -> Path:
    return Path(settings.FILES_DIR) / ".sealed"


def _aside(program_id: UUID, file_id: UUID) -> Path:
    return _root() / "aside" / str(program_id) / str(file_id)


def _place(file_id: UUID) -> Place:
    return Place("files_sealedfile", "content", file_id)


def _aside_place(file_id: UUID) -> Place:
    return Place("files_sealedfile", "aside", file_id)


def _write(path: Path, envelope: bytes) -> None:
    """Whole or not at all, and on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(envelope)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

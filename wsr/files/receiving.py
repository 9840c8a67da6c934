"""Uploads in pieces, for lines that drop: opened with size and hash, sent from the start in any cuts, resumed by asking, finished once.

Pieces follow one another. A piece that was received before is compared and changes nothing; one that begins later than what is there is
refused with the place to go on from. Bytes reach the disk before the row says so: whatever is killed, the row never claims more
than there is.
"""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.models import Sum
from django.utils.translation import gettext as _

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import operations
from wsr.files.models import StoredFile, Upload
from wsr.files.pipeline import CannotTake, Place, cleaned
from wsr.tenancy import atomic, current_alias, current_audience, current_program_id, on_commit
from wsr.tenancy.models import OPEN

SHORTEST_CHUNK, LONGEST_CHUNK = 1024, 2 * 1024 * 1024
_HASH_DIGITS = 64


class CannotReceive(DomainError):
    """The upload cannot be opened, or the piece not be taken."""


class OverQuota(CannotReceive):
    """Too much is being sent at once."""


class OutOfOrder(CannotReceive):
    """The piece begins later than what is there. `received`: the byte to go on from."""

    def __init__(self, received: int) -> None:
        """`received` in bytes from the start."""
        super().__init__(
            _("The server has %(received)d bytes of this file. Go on from there.") % {"received": received}
        )
        self.received = received


class NotWhole(OutOfOrder):
    """Finished too early: pieces are missing."""


class OtherBytes(CannotReceive):
    """The piece differs from what was received for the same place."""


@atomic
def open_upload(
    *,
    name: str,
    size: int,
    sha256: str,
    chunk_size: int,
    by: Person,
    at: datetime,
    upload_id: UUID | None = None,
    participation_id: UUID | None = None,
    circle_id: UUID | None = None,
    secret_of: UUID = OPEN,
) -> Upload:
    """Begin, or go on with, the upload of one file; the same file of the same person for the same reader is the same upload.

    `size` and `chunk_size` in bytes, `sha256` in hexadecimal of the whole file as it is sent. `upload_id` may be made by the device; the
    answer names the one that counts. Raises CannotReceive, OverQuota and FileTooLarge.
    """
    digest = sha256.lower()
    _check(size, digest, chunk_size)
    readers = {
        "participation_id": operations.own_participation()
        if current_audience() in operations.PORTALS
        else participation_id,
        "circle_id": circle_id,
    }
    _lock_program()
    found = Upload.objects.filter(owner=by, sha256=digest, **readers).first()
    if found is not None:
        if found.size != size:
            raise CannotReceive(_("The same SHA-256 was declared with another size. Measure the file again."))
        return found
    if upload_id is not None and Upload.objects.filter(pk=upload_id).exists():
        raise CannotReceive(_("This id belongs to another upload. Make a new one."))
    _check_quota(size, by)
    made = Upload(
        owner=by,
        name=name[:255],
        size=size,
        sha256=digest,
        chunk_size=chunk_size,
        secret_of=secret_of,
        opened_at=at,
        touched_at=at,
        **readers,
    )
    if upload_id is not None:
        made.pk = upload_id
    made.save(force_insert=True)
    return made


@atomic
def put_chunk(*, upload_id: UUID, offset: int, content: bytes, by: Person, at: datetime) -> Upload:
    """Take the bytes from `offset` on. What was received before is compared, not written; `received` of the answer is where to go on.

    Raises Upload.DoesNotExist, OutOfOrder, OtherBytes and CannotReceive.
    """
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id, owner=by)
    end = offset + len(content)
    if not content or len(content) > upload.chunk_size:
        raise CannotReceive(
            _("A piece of this upload has 1 to %(most)d bytes.") % {"most": upload.chunk_size}
        )
    if offset < 0 or end > upload.size:
        raise CannotReceive(_("The piece goes beyond the %(size)d bytes declared.") % {"size": upload.size})
    if upload.is_finished:
        return upload
    there = _there(upload)
    if offset > there:
        raise OutOfOrder(there)
    upload.received = _write(upload.path, offset, content, there)
    upload.touched_at = max(at, upload.touched_at)
    upload.save(update_fields=["received", "touched_at"])
    return upload


def state_of(*, upload_id: UUID, by: Person) -> Upload:
    """The upload with `received` as it truly is: the byte to go on from. Raises Upload.DoesNotExist."""
    upload = Upload.objects.get(pk=upload_id, owner=by)
    if not upload.is_finished:
        upload.received = _there(upload)
    return upload


@atomic
def finish(*, upload_id: UUID, by: Person, at: datetime) -> StoredFile:
    """Compare the hash, clean the file and keep the copy; asked again, the same copy.

    A file that is refused, or is not what was declared, is thrown away and may be sent again from the start. Raises
    Upload.DoesNotExist, NotWhole, WrongHash and CannotTake.
    """
    return taken(upload_id=upload_id, by=by, at=at).file


@atomic
def taken(*, upload_id: UUID, by: Person, at: datetime) -> operations.Taken:
    """`finish`, with the hash of what was sent and what the device said of a photo."""
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id, owner=by)
    if upload.file_id is None:
        _finish(upload, by, at)
    return operations.Taken(StoredFile.objects.get(pk=upload.file_id), upload.sha256, Place.read(upload.said))


@atomic
def forget_place(*, upload_id: UUID) -> None:
    """What the device said stands in its sealed place now."""
    Upload.objects.filter(pk=upload_id).update(said={})


@atomic
def abandon(*, upload_id: UUID, by: Person) -> None:
    """Throw away an upload and its pieces; a cleaned copy that was kept stays. Raises Upload.DoesNotExist."""
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id, owner=by)
    path = upload.path
    upload.delete()
    on_commit(lambda: path.unlink(missing_ok=True))


def _check(size: int, digest: str, chunk_size: int) -> None:
    if size <= 0:
        raise CannotTake("empty")
    if size > settings.MAX_UPLOAD_BYTES:
        raise operations.too_large()
    if len(digest) != _HASH_DIGITS or set(digest) - set("0123456789abcdef"):
        raise CannotReceive(_("Declare the SHA-256 of the file as 64 hexadecimal digits."))
    if not SHORTEST_CHUNK <= chunk_size <= LONGEST_CHUNK:
        raise CannotReceive(
            _("Choose a chunk size from %(least)d to %(most)d bytes.")
            % {"least": SHORTEST_CHUNK, "most": LONGEST_CHUNK}
        )


def _lock_program() -> None:
    """One upload is opened at a time in a program: neither two for one file, nor two over the quota."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('uploads ' || %s, 0))", [str(current_program_id())]
        )


def _check_quota(size: int, by: Person) -> None:
    mine = Upload.objects.filter(owner=by).aggregate(total=Sum("size"))["total"] or 0
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT wsr_has_room_for_upload(%s, %s)", [size, settings.UPLOAD_QUOTA_PROGRAM]
        )  # yes or no: how much others send is nobody's business
        has_room = cursor.fetchone()[0]
    if mine + size > settings.UPLOAD_QUOTA_PERSON or not has_room:
        raise OverQuota(
            _(
                "Too much was sent within %(days)d days. Finish or throw away uploads that you have begun, or ask the operator for a larger quota."
            )
            % {"days": settings.UPLOAD_DAYS}
        )


def _there(upload: Upload) -> int:
    """Bytes from the start that are on disk and on record."""
    try:
        return min(upload.received, upload.path.stat().st_size)
    except FileNotFoundError:
        return 0


def _write(path: Path, offset: int, content: bytes, there: int) -> int:
    """Compare what overlaps, write the rest and see it on disk. Returns how many bytes are there now. Raises OtherBytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.seek(offset)
        known = file.read(min(len(content), there - offset))
        if known != content[: len(known)]:
            raise OtherBytes(
                _("Other bytes were received for this place before. Throw the upload away and begin anew.")
            )
        if len(known) == len(content):
            return there
        file.seek(there)
        file.write(content[len(known) :])
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    return offset + len(content)


def _finish(upload: Upload, by: Person, at: datetime) -> None:
    there = _there(upload)
    if there < upload.size:
        raise NotWhole(there)
    with upload.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != upload.sha256:
        upload.path.unlink()  # at once: a refusal rolls back, and then it may be sent again from the start
        raise operations.wrong_hash()
    try:
        with cleaned(upload.path) as copy:
            kept = operations.keep(
                operations.Prepared(copy, upload.name, digest),
                by=by,
                at=at,
                participation_id=upload.participation_id,
                circle_id=upload.circle_id,
                secret_of=upload.secret_of,
            )
    except CannotTake as refusal:
        if refusal.retry_after is None:
            upload.path.unlink()
        raise
    upload.file, upload.said = kept.file, copy.said
    upload.touched_at = max(at, upload.touched_at)
    upload.save(update_fields=["file", "said", "touched_at"])
    path = upload.path
    on_commit(lambda: path.unlink(missing_ok=True))

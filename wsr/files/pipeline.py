"""From what was sent to the copy that is kept: looked at by the virus scanner, recognized and cleaned in a process of its own.

The process has bounds of memory, time and output (`CLEANING_*` in the settings), knows no secret of this installation and ends with the
file. A file that breaks its decoder breaks nothing else, and many at once take turns.
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wsr.errors import DomainError
from wsr.files import scanning
from wsr.files.cleaning.kinds import KINDS, Kind

logger = logging.getLogger(__name__)

ASK_AGAIN = 0.05  # seconds between two looks whether a place is free
# Seconds that a file of a case waits for a place. Anybody may send one, and whoever waits holds a thread that nobody can report with.
PATIENCE = 2.0


PASSING = {
    "busy": 60,
    "no_scanner": 300,
}  # nothing is wrong with the file: it is taken when it is sent again after so many seconds


class CannotTake(DomainError):
    """The file is not taken; nothing of it was kept. `code` is stable, for devices."""

    def __init__(self, code: str, **facts: object) -> None:
        """`code` and `facts` as in `wsr.files.cleaning.refusals`."""
        super().__init__(_(SENTENCES.get(code, SENTENCES["other"])) % facts)
        self.code = code
        self.retry_after = PASSING.get(code)


SENTENCES: Mapping[str, str] = {
    "empty": gettext_noop("The file is empty. Send it again from where it was made."),
    "broken_image": gettext_noop("The photo is damaged or did not arrive whole. Send it again from the device that took it."),
    "too_many_pixels": gettext_noop("The photo has more than %(millions)s million pixels. Take it, or save it, at a smaller size and send that."),
    "animation": gettext_noop("The file is an animation. Send single photos."),
    "heic": gettext_noop("This is a HEIC or AVIF photo, which not everyone can open. Save or share it as JPEG and send that; on an iPhone: Settings, Camera, Formats, Most Compatible."),
    "gif": gettext_noop("GIF files are not taken. Save the picture as JPEG or PNG and send that."),
    "tiff": gettext_noop("TIFF files are not taken. Save the picture as JPEG or PNG and send that."),
    "film": gettext_noop("Films are not taken. Send photos, or the sound alone as MP3, M4A, WAV or OGG."),
    "broken_audio": gettext_noop("The recording is damaged or of a kind that is not taken. Send it as MP3, M4A, WAV or OGG."),
    "too_long": gettext_noop("The recording is longer than %(minutes)s minutes. Send it in parts."),
    "broken_pdf": gettext_noop("The PDF is damaged or did not arrive whole. Open it, print it into a new PDF and send that."),
    "active_pdf": gettext_noop("The PDF contains a script, a form that acts, or another file. Print it into a new PDF and send that; send files inside it one by one."),
    "password": gettext_noop("The PDF is protected with a password. Save a copy without one and send that."),
    "old_office": gettext_noop("This is a document of an old office program. Save it as XLSX, DOCX or PDF and send that."),
    "macros": gettext_noop("The document contains macros or other files. Save it without them, or as PDF, and send that."),
    "unknown_part": gettext_noop("The document contains a part that cannot be checked. Save it as PDF and send that."),
    "broken_archive": gettext_noop("The document is damaged or did not arrive whole. Open it, save it again and send that."),
    "archive": gettext_noop("Archives such as ZIP are not taken. Unpack it and send the files one by one."),
    "markup": gettext_noop("Web pages, SVG drawings and programs are not taken. Save it as PDF or as a picture and send that."),
    "other": gettext_noop("This kind of file is not taken. Send JPEG, PNG, WebP, PDF, MP3, M4A, WAV, OGG, XLSX, DOCX, ODS, ODT, CSV or plain text."),
    "not_here": gettext_noop("This kind of file is not taken here."),
    "too_costly": gettext_noop("The file takes too much time or memory to check. Save it anew, smaller, and send that."),
    "infected": gettext_noop("The virus scanner found something in this file, so it was not kept. Check the device that it comes from."),
    "busy": gettext_noop("Many files are being checked at the moment. Send it again in a minute; keep the file until then."),
    "no_scanner": gettext_noop("Files cannot be checked for viruses at the moment, so none are taken. Try again in a few minutes; keep the file until then."),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where and when the device says a photo was taken: for a sealed field, never for the file. Degrees; `taken_at` with its zone."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None
    taken_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Place | None":
        """From JSON; None where the device said nothing."""
        if not said:
            return None
        return cls(
            latitude=Decimal(said["latitude"]) if "latitude" in said else None,
            longitude=Decimal(said["longitude"]) if "longitude" in said else None,
            taken_at=datetime.fromisoformat(said["taken_at"]) if "taken_at" in said else None,
            metadata=dict(said.get("metadata", {})),
        )


@dataclass(frozen=True)
class Cleaned:
    """The cleaned copy at `path`, what it is, and what the device said (JSON, see `Place.read`)."""

    path: Path
    kind: Kind
    said: dict[str, Any]


@contextmanager
def cleaned(source: Path, *, only: tuple[str, ...] = ()) -> Iterator[Cleaned]:
    """The copy of `source` that may be kept; it is gone when the block ends unless it was moved away.

    `only`: keys of `KINDS` that are taken here; empty: all. Raises CannotTake.
    """
    folder = Path(settings.FILES_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".taking-in-")
    os.close(descriptor)
    target = Path(name)
    try:
        made = _made(source, target, only)
        yield Cleaned(target, KINDS[made["kind"]], made["place"])
    finally:
        target.unlink(missing_ok=True)


def cleaned_in_memory(
    content: bytes, *, only: tuple[str, ...] = (), audio_seconds: int = 0
) -> tuple[bytes, Kind]:
    """The same for what must never lie on a disk: what was sent and the copy are in memory alone, in the small process too.

    `audio_seconds`: the longest recording; 0: any. Raises CannotTake.
    """
    with _memory() as source, _memory() as target:
        with open(source, "wb", closefd=False) as file:
            file.write(content)
        made = _made(
            _path_of(source), _path_of(target), only, shared=(source, target), audio_seconds=audio_seconds
        )
        with _path_of(target).open("rb") as file:
            return file.read(), KINDS[made["kind"]]


@contextmanager
def _memory() -> Iterator[int]:
    """A file that lies in memory and ends with the block (Linux)."""
    descriptor = os.memfd_create("wsr")
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _path_of(descriptor: int) -> Path:
    """Good in this process, and in one that was given the descriptor."""
    return Path(f"/proc/self/fd/{descriptor}")


def _made(
    source: Path, target: Path, only: tuple[str, ...], *, shared: tuple[int, ...] = (), audio_seconds: int = 0
) -> dict[str, Any]:
    """Scan, then clean in a process of its own. Raises CannotTake."""
    found = scanning.scan(source)
    if found:
        raise CannotTake(found)
    with _turn(PATIENCE if shared else 2.0 * settings.CLEANING_SECONDS):
        made = _run(source, target, shared, audio_seconds)
    if "refused" in made:
        raise CannotTake(made["refused"], **made["facts"])
    if only and made["kind"] not in only:
        raise CannotTake("not_here")
    return made


@contextmanager
def _turn(patience: float) -> Iterator[None]:
    """One of the CLEANING_AT_ONCE places of this server, held as a lock on a folder: a process that is killed gives it back.

    Raises CannotTake (busy) where none is free within so many seconds.
    """
    until = time.monotonic() + patience
    with ExitStack() as opened:
        places = [opened.enter_context(_place(number)) for number in range(settings.CLEANING_AT_ONCE)]
        while not any(_is_ours(place) for place in places):
            if time.monotonic() >= until:
                raise CannotTake("busy")
            time.sleep(ASK_AGAIN)
        yield


@contextmanager
def _place(number: int) -> Iterator[int]:
    folder = Path(settings.FILES_DIR) / ".cleaning" / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_ours(place: int) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _run(source: Path, target: Path, shared: tuple[int, ...], audio_seconds: int) -> dict[str, Any]:
    limits = {
        "pixels": settings.MAX_PIXELS,
        "inflated": settings.CLEANING_MEMORY // 4,
        "memory": settings.CLEANING_MEMORY,
        "seconds": settings.CLEANING_SECONDS,
        "audio_seconds": audio_seconds,
        "output": max(4 * settings.MAX_UPLOAD_BYTES, 64 * 1024 * 1024),
    }
    command = [sys.executable, "-m", "wsr.files.cleaning", str(source), str(target), json.dumps(limits)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program; paths are made here
            command,
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            pass_fds=shared,
            capture_output=True,
            timeout=2 * settings.CLEANING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "too_costly", "facts": {}}
    if done.returncode != 0:
        # The error text may quote the file, so only its last word is logged: the kind of error.
        logger.warning(
            "cleaning ended code=%s error=%s",
            done.returncode,
            done.stderr.decode(errors="replace")
            .rpartition("\n")[0]
            .rpartition("\n")[2]
            .partition(":")[0][:60],
        )
        return {"refused": "too_costly", "facts": {}}
    return json.loads(done.stdout)

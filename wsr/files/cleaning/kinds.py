"""What is taken, and how it is told from its content. Names and declared types are never asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wsr.files.cleaning.refusals import Refused

_HEAD = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Kind:
    """One kind of file: its media type, the ending its copies get, and the module that cleans it."""

    media_type: str
    ending: str
    cleaner: str


KINDS: Mapping[str, Kind] = {
    "jpeg": Kind("image/jpeg", "jpg", "images"),
    "png": Kind("image/png", "png", "images"),
    "webp": Kind("image/webp", "webp", "images"),
    "pdf": Kind("application/pdf", "pdf", "pdf"),
    "mp3": Kind("audio/mpeg", "mp3", "audio"),
    "wav": Kind("audio/wav", "wav", "audio"),
    "m4a": Kind("audio/mp4", "m4a", "audio"),
    "ogg": Kind("audio/ogg", "ogg", "audio"),
    "webm": Kind("audio/webm", "webm", "audio"),
    "amr": Kind("audio/amr", "amr", "audio"),
    "aac": Kind("audio/aac", "aac", "audio"),
    "xlsx": Kind(f"{_OFFICE}spreadsheetml.sheet", "xlsx", "office"),
    "docx": Kind(f"{_OFFICE}wordprocessingml.document", "docx", "office"),
    "ods": Kind(f"{_ODF}spreadsheet", "ods", "office"),
    "odt": Kind(f"{_ODF}text", "odt", "office"),
    "text": Kind("text/plain", "txt", "plain"),
}
# Containers of the ISO family by their brand: photos of new phones, films, recordings.
_PHOTO_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"dash", b"3gp4", b"3gp5", b"3gp6"}  # fmt: skip
_REFUSED = (
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\xd0\xcf\x11\xe0", "old_office"),
    (b"BM", "other"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
)
_MARKUP = ("<", "{\\rtf", "%!ps")


def kind_of(path: Path) -> str:
    """The key in `KINDS` of the file at `path`. Raises Refused."""
    with path.open("rb") as file:
        return kind_of_head(file.read(_HEAD))


def kind_of_head(head: bytes) -> str:
    """The key in `KINDS` by the first bytes; an archive is looked into by its cleaner. Raises Refused."""
    if not head:
        raise Refused("empty")
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"  # or another office document: `office.clean` finds out which
    if head[4:8] == b"ftyp":
        return _of_iso(head)
    if head.startswith(b"RIFF"):
        return _of_riff(head)
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"ID3") or (head[0] == 0xFF and len(head) > 1 and head[1] & 0xE6 == 0xE2):
        return "mp3"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return "aac"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        if b"webm" not in head[:64]:
            raise Refused("film")
        return "webm"
    for magic, code in _REFUSED:
        if head.startswith(magic):
            raise Refused(code)
    return _of_text(head)


def _of_iso(head: bytes) -> str:
    brand = head[8:12]
    if brand in _PHOTO_BRANDS:
        raise Refused("heic")
    if brand in _AUDIO_BRANDS:
        return "m4a"
    raise Refused("film")


def _of_riff(head: bytes) -> str:
    inside = {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12])
    if inside is None:
        raise Refused("film")
    return inside


def _of_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\0" in head:
        raise Refused("other")
    start = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().lower()
    if start.startswith(_MARKUP):
        raise Refused("markup")
    return "text"

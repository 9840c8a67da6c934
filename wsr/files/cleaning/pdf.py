"""PDF: read by a parser and written anew from its objects alone.

Refused: scripts, actions that start something, files inside, films, forms of programs (XFA), passwords. Taken out: the document's
properties, descriptions of its parts (XMP) and what cameras wrote into its photos. What lies outside the objects is not copied.
"""

import re
import zlib
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from wsr.files.cleaning.refusals import Refused

_MOST_OBJECTS = 300_000
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # ends the data of a scan
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AA", "/XFA", "/RichMediaContent", "/AF"}
_ACTIVE_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoToE", "/GoToR"}  # fmt: skip
_ACTIVE_TYPES = {
    "/Filespec",
    "/EmbeddedFile",
    "/RichMedia",
    "/Screen",
    "/Movie",
    "/Sound",
    "/FileAttachment",
    "/3D",
}
_TOLD = ("/Metadata", "/PieceInfo", "/LastModified")  # who wrote it, with what, when


def clean(kind: str, source: Path, target: Path, limits: dict[str, int]) -> tuple[str, dict[str, object]]:
    """Write the pages anew. Raises Refused."""
    try:
        reader = PdfReader(source, strict=False)
        if reader.is_encrypted:
            raise Refused("password")
        if not len(reader.pages):
            raise Refused("broken_pdf")
        _Walk(limits).over(reader.trailer["/Root"])
        writer = PdfWriter()
        writer.append_pages_from_reader(reader)
        _Walk(limits).over(writer.root_object)
        writer.metadata = None
        writer.write(target)
    except (Refused, MemoryError):
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        RecursionError,
        zlib.error,
    ) as error:
        raise Refused("broken_pdf") from error
    return kind, {}


class _Walk:
    """Through every object that can be reached, each once, without recursion."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.inflated = limits["inflated"]
        self.seen: set[Any] = set()

    def over(self, root: PdfObject) -> None:
        """Refuse what acts, take out what tells. Raises Refused."""
        waiting: list[Any] = [root]
        while waiting:
            item = waiting.pop()
            if isinstance(item, IndirectObject):
                if (item.idnum, item.generation) in self.seen:
                    continue
                self.seen.add((item.idnum, item.generation))
                if len(self.seen) > _MOST_OBJECTS:
                    raise Refused("too_costly")
                item = item.get_object()
            if isinstance(item, DictionaryObject):
                self._dictionary(item)
                waiting.extend(dict.values(item))
            elif isinstance(item, ArrayObject):
                waiting.extend(list.__iter__(item))

    def _dictionary(self, item: DictionaryObject) -> None:
        acts = str(_value(item, "/S")) in _ACTIVE_ACTIONS
        types = {str(_value(item, "/Type")), str(_value(item, "/Subtype"))}
        if acts or _ACTIVE_KEYS & set(item) or _ACTIVE_TYPES & types:
            raise Refused("active_pdf")
        for key in _TOLD:
            if key in item:
                del item[key]
        if isinstance(item, StreamObject):
            self._photo(item)

    def _photo(self, stream: StreamObject) -> None:
        """Take what cameras write out of a photo on a page."""
        filters = _value(stream, "/Filter")
        names = [str(name) for name in filters] if isinstance(filters, ArrayObject) else [str(filters)]
        if names == ["/JPXDecode"]:
            stream._data = without_boxes(bytes(stream._data))
        if names[-1] not in {"/DCTDecode", "/DCT"}:
            return
        content = bytes(stream._data)
        if len(names) == 2 and names[0] in {"/FlateDecode", "/Fl"}:
            content = zlib.decompressobj().decompress(content, self.inflated)
            stream[NameObject("/Filter")] = NameObject("/DCTDecode")
            stream.pop("/DecodeParms", None)
        elif len(names) > 1:
            raise Refused("broken_pdf")
        stream._data = without_segments(content)


def _value(item: DictionaryObject, key: str) -> Any:
    """What the key holds, also where it only points there."""
    value = dict.get(item, key)
    return value.get_object() if isinstance(value, IndirectObject) else value


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without the segments of applications and comments, up to its end mark; colors (Adobe, ICC) stay. Nothing is decoded.

    Raises Refused where the segments do not follow one another as they must.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise Refused("broken_pdf")
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # fill
            at += 1
            continue
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        segment = jpeg[at:end]
        if marker == 0xDA:  # a scan: its data go on to the next mark
            follows = _MARK.search(jpeg, end)
            if follows is None or jpeg[follows.start() + 1] == 0xD9:
                return b"".join([*kept, jpeg[at : follows.start() if follows else None], b"\xff\xd9"])
            end = follows.start()
            segment = jpeg[at:end]
        if not _is_told(marker, segment):
            kept.append(segment)
        at = end
    raise Refused("broken_pdf")


def without_boxes(jp2: bytes) -> bytes:
    """A JPEG 2000 file without the boxes that describe it; a bare stream of code stays. Source: ISO/IEC 15444-1, annex I."""
    if jp2[4:8] != b"jP  ":
        return jp2
    kept, at = [], 0
    while at + 8 <= len(jp2):
        size = int.from_bytes(jp2[at : at + 4]) or len(jp2) - at
        if size == 1:
            size = int.from_bytes(jp2[at + 8 : at + 16])
        if size < 8 or at + size > len(jp2):
            raise Refused("broken_pdf")
        if jp2[at + 4 : at + 8] in {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}:
            kept.append(jp2[at : at + size])
        at += size
    return b"".join(kept)


def _is_told(marker: int, segment: bytes) -> bool:
    """Whether a segment says something about the picture other than how to show it."""
    is_color = marker in {0xE0, 0xEE} or segment[4:15] == b"ICC_PROFILE"
    return marker == 0xFE or (0xE0 <= marker <= 0xEF and not is_color)

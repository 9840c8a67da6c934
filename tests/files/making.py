"""Files as people and attackers send them, made here byte by byte."""

import hashlib
import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

LATITUDE, LONGITUDE = (23.0, 48.0, 36.5), (90.0, 24.0, 12.25)
SECRETS = (
    b"Acme Phone",
    b"memo from the dormitory",
    b"23.810139",
    b"2026:03:01",
    b"PK\x03\x04",
    b"<script",
    b"GPS",
    b"Exif\0\0",
)
# The coordinates as a camera writes them: rationals, whatever the order of bytes.
SECRETS += tuple(struct.pack(order, 73, 2) for order in ("<II", ">II")) + tuple(
    struct.pack(order, 49, 4) for order in ("<II", ">II")
)


def exif(orientation: int = 1, *, west: bool = False) -> Image.Exif:
    """What a phone writes into a photo."""
    made = Image.Exif()
    made[0x010F], made[0x0110], made[0x0112] = "Acme Phone", "Seven", orientation
    made.get_ifd(0x8769).update({0x9003: "2026:03:01 14:05:06", 0x9011: "+06:00"})
    made.get_ifd(0x8825).update({1: "N", 2: LATITUDE, 3: "W" if west else "E", 4: LONGITUDE, 6: 12.5})
    return made


def picture(size: tuple[int, int] = (40, 30)) -> Image.Image:
    """Red to the left, blue to the right."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    return made


def jpeg(
    size: tuple[int, int] = (40, 30), *, orientation: int = 1, tail: bytes = b"", salt: str = ""
) -> bytes:
    """A photo with place, time, device, thumbnail, comment and what may hang on behind."""
    file = io.BytesIO()
    picture(size).save(
        file, "JPEG", exif=exif(orientation), comment=b"memo from the dormitory" + salt.encode(), quality=95
    )
    return file.getvalue() + tail


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture with texts and place."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "memo from the dormitory")
    told.add_itxt("XML:com.adobe.xmp", "<x>23.810139</x>", zip=True)
    file = io.BytesIO()
    picture(size).save(file, "PNG", pnginfo=told, exif=exif())
    return file.getvalue()


def webp() -> bytes:
    """A picture with place."""
    file = io.BytesIO()
    picture().save(file, "WEBP", exif=exif(), xmp=b"23.810139")
    return file.getvalue()


def gigapixel_png() -> bytes:
    """32,768 by 32,768 pixels in about 130 kB: a real picture, not only a header that says so."""
    side = 32_768
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * (1 + side // 8) * 64) for _ in range(side // 64)) + packer.flush()

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def relation(kind: str, mode: str = "Internal") -> bytes:
    """The relations of a part of an office document, with one of that kind."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{types}/{kind}" Target="https://example.org/a" TargetMode="{mode}"/></Relationships>'
    ).encode()


def xlsx(**more: bytes) -> bytes:
    """A workbook with a photo in it and the name of who wrote it; `more` parts by name, with __ for /."""
    import openpyxl

    file = io.BytesIO()
    book = openpyxl.Workbook()
    book.properties.creator = "memo from the dormitory"
    book.active.append(["supplier", "amount"])
    book.active.append(["A", 1])
    book.save(file)
    with zipfile.ZipFile(file) as given:
        parts = {part.filename: given.read(part) for part in given.infolist()}
    parts["xl/media/image1.jpeg"] = jpeg()
    return archive(parts | {name.replace("__", "/"): content for name, content in more.items()})


def pdf(*, active: str = "", photo: bytes = b"", tail: bytes = b"") -> bytes:
    """A page; `active`: script, launch, embedded, action of a page; `photo`: a JPEG on it."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "memo from the dormitory"})
    if photo:
        stream = StreamObject()
        stream._data = photo
        for key, value in {"/Type": "/XObject", "/Subtype": "/Image", "/Filter": "/DCTDecode"}.items():
            stream[NameObject(key)] = NameObject(value)
        images = DictionaryObject({NameObject("/P"): writer._add_object(stream)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): images})
    if active == "embedded":
        writer.add_attachment("tool.exe", b"MZ")
    elif active:
        kind, key = {
            "script": ("/JavaScript", "/OpenAction"),
            "launch": ("/Launch", "/OpenAction"),
            "page": ("/JavaScript", "/AA"),
        }[active]
        action = DictionaryObject(
            {NameObject("/S"): writer._add_object(NameObject(kind)), NameObject("/F"): TextStringObject("x")}
        )
        (page if active == "page" else writer._root_object)[NameObject(key)] = writer._add_object(action)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue() + tail


def wav() -> bytes:
    """A second of silence, with who recorded it where."""
    told = b"INFOICMT" + struct.pack("<I", 24) + b"memo from the dormitory\0"
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    body += b"LIST" + struct.pack("<I", len(told)) + told + b"data" + struct.pack("<I", 8000) + b"\x80" * 8000
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3() -> bytes:
    """Frames of silence between two kinds of tags."""
    told = b"COMM" + struct.pack(">IH", 28, 0) + b"\0eng\0memo from the dormitory"
    head = b"ID3\x03\0\0" + bytes([0, 0, len(told) >> 7, len(told) & 127]) + told
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413
    return head + frame * 20 + b"TAG" + b"memo from the dormitory".ljust(125, b"\0")


def box(name: bytes, *inside: bytes) -> bytes:
    """A box of the ISO family."""
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name + body


def m4a(handler: bytes = b"soun") -> bytes:
    """A memo as a phone records it, with its place."""
    track = box(
        b"trak",
        box(b"tkhd", b"\0" * 84),
        box(
            b"mdia",
            box(b"mdhd", b"\0" * 24),
            box(b"hdlr", b"\0" * 8 + handler + b"\0" * 12 + b"memo from the dormitory\0"),
        ),
        box(b"udta", box(b"name", b"memo from the dormitory")),
    )
    where = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+23.810139+090.403333/"))
    return (
        box(b"ftyp", b"M4A \0\0\0\0M4A mp42")
        + box(b"moov", box(b"mvhd", b"\0" * 100), track, where)
        + box(b"mdat", b"sound" * 20)
    )


def ogg() -> bytes:
    """A memo in Opus, with a long comment that runs over two pages."""
    from wsr.files.cleaning.audio import _lacing, _page, _paged

    head = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"
    comment = b"memo from the dormitory" * 4000
    tags = b"OpusTags" + struct.pack("<I", 4) + b"Acme" + struct.pack("<II", 1, len(comment)) + comment
    pages = [_page(2, 0, 7, 0, _lacing(head), head)]
    pages += [
        _page(1 if n else 0, 0, 7, n + 1, lacing, body) for n, (lacing, body) in enumerate(_paged([tags]))
    ]
    sound = b"\xfc" * 50
    pages += [_page(0, 960 * n, 7, len(pages), _lacing(sound), sound) for n in (1, 2)]
    pages.append(_page(4, 2880, 7, len(pages), _lacing(sound), sound))
    return b"".join(pages)


def heic() -> bytes:
    """The beginning of a photo of an iPhone."""
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0" * 400)


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF_JS = b"GIF89a/*" + b"\0" * 20 + b"*/=alert(1);"


def sha256(content: bytes) -> str:
    """As a device declares it."""
    return hashlib.sha256(content).hexdigest()

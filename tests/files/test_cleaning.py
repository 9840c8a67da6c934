"""What is kept of each kind of file, and what is refused: with real files, in the real process with its bounds."""

import fcntl
import io
import itertools
import os
import zipfile

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.files import making
from wsr.files.cleaning import audio
from wsr.files.cleaning.pdf import without_boxes
from wsr.files.pipeline import CannotTake, Place, cleaned


@pytest.fixture
def clean(tmp_path):
    """Clean some bytes: (kept bytes, media type, what the device said)."""
    numbers = itertools.count()

    def run(content: bytes, **said):
        source = tmp_path / f"sent{next(numbers)}"
        source.write_bytes(content)
        with cleaned(source, **said) as made:
            return made.path.read_bytes(), made.kind.media_type, made.said

    return run


@pytest.fixture
def refused(clean):
    """The code of the refusal; its sentence ends as one."""

    def run(content: bytes, **said) -> str:
        with pytest.raises(CannotTake) as refusal:
            clean(content, **said)
        assert str(refusal.value).endswith(".")
        return refusal.value.code

    return run


TAKEN = {
    "jpeg": (making.jpeg, "image/jpeg"),
    "png": (making.png, "image/png"),
    "webp": (making.webp, "image/webp"),
    "pdf": (lambda: making.pdf(photo=making.jpeg()), "application/pdf"),
    "xlsx": (making.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "wav": (making.wav, "audio/wav"),
    "mp3": (making.mp3, "audio/mpeg"),
    "m4a": (making.m4a, "audio/mp4"),
    "ogg": (making.ogg, "audio/ogg"),
    "csv": (lambda: b"\xef\xbb\xbfsupplier,amount\nA,1\n", "text/plain"),
    "utf-16": (lambda: "Año,café\n".encode("utf-16"), "text/plain"),
    "cp1252": (lambda: "Año,café\n".encode("cp1252"), "text/plain"),
}


def everything_in(content: bytes) -> bytes:
    """The bytes and those of the parts inside."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return b"".join(parts.read(part) for part in parts.infolist())


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_keeps_nothing_that_tells(clean, name):
    make, media_type = TAKEN[name]
    kept, found, _said = clean(make())
    assert found == media_type
    inside = everything_in(kept)
    assert [secret for secret in making.SECRETS if secret in inside] == []
    assert clean(make())[0] == kept, "the same file has the same copy, so that it is stored once"


def test_the_file_held_what_must_not_be_served():
    assert [secret for secret in making.SECRETS[:2] if secret not in making.jpeg()] == []
    assert (
        making.struct.pack(">II", 73, 2) in making.jpeg() or making.struct.pack("<II", 73, 2) in making.jpeg()
    )


def test_what_the_device_said_is_handed_on_apart(clean):
    place = Place.read(clean(making.jpeg())[2])
    assert (float(place.latitude), float(place.longitude)) == (23.810139, 90.403403)
    assert place.taken_at.isoformat() == "2026-03-01T14:05:06+06:00"
    assert place.metadata == {"altitude_m": 12.5, "device": "Acme Phone Seven"}
    assert Place.read({}) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_the_camera_was_held(clean, orientation):
    from PIL import ImageOps

    with Image.open(io.BytesIO(making.jpeg(orientation=orientation))) as sent:
        upright = ImageOps.exif_transpose(sent)
    with Image.open(io.BytesIO(clean(making.jpeg(orientation=orientation))[0])) as kept:
        assert (kept.size, len(kept.getexif())) == (upright.size, 0)
        for corner in ((1, 1), (kept.width - 2, kept.height - 2)):
            assert (
                max(abs(a - b) for a, b in zip(kept.getpixel(corner), upright.getpixel(corner), strict=True))
                < 20
            )


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("nothing", lambda: b"", "empty"),
        ("a gigapixel in a small file", lambda: making.gigapixel_png(), "too_many_pixels"),
        ("a photo cut off", lambda: making.jpeg((400, 300))[:-900], "broken_image"),
        ("a photo that is only a beginning", lambda: b"\xff\xd8\xff\xe0", "broken_image"),
        ("SVG with a script", lambda: making.SVG, "markup"),
        ("HTML", lambda: b"\n <html><script>alert(1)</script>", "markup"),
        ("HTML further down a text", lambda: b"notes\n" * 2000 + b"<script>alert(1)</script>", "markup"),
        ("GIF and script at once", lambda: making.GIF_JS, "gif"),
        ("HEIC", lambda: making.heic(), "heic"),
        ("a film", lambda: making.m4a(b"vide"), "film"),
        ("a ZIP", lambda: making.archive({"photo.jpg": making.jpeg()}), "archive"),
        ("a ZIP cut off", lambda: making.archive({"a": b"b" * 999})[:60], "broken_archive"),
        ("a program", lambda: b"MZ\x90\x00\x03\x00", "other"),
        ("a text with control characters", lambda: b"abc\x07def", "other"),
        ("a workbook with macros", lambda: making.xlsx(xl__vbaProject=b"x"), "macros"),
        ("a workbook with a file inside", lambda: making.xlsx(**{"xl__embeddings__a.bin": b"MZ"}), "macros"),
        ("a workbook with macros under another name", lambda: making.xlsx(**{"xl__theme__a.bin": b"x", "xl___rels__sheet.xml.rels": making.relation("vbaProject")}), "macros"),
        ("a workbook that fetches a picture", lambda: making.xlsx(**{"xl___rels__a.xml.rels": making.relation("image", "External")}), "macros"),
        ("a workbook with a program", lambda: making.xlsx(**{"xl__tool.exe": b"MZ"}), "unknown_part"),
        ("a workbook that grows", lambda: making.xlsx(**{"xl__big.xml": b"0" * 300_000_000}), "too_costly"),
        ("a workbook that climbs out", lambda: making.xlsx(**{"..__..__a.xml": b"x"}), "broken_archive"),
        ("a PDF with a script", lambda: making.pdf(active="script"), "active_pdf"),
        ("a PDF whose page acts", lambda: making.pdf(active="page"), "active_pdf"),
        ("a PDF that starts something", lambda: making.pdf(active="launch"), "active_pdf"),
        ("a PDF with a file inside", lambda: making.pdf(active="embedded"), "active_pdf"),
        ("a PDF cut off", lambda: making.pdf()[:100], "broken_pdf"),
        ("a PDF with nothing in it", lambda: b"%PDF-1.7\n%%EOF", "broken_pdf"),
        ("a recording cut off", lambda: making.m4a()[:-5], "broken_audio"),
        ("a recording without sound", lambda: making.wav()[:60], "broken_audio"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_cleaned_is_refused_with_a_sentence(refused, name, make, code):
    assert refused(make()) == code


@pytest.mark.parametrize(
    "content",
    [
        making.jpeg(tail=making.archive({"run.js": b"alert(1)"})),
        making.jpeg(tail=b"<script>alert(1)</script>"),
        making.png() + making.SVG,
        making.pdf(tail=b"\n<html><script>alert(1)</script></html>"),
        making.pdf(photo=making.jpeg(tail=making.jpeg())),
        making.mp3() + making.archive({"a": b"b"}),
        making.wav() + b"<script>",
    ],
    ids=["jpeg+zip", "jpeg+html", "png+svg", "pdf+html", "pdf+two photos", "mp3+zip", "wav+html"],
)
def test_of_two_files_in_one_only_the_first_is_kept(clean, content):
    kept = clean(content)[0]
    assert [secret for secret in making.SECRETS if secret in kept] == []
    assert len(kept) < len(content)


def test_a_pdf_stays_readable_and_a_memo_stays_whole(clean):
    kept = clean(making.pdf(photo=making.jpeg()))[0]
    photo = PdfReader(io.BytesIO(kept)).pages[0]["/Resources"]["/XObject"]["/P"]._data
    with Image.open(io.BytesIO(bytes(photo))) as shown:
        shown.load()
        assert shown.size == (40, 30)
    memo = clean(making.ogg())[0]
    pages = list(audio._pages(memo))
    assert [page[4] for page in pages[-3:]] == [b"\xfc" * 50] * 3
    assert audio.ogg(memo) == memo
    phone = clean(making.m4a())[0]
    assert (len(phone), phone[-100:]) == (len(making.m4a()), b"sound" * 20)


def test_a_picture_in_jpeg_2000_loses_what_describes_it():
    head = making.box(b"jP  ", b"\r\n\x87\n") + making.box(b"ftyp", b"jp2 ") + making.box(b"jp2h", b"size")
    code = making.box(b"jp2c", b"picture")
    assert (
        without_boxes(head + making.box(b"xml ", b"23.810139") + making.box(b"uuid", b"Exif") + code)
        == head + code
    )


def test_a_workbook_can_still_be_read(clean):
    import openpyxl

    link = {"xl__worksheets___rels__sheet1.xml.rels": making.relation("hyperlink", "External")}
    book = openpyxl.load_workbook(io.BytesIO(clean(making.xlsx(**link))[0]))
    assert [[cell.value for cell in row] for row in book.active.rows] == [["supplier", "amount"], ["A", 1]]


def test_a_picture_is_looked_at_by_its_header_before_it_is_decoded(clean, refused, settings):
    settings.MAX_PIXELS = 40 * 30
    clean(making.png((40, 30)))
    assert refused(making.png((41, 30))) == "too_many_pixels"


def test_time_and_memory_are_bounded(refused, settings):
    large = making.png((7000, 7000))
    settings.CLEANING_SECONDS = 1
    assert refused(large) == "too_costly"
    settings.CLEANING_SECONDS, settings.CLEANING_MEMORY = 30, 256 * 1024 * 1024
    assert refused(large) == "too_costly"


def test_many_files_at_once_take_turns(clean, refused, settings):
    """The place is held as by another process; one that is killed gives it back, because the system does."""
    clean(making.wav())
    seconds, place = settings.CLEANING_SECONDS, settings.FILES_DIR / ".cleaning" / "0"
    holder = os.open(place, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    settings.CLEANING_AT_ONCE, settings.CLEANING_SECONDS = 1, 0
    assert refused(making.wav()) == "busy"
    settings.CLEANING_AT_ONCE, settings.CLEANING_SECONDS = 2, seconds
    assert clean(making.wav())[1] == "audio/wav"
    os.close(holder)
    settings.CLEANING_AT_ONCE = 1
    assert clean(making.wav())[1] == "audio/wav"


def test_only_the_kinds_that_a_page_wants(clean, refused):
    assert refused(making.jpeg(), only=("text", "xlsx")) == "not_here"
    assert clean(b"a,b\n", only=("text", "xlsx"))[0] == b"a,b\n"

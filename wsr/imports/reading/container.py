"""What a file really is, by its content; its name proves nothing."""

import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from wsr.imports.reading.errors import ReadError

MAX_ENTRIES = 5_000
MAX_UNCOMPRESSED = 600 * 1024 * 1024
MAX_SHARED_STRINGS = 150 * 1024 * 1024
# Ordinary sheets compress 5 to 40 times; what passes 150 was made to fill a disk.
MAX_RATIO = 150
_RATIO_FROM = 10 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def identify(path: Path) -> str:
    """`xlsx`, `xls`, `html` or `text`. Raises `ReadError` for everything else, saying what it is."""
    with path.open("rb") as file:
        head = file.read(8192)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ReadError(_("The file is empty. Check that it was saved, then upload it again."))
    if head.startswith(b"PK"):
        return _identify_zip(path)
    if head.startswith(_OLE):
        return _identify_ole(path)
    if head[:4] in (b"\x09\x08\x10\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"):
        return "xls"  # a bare BIFF stream, as old programs wrote it
    _refuse_known(head)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body")):
        return "html"
    return "text"


def check_zip(path: Path) -> zipfile.ZipFile:
    """The opened archive, after its directory was checked for sizes that would fill memory. Raises `ReadError`."""
    try:
        archive = zipfile.ZipFile(path)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(
            _("The Excel file is damaged or was not uploaded whole. Save it again and upload it once more.")
        ) from error
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    shared = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml"))
    too_dense = total > _RATIO_FROM and total / packed > MAX_RATIO
    if len(entries) > MAX_ENTRIES or total > MAX_UNCOMPRESSED or shared > MAX_SHARED_STRINGS or too_dense:
        raise ReadError(
            _(
                "The Excel file unpacks to far more than it should hold and was not opened. Save only the list itself as CSV and upload that."
            )
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise ReadError(_password())
    return archive


def _identify_zip(path: Path) -> str:
    with check_zip(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names or any(name.startswith("xl/worksheets/") for name in names):
            return "xlsx"
        if "xl/workbook.bin" in names:
            raise ReadError(
                _("This is an Excel binary workbook (.xlsb). Save it as .xlsx and upload it again.")
            )
        kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise ReadError(
            _("This is an OpenDocument spreadsheet (.ods). Save it as .xlsx or CSV and upload it again.")
        )
    if any(name.startswith("word/") for name in names):
        raise ReadError(
            _("This is a Word document. Copy the table into a spreadsheet, save it and upload that.")
        )
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        raise ReadError(_("This is a Numbers document. Export it as Excel or CSV and upload that."))
    raise ReadError(_("This is a ZIP archive. Unpack it and upload the CSV or Excel file inside."))


def _identify_ole(path: Path) -> str:
    """Old Excel files, encrypted new ones and other Office documents share a container; its directory tells them apart."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise ReadError(_password())
    if any(name.encode("utf-16-le") in content for name in ("Workbook\0", "Book\0")):
        return "xls"
    raise ReadError(_("This is an Office document but not a spreadsheet. Send a CSV or Excel file."))


def _refuse_known(head: bytes) -> None:
    known = {
        b"%PDF": _(
            "This is a PDF. Ask for the list as a spreadsheet, or copy the table into one, and upload that."
        ),
        b"\x89PNG": _("This is a picture. Send a CSV or Excel file."),
        b"\xff\xd8\xff": _("This is a picture. Send a CSV or Excel file."),
        b"GIF8": _("This is a picture. Send a CSV or Excel file."),
        b"\x1f\x8b": _("This file is compressed (gzip). Unpack it and upload the CSV or Excel file inside."),
        b"7z\xbc\xaf": _("This file is compressed (7z). Unpack it and upload the CSV or Excel file inside."),
        b"Rar!": _("This file is compressed (RAR). Unpack it and upload the CSV or Excel file inside."),
        b"{\\rtf": _("This is a text document. Copy the table into a spreadsheet, save it and upload that."),
        b"PAR1": _("This is a Parquet file. Save the list as CSV and upload that."),
        b"SQLite format 3": _("This is a SQLite database. Save the table as CSV and upload that."),
    }
    for magic, sentence in known.items():
        if head.startswith(magic):
            raise ReadError(sentence)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[{", b"[\n", b"[\r\n")):
        raise ReadError(_("This is a JSON file. Save the list as CSV or Excel and upload that."))
    if start.startswith(b"<?xml"):
        raise ReadError(
            _("This is an XML file. Open it in a spreadsheet program, save it as .xlsx and upload that.")
        )


def _password() -> str:
    return _("The file is protected with a password. Save it without a password and upload it again.")

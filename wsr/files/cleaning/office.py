"""Office documents: archives that are unpacked within limits and written anew, without macros, objects and what tells who wrote them."""

import zipfile
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from wsr.files.cleaning import images
from wsr.files.cleaning.refusals import Refused

_MAIN = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
_MIMETYPES = {
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.text": "odt",
}
_MOST_PARTS = 5_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
# Programs and foreign objects: refused. Folders of a part's path in small letters, or the start of its name.
_ACTIVE = (
    "vbaproject",
    "vbadata",
    "activex",
    "embeddings",
    "basic",
    "scripts",
    "macros",
    "object ",
    "ctrlprops",
)
# What a part may not be related to, by the last word of the relation's type, whatever its file is called.
_ACTIVE_RELATIONS = {
    "vbaproject",
    "wordvbadata",
    "oleobject",
    "package",
    "control",
    "attachedtemplate",
    "xlmacrosheet",
}
_PICTURES = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp"}
_KEPT = {"xml", "rels", "vml", "emf", "wmf", "gif", "bmp", "rdf", "bin", "svm"}
_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_CUSTOM = _APP.replace(b"extended-properties", b"custom-properties")
_META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>'
)
_BLANK = {
    "docprops/core.xml": _CORE,
    "docprops/app.xml": _APP,
    "docprops/custom.xml": _CUSTOM,
    "meta.xml": _META,
}


def clean(kind: str, source: Path, target: Path, limits: dict[str, int]) -> tuple[str, dict[str, object]]:
    """Write the document part by part; pictures in it are cleaned as photos are. Raises Refused."""
    try:
        with zipfile.ZipFile(source) as given:
            parts = given.infolist()
            kind = _kind_of(given, parts)
            _check(parts, limits["inflated"])
            with zipfile.ZipFile(target, "w") as made:
                for part in parts:
                    if not part.is_dir():
                        _copy(given, part, made, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused("broken_archive") from error
    return kind, {}


def _kind_of(given: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> str:
    names = {part.filename for part in parts}
    for main, kind in _MAIN.items():
        if main in names and "[Content_Types].xml" in names:
            return kind
    if "mimetype" in names and "content.xml" in names and given.getinfo("mimetype").file_size < 100:
        with given.open("mimetype") as file:
            kind = _MIMETYPES.get(file.read(100).strip(), "")
        if kind:
            return kind
    raise Refused("archive")


def _check(parts: list[zipfile.ZipInfo], most: int) -> None:
    """All by the table of contents, before anything is unpacked; unpacking keeps to the sizes it names."""
    names = [part.filename for part in parts]
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > most:
        raise Refused("too_costly")
    if len({name.lower() for name in names}) < len(names):
        raise Refused("broken_archive")
    for part in parts:
        path = PurePosixPath(part.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in part.filename or part.flag_bits & 1:
            raise Refused("broken_archive")
        if any(piece.lower().startswith(_ACTIVE) for piece in path.parts):
            raise Refused("macros")


def _copy(
    given: zipfile.ZipFile, part: zipfile.ZipInfo, made: zipfile.ZipFile, limits: dict[str, int]
) -> None:
    name = part.filename
    ending = name.rpartition(".")[2].lower()
    with given.open(part) as file:
        content = file.read(part.file_size + 1)
    if len(content) > part.file_size:
        raise Refused("broken_archive")
    if name.lower() in _BLANK:
        content = _BLANK[name.lower()]
    elif ending in _PICTURES:
        content = images.without_metadata(_PICTURES[ending], content, limits)
    elif ending == "rels":
        _check_relations(content)
    elif ending not in _KEPT and name != "mimetype" and not name.lower().startswith("configurations2/"):
        raise Refused("unknown_part")
    fresh = zipfile.ZipInfo(name, _EPOCH)
    fresh.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
    made.writestr(fresh, content)


def _check_relations(content: bytes) -> None:
    """Refuse what runs or is fetched from elsewhere when the document is opened; links that people follow may stay."""
    try:
        relations = fromstring(content)
    except (ParseError, DefusedXmlException) as error:
        raise Refused("broken_archive") from error
    for relation in relations:
        kind = relation.get("Type", "").rpartition("/")[2].lower()
        if kind in _ACTIVE_RELATIONS:
            raise Refused("macros")
        if relation.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise Refused("macros")

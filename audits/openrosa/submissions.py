"""Reading what a phone sends: one XML document with the answers, and the photos it names."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from audits.openrosa.forms import inspection_of, key_of
from audits.operations.records import EARLIEST, LATEST
from wsr.errors import DomainError

LARGEST = 5 * 1024 * 1024  # bytes of the document
MOST_ENTRIES = 2_000  # repeats in one submission
_INSTANCE = re.compile(r"(uuid:)?[0-9a-fA-F-]{8,60}")


class Malformed(DomainError):
    """What was sent is no submission of one of our forms."""


@dataclass(frozen=True)
class Photo:
    """A photo that the document names; the file comes with this or a later request."""

    id: UUID
    file_name: str
    caption: str
    finding_id: UUID | None


@dataclass(frozen=True)
class Entry:
    """One record: its id, its fields as the operations take them, and where it stands in the document."""

    id: UUID
    fields: dict[str, Any]
    where: str


@dataclass(frozen=True)
class Submission:
    """All of a document. Ids follow from the instance and the place in it, so that sending it again makes nothing new."""

    instance_id: str
    inspection_id: UUID
    form_version: str
    sha256: str
    started_at: datetime | None
    workers_present: int | None
    summary: str
    responses: list[Entry] = field(default_factory=list)
    interviews: list[Entry] = field(default_factory=list)
    findings: list[Entry] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)


def read(body: bytes) -> Submission:
    """Raises Malformed with a sentence for the person with the phone."""
    root = _root(body)
    inspection_id = inspection_of(root.get("id", ""))
    if inspection_id is None:
        raise Malformed(
            _("This is no form of a visit. Fetch the forms again and fill in the one of your visit.")
        )
    instance_id = _instance(root)
    if sum(1 for _element in root.iter()) > MOST_ENTRIES * 10:
        raise Malformed(_("There is more in this form than one visit can hold. Send it in parts."))
    reader = _Reader(instance_id)
    findings = list(reader.findings(root))
    return Submission(
        instance_id=instance_id,
        inspection_id=inspection_id,
        form_version=root.get("version", "")[:40],
        sha256=hashlib.sha256(body).hexdigest(),
        started_at=_moment(_text(root, "started_at")),
        workers_present=_number(_text(root, "workers_present"), "workers_present"),
        summary=_text(root, "summary"),
        responses=list(reader.responses(root)),
        interviews=list(reader.interviews(root)),
        findings=findings,
        photos=[*reader.photos(root, "more_photos"), *reader.of_findings],
    )


class _Reader:
    """Walks the document and gives each record its id."""

    def __init__(self, instance_id: str) -> None:
        self.instance_id = instance_id
        self.of_findings: list[Photo] = []

    def responses(self, root: Element) -> Iterator[Entry]:
        group = _child(root, "answers")
        found = {_name(element): _own(element) for element in group} if group is not None else {}
        for name, answer in found.items():
            key = key_of("q", name) or key_of("p", name)
            if key is None or not answer:
                continue
            which = {"question_id": key} if name.startswith("q_") else {"provision_id": key}
            fields = {**which, "answer": answer, "note": found.get(f"{name}_note", "")}
            yield Entry(self._id(name), fields, name)

    def interviews(self, root: Element) -> Iterator[Entry]:
        for number, element in enumerate(_children(root, "interviews"), 1):
            if _is_empty(element, but="held_on"):
                continue
            where = f"interviews/{number}"
            fields = {
                "workers": _number(_text(element, "workers"), where),
                "place": _text(element, "place"),
                "language": _text(element, "language"),
                "held_on": _day(_text(element, "held_on"), where),
                "note": _text(element, "note"),
            }
            yield Entry(self._id(where), fields, where)

    def findings(self, root: Element) -> Iterator[Entry]:
        for number, element in enumerate(_children(root, "findings"), 1):
            if _is_empty(element):
                continue
            where = f"findings/{number}"
            key = self._id(where)
            severity = key_of("s", _text(element, "severity"))
            fields = {
                "provision_id": key_of("p", _text(element, "provision")),
                "title": _text(element, "title"),
                "description": _text(element, "description"),
                "workers_affected": _number(_text(element, "workers_affected"), where),
                "remedy": _text(element, "remedy"),
            }
            yield Entry(key, fields | ({"severity_id": severity} if severity else {}), where)
            self.of_findings += self.photos(element, "photos", where=f"{where}/", finding_id=key)

    def photos(
        self, parent: Element, repeat: str, *, where: str = "", finding_id: UUID | None = None
    ) -> Iterator[Photo]:
        for number, element in enumerate(_children(parent, repeat), 1):
            name = _text(element, "photo")
            if name:
                key = self._id(f"{where}{repeat}/{number}")
                yield Photo(key, name, _text(element, "caption"), finding_id)

    def _id(self, where: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"{self.instance_id}/{where}")


def _root(body: bytes) -> Element:
    if len(body) > LARGEST:
        raise Malformed(_("The form is larger than this server takes."))
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise Malformed(_("What was sent is not well-formed XML.")) from None
    return root


def _instance(root: Element) -> str:
    meta = _child(root, "meta")
    text = _text(meta, "instanceID") if meta is not None else ""
    text = text or root.get("instanceID", "")
    if not _INSTANCE.fullmatch(text):
        raise Malformed(_("The form has no instanceID, by which a repeat is told from something new."))
    return text.lower()


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(parent: Element, name: str) -> list[Element]:
    found = [element for element in parent if _name(element) == name]
    if len(found) > MOST_ENTRIES:
        raise Malformed(_("There is more in this form than one visit can hold. Send it in parts."))
    return found


def _child(parent: Element, name: str) -> Element | None:
    return next(iter(_children(parent, name)), None)


def _own(element: Element) -> str:
    return (element.text or "").strip()


def _text(parent: Element, name: str) -> str:
    element = _child(parent, name)
    return "" if element is None else _own(element)


def _is_empty(element: Element, but: str = "") -> bool:
    """A repeat that was opened and left as it was."""
    return not any(_own(inner) for inner in element.iter() if _name(inner) != but)


def _number(text: str, where: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise Malformed(_("%(where)s: %(text)s is no whole number.") % {"where": where, "text": text[:40]})
    return int(text)


def _day(text: str, where: str) -> date | None:
    try:
        found = parse_date(text[:10])
    except ValueError:
        found = None
    if text and found is None:
        raise Malformed(_("%(where)s: %(text)s is no day.") % {"where": where, "text": text[:40]})
    return found


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    is_a_moment = found is not None and found.tzinfo is not None and EARLIEST <= found <= LATEST
    return found if is_a_moment else None

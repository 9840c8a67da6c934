"""The form of one visit, as an XForm made by pyxform: the checklist, interviews, findings and photos.

Names in it carry the ids of what they ask about, so that an answer finds its place whatever version of the form it was given on.
"""

from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audits.enums import Answer, InspectionKind, InterviewPlace
from audits.models import Inspection
from audits.queries.checklists import Line, version_of
from programs.models import Severity

PREFIX = "visit-"
LONGEST_SIDE = 2048  # pixels; what a poor line carries
_NOTE = "_note"

type Row = dict[str, str]


def form_id(inspection: Inspection) -> str:
    """One form for one visit: nothing to choose, so nothing to choose wrong."""
    return f"{PREFIX}{inspection.pk}"


def inspection_of(name: str) -> UUID | None:
    """The inspection that a form is about; None for what is no form of ours."""
    if not name.startswith(PREFIX):
        return None
    try:
        return UUID(name.removeprefix(PREFIX))
    except ValueError:
        return None


def title(inspection: Inspection) -> str:
    """As phones list it."""
    day = date_format(inspection.starts_on, "DATE_FORMAT")
    return f"{inspection.workplace_name} – {InspectionKind(inspection.kind).label} – {day}"


def version(lines: list[Line]) -> str:
    """Of the form: phones fetch it again when this changes."""
    return version_of(lines)


def xform(inspection: Inspection, lines: list[Line], severities: list[Severity]) -> str:
    """The XForm, in the active language."""
    provisions = list({line.provision.pk: line.provision for line in lines}.values())
    survey = [
        _row("start", "started_at"),
        _row("note", "place", f"{inspection.workplace_name}\n{inspection.address}"),
        _row("integer", "workers_present", _("Workers present today"), constraint=". >= 0"),
        *_answers(lines),
        *_interviews(),
        *_findings(),
        *_photos("more_photos", _("More photos")),
        _row("text", "summary", _("Summary"), appearance="multiline"),
    ]
    choices = [
        *_choices("answer", ((value, str(label)) for value, label in Answer.choices)),
        *_choices("place", ((value, str(label)) for value, label in InterviewPlace.choices)),
        *_choices("provision", ((name_of("p", row.pk), str(row)) for row in provisions)),
        *_choices("severity", ((name_of("s", row.pk), str(row)) for row in severities)),
    ]
    if not severities:
        survey = [row for row in survey if row["name"] != "severity"]
    settings = {
        "form_title": _plain(title(inspection)),
        "form_id": form_id(inspection),
        "version": version(lines),
    }
    from pyxform.xls2xform import convert  # noqa: PLC0415 -- heavy; only forms of devices need it

    made: str = convert({"survey": survey, "choices": choices, "settings": [settings]}, validate=False).xform
    return made


def name_of(letter: str, key: UUID) -> str:
    """A name that XML allows, with an id in it."""
    return f"{letter}_{key.hex}"


def key_of(letter: str, name: str) -> UUID | None:
    """The id in a name; None where there is none."""
    if not name.startswith(f"{letter}_"):
        return None
    try:
        return UUID(hex=name.removeprefix(f"{letter}_"))
    except ValueError:
        return None


def _answers(lines: list[Line]) -> list[Row]:
    rows = [_row("begin group", "answers", _("Checklist"), appearance="field-list" if len(lines) < 4 else "")]
    for line in lines:
        name = name_of("q", line.question.pk) if line.question else name_of("p", line.provision.pk)
        hint = line.question.guidance if line.question else line.provision.text
        rows.append(_row("select_one answer", name, f"{line.provision.reference} {line.text}", hint=hint))
        asked = _row("text", f"{name}{_NOTE}", _("Note"), appearance="multiline")
        rows.append({**asked, "relevant": f"${{{name}}} != ''"})
    return [*rows, _row("end group")]


def _interviews() -> list[Row]:
    return [
        _row("begin repeat", "interviews", _("Interview")),
        _row("integer", "workers", _("How many workers"), required="yes", constraint=". > 0"),
        _row("select_one place", "place", _("Where"), required="yes"),
        _row("text", "language", _("Language")),
        _row("date", "held_on", _("Day"), required="yes", default="today()"),
        _row("text", "note", _("Note"), hint=_("Nothing that points to a person."), appearance="multiline"),
        _row("end repeat"),
    ]


def _findings() -> list[Row]:
    return [
        _row("begin repeat", "findings", _("Finding")),
        _row("select_one provision", "provision", _("Provision"), required="yes"),
        _row("text", "title", _("Finding"), required="yes", constraint="string-length(.) <= 300"),
        _row("text", "description", _("Description"), appearance="multiline"),
        _row("select_one severity", "severity", _("Severity, if not the provision's own")),
        _row("integer", "workers_affected", _("Workers affected"), constraint=". >= 0"),
        _row("text", "remedy", _("What would put it right"), appearance="multiline"),
        *_photos("photos", _("Photos of this finding")),
        _row("end repeat"),
    ]


def _photos(name: str, label: str) -> list[Row]:
    return [
        _row("begin repeat", name, label),
        {**_row("image", "photo", _("Photo")), "parameters": f"max-pixels={LONGEST_SIDE}"},
        _row("text", "caption", _("Caption"), constraint="string-length(.) <= 300"),
        _row("end repeat"),
    ]


def _row(kind: str, name: str = "", label: str = "", hint: str = "", **more: str) -> Row:
    texts = {"label": _plain(label), "hint": _plain(hint)}
    return {"type": kind, "name": name, **{key: value for key, value in (texts | more).items() if value}}


def _choices(name: str, values: Any) -> list[Row]:
    return [{"list_name": name, "name": value, "label": _plain(label)} for value, label in values]


def _plain(text: str) -> str:
    """The program's words are words: nothing in them refers to another question."""
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n").replace("${", "$ {")

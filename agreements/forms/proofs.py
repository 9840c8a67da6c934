"""Files that are sent to show that something was done: what they are is read from their content, not from their name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.accounts.models import Person
from wsr.files import operations as files
from wsr.files.models import StoredFile

MOST = 10
_HEAD = 8192
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),  # XLSX, DOCX, ODS, ODT
)
_OFFICE = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
}


def media_type_of(name: str, head: bytes) -> str:
    """What a file is by its first bytes; empty for what is not taken: anything but PDF, PNG, JPEG, office documents and plain text."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _OFFICE.get(name.rpartition(".")[2].lower(), "") if kind == "application/zip" else kind
    try:
        text = head.decode("utf-8") if len(head) < _HEAD else head[:-4].decode("utf-8", "strict")
    except UnicodeDecodeError:
        return ""
    is_plain = text.strip() and "\0" not in text and not text.lstrip().lower().startswith(("<", "{\\rtf"))
    return "text/plain" if is_plain else ""


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ProofField(forms.FileField):
    """Several files, each of a kind that is taken; cleaned to a list."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        """Optional, with a help text that says what is taken."""
        super().__init__(
            **{
                "required": False,
                "label": gettext_lazy("Files that show it"),
                "help_text": gettext_lazy(
                    "PDF, PNG, JPEG, XLSX, DOCX, ODS, ODT, CSV or text; at most ten. No names or faces of workers."
                ),
                **kwargs,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file that was sent. Raises ValidationError with a sentence per file."""
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if len(sent) > MOST:
            raise forms.ValidationError(_("Send at most ten files."))
        kept, problems = [], []
        for file in sent:
            try:
                kept.append(super().clean(file, initial))
            except forms.ValidationError as error:
                problems.append(f"{file.name}: {' '.join(error.messages)}")
                continue
            file.wsr_media_type = media_type_of(file.name, file.read(_HEAD))
            file.seek(0)
            if not file.wsr_media_type:
                problems.append(
                    _("%(name)s is none of the kinds of files that are taken.") % {"name": file.name}
                )
        if problems:
            raise forms.ValidationError(problems)
        return kept


def kept(
    sent: Iterable[UploadedFile], *, by: Person, at: datetime, participation_id: Any = None
) -> list[StoredFile]:
    """Store what the field has checked; read by its participant from then on."""
    return [
        files.store(
            chunks=file.chunks(),
            name=file.name or "",
            media_type=file.wsr_media_type,
            by=by,
            at=at,
            participation_id=participation_id,
        )
        for file in sent
    ]

"""Files that are sent to show that something was done: what they are is read from their content, and only cleaned copies are kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import operations as files
from wsr.files.models import StoredFile
from wsr.tenancy import atomic

MOST = 10


class CannotKeep(DomainError):
    """One of the files is not taken; it is named, and none was kept."""


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ProofField(forms.FileField):
    """Several files; cleaned to a list. What they are is looked at when they are kept."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        """Optional, with a help text that says what is taken."""
        super().__init__(
            **{
                "required": False,
                "label": gettext_lazy("Files that show it"),
                "help_text": gettext_lazy(
                    "PDF, JPEG, PNG, WebP, XLSX, DOCX, ODS, ODT, CSV or text; at most ten. Place and time are taken out of photos. No names or faces of workers."
                ),
                **kwargs,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file that was sent. Raises ValidationError with a sentence per file."""
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if len(sent) > MOST:
            raise forms.ValidationError(_("Send at most ten files."))
        taken, problems = [], []
        for file in sent:
            try:
                taken.append(super().clean(file, initial))
            except forms.ValidationError as error:
                problems.append(f"{file.name}: {' '.join(error.messages)}")
        if problems:
            raise forms.ValidationError(problems)
        return taken


@atomic
def kept(
    sent: Iterable[UploadedFile], *, by: Person, at: datetime, participation_id: Any = None
) -> list[StoredFile]:
    """Keep cleaned copies, read by their participant from then on: all of them or none. Raises CannotKeep."""
    return [_kept(file, by=by, at=at, participation_id=participation_id) for file in sent]


def _kept(file: UploadedFile, **said: Any) -> StoredFile:
    name = file.name or ""
    try:
        return files.take_in(chunks=file.chunks(), name=name, only=files.DOCUMENTS, **said).file
    except DomainError as refusal:
        raise CannotKeep(f"{name}: {refusal}") from refusal

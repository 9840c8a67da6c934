"""Files that are sent to show that something was done: what they are is read from their content, and only cleaned copies are kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import operations as files
from wsr.files.forms import FilesField
from wsr.files.models import StoredFile
from wsr.tenancy import atomic


class CannotKeep(DomainError):
    """One of the files is not taken; it is named, and none was kept."""


class ProofField(FilesField):
    """Several files; cleaned to a list. What they are is looked at when they are kept."""

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

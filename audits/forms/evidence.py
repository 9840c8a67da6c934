"""Sending evidence in the browser."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.models import Finding
from wsr.files.forms import FilesField


class WordsForm(forms.Form):
    """What a file shows, and which finding it belongs to."""

    caption = forms.CharField(
        label=_("What it shows"),
        max_length=300,
        required=False,
        help_text=_("Nothing that points to a worker."),
    )
    finding_id = forms.TypedChoiceField(
        label=_("Finding"), required=False, empty_value=None, coerce=lambda value: value
    )

    def __init__(self, *args: Any, findings: Iterable[Finding], **kwargs: Any) -> None:
        """`findings`: those of this visit that stand."""
        super().__init__(*args, **kwargs)
        none = ("", _("The visit as a whole"))
        self.fields["finding_id"].choices = [none, *((str(row.pk), row.title) for row in findings)]


class AddForm(WordsForm):
    """Files, with what they show."""

    files = FilesField(
        label=_("Photos, documents or recordings"),
        help_text=_(
            "JPEG, PNG, WebP, PDF, MP3, M4A, WAV, OGG, XLSX, DOCX, ODS, ODT, CSV or text; at most ten at once. Where and when a photo was taken goes to a field that only the team reads, and is taken out of the photo."
        ),
    )
    field_order = ["files", "caption", "finding_id"]


class ReplaceForm(WordsForm):
    """One better file in the place of another."""

    files = FilesField(
        label=_("The new file"), most=1, help_text=_("The earlier one stays, marked as replaced.")
    )
    field_order = ["files", "caption", "finding_id"]

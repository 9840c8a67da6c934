"""Input for the words that workers read, and what the parts of their pages are called for staff."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models.texts import MOST, OwnVersion
from complaints.operations.texts import MOST_BYTES
from complaints.wording import Part
from wsr.languages import Language

PARTS: Mapping[Part, Promise] = {
    Part.FIRST: _("First page"),
    Part.QUESTIONS: _("Questions"),
    Part.REVIEW: _("Before sending"),
    Part.RECEIPT: _("Receipt"),
    Part.STOP: _("Taking it back"),
    Part.STATES: _("Where it stands"),
    Part.HOTLINE: _("Read out on the telephone"),
}


class Replacing(forms.Form):
    """Takes the place of the version that the person saw, and of no other."""

    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def of(current: OwnVersion | None) -> dict[str, UUID | None]:
        """What the form shows first."""
        return {"replaces": current.pk if current else None}


class TextForm(Replacing):
    """Words of the program's own."""

    words = forms.CharField(
        label=_("Your own words"), max_length=MOST, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, language: Language, most: int, **kwargs: Any) -> None:
        """`most`: letters; written from the side where the language begins."""
        super().__init__(*args, **kwargs)
        self.fields["words"].widget.attrs.update({"lang": language.code, "dir": language.direction})
        self.fields["words"].help_text = _(
            "At most %(most)d letters, one paragraph, no markup. Words in braces are filled in for the reader; keep them."
        ) % {"most": most}


class RecordingForm(Replacing):
    """A recording of the text, read aloud."""

    file = forms.FileField(
        label=_("Recording"),
        help_text=_(
            "MP3, M4A, Ogg or WAV, at most %(limit)d KB: half a minute at 32 kilobits per second is 120 KB. Workers load it only when they press."
        )
        % {"limit": MOST_BYTES // 1000},
    )

"""Input for text messages to workers."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.short_texts import CHOICES


class TextMessageForm(forms.Form):
    """Whom to send which text."""

    complainant_id = forms.TypedChoiceField(label=_("To whom"), coerce=UUID, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("What it says"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        help_text=_("No text says more: whoever holds her phone learns nothing of the complaint."),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: id and masked number of those who may be texted."""
        super().__init__(*args, **kwargs)
        self.fields["complainant_id"].choices = people


class HoursForm(forms.Form):
    """Between which hours calls and texts are safe for her."""

    begin = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))  # fmt: skip
    end = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In the time zone of the program. Leave both empty where she named none; texts then leave from nine in the morning until eight in the evening."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        said = super().clean() or {}
        if (said.get("begin") is None) != (said.get("end") is None) and not self.errors:
            self.add_error("end", _("Give both hours, or neither."))
        elif said.get("begin") is not None and said.get("begin") == said.get("end"):
            self.add_error("end", _("Choose another hour than the one it begins at."))
        return said

"""What brands and staff type about a duty to stop purchases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.forms import DayField


class StopForm(forms.Form):
    """The last purchase."""

    stopped_on = DayField(
        label=_("Last purchase on"),
        help_text=_(
            "The day of the last order or delivery, today or earlier. Today, if you never bought there."
        ),
    )


class ProofForm(StopForm):
    """The proof that purchases stopped."""

    note = forms.CharField(
        label=_("What shows it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For example canceled orders, the last invoice, a note to the supplier."),
    )
    file = forms.FileField(label=_("File"), required=False)

    def clean(self) -> dict[str, Any]:
        """A file, words, or both."""
        data = super().clean() or {}
        if not data.get("note", "").strip() and not data.get("file") and "file" not in self.errors:
            raise forms.ValidationError(_("Add a file or describe the proof."))
        return data


class DecisionForm(forms.Form):
    """The program's answer to a proof."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[
            ("accept", _("The proof shows that it stopped")),
            ("return", _("It does not; send it back")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whoever sent the proof reads it. Needed where the proof goes back."),
    )

"""Input about figures, and about what is told in public."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.operations.summaries import MOST


class PeriodForm(forms.Form):
    """The days that complaints were received on."""

    begins_on = forms.DateField(label=_("Received from"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Received until"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or {}
        begins, ends = data.get("begins_on"), data.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("The last day is before the first."))
        return data


class SummaryForm(forms.Form):
    """A case in words for everybody."""

    description = forms.CharField(
        label=_("What it was about"),
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "For everybody to read, in English. No names, no ages, no jobs, no exact days, nothing that only one person could know."
        ),
    )
    outcome = forms.CharField(
        label=_("How it ended"), max_length=MOST, widget=forms.Textarea(attrs={"rows": 4})
    )
    names_workplace = forms.BooleanField(label=_("Name the workplace"), required=False)

"""Forms of publishing."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wsr.registry.enums import REDACTION_REASONS
from wsr.registry.ids import BadPublicId, printed, read_public_id
from wsr.registry.reach import Reach


class OverrideForm(forms.Form):
    """Why the program publishes although an essential is not met."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everyone reads it on the program's public page."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class RedactForm(forms.Form):
    """Why a record goes, and which others of the same name go with it."""

    reason_code = forms.ChoiceField(
        label=_("Reason shown in public"),
        choices=lambda: [("", "—"), *((reason.value, reason.label) for reason in REDACTION_REASONS)],
    )
    note = forms.CharField(
        label=_("Why, for the program's own history"),
        help_text=_("Not public. Leave the name out: this stays when the name is gone."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    also = forms.MultipleChoiceField(
        label=_("Redact these, too"),
        help_text=_("They bear the name themselves. What you leave out keeps it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Any, *, reach: Reach) -> None:
        """`reach`: what the redaction would take away."""
        same = [listing.public_id for listing in reach.same_name]
        super().__init__(data, initial={"also": same})
        self.fields["also"].choices = [
            (one.public_id, f"{one.name or printed(one.public_id)} ({printed(one.public_id)})")
            for one in [*reach.same_name, *reach.alike]
        ]
        if not self.fields["also"].choices:
            del self.fields["also"]


class CorrectForm(forms.Form):
    """What was wrong."""

    note = forms.CharField(
        label=_("What was wrong"),
        help_text=_("Everyone reads it beside the corrected version. Change the facts on their own page."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class EmbargoForm(forms.Form):
    """Until when a record is held back, and why."""

    until = forms.DateTimeField(
        label=_("Not before"),
        help_text=_("Leave it empty to hold it back until you set a time here."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
    )
    note = forms.CharField(
        label=_("Why"),
        help_text=_("Not public; it stands in the history."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def clean_until(self) -> Any:
        """A time to come."""
        until = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError(_("Choose a time in the future."))
        return until


class MergeForm(forms.Form):
    """Which record stays."""

    into = forms.CharField(
        label=_("Number of the record that stays"),
        help_text=_("Such as 7K3M-9QXB-5T; it stands on its public page."),
        max_length=40,
    )
    note = forms.CharField(
        label=_("Why"),
        help_text=_("Not public; it stands in the history."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def clean_into(self) -> str:
        """The number without blanks and hyphens."""
        try:
            return read_public_id(self.cleaned_data["into"])
        except BadPublicId as error:
            raise forms.ValidationError(str(error)) from None


class VerifyForm(forms.Form):
    """A document, or its hash."""

    document = forms.FileField(
        label=_("PDF document"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        help_text=_("It is not kept. Up to 20 MB."),
    )
    sha256 = forms.RegexField(
        r"^\s*[0-9a-fA-F]{64}\s*$",
        label=_("Or its SHA-256"),
        required=False,
        strip=False,
        help_text=_("64 letters and digits, as the certificate page shows it."),
        error_messages={"invalid": _("A SHA-256 is 64 letters from a to f and digits.")},
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("document") and not cleaned.get("sha256"):
            raise forms.ValidationError(_("Choose a PDF, or type its SHA-256."))
        return cleaned


class SourcingForm(forms.Form):
    """A list of suppliers, pasted or as a file."""

    names = forms.CharField(
        label=_("Names, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        max_length=2_000_000,
        help_text=_(
            "A registry number, OS ID or LEI is found most surely. After a comma you can add the country."
        ),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls"}),
        help_text=_("CSV or Excel, up to 2,000 lines, with a heading such as “Name”."),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("names") and not cleaned.get("file"):
            raise forms.ValidationError(_("Paste at least one name, or choose a file."))
        return cleaned


class LabelForm(forms.Form):
    """A number, and a day."""

    number = forms.CharField(
        label=_("Number"),
        help_text=_("The registry number on the label or invoice, such as 7K3M-9QXB-5T, or an OS ID or LEI."),
        max_length=60,
    )
    on = forms.DateField(
        label=_("On the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("When it was bought or harvested. Empty: today."),
    )


class ReportForm(forms.Form):
    """Which days a report tells of, and what it is called."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("It stands on the cover, such as “Annual report 2026” or “Season 2025–26”."),
        max_length=80,
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        cleaned = super().clean() or {}
        if not self.errors and cleaned["ends_on"] < cleaned["starts_on"]:
            raise forms.ValidationError(_("The last day comes before the first."))
        return cleaned

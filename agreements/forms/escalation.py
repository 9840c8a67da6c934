"""What people type about the ladder."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.documents.letters import WORDS, WrongWord, check
from agreements.models import LetterText
from programs.forms import DayField
from programs.models import Rung, Workplace

_TEXT = {"rows": 4}


class StepForm(forms.Form):
    """A step to a rung: up, down, or onto the ladder."""

    rung_key = forms.ChoiceField(label=_("Rung"), widget=forms.RadioSelect)
    effective_on = DayField(label=_("Effective from"), help_text=_("Today or an earlier day."))
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs=_TEXT),
        help_text=_("The supplier and the brands that buy from it read it. Name no worker and no complaint."),
    )

    def __init__(self, *args: Any, rungs: Iterable[Rung], today: date, **kwargs: Any) -> None:
        """`rungs`: those that may follow, the first chosen."""
        super().__init__(*args, **kwargs)
        choices = [(rung.key, rung.label) for rung in rungs]
        self.fields["rung_key"].choices = choices
        self.fields["rung_key"].initial = choices[0][0] if choices else None
        self.fields["effective_on"].initial = today


class ClimbForm(StepForm):
    """A step up."""

    provision_reference = forms.CharField(label=_("Provision of the code"), max_length=100, required=False)
    condition_for_return = forms.CharField(
        label=_("What must be proven before it returns"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Beside what the program's rules ask for. It becomes public where the rung is."),
    )


class StartForm(ClimbForm):
    """The first step onto the ladder."""

    trigger = forms.CharField(
        label=_("What started it"), max_length=300, help_text=_("One line: what was not done.")
    )
    workplace_id = forms.ChoiceField(
        label=_("Workplace"),
        required=False,
        help_text=_("Leave empty where it is about the supplier as a whole."),
    )
    field_order = ["trigger", "workplace_id", "rung_key", "effective_on", "reason"]

    def __init__(self, *args: Any, workplaces: Iterable[Workplace], **kwargs: Any) -> None:
        """`workplaces` of the supplier."""
        super().__init__(*args, **kwargs)
        self.fields["workplace_id"].choices = [
            ("", _("The supplier as a whole")),
            *((str(place.pk), place.name) for place in workplaces),
        ]

    def clean_workplace_id(self) -> str | None:
        """None for the supplier as a whole."""
        return self.cleaned_data["workplace_id"] or None


class ReturnForm(StepForm):
    """A step down. `overrides` only for those who may."""

    overrides = forms.BooleanField(
        label=_("Override: return although the rules or the condition do not allow it"),
        required=False,
        help_text=_("It stays on record with your name and the reason."),
    )

    def __init__(self, *args: Any, may_override: bool, **kwargs: Any) -> None:
        """`may_override`: the director."""
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["overrides"]


class ConditionForm(forms.Form):
    """The proof that a supplier may return."""

    met_on = DayField(label=_("Fulfilled on"))
    note = forms.CharField(
        label=_("How it was proven"),
        widget=forms.Textarea(attrs=_TEXT),
        help_text=_("What was inspected, by whom, with which result. The supplier reads it."),
    )
    file = forms.FileField(label=_("Report"), required=False)


class PlanMeetingForm(forms.Form):
    """A meeting to be held."""

    planned_for = DayField(label=_("Day"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)


class MeetingForm(forms.Form):
    """A meeting that was held."""

    held_on = DayField(label=_("Held on"))
    participants = forms.CharField(
        label=_("Participants"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Names and offices, one per line. Say so where the supplier did not come."),
    )
    minutes = forms.CharField(label=_("Minutes"), required=False, widget=forms.Textarea(attrs={"rows": 8}))
    outcome = forms.CharField(label=_("Outcome"), widget=forms.Textarea(attrs={"rows": 3}))


class LetterTextForm(forms.Form):
    """The program's own words of a letter."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 16}))
    source = forms.CharField(label=_("Where the text comes from"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Lists the words that letters know."""
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = _(
            "Words in braces are filled in: %(words)s. A paragraph with a word that has no value is left out."
        ) % {"words": ", ".join(f"{{{word}}}" for word in WORDS)}

    def clean_subject(self) -> str:
        """Only words that stand for something."""
        return _checked(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        """Only words that stand for something."""
        return _checked(self.cleaned_data["body"])


class LanguageForm(forms.Form):
    """Another language of a letter."""

    language = forms.RegexField(
        label=_("Language"),
        regex=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=LetterText._meta.get_field("language").max_length,
        help_text=_("Its code, as workplaces have it: bn, ht, es."),
    )


class ReceiptForm(forms.Form):
    """Who received a letter, or acknowledges a duty."""

    name = forms.CharField(label=_("Your name"), max_length=200)


def _checked(text: str) -> str:
    try:
        check(text)
    except WrongWord as error:
        raise forms.ValidationError(str(error)) from error
    return text

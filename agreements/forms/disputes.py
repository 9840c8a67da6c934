"""Input about breaches, petitions, votes and arbitration."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.clauses import currency_code
from agreements.enums import Choice, Outcome
from agreements.forms.proofs import ProofField
from agreements.models import Agreement
from programs.enums import Part
from programs.models import Participation

_AREA = forms.Textarea(attrs={"rows": 6})
_DAY = forms.DateInput(attrs={"type": "date"})


class BreachForm(forms.Form):
    """A breach that somebody of the program has seen."""

    participation = forms.ModelChoiceField(label=_("Who is in breach"), queryset=None)
    agreement = forms.ModelChoiceField(
        label=_("Agreement"), queryset=None, required=False, empty_label=_("None of those listed")
    )
    title = forms.CharField(label=_("The breach in a few words"), max_length=200)
    facts = forms.CharField(
        label=_("Facts"),
        widget=_AREA,
        max_length=10_000,
        help_text=_("The party reads this once the notice is served. Name no worker and no complaint."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Choices come from the active program."""
        super().__init__(*args, **kwargs)
        parties = Participation.objects.filter(part__in=[Part.BRAND, Part.SUPPLIER])
        self.fields["participation"].queryset = parties.order_by("name", "pk")
        self.fields["agreement"].queryset = Agreement.objects.binding().order_by("number", "pk")

    def clean(self) -> dict[str, Any]:
        """The agreement must bind whoever is said to be in breach."""
        data = super().clean() or {}
        agreement, participation = data.get("agreement"), data.get("participation")
        if agreement and participation and not agreement.parties.filter(participation=participation).exists():
            self.add_error("agreement", _("This organization is no party of that agreement."))
        return data


class CureForm(forms.Form):
    """What was done to cure a breach, and what shows it."""

    note = forms.CharField(label=_("What was done"), widget=_AREA, max_length=5000)
    files = ProofField()


class RejectCureForm(forms.Form):
    """Why it is not cured."""

    reason = forms.CharField(
        label=_("What is missing"), widget=_AREA, max_length=5000, help_text=_("The party reads this.")
    )
    again_within_days = forms.IntegerField(
        label=_("Days more to cure it"), min_value=0, max_value=365, help_text=_("0: none; it is not cured.")
    )


class PetitionForm(forms.Form):
    """What the committee is asked."""

    petition = forms.CharField(
        label=_("What the committee is asked to decide, and why"), widget=_AREA, max_length=20_000
    )


class VoteForm(forms.Form):
    """One member's vote."""

    choice = forms.ChoiceField(label=_("Your vote"), choices=Choice.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        widget=_AREA,
        max_length=5000,
        required=False,
        help_text=_("The committee reads this."),
    )


class DecisionForm(forms.Form):
    """The reasons of what the votes say."""

    decision = forms.CharField(
        label=_("Reasons of the decision"),
        widget=_AREA,
        max_length=20_000,
        help_text=_("Both sides read them."),
    )
    remedy = forms.CharField(label=_("What must be done"), widget=_AREA, max_length=5000, required=False)


class AppealForm(forms.Form):
    """What the arbitrator is asked."""

    grounds = forms.CharField(
        label=_("What the arbitrator is asked to decide, and why"), widget=_AREA, max_length=20_000
    )


class FilingForm(forms.Form):
    """Under which rules and where."""

    rules = forms.CharField(label=_("Rules of arbitration"), max_length=300)
    seat = forms.CharField(label=_("Seat"), max_length=200)
    arbitrator = forms.CharField(label=_("Arbitrator"), max_length=300, required=False)
    filed_on = forms.DateField(label=_("Filed on"), widget=_DAY)


class EndForm(forms.Form):
    """How an arbitration ends."""

    AWARD, SETTLEMENT, NONE = "award", "settlement", "none"

    ending = forms.ChoiceField(
        label=_("How it ends"),
        choices=[
            (AWARD, _("With an award")),
            (SETTLEMENT, _("With a settlement")),
            (NONE, _("Without either")),
        ],
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=_("What the award says"), choices=[("", "…"), *Outcome.choices], required=False
    )
    award = forms.CharField(label=_("Award, settlement or reason"), widget=_AREA, max_length=20_000)
    amount = forms.DecimalField(label=_("Sum"), min_value=0, max_digits=18, decimal_places=2, required=False)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Three letters, for example USD.")
    )
    ended_on = forms.DateField(label=_("Day of the award or settlement"), widget=_DAY)

    def clean(self) -> dict[str, Any]:
        """An award says what it found; a sum has a currency."""
        data = super().clean() or {}
        if data.get("ending") == self.AWARD and not data.get("outcome"):
            self.add_error("outcome", _("Say what the award found."))
        if data.get("amount") is not None:
            try:
                data["currency"] = currency_code(data.get("currency") or "")
            except ValueError as error:
                self.add_error("currency", str(error).capitalize())
        return data

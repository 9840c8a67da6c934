"""Input of whoever investigates a complaint and sees to its remedies."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from agreements.clauses import currency_code
from agreements.forms.money import AmountField
from complaints.enums import Outcome, OwedBy, Place, RemedyKind, Way, With
from complaints.forms.files import ACCEPT
from complaints.operations.inquiry import MOST
from complaints.operations.remedies import MOST_WORKERS, Money
from programs.forms import DayField, LinesField

type Choices = Sequence[tuple[str, str]]
_SEALED = _("Kept sealed, for those with a part in the complaint.")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WayForm(forms.Form):
    """With whom it is investigated."""

    way = forms.TypedChoiceField(
        label=_("Who investigates"),
        choices=Way.choices,
        coerce=Way,
        widget=forms.RadioSelect,
        initial=Way.MONITOR,
    )


class StepForm(forms.Form):
    """A step of the plan."""

    words = forms.CharField(
        label=_("What is to be done"), max_length=MOST, widget=_area(4), help_text=_SEALED
    )
    person_id = forms.TypedChoiceField(label=_("Who does it"), coerce=UUID)
    due_on = DayField(label=_("Until when"))

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """`people`: (id, name) of those who investigate it."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = people


class InterviewForm(forms.Form):
    """An interview that was held."""

    spoken_with = forms.ChoiceField(label=_("With whom"), choices=With.choices, help_text=_("No name here."))
    place = forms.ChoiceField(label=_("Where"), choices=Place.choices, initial=Place.AWAY)
    held_on = DayField(label=_("When"))
    interviewer_id = forms.TypedChoiceField(label=_("Who asked"), coerce=UUID)
    notes = forms.CharField(
        label=_("What was said"),
        max_length=MOST,
        widget=_area(10),
        help_text=_(
            "Read only by the handler, investigators and whoever decides an appeal. Every reading is recorded."
        ),
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """`people`: (id, name) of those who investigate it."""
        super().__init__(*args, **kwargs)
        self.fields["interviewer_id"].choices = people


class FindingForm(forms.Form):
    """What was found about one provision."""

    provision_id = forms.TypedChoiceField(label=_("Provision of the code in force"), coerce=UUID)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    workers_affected = forms.IntegerField(
        label=_("Workers affected"), required=False, min_value=0, max_value=1_000_000
    )
    reasons = forms.CharField(label=_("Reasons"), max_length=MOST, widget=_area(6), help_text=_SEALED)

    def __init__(self, *args: Any, provisions: Choices, **kwargs: Any) -> None:
        """`provisions`: (id, reference and title)."""
        super().__init__(*args, **kwargs)
        self.fields["provision_id"].choices = [("", _("Choose")), *provisions]


class RemedyForm(forms.Form):
    """Something that is owed to workers."""

    kind = forms.TypedChoiceField(label=_("What is owed"), choices=RemedyKind.choices, coerce=RemedyKind)
    words = forms.CharField(
        label=_("In words"),
        max_length=2000,
        widget=_area(3),
        help_text=_("The worker reads this on her page."),
    )
    owed_by = forms.TypedChoiceField(label=_("Who owes it"), choices=OwedBy.choices, coerce=OwedBy)
    due_on = DayField(label=_("Until when"))
    worker_count = forms.IntegerField(
        label=_("To how many workers"), min_value=1, max_value=MOST_WORKERS, initial=1
    )
    complainant_ids = forms.TypedMultipleChoiceField(
        label=_("Among them, of those who complain"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    amount = AmountField(label=_("Amount for all of them"), required=False, help_text=_("For money only."))
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, help_text=_("Three letters, for example USD.")
    )
    each = LinesField(
        label=_("Amount of each worker, one a line"),
        required=False,
        help_text=_(
            "Leave it empty to split the amount evenly. Those who complain come first, in their order; it must add up."
        ),
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        """`people`: (id, name) of those who complain."""
        super().__init__(*args, **kwargs)
        self.fields["complainant_ids"].choices = people
        self.fields["complainant_ids"].initial = [pk for pk, _name in people]

    def clean_currency(self) -> str:
        """The code in capitals, or nothing."""
        typed = self.cleaned_data["currency"]
        if not typed:
            return ""
        try:
            return currency_code(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_each(self) -> list[Decimal]:
        """The lines as amounts."""
        try:
            found = [Decimal(line) for line in self.cleaned_data["each"]]
        except InvalidOperation as error:
            raise forms.ValidationError(_now("Write one amount a line, such as 112.75.")) from error
        if not all(amount.is_finite() for amount in found):
            raise forms.ValidationError(_now("Write one amount a line, such as 112.75."))
        return found

    def clean(self) -> dict[str, Any]:
        """`money` in place of its three parts."""
        data = super().clean() or {}
        amount, currency, each = data.pop("amount", None), data.pop("currency", ""), data.pop("each", [])
        is_money = data.get("kind") == RemedyKind.MONEY
        if not is_money and amount is not None:
            self.add_error("amount", _("Only money has an amount."))
        if is_money and amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Write the amount."))
        if is_money and not currency and "currency" not in self.errors:
            self.add_error("currency", _("Write the currency."))
        data["money"] = Money(amount, currency, tuple(each)) if is_money and amount and currency else None
        return data


class PaidForm(forms.Form):
    """That it was paid or done."""

    proof = forms.FileField(
        label=_("A file that shows it"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_(
            "A photo, a recording or a document. Kept encrypted, for those with a part in the complaint alone, and erased with it."
        ),
    )


class ConfirmForm(forms.Form):
    """Workers who said that they got it."""

    share_ids = forms.TypedMultipleChoiceField(
        label=_("These told us that they got it"), coerce=UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, shares: Choices, **kwargs: Any) -> None:
        """`shares`: (id, number and amount) of those who have not said so yet."""
        super().__init__(*args, **kwargs)
        self.fields["share_ids"].choices = shares

"""What people type about corrective actions."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.forms.proofs import ProofField
from audits.enums import Payer
from programs.forms import DayField
from programs.models import Participation, Provision, Severity, Workplace

_AREA = forms.Textarea(attrs={"rows": 4})
_SUPPLIER_READS = _("The supplier reads this.")
_PAYERS = [("", _("Choose")), *Payer.choices]


class PayingForm(forms.Form):
    """Who pays, and how."""

    payer = forms.ChoiceField(label=_("Who pays"), choices=_PAYERS)
    cost = forms.DecimalField(label=_("Cost"), required=False, min_value=0, max_digits=14, decimal_places=2)
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, help_text=_("Three letters, such as USD.")
    )
    finance_plan = forms.CharField(
        label=_("How it is paid"),
        required=False,
        widget=_AREA,
        max_length=5000,
        help_text=_("For example: half by the supplier, half by a loan of the brand, in three installments."),
    )

    def clean_currency(self) -> str:
        """In capital letters."""
        return self.cleaned_data["currency"].strip().upper()


class AgreeForm(PayingForm):
    """What was agreed with the supplier."""

    action = forms.CharField(
        label=_("What will be done"), widget=_AREA, max_length=5000, help_text=_SUPPLIER_READS
    )
    due_on = DayField(label=_("Due"), help_text=_("The day by which it is fixed."))
    field_order = ("action", "due_on", "payer", "cost", "currency", "finance_plan")


class ProposeForm(forms.Form):
    """An action that comes from a case or another decision of the program."""

    workplace_id = forms.ModelChoiceField(label=_("Workplace"), queryset=None)
    title = forms.CharField(
        label=_("What is wrong"),
        max_length=300,
        help_text=_(
            "The supplier and its brands read this. Write nothing that points to a person or a complaint."
        ),
    )
    action = forms.CharField(label=_("What should be done"), required=False, widget=_AREA, max_length=5000)
    provision_id = forms.ModelChoiceField(label=_("Provision of the code"), queryset=None, required=False)
    severity_id = forms.ModelChoiceField(label=_("Severity"), queryset=None, required=False)

    def __init__(
        self,
        *args: Any,
        workplaces: QuerySet[Workplace],
        provisions: QuerySet[Provision],
        severities: QuerySet[Severity],
        **kwargs: Any,
    ) -> None:
        """Choices of the active program."""
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("workplace_id", workplaces),
            ("provision_id", provisions),
            ("severity_id", severities),
        ):
            self.fields[name].queryset = rows

    def clean(self) -> dict[str, Any]:
        """Ids in place of rows, as the operation takes them."""
        data = super().clean() or {}
        return {
            name: getattr(value, "pk", value) if name.endswith("_id") else value
            for name, value in data.items()
        }


class FixedForm(forms.Form):
    """What was done, and what shows it."""

    note = forms.CharField(label=_("What was done"), widget=_AREA, max_length=5000)
    files = ProofField()


class NoteForm(forms.Form):
    """What was seen."""

    note = forms.CharField(
        label=_("What was seen"),
        required=False,
        widget=_AREA,
        max_length=5000,
        help_text=_SUPPLIER_READS,
    )


class DoneForm(forms.Form):
    """What was done."""

    note = forms.CharField(label=_("What was done"), widget=_AREA, max_length=5000)


class ReasonForm(forms.Form):
    """A reason, on record."""

    reason = forms.CharField(label=_("Reason"), widget=_AREA, max_length=5000, help_text=_SUPPLIER_READS)


class NewsForm(forms.Form):
    """What the supplier is asked."""

    note = forms.CharField(
        label=_("What you want to know"),
        required=False,
        widget=_AREA,
        max_length=5000,
        help_text=_SUPPLIER_READS,
    )


class NewDateForm(ReasonForm):
    """A new date and why."""

    due_on = DayField(label=_("New date"))
    field_order = ("due_on", "reason")


class AskTimeForm(NewDateForm):
    """The supplier's request for more time."""

    reason = forms.CharField(label=_("Why more time is needed"), widget=_AREA, max_length=5000)


class AnswerTimeForm(forms.Form):
    """The program's answer to a request for more time."""

    decision = forms.ChoiceField(
        label=_("Answer"),
        widget=forms.RadioSelect,
        choices=[("grant", _("Give the time")), ("refuse", _("The agreed date stands"))],
    )
    due_on = DayField(label=_("New date"), required=False, help_text=_("The day asked for, or another one."))
    answer = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=_AREA,
        max_length=5000,
        help_text=_("The supplier reads this. Needed where the date stands."),
    )


class MilestoneForm(forms.Form):
    """A step with its date."""

    title = forms.CharField(label=_("What is reached"), max_length=300)
    due_on = DayField(label=_("By"))


class SignForm(forms.Form):
    """A consent to the plan that stands above the form; its hash travels along, so that nobody signs another one."""

    name = forms.CharField(label=_("Name of who signs"), max_length=200)
    plan = forms.CharField(widget=forms.HiddenInput)


class SignForForm(SignForm):
    """A consent that came on paper."""

    participation_id = forms.ModelChoiceField(
        label=_("Who has signed"),
        queryset=None,
        help_text=_("Only what you have before you, signed."),
    )
    field_order = ("participation_id", "name", "plan")

    def __init__(self, *args: Any, sides: QuerySet[Participation], **kwargs: Any) -> None:
        """`sides`: those who may sign this plan."""
        super().__init__(*args, **kwargs)
        self.fields["participation_id"].queryset = sides

    def clean_participation_id(self) -> Any:
        """The id, as the operation takes it."""
        return self.cleaned_data["participation_id"].pk

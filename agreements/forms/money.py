"""What people type about money. Forms clean input; they never save."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.clauses import currency_code
from agreements.money.enums import PaymentWay, ReportSide, SupportForm
from agreements.operations.money.checking import FIELDS, Desk
from programs.enums import Part
from programs.forms import DayField
from programs.models import Participation

_TEXT_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LABELS: dict[str, Any] = {
    "partner": _("Supplier or brand"),
    "workplace": _("Workplace"),
    "product": _("Product"),
    "volume": _("Volume"),
    "unit": _("Unit"),
    "period": _("Period"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "value": _("Value of the purchase"),
    "currency": _("Currency"),
}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(forms.Form):
    """What somebody knows."""

    note = forms.CharField(label=_("What you know"), widget=forms.Textarea(attrs={"rows": 3}))


class ExplainForm(forms.Form):
    """Why two figures differ."""

    text = forms.CharField(label=_("Why the figures differ"), widget=forms.Textarea(attrs={"rows": 4}))


class EmptyForm(forms.Form):
    """Nothing but the button."""


class PurchaseForm(forms.Form):
    """One line of a report. Texts go as they are typed to the desk, which says at each field why it cannot stand."""

    partner = forms.ChoiceField(label=_("Supplier"))
    workplace = forms.CharField(
        label=_("Workplace"),
        required=False,
        max_length=300,
        help_text=_("Its name, where you report by farm or factory."),
    )
    product = forms.CharField(label=_("Product"), max_length=120)
    volume = forms.CharField(
        label=_("Volume"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    unit = forms.ChoiceField(label=_("Unit"))
    starts_on = forms.CharField(label=_("First day"), max_length=40, widget=_TEXT_DAY)
    ends_on = forms.CharField(label=_("Last day"), max_length=40, widget=_TEXT_DAY)
    value = forms.CharField(
        label=_("Value of the purchase"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, help_text=_("Three letters, for example USD.")
    )

    def __init__(self, *args: Any, desk: Desk, with_reason: bool = False, **kwargs: Any) -> None:
        """`desk`: whose report it is."""
        super().__init__(*args, **kwargs)
        partners = sorted(((key, row.name) for key, row in desk.partners.items()), key=lambda pair: pair[1])
        self.fields["partner"].choices = [("", _("Choose one")), *partners]
        self.fields["unit"].choices = [(unit, unit) for unit in sorted(desk.units)]
        if desk.side == ReportSide.SUPPLIER:
            self.fields["partner"].label = _("Brand")
            self.fields["value"].label = _("Value of the sale")
        if with_reason:
            self.fields["reason"] = forms.CharField(
                label=_("Why the report is corrected"), widget=forms.Textarea(attrs={"rows": 2})
            )

    def values(self) -> dict[str, str]:
        """The texts by the names of the desk."""
        return {name: self.cleaned_data.get(name, "") for name in FIELDS}


def _owners() -> list[tuple[str, str]]:
    rows = Participation.objects.filter(part__in=[Part.BRAND, Part.SUPPLIER]).order_by("part", "name", "pk")
    return [(str(row.pk), f"{row.name} ({row.get_part_display()})") for row in rows]


class OwnerForm(forms.Form):
    """For whom staff report."""

    owner = forms.ChoiceField(label=_("Report of"), choices=_owners)


class FileForm(forms.Form):
    """A file of purchases."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX with one line for each supplier, product and period. Nothing is recorded before you have seen every line."
        ),
    )


class MappingForm(forms.Form):
    """What the columns mean, and values for lines that have none."""

    unit = forms.CharField(label=_("Unit, where a line has none"), required=False, max_length=30)
    product = forms.CharField(label=_("Product, where a line has none"), required=False, max_length=120)
    currency = forms.CharField(label=_("Currency, where a line has none"), required=False, max_length=3)

    def __init__(self, *args: Any, headers: list[str], mapping: dict[str, str], **kwargs: Any) -> None:
        """One choice for each column."""
        super().__init__(*args, **kwargs)
        choices = [("", _("Not used")), *((name, LABELS[name]) for name in FIELDS)]
        for place, header in enumerate(headers):
            name = f"column_{place}"
            label = header or _("Column %(number)d") % {"number": place + 1}
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=mapping.get(str(place), "")
            )
        self.order_fields(
            [*(f"column_{place}" for place in range(len(headers))), "unit", "product", "currency"]
        )

    def mapping(self) -> dict[str, str]:
        """{place: field}."""
        return {
            name.removeprefix("column_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("column_") and value
        }

    def defaults(self) -> dict[str, str]:
        """{field: value}."""
        return {name: self.cleaned_data[name] for name in ("unit", "product", "currency")}


class AmountField(forms.DecimalField):
    """An amount above 0."""

    def __init__(self, **kwargs: Any) -> None:
        """As DecimalField."""
        super().__init__(max_digits=20, decimal_places=4, min_value=Decimal("0.0001"), **kwargs)


class CurrencyField(forms.CharField):
    """Three letters of ISO 4217."""

    def __init__(self, **kwargs: Any) -> None:
        """As CharField."""
        super().__init__(max_length=3, help_text=_("Three letters, for example USD."), **kwargs)

    def clean(self, value: Any) -> str:
        """The code in capitals."""
        try:
            return currency_code(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class ClaimForm(forms.Form):
    """A payment a brand says it made."""

    amount = AmountField(label=_("Amount"))
    paid_on = DayField(label=_("Paid on"))
    way = forms.ChoiceField(label=_("How it went"))
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=100,
        help_text=_("Number of the transfer. It is recorded once."),
    )

    def __init__(self, *args: Any, is_fee: bool, **kwargs: Any) -> None:
        """Fees go to the program, premium does not."""
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = [
            choice for choice in PaymentWay.choices if (choice[0] == PaymentWay.PROGRAM) == is_fee
        ]


class ReleaseForm(forms.Form):
    """Out of escrow."""

    amount = AmountField(label=_("Amount"))
    on = DayField(label=_("Paid out on"))
    note = forms.CharField(label=_("Why now"), widget=forms.Textarea(attrs={"rows": 2}))


def _suppliers() -> list[tuple[str, str]]:
    return [
        ("", _("Choose one")),
        *((str(row.pk), row.name) for row in Participation.objects.suppliers().order_by("name", "pk")),
    ]


def _brands() -> list[tuple[str, str]]:
    return [
        ("", _("Choose one")),
        *((str(row.pk), row.name) for row in Participation.objects.brands().order_by("name", "pk")),
    ]


class PayrollForm(forms.Form):
    """Totals of one payroll period."""

    supplier = forms.ChoiceField(label=_("Supplier"), choices=_suppliers)
    starts_on = DayField(label=_("First day of the payroll period"))
    ends_on = DayField(label=_("Last day of the payroll period"))
    paid_on = DayField(label=_("Paid out on"))
    worker_count = forms.IntegerField(label=_("Workers paid"), min_value=1, max_value=1_000_000)
    currency = CurrencyField(label=_("Currency"))
    total_paid = AmountField(label=_("Premium paid to workers, in total"))
    share_kept = forms.DecimalField(
        label=_("Kept for taxes and administration"), max_digits=20, decimal_places=4, min_value=0, initial=0
    )
    file = forms.FileField(
        label=_("Proof"),
        required=False,
        help_text=_(
            "A table of totals by period or crew, CSV or XLSX. A file with workers' names or single wages is refused."
        ),
    )

    def __init__(
        self, *args: Any, own: Participation | None, is_correction: bool = False, **kwargs: Any
    ) -> None:
        """`own`: the supplier that reports; None for staff, who choose one."""
        super().__init__(*args, **kwargs)
        if own is not None:
            del self.fields["supplier"]
        if is_correction:
            self.fields["reason"] = forms.CharField(
                label=_("Why the report is corrected"), widget=forms.Textarea(attrs={"rows": 2})
            )


class SupportRecordForm(forms.Form):
    """Financial support other than the premium."""

    brand = forms.ChoiceField(label=_("Brand"), choices=_brands)
    supplier = forms.ChoiceField(label=_("Supplier"), choices=_suppliers)
    form = forms.ChoiceField(label=_("Form"), choices=SupportForm.choices)
    amount = AmountField(
        label=_("Amount"), help_text=_("Of an order commitment or a better price: what it is worth.")
    )
    currency = CurrencyField(label=_("Currency"))
    terms = forms.CharField(label=_("Terms"), widget=forms.Textarea(attrs={"rows": 4}))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, own: Participation | None, **kwargs: Any) -> None:
        """`own`: the side that records it; None for staff."""
        super().__init__(*args, **kwargs)
        if own is not None:
            del self.fields[own.part]


class FeeForm(forms.Form):
    """The yearly volume a fee follows from."""

    brand = forms.ChoiceField(label=_("Brand"), choices=_brands)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2199)
    volume = forms.DecimalField(
        label=_("Yearly volume"),
        max_digits=20,
        decimal_places=4,
        min_value=0,
        help_text=_("In the currency of the agreement's clause on the program fee."),
    )

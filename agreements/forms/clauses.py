"""Forms made from what each kind of clause declares in `agreements.clauses`.

Values stay as typed until `agreements.clauses.checked` has looked at them, so nothing is lost and every rule stands once.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agreements.clauses import DURATION_UNITS, TYPES, Parameter, WrongParameters, checked
from agreements.enums import ClauseKind
from agreements.models import Clause

SPARE_ROWS = 3
ROWS_OF = {
    "rates": (
        ("product", _("Product")),
        ("unit", _("Unit")),
        ("amount", _("Amount")),
        ("currency", _("Currency")),
    ),
    "bands": (("from", _("From")), ("to", _("To")), ("fee", _("Fee"))),
}
PREFIX = "p_"


class NewClauseForm(forms.Form):
    """A clause to add."""

    kind = forms.ChoiceField(label=_("About"), choices=ClauseKind.choices)
    title = forms.CharField(
        label=_("Title"), max_length=200, required=False, help_text=_("Empty: what it is about.")
    )
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 8}))


class DurationWidget(forms.MultiWidget):
    """A number and its unit."""

    template_name = "agreements/widgets/duration.html"
    use_fieldset = True

    def __init__(self) -> None:
        """Each part has a name of its own, for those who hear the page."""
        super().__init__(
            {
                "value": forms.NumberInput(attrs={"min": 0, "aria-label": _("Number")}),
                "unit": forms.Select(
                    choices=[("", _("Unit")), *DURATION_UNITS.items()], attrs={"aria-label": _("Unit")}
                ),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """A stored duration as its parts."""
        return [value.get("value"), value.get("unit")] if isinstance(value, dict) else [None, None]


class DurationField(forms.Field):
    """{"value": 30, "unit": "days"}; what is no number stays as typed for the check to refuse."""

    widget = DurationWidget

    def to_python(self, value: Any) -> Any:
        """None where both parts are empty."""
        number, unit = value or ["", ""]
        if not number and not unit:
            return None
        return {"value": int(number) if str(number).isdigit() else number, "unit": unit}


class RowsWidget(forms.Widget):
    """A small table to type in: what there is, and some empty rows."""

    template_name = "agreements/widgets/rows.html"
    use_fieldset = True
    columns: tuple[tuple[str, Any], ...] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Rows of cells, each with its name and label."""
        context = super().get_context(name, value, attrs)
        typed = [row for row in value or [] if isinstance(row, Mapping)]
        rows = [*typed, *({} for _row in range(SPARE_ROWS))]
        context["widget"]["heads"] = [label for _key, label in self.columns]
        context["widget"]["rows"] = [
            [
                {
                    "name": f"{name}-{number}-{key}",
                    "value": row.get(key) or "",
                    "label": _t("%(column)s, row %(row)d") % {"column": label, "row": number + 1},
                }
                for key, label in self.columns
            ]
            for number, row in enumerate(rows)
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        """Rows with at least one value."""
        found = []
        for number in range(200):
            cells = {key: data.get(f"{name}-{number}-{key}") for key, _label in self.columns}
            if all(cell is None for cell in cells.values()):
                break
            if any((cell or "").strip() for cell in cells.values()):
                found.append({key: (cell or "").strip() for key, cell in cells.items()})
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Rows are there or not; never omitted."""
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """A table has no single field."""
        return ""


class RowsField(forms.Field):
    """A list of rows."""

    def __init__(self, columns: tuple[tuple[str, Any], ...], **kwargs: Any) -> None:
        """`columns`: key and label of each."""
        widget = RowsWidget()
        widget.columns = columns
        super().__init__(widget=widget, **kwargs)


class ClauseForm(forms.Form):
    """One clause: number, title, text, and the parameters of its kind."""

    reference = forms.CharField(label=_("Number"), max_length=20)
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 10}))
    is_public = forms.BooleanField(label=_("The parties make this clause public"), required=False)

    def __init__(self, *args: Any, clause: Clause, **kwargs: Any) -> None:
        """Fields follow from the kind of `clause`, and begin with what stands in it."""
        self.kind = ClauseKind(clause.kind)
        self.declared = TYPES[self.kind].parameters
        initial = {name: getattr(clause, name) for name in ("reference", "title", "text", "is_public")}
        initial |= {f"{PREFIX}{name}": value for name, value in clause.parameters.items()}
        super().__init__(*args, initial=initial, **kwargs)
        for parameter in self.declared:
            self.fields[f"{PREFIX}{parameter.name}"] = _field(parameter)

    def clean(self) -> dict[str, Any]:
        """`parameters` in the form in which they are stored; wrong ones are errors of their own fields."""
        cleaned = super().clean() or {}
        typed = {
            parameter.name: _value(parameter, cleaned.get(f"{PREFIX}{parameter.name}"))
            for parameter in self.declared
        }
        try:
            cleaned["parameters"] = checked(self.kind, typed, complete=False)
        except WrongParameters as error:
            for name, sentence in error.problems.items():
                self.add_error(f"{PREFIX}{name}", sentence)
        return {name: value for name, value in cleaned.items() if not name.startswith(PREFIX)}


def _field(parameter: Parameter) -> forms.Field:
    said: dict[str, Any] = {"label": parameter.label, "help_text": parameter.help, "required": False}
    choices = list((parameter.choices or {}).items())
    match parameter.kind:
        case "choice":
            return forms.CharField(widget=forms.Select(choices=[("", _("Not decided")), *choices]), **said)
        case "list":
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **said)
        case "yes_no":
            options = [("", _("Not decided")), ("yes", _("Yes")), ("no", _("No"))]
            return forms.CharField(widget=forms.Select(choices=options), **said)
        case "duration":
            return DurationField(**said)
        case "rates" | "bands":
            return RowsField(ROWS_OF[parameter.kind], **said)
        case "whole":
            return forms.CharField(widget=forms.NumberInput, **said)
        case "date":
            return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **said)
        case _:
            return forms.CharField(**said)


def _value(parameter: Parameter, typed: Any) -> Any:
    """What was typed in the form in which a parameter is stored; what does not fit stays as typed for the check."""
    match parameter.kind:
        case "yes_no":
            return {"yes": True, "no": False}.get(typed, typed)
        case "whole":
            return int(typed) if str(typed or "").isdigit() else typed
        case "bands":
            return [{**row, "to": row["to"] or None} for row in typed or []]
        case _:
            return typed

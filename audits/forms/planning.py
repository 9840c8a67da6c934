"""Input about plans: days, what for, who goes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.enums import InspectionKind, TeamRole

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
AREA = forms.Textarea(attrs={"rows": 5})

WHO_WILL_KNOW = {
    "yes": _(
        "Announced: the program's staff see it in their lists, the calendar and the history from now on."
    ),
    "no": _(
        "Unannounced: only you and the team will know, until the visit is over. Nobody else sees a day, a number or a count of it,"
        " and no brand or supplier is told."
    ),
}


class DaysMixin(forms.Form):
    """The first and the last day of a visit."""

    starts_on = forms.DateField(label=_("First day"), widget=DAY)
    ends_on = forms.DateField(
        label=_("Last day"), widget=DAY, required=False, help_text=_("Empty: the visit takes one day.")
    )

    def clean(self) -> dict[str, Any]:
        """The last day is the first where it was left empty, and never before it."""
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and not last and "ends_on" not in self.errors:
            data["ends_on"] = first
        elif first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        return data


class PlanForm(DaysMixin):
    """A new inspection of one workplace."""

    kind = forms.ChoiceField(label=_("Kind"), choices=InspectionKind.choices)
    announced = forms.ChoiceField(
        label=_("Who will know"), choices=list(WHO_WILL_KNOW.items()), widget=forms.RadioSelect
    )
    purpose = forms.CharField(
        label=_("What the team should look at"),
        widget=AREA,
        max_length=5000,
        required=False,
        help_text=_("The team reads this. Name no worker and no complaint."),
    )
    lead = forms.ChoiceField(label=_("Lead auditor"), required=False)
    auditors = forms.MultipleChoiceField(
        label=_("Auditors"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is asked, and declares her ties to the supplier before she reads more."),
    )
    in_charge = forms.ChoiceField(label=_("Inspector in charge"), required=False)
    follows_id = forms.TypedChoiceField(label=_("Follows"), required=False, coerce=UUID, empty_value=None)

    field_order = (
        "kind",
        "starts_on",
        "ends_on",
        "announced",
        "purpose",
        "lead",
        "auditors",
        "in_charge",
        "follows_id",
    )

    def __init__(
        self,
        *args: Any,
        inspectors: Sequence[tuple[str, str]],
        staff: Sequence[tuple[str, str]],
        earlier: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`inspectors`, `staff`: (id, name) of who may be asked; `earlier`: past inspections of the workplace."""
        super().__init__(*args, **kwargs)
        nobody = [("", _("Nobody yet"))]
        self.fields["lead"].choices = [*nobody, *inspectors]
        self.fields["auditors"].choices = inspectors
        self.fields["in_charge"].choices = [*nobody, *staff]
        self.fields["follows_id"].choices = [("", _("No earlier inspection")), *earlier]

    def clean(self) -> dict[str, Any]:
        """Everybody has one place on the team."""
        data = super().clean()
        chosen = [data.get("lead"), data.get("in_charge"), *(data.get("auditors") or [])]
        people = [one for one in chosen if one]
        if len(people) != len(set(people)):
            self.add_error(None, _("Somebody is on the team twice. Give everybody one place."))
        return data

    def plan(self) -> dict[str, Any]:
        """What the operation takes."""
        data = dict(self.cleaned_data)
        team = [(UUID(person), TeamRole.AUDITOR) for person in data.pop("auditors")]
        for field, role in (("in_charge", TeamRole.IN_CHARGE), ("lead", TeamRole.LEAD)):
            if person := data.pop(field):
                team.insert(0, (UUID(person), role))
        is_announced = data.pop("announced") == "yes"
        return {**data, "is_announced": is_announced, "team": team}


class ChangePlanForm(DaysMixin):
    """Other days, another purpose."""

    purpose = forms.CharField(
        label=_("What the team should look at"), widget=AREA, max_length=5000, required=False
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), widget=AREA, max_length=2000)


def days_of(inspection: Any) -> dict[str, date | str]:
    """What a form of the plan begins with."""
    return {"starts_on": inspection.starts_on, "ends_on": inspection.ends_on, "purpose": inspection.purpose}

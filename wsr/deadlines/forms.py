"""What people type about clocks and calendars. Forms clean input; they never save."""

from typing import Any

import holidays
from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet

from wsr.deadlines.enums import State, Unit
from wsr.deadlines.kinds import kinds
from wsr.imports.reading.countries import country_name


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays on record. Name nobody who must be protected."),
    )


class ExtendForm(ReasonForm):
    """By how much."""

    units = forms.IntegerField(label=_("Longer by"), min_value=1, max_value=1000)
    field_order = ["units"]

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        """`unit`: what the clock counts, in words."""
        super().__init__(*args, **kwargs)
        self.fields["units"].help_text = _("In %(unit)s.") % {"unit": unit}


class RestartForm(ReasonForm):
    """From when."""

    started_at = forms.DateTimeField(
        label=_("Starts anew at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        help_text=_("In the time zone of the program."),
    )
    field_order = ["started_at"]


def kind_choices() -> list[tuple[str, Any]]:
    """The kinds with a length of the program, by label."""
    found = [(kind.key, str(kind.label)) for kind in kinds().values() if kind.length_key]
    return sorted(found, key=lambda pair: pair[1])


class SimulationForm(forms.Form):
    """A length to try out; nothing is changed."""

    kind = forms.ChoiceField(label=_("Limit"), choices=kind_choices)
    value = forms.IntegerField(label=_("Length to try"), min_value=0, max_value=10_000)
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices)


class RecomputeForm(ReasonForm):
    """Which clocks are counted anew."""

    kind = forms.ChoiceField(label=_("Which clocks"), required=False)
    field_order = ["kind"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """All kinds, or one."""
        super().__init__(*args, **kwargs)
        known = sorted((kind.key, str(kind.label)) for kind in kinds().values())
        self.fields["kind"].choices = [("", _("All running clocks")), *known]


class DayForm(forms.Form):
    """A single day that counts otherwise."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    country = forms.ChoiceField(
        label=_("Where"), required=False, choices=lambda: country_choices(_("Everywhere"))
    )
    is_working = forms.TypedChoiceField(
        label=_("It counts as"),
        choices=[("", "—"), ("rest", _("a rest day")), ("work", _("a working day"))],
        coerce=lambda typed: typed == "work",
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For example: general strike, by public notice.")
    )


class WeekForm(forms.Form):
    """Weekly rest days of a country, or the calendar for clocks that name none."""

    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=lambda: country_choices(_("Clocks without a country"))
    )
    stands_for = forms.ChoiceField(
        label=_("Counted on the calendar of"),
        required=False,
        choices=lambda: country_choices(_("No country: only the days set here")),
        help_text=_("Only for clocks without a country."),
    )
    is_own = forms.TypedChoiceField(
        label=_("Weekly rest days"),
        choices=[("no", _("Those of the country")), ("yes", _("The program's own, ticked below"))],
        coerce=lambda typed: typed == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )
    rest_weekdays = forms.TypedMultipleChoiceField(
        label=_("Rest days of the program"),
        required=False,
        coerce=int,
        choices=lambda: [(number, day_name(number)) for number in range(7)],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """One value: the days, or None for those of the country."""
        said = super().clean()
        is_own = said.pop("is_own", False)
        said["rest_weekdays"] = said.get("rest_weekdays", []) if is_own else None
        return said


def day_name(number: int) -> str:
    """A day of the week; Monday is 0."""
    return str(WEEKDAYS[number])


def country_choices(first: Any) -> list[tuple[str, Any]]:
    """Every country whose public holidays are known, by name."""
    found = [(code, country_name(code)) for code in holidays.list_supported_countries()]
    return [("", first), *sorted(found, key=lambda pair: pair[1])]


class ClockFilter(FilterSet):
    """What narrows the list of clocks."""

    q = CharFilter(label=_("Search by title"), field_name="title", lookup_expr="icontains")
    kind = ChoiceFilter(
        label=_("Kind"), choices=lambda: [(kind.key, kind.label) for kind in kinds().values()]
    )
    state = ChoiceFilter(label=_("State"), choices=State.choices)

"""What people type about programs. Forms clean input; they never save."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs import blueprints, countries, sections
from programs.blueprints import units
from programs.blueprints.words import in_words
from programs.enums import Part, Precision
from programs.models import Participation, Rule, Rung, Severity, Workplace
from programs.operations import participations, workplaces
from programs.operations.scales import missing_rules
from programs.sections import DERIVED, TITLES, title_of

_DAY = {"type": "date"}
_LINES = _("One per line.")


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        """As DateField."""
        super().__init__(widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"), **kwargs)


class LinesField(forms.CharField):
    """A list, one entry per line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> str:
        """A list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """Lines as a list, empty ones left out."""
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


class CountryField(forms.ChoiceField):
    """A country by its code, named in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        """As ChoiceField, without the choices."""
        super().__init__(choices=lambda: [("", gettext("Choose a country")), *countries.choices()], **kwargs)


class YesNoUnknownField(forms.TypedChoiceField):
    """Yes, no, or not decided (None)."""

    def __init__(self, **kwargs: Any) -> None:
        """As TypedChoiceField, without the choices."""
        choices = [("", _("Not decided")), ("yes", _("Yes")), ("no", _("No"))]
        super().__init__(
            choices=choices, required=False, coerce=lambda typed: typed == "yes", empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """True and False as their words."""
        return {True: "yes", False: "no", None: ""}.get(value, value)


class ParticipationForm(forms.ModelForm):
    """A supplier, a brand or a body of the program."""

    country = CountryField(label=_("Country"), required=False)
    joined_on = DayField(label=_("Joined"), required=False)

    class Meta:
        model = Participation
        fields = participations.FIELDS

    def clean_lei(self) -> str:
        """20 letters and digits whose check digits fit. Source: ISO 17442-1."""
        lei = self.cleaned_data["lei"].replace(" ", "").upper()
        if lei and not is_lei(lei):
            raise forms.ValidationError(
                _("This is not an LEI: it has 20 letters and digits, the last two check the others.")
            )
        return lei


class BodyForm(ParticipationForm):
    """A worker organization or a monitor."""

    part = forms.ChoiceField(
        label=_("What it is"),
        choices=[(part.value, part.label) for part in (Part.WORKER_ORGANIZATION, Part.MONITOR)],
    )
    field_order = ["name", "part"]


class InvitePeopleForm(forms.Form):
    """Who acts for a brand or supplier."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        """`part` decides which roles there are."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in participations.ROLES_OF[part]]


class EndForm(forms.Form):
    """A day on which something ended, and why."""

    ended_on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class CloseForm(forms.Form):
    """The day a workplace closed, and why."""

    closed_on = DayField(label=_("Closed on"))
    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class StandingForm(forms.Form):
    """A change of standing."""

    rung_key = forms.ChoiceField(label=_("New standing"))
    effective_on = DayField(label=_("Effective from"), help_text=_("Today or an earlier day."))
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("It stays on record and may become public."),
    )
    provision_reference = forms.CharField(label=_("Provision of the code"), max_length=100, required=False)
    condition_for_return = forms.CharField(
        label=_("Condition for return"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    decided_by = forms.CharField(label=_("Decided by"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The choices are the program's own rungs."""
        super().__init__(*args, **kwargs)
        self.fields["rung_key"].choices = [(rung.key, _rung_words(rung)) for rung in Rung.objects.all()]


class WorkplaceForm(forms.ModelForm):
    """A farm or factory."""

    country = CountryField(label=_("Country"))
    products = LinesField(label=_("Products or crops"), required=False, help_text=_LINES)
    languages = LinesField(label=_("Languages spoken"), required=False, help_text=_LINES)
    opened_on = DayField(label=_("Opened"), required=False)
    disclosure_precision = forms.ChoiceField(
        label=_("Location in public"),
        choices=Precision.choices,
        widget=forms.RadioSelect,
        initial=Precision.EXACT,
        help_text=_(
            "What the public record says about where this place is. The staff of the program always see all of it."
        ),
    )

    class Meta:
        model = Workplace
        fields = workplaces.FIELDS

    def clean_latitude(self) -> Any:
        """Between the poles."""
        return self._within("latitude", 90)

    def clean_longitude(self) -> Any:
        """Once around."""
        return self._within("longitude", 180)

    def _within(self, name: str, bound: int) -> Any:
        value = self.cleaned_data[name]
        if value is not None and not -bound <= value <= bound:
            raise forms.ValidationError(_("Between −%(bound)s and %(bound)s.") % {"bound": bound})
        return value


class IdsField(forms.MultipleChoiceField):
    """Any number of ids; that they exist in this program is the operation's question."""

    def valid_value(self, value: str) -> bool:
        """Whether it is an id at all."""
        try:
            UUID(value)
        except ValueError:
            return False
        return True


class SourcingForm(forms.Form):
    """Suppliers and workplaces a brand buys from. `q` looks for more of them; what was chosen stays chosen."""

    q = forms.CharField(label=_("Look for a supplier or workplace"), required=False, max_length=200)
    suppliers = IdsField(required=False)
    workplaces = IdsField(required=False)
    started_on = DayField(label=_("Since"), required=False)
    tier = forms.CharField(label=_("Tier"), required=False, max_length=30)


class RuleForm(forms.Form):
    """A new value of a rule, from a day on. `value` is typed in the way of the rule's unit."""

    value = forms.CharField(label=_("Value"), required=False)
    unit = forms.ChoiceField(
        label=_("Counted in"),
        required=False,
        choices=lambda: [(unit, units.UNITS[unit]) for unit in units.LENGTHS],
    )
    valid_from = DayField(
        label=_("From"), help_text=_("Today or a later day. The value until then stays on record.")
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=600,
        help_text=_("A document, an article, a web address."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        """The field for the value fits the unit of `rule`."""
        super().__init__(*args, **kwargs)
        self.unit = rule.unit
        field = self.fields["value"]
        field.initial = units.typed(rule.unit, rule.value)
        if rule.section in sections.LIMITS:
            self.fields["unit"].initial = rule.unit
            field.help_text = gettext("Leave it empty where the program does not know it.")
            if self.is_bound and self.data.get("unit") in units.LENGTHS:
                self.unit = self.data["unit"]
        else:
            del self.fields["unit"]
            field.help_text = gettext("Leave it empty where the program does not know it. In: %(unit)s.") % {
                "unit": units.UNITS.get(rule.unit, rule.unit)
            }
        if rule.unit in ("list", "fee_table", "grades"):
            field.widget = forms.Textarea(attrs={"rows": 8})
        choices = {
            "yes_no": [("yes", _("Yes")), ("no", _("No"))],
            "disclosure": list(units.DISCLOSURES.items()),
            "scoring": list(units.SCORINGS.items()),
            "time_zone": [(zone, zone) for zone in sorted(available_timezones())],
        }.get(rule.unit)
        if choices:
            field.widget = forms.Select(choices=[("", _("Not known")), *choices])

    def clean_value(self) -> units.Value:
        """The value as the unit keeps it."""
        try:
            return units.parse(self.unit, self.cleaned_data["value"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class SeasonForm(forms.Form):
    """A season: its name, its first and its last day."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("For example: Season 2026–27."))
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))


class RungForm(forms.Form):
    """What a rung of the ladder means."""

    label = forms.CharField(label=_("Name"), max_length=100)
    stops_purchases = YesNoUnknownField(label=_("Brands must stop buying"))
    is_public = YesNoUnknownField(label=_("Shown in public"))
    valid_from = DayField(label=_("From"), help_text=_("Today or a later day."))


class StepForm(forms.Form):
    """A new step of a scale."""

    label = forms.CharField(label=_("Name"), max_length=100)


class NewSeverityForm(StepForm):
    """How grave a breach is, and what follows."""

    consequence = forms.CharField(
        label=_("Consequence"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class SeverityForm(NewSeverityForm):
    """The same, from a day on."""

    valid_from = DayField(label=_("From"), help_text=_("Today or a later day."))


class RuleOfOwnForm(forms.Form):
    """A rule that another program has, or one of the program's own."""

    known = forms.ChoiceField(
        label=_("A rule that another blueprint has"),
        required=False,
        choices=lambda: [
            ("", _("None of them; it is our own")),
            *(
                (key, f"{title_of(section)}: {label}")
                for key, (section, _u, label) in missing_rules().items()
            ),
        ],
    )
    label = forms.CharField(label=_("Or our own, in words"), required=False, max_length=300)
    section = forms.ChoiceField(
        label=_("Where it belongs"),
        required=False,
        choices=[("", "—"), *((key, title) for key, title in TITLES.items() if key not in DERIVED)],
    )
    unit = forms.ChoiceField(
        label=_("What its value is"),
        required=False,
        choices=[("", "—"), *((key, words) for key, words in units.UNITS.items() if key != "severity")],
    )

    def clean(self) -> dict[str, Any]:
        """A known one, or all three of an own one."""
        data = super().clean()
        if not data.get("known"):
            for name in ("label", "section", "unit"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Needed for a rule of your own."))
        return data


class DraftForm(forms.Form):
    """A new version of the code."""

    title = forms.CharField(label=_("Title"), max_length=300)


class ForceForm(forms.Form):
    """The day from which a version of the code holds."""

    on = DayField(label=_("In force from"))


class ProvisionForm(forms.Form):
    """One provision of a draft."""

    title = forms.CharField(label=_("Heading"), max_length=300)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 4}))
    severity_id = forms.UUIDField(label=_("Severity"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The severities are the program's own."""
        super().__init__(*args, **kwargs)
        severities = [(severity.pk, in_words(severity.label)) for severity in Severity.objects.all()]
        self.fields["severity_id"].widget = forms.Select(choices=[("", _("Not decided")), *severities])


class NewProvisionForm(ProvisionForm):
    """A provision with its number."""

    reference = forms.CharField(label=_("Number"), max_length=40)
    field_order = ["reference"]


class StartProgramForm(forms.Form):
    """A new program."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        help_text=_(
            "Part of every address of the program: small letters, digits and hyphens. It cannot change later."
        ),
    )
    blueprint = forms.ChoiceField(
        label=_("Start from"),
        widget=forms.RadioSelect,
        choices=lambda: [(key, _blueprint_words(key)) for key in blueprints.KEYS],
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone) for zone in sorted(available_timezones())],
        initial="UTC",
    )


def is_lei(lei: str) -> bool:
    """Whether the check digits of a legal entity identifier fit. Source: ISO 17442-1, ISO/IEC 7064 MOD 97-10."""
    if len(lei) != 20 or not lei.isascii() or not lei.isalnum():
        return False
    return int("".join(str(int(letter, 36)) for letter in lei)) % 97 == 1


def _rung_words(rung: Rung) -> str:
    label = in_words(rung.label)
    return f"{label} – {gettext('brands must stop buying')}" if rung.stops_purchases else label


def _blueprint_words(key: str) -> str:
    found = blueprints.load(key)
    return f"{in_words(found.name)}: {in_words(found.summary)}"

"""Input for the table that triages complaints."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import Scope
from complaints.models import TriageRule
from wsr.languages import CODES, LANGUAGES


class RuleForm(forms.Form):
    """One line: what it is about, in the languages of the workers, and what follows."""

    en = forms.CharField(
        label=_("What workers read, in English"),
        max_length=120,
        help_text=_("Short and plain, for instance: Wages and hours."),
    )
    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices, widget=forms.RadioSelect)
    partner = forms.CharField(
        label=_("Who can help, where it is outside the scope"), max_length=200, required=False
    )
    severity_id = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=lambda said: UUID(said) if said else None,
        required=False,
        empty_value=None,
    )
    is_urgent = forms.BooleanField(
        label=_("Danger to life or limb"),
        required=False,
        help_text=_("Whoever triages is told at once, also at night."),
    )
    on = forms.DateField(label=_("Holds from"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, severities: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`severities`: (id, name) of what may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["severity_id"].choices = [("", _("Not decided yet")), *severities]
        for language in LANGUAGES[1:]:
            self.fields[language.code] = forms.CharField(
                label=language.own_name,
                max_length=120,
                required=False,
                widget=forms.TextInput(attrs={"lang": language.code, "dir": language.direction}),
            )
        self.order_fields(["en", *CODES[1:], "scope", "partner", "severity_id", "is_urgent", "on"])

    @property
    def said(self) -> dict[str, Any]:
        """What `rules.set_rule` takes."""
        data = dict(self.cleaned_data)
        return {"label": {language: data.pop(language) for language in CODES}, **data}

    @staticmethod
    def of(rule: TriageRule) -> dict[str, Any]:
        """A line as the form shows it first; from which day the new one holds, is asked anew."""
        return {
            **rule.label,
            "scope": rule.scope,
            "partner": rule.partner,
            "severity_id": rule.severity_id,
            "is_urgent": rule.is_urgent,
        }

"""Input at the desk of a handler."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import Part
from complaints.operations.answering import MOST

ALL = "all"  # of several complainants
_AREA = forms.Textarea(attrs={"rows": 5})
_NO_FACTS = _("No facts of the case: history and people outside the complaint may read this.")


class TextForm(forms.Form):
    """A message to the worker, or a note."""

    text = forms.CharField(label=_("Your words"), max_length=MOST, widget=_AREA)


class AnswerForm(TextForm):
    """A message to the worker; where several complain together, to whom of them is always said."""

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`people`: (id, words) of the complainants."""
        super().__init__(*args, **kwargs)
        if len(people) > 1:
            self.fields["to"] = forms.ChoiceField(
                label=_("To whom"),
                choices=[("", _("Choose")), (ALL, _("To all of them")), *people],
                help_text=_("What one of them told you is not for the others."),
            )

    @property
    def recipient(self) -> UUID | None:
        """One of several, or None for all."""
        chosen = self.cleaned_data.get("to", ALL)
        return None if chosen == ALL else UUID(chosen)


class ReasonForm(forms.Form):
    """Why, in words that give nothing away."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_NO_FACTS
    )


class EmergencyForm(ReasonForm):
    """To open what is in the hands of others."""

    reason = forms.CharField(
        label=_("Who is in danger, and what you are going to do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The directors and everybody on the complaint read this at once, and it stays in history."
        ),
    )


class AcceptForm(forms.Form):
    """What a complaint is accepted as."""

    workplace_id = forms.TypedChoiceField(label=_("Workplace"), coerce=UUID, widget=forms.RadioSelect)
    severity_id = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=lambda said: UUID(said) if said else None,
        required=False,
        empty_value=None,
    )
    is_urgent = forms.BooleanField(label=_("Somebody is in danger"), required=False)

    def __init__(
        self,
        *args: Any,
        workplaces: Sequence[tuple[str, str]],
        severities: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`workplaces`, `severities`: (id, name) of what may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["workplace_id"].choices = workplaces
        self.fields["severity_id"].choices = [("", _("Not decided yet")), *severities]


class ReferForm(forms.Form):
    """To whom a complaint outside the scope goes."""

    partner = forms.CharField(label=_("Who can help"), max_length=200)
    words = forms.CharField(
        label=_("What they are told"),
        max_length=MOST,
        required=False,
        widget=_AREA,
        help_text=_("Kept with the case. Tell only what the worker agreed to."),
    )


class PartForm(forms.Form):
    """Somebody to take a part."""

    person_id = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    part = forms.ChoiceField(
        label=_("Part"),
        choices=[(part.value, part.label) for part in Part if part != Part.EMERGENCY],
        help_text=_("A new handler takes over when she accepts; until then it stays with the present one."),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of who may be asked."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("Choose")), *people]


class WallForm(forms.Form):
    """Whom to wall off from every complaint about a supplier, or from one complaint by its number."""

    person_id = forms.TypedChoiceField(label=_("Who must not know"), coerce=UUID)
    supplier_id = forms.TypedChoiceField(
        label=_("Complaints about this supplier"),
        coerce=lambda said: UUID(said) if said else None,
        required=False,
        empty_value=None,
    )
    number = forms.CharField(label=_("Or only the complaint with this number"), max_length=20, required=False)
    reason = forms.CharField(
        label=_("Tie"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance: her brother is a supervisor there."),
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[str, str]],
        suppliers: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`people`, `suppliers`: (id, name) of what may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("Choose")), *people]
        self.fields["supplier_id"].choices = [("", _("None")), *suppliers]

    def clean(self) -> dict[str, Any]:
        """One of the two subjects."""
        data = super().clean() or {}
        if bool(data.get("supplier_id")) == bool(data.get("number")):
            self.add_error("number", _("Choose a supplier or type one number, not both."))
        return data

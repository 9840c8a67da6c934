"""Input about teams: who is asked, what she declares, who is taken off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.enums import TeamRole, Tie
from audits.forms.planning import AREA


class AskForm(forms.Form):
    """Somebody to join the team."""

    person_id = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    role = forms.ChoiceField(label=_("As"), choices=TeamRole.choices, initial=TeamRole.AUDITOR)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of who may be asked."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("Choose")), *people]


class DeclarationForm(forms.Form):
    """An answer to each kind of tie to the supplier, given by hand: nothing is chosen beforehand."""

    statement = forms.CharField(
        label=_("What the program should know"),
        widget=AREA,
        max_length=5000,
        required=False,
        help_text=_("If there is a tie: between whom, since when. Only the program reads this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """One question for each tie."""
        super().__init__(*args, **kwargs)
        answers = [("no", _("No")), ("yes", _("Yes"))]
        for tie in Tie:
            self.fields[f"tie_{tie.value}"] = forms.ChoiceField(
                label=_QUESTIONS[tie], choices=answers, widget=forms.RadioSelect
            )
        self.order_fields([f"tie_{tie.value}" for tie in Tie])

    def clean(self) -> dict[str, Any]:
        """A tie is explained."""
        data = super().clean() or {}
        if self.ties and not data.get("statement"):
            self.add_error("statement", _("Say what the tie is."))
        return data

    @property
    def ties(self) -> list[Tie]:
        """The ties that were answered with yes."""
        return [tie for tie in Tie if self.cleaned_data.get(f"tie_{tie.value}") == "yes"]


_QUESTIONS = {
    Tie.EMPLOYMENT: _("Do you work for this supplier, or did you ever?"),
    Tie.PAYMENT: _("Were you ever paid by it, or by a brand for work at it?"),
    Tie.FAMILY: _("Does anyone of your family own, run or work at it?"),
    Tie.OTHER: _("Is there anything else that ties you to it?"),
}


class DeclineForm(forms.Form):
    """Why she does not go; she need not say."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=AREA,
        max_length=2000,
        required=False,
        help_text=_("The planner reads this."),
    )

"""Input of the watch, of corrective actions born from a complaint, and of releases."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import Act, Basis, Channel, CheckInAnswer, Harm, Recipient, Said
from complaints.forms.worker import LONG, Lines, SomeOf, Words

_AREA = forms.Textarea(attrs={"rows": 4})
# What somebody inside tells of. The others are told by the acts themselves.
_TOLD = (Act.CONTACT, Act.VISIT, Act.REMEDY, Act.RESOLVED, Act.CLOSED)


class Worse(forms.Form):
    """What they do to her: marks to make with a thumb, and words if she wants."""

    harms = SomeOf(
        label=_("What do they do?"),
        choices=Harm.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = Words(label=_("In your own words"), max_length=LONG, widget=Lines, required=False)


class SeenForm(forms.Form):
    """What the employer can see from now on."""

    act = forms.ChoiceField(
        label=_("What the employer can see"), choices=[(act.value, act.label) for act in _TOLD]
    )


class VisitForm(forms.Form):
    """What the inspectors should look at."""

    words = forms.CharField(
        label=_("What the inspectors should look at"),
        max_length=2000,
        widget=_AREA,
        help_text=_("They read this and nothing of the complaint. Write no name and none of her words."),
    )
    wanted_by = forms.DateField(
        label=_("At the latest on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class CheckInForm(forms.Form):
    """What she answered to somebody who spoke with her."""

    complainant_id = forms.TypedChoiceField(label=_("Who"), coerce=UUID)
    answer = forms.ChoiceField(
        label=_("What she says"),
        choices=[
            (CheckInAnswer.FINE.value, _("Nothing bad happened")),
            (CheckInAnswer.HARM.value, _("They treat her worse: a complaint opens at once")),
            (CheckInAnswer.NOT_REACHED.value, _("She could not be reached this time")),
        ],
        widget=forms.RadioSelect,
    )
    harms = forms.MultipleChoiceField(
        label=_("What they do, in her words"),
        choices=Harm.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = forms.CharField(label=_("What she told"), max_length=LONG, required=False, widget=_AREA)
    channel = forms.ChoiceField(
        label=_("How"),
        choices=[
            (Channel.HOTLINE.value, _("By telephone")),
            (Channel.VISIT.value, Channel.VISIT.label),
            (Channel.TEXT.value, Channel.TEXT.label),
        ],
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of those who complained."""
        super().__init__(*args, **kwargs)
        self.fields["complainant_id"].choices = people


class MeasureForm(forms.Form):
    """A corrective action, as the employer will read it."""

    title = forms.CharField(
        label=_("What is wrong"),
        max_length=300,
        help_text=_(
            "The supplier and its brands read this. Write what is so for everybody there: no name, no number, no day, none of her words."
        ),
    )
    action = forms.CharField(label=_("What should be done"), required=False, widget=_AREA, max_length=5000)
    provision_id = forms.TypedChoiceField(
        label=_("Provision of the code"),
        coerce=lambda said: UUID(said) if said else None,
        required=False,
        empty_value=None,
    )
    severity_id = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=lambda said: UUID(said) if said else None,
        required=False,
        empty_value=None,
    )

    def __init__(
        self,
        *args: Any,
        provisions: Sequence[tuple[str, str]],
        severities: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`provisions`, `severities`: (id, name) of what may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["provision_id"].choices = [("", _("None")), *provisions]
        self.fields["severity_id"].choices = [("", _("None")), *severities]


class ReleaseForm(forms.Form):
    """What is to be given away, to whom, what for and for how long."""

    complainant_id = forms.TypedChoiceField(label=_("About whom"), coerce=UUID)
    said = forms.ChoiceField(
        label=_("What"), choices=[(said.value, said.label) for said in (Said.NAME, Said.CONTACT)]
    )
    recipient = forms.ChoiceField(
        label=_("To whom"),
        choices=[(one.value, one.label) for one in Recipient if one != Recipient.PUBLIC],
    )
    reason = forms.CharField(
        label=_("What for"),
        max_length=2000,
        widget=_AREA,
        help_text=_("Those on the complaint read it. The worker reads who asks, and for whom."),
    )
    basis = forms.ChoiceField(label=_("On what ground"), choices=Basis.choices, widget=forms.RadioSelect)
    duty = forms.CharField(
        label=_("Which law, and where it is written"), max_length=2000, required=False, widget=_AREA
    )
    hours = forms.IntegerField(
        label=_("For how many hours"),
        min_value=1,
        max_value=168,
        initial=24,
        help_text=_("At most seven days. It ends by itself."),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of those who complained."""
        super().__init__(*args, **kwargs)
        self.fields["complainant_id"].choices = people


class RefuseForm(forms.Form):
    """Why a release is refused."""

    answer = forms.CharField(label=_("Why not"), max_length=2000, widget=_AREA)

"""Input at the end of a complaint: at the desk, and on the page of the worker."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import AppealOutcome, Reply, Side
from complaints.forms.worker import LONG, Lines, OneOf, Words
from complaints.operations.answering import MOST

_AREA = forms.Textarea(attrs={"rows": 5})


def _some_id(said: str) -> UUID | None:
    return UUID(said) if said else None


# ── At the desk ──────────────────────────────────────────────────────────────────────────────────


class ProposalForm(forms.Form):
    """A solution, in words for the worker."""

    text = forms.CharField(
        label=_("What you propose to her"),
        max_length=MOST,
        widget=_AREA,
        help_text=_(
            "She reads this on her page. Plain words: what was found, what will be done, by whom and until when."
        ),
    )


class AnswerOnPhoneForm(forms.Form):
    """What a complainant said on the phone."""

    complainant_id = forms.TypedChoiceField(label=_("Who said it"), coerce=UUID)
    reply = forms.ChoiceField(label=_("Her answer"), choices=Reply.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In her words"),
        max_length=MOST,
        required=False,
        widget=_AREA,
        help_text=_("It is kept that you wrote this down for her."),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of the complainants."""
        super().__init__(*args, **kwargs)
        self.fields["complainant_id"].choices = people


class HandOverForm(forms.Form):
    """To a second person."""

    reason = forms.CharField(
        label=_("Why it is closed without her agreement"),
        max_length=MOST,
        required=False,
        widget=_AREA,
        help_text=_("Only where not every complainant has agreed. She reads it, and that she may appeal."),
    )


class GiveBackForm(forms.Form):
    """What is to be different."""

    words = forms.CharField(label=_("What should be different"), max_length=MOST, widget=_AREA)


class PersonForm(forms.Form):
    """One of those who may."""

    person_id = forms.TypedChoiceField(label=_("Person"), coerce=UUID)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of who may be asked."""
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [("", _("Choose")), *people]


class AppealOnPaperForm(forms.Form):
    """An appeal that did not come from the worker's page."""

    side = forms.ChoiceField(label=_("Who appeals"), choices=Side.choices, widget=forms.RadioSelect)
    complainant_id = forms.TypedChoiceField(
        label=_("Which worker"),
        coerce=_some_id,
        required=False,
        empty_value=None,
        help_text=_("Where a worker appeals."),
    )
    words = forms.CharField(label=_("What they say against the outcome"), max_length=MOST, widget=_AREA)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of the complainants."""
        super().__init__(*args, **kwargs)
        self.fields["complainant_id"].choices = [("", _("None")), *people]

    def clean(self) -> dict[str, Any]:
        """A worker who appeals has a name or a number here."""
        data = super().clean() or {}
        if data.get("side") == Side.WORKER and not data.get("complainant_id"):
            self.add_error("complainant_id", _("Choose which worker appeals."))
        return data


class DecisionForm(forms.Form):
    """The decision on an appeal."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[choice for choice in AppealOutcome.choices if choice[0] != AppealOutcome.PENDING],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What the worker reads"),
        max_length=MOST,
        widget=_AREA,
        help_text=_("What was decided and why, in plain words."),
    )
    handler_id = forms.TypedChoiceField(
        label=_("Who looks at it again"), coerce=_some_id, required=False, empty_value=None
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`people`: (id, name) of who may be asked to handle it."""
        super().__init__(*args, **kwargs)
        self.fields["handler_id"].choices = [("", _("Whoever handled it before")), *people]


class ReopenForm(forms.Form):
    """Why a closed complaint is opened again."""

    reason = forms.CharField(
        label=_("Why it is opened again"),
        max_length=MOST,
        widget=_AREA,
        help_text=_("Kept with the case, for those with a part in it."),
    )


class MergeForm(forms.Form):
    """Into which complaint."""

    into_id = forms.TypedChoiceField(label=_("Merge it into"), coerce=UUID)

    def __init__(self, *args: Any, complaints: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`complaints`: (id, number and state) of those that the person has a part in."""
        super().__init__(*args, **kwargs)
        self.fields["into_id"].choices = [("", _("Choose")), *complaints]


class LinkForm(forms.Form):
    """With which complaint."""

    number = forms.CharField(label=_("Number of the other complaint"), max_length=20)


# ── On the worker's page ─────────────────────────────────────────────────────────────────────────


class AnswerProposal(forms.Form):
    """What she says to what is proposed to her."""

    reply = OneOf(
        label=_("What do you say to it?"),
        choices=[
            (Reply.AGREES, _("Yes, I agree")),
            (Reply.CHANGE, _("I want something changed")),
            (Reply.DISAGREES, _("No, I do not agree")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )
    words = Words(
        label=_("In your words"),
        required=False,
        max_length=LONG,
        widget=Lines,
        help_text=_("What should be different, if you want a change."),
    )


class AskAgain(forms.Form):
    """Why another person should look at it."""

    words = Words(
        label=_("What should we look at again?"),
        max_length=LONG,
        widget=Lines,
        error_messages={"required": _("Write in a few words what is not right.")},
    )

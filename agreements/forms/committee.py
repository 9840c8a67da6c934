"""Input about the committee."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.enums import PLAIN_CHOICES, Choice, SeatSide
from agreements.forms.proofs import ProofField
from agreements.models import Attendance, Seat
from programs.enums import Part
from programs.forms import DayField
from programs.models import Participation
from wsr.accounts.grants import Permission, Role, permissions_of
from wsr.accounts.models import Membership, Person

_AREA = {"rows": 5}
_NAMES_NOBODY = _("Name no worker and no complaint.")


class SeatForm(forms.Form):
    """A member of the committee, or her alternate."""

    side = forms.ChoiceField(label=_("Side"), choices=SeatSide.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name"), max_length=200)
    participation = forms.ModelChoiceField(
        label=_("Sits for this brand or employer"),
        queryset=None,
        required=False,
        empty_label=_("None"),
        help_text=_(
            "Only for members of the brands and of the employers. They are left out of what concerns it."
        ),
    )
    organization = forms.CharField(
        label=_("Organization"),
        max_length=300,
        required=False,
        help_text=_("For everybody else: the union, the body that sends the chair, the witness."),
    )
    person = forms.ModelChoiceField(
        label=_("Account"),
        queryset=None,
        required=False,
        empty_label=_("None: gets the papers from you"),
        help_text=_("With an account she reads the papers, votes and approves the minutes herself."),
    )
    has_vote = forms.BooleanField(
        label=_("Has a vote"), required=False, initial=True, help_text=_("A witness never has one.")
    )
    alternate_for = forms.ModelChoiceField(
        label=_("Alternate of"), queryset=None, required=False, empty_label=_("Nobody: a member herself")
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(
        label=_("Until"), required=False, help_text=_("The last day of the term, where it has one.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Choices come from the active program."""
        super().__init__(*args, **kwargs)
        parts = Participation.objects.filter(part__in=[Part.BRAND, Part.SUPPLIER])
        self.fields["participation"].queryset = parts.order_by("name", "pk")
        self.fields["alternate_for"].queryset = Seat.objects.on(today).filter(alternate_for=None)
        roles = [role for role in Role if Permission.COMMITTEE_SIT in permissions_of([role])]
        people = Membership.objects.active().filter(role__in=roles).values("person_id")
        self.fields["person"].queryset = Person.objects.filter(pk__in=people).order_by("name", "email", "pk")
        self.fields["starts_on"].initial = today


class TermForm(forms.Form):
    """The end of a term."""

    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Empty: without an end."))
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class SittingForm(forms.Form):
    """When and where a meeting is."""

    day = DayField(label=_("Day"))
    hour = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    place = forms.CharField(
        label=_("Place or call"), max_length=500, help_text=_("An address, or the link of a call.")
    )
    note = forms.CharField(
        label=_("Note to the members"), widget=forms.Textarea(attrs=_AREA), max_length=5000, required=False
    )

    def __init__(self, *args: Any, zone: tzinfo, **kwargs: Any) -> None:
        """`zone`: of the program."""
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        """Day and hour as one moment."""
        data = super().clean() or {}
        day, hour = data.pop("day", None), data.pop("hour", None)
        if day and hour:
            data["starts_at"] = datetime.combine(day, hour, self.zone)
        return data


class ItemForm(forms.Form):
    """An item of one's own, with papers."""

    title = forms.CharField(label=_("Item"), max_length=200)
    text = forms.CharField(
        label=_("What it is about, and what is proposed"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
        required=False,
        help_text=_NAMES_NOBODY,
    )
    participation = forms.ModelChoiceField(
        label=_("Whom it concerns"),
        queryset=None,
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("Whoever sits for it is left out of this item."),
    )
    files = ProofField(label=_("Papers"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Choices come from the active program."""
        super().__init__(*args, **kwargs)
        parts = Participation.objects.filter(part__in=[Part.BRAND, Part.SUPPLIER])
        self.fields["participation"].queryset = parts.order_by("name", "pk")


class ChangeItemForm(forms.Form):
    """Words and place of an item."""

    title = forms.CharField(label=_("Item"), max_length=200)
    text = forms.CharField(
        label=_("Text"), widget=forms.Textarea(attrs={"rows": 8}), max_length=20_000, required=False
    )
    position = forms.IntegerField(label=_("Number on the agenda"), min_value=1, max_value=500)


class InterestForm(forms.Form):
    """An interest in an item."""

    reason = forms.CharField(
        label=_("What the interest is"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class CancelForm(ReasonForm):
    """Why a meeting does not take place."""


class HoldForm(forms.Form):
    """Who is there, and how the minutes begin."""

    present = forms.MultipleChoiceField(label=_("Who is there"), widget=forms.CheckboxSelectMultiple)
    opening = forms.CharField(
        label=_("Opening remarks for the minutes"),
        widget=forms.Textarea(attrs=_AREA),
        max_length=5000,
        required=False,
        help_text=_NAMES_NOBODY,
    )

    def __init__(self, *args: Any, called: Iterable[Attendance], **kwargs: Any) -> None:
        """`called`: who was invited."""
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = [(str(row.seat_id), _seat_words(row.seat)) for row in called]


class ItemVoteForm(forms.Form):
    """A member's vote on an item."""

    choice = forms.ChoiceField(label=_("Your vote"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000, required=False
    )

    def __init__(self, *args: Any, is_petition: bool, **kwargs: Any) -> None:
        """`is_petition`: the question is then whether there is a breach."""
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices(is_petition)


class VotesForm(forms.Form):
    """Votes given in the room, one field per member who is there and has not voted."""

    def __init__(self, *args: Any, seats: Iterable[Seat], is_petition: bool, **kwargs: Any) -> None:
        """`seats`: whose votes are asked."""
        super().__init__(*args, **kwargs)
        for seat in seats:
            self.fields[f"seat-{seat.pk}"] = forms.ChoiceField(
                label=_seat_words(seat),
                choices=[("", _("no vote")), *choices(is_petition)],
                required=False,
            )


class DecideForm(forms.Form):
    """What was decided, and what follows."""

    text = forms.CharField(
        label=_("Decision"), widget=forms.Textarea(attrs=_AREA), max_length=20_000, help_text=_NAMES_NOBODY
    )
    discussion = forms.CharField(
        label=_("What was said"), widget=forms.Textarea(attrs=_AREA), max_length=20_000, required=False
    )
    effective_on = DayField(label=_("Effective"))
    participation = forms.ModelChoiceField(
        label=_("Who must act"), queryset=None, required=False, empty_label=_("Somebody else, or nobody")
    )
    actor = forms.CharField(
        label=_("Somebody else who must act"),
        max_length=300,
        required=False,
        help_text=_("For example: the monitor."),
    )
    due_on = DayField(label=_("By"), required=False, help_text=_("Runs as a clock."))
    public_text = forms.CharField(
        label=_("What the public reads of the decision"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        required=False,
    )

    def __init__(self, *args: Any, today: date, concerns: bool, **kwargs: Any) -> None:
        """`concerns`: the item concerns a participant, so that nothing is public unless it is written here."""
        super().__init__(*args, **kwargs)
        parts = Participation.objects.filter(part__in=[Part.BRAND, Part.SUPPLIER])
        self.fields["participation"].queryset = parts.order_by("name", "pk")
        self.fields["effective_on"].initial = today
        self.fields["public_text"].help_text = (
            _("This item concerns a participant: empty, and the public reads nothing of it.")
            if concerns
            else _("Empty: the decision as it stands above.")
        )


class DiscussionForm(forms.Form):
    """What was said about an item that is not decided."""

    discussion = forms.CharField(
        label=_("What was said"),
        widget=forms.Textarea(attrs=_AREA),
        max_length=20_000,
        required=False,
        help_text=_NAMES_NOBODY,
    )


class MinutesForm(forms.Form):
    """What the minutes say of an item, and what the public reads of it."""

    discussion = forms.CharField(
        label=_("What was said"), widget=forms.Textarea(attrs={"rows": 8}), max_length=20_000, required=False
    )
    public_text = forms.CharField(
        label=_("What the public reads instead"),
        widget=forms.Textarea(attrs=_AREA),
        max_length=20_000,
        required=False,
        help_text=_("Empty: the same; of an item that concerns a participant nothing."),
    )
    is_withheld = forms.BooleanField(label=_("Leave this item out in public"), required=False)


class CorrectionForm(MinutesForm):
    """The same for minutes that are approved."""

    correction = forms.CharField(
        label=_("What is corrected, and why"), max_length=500, help_text=_("The public reads it.")
    )


class AnswerMinutesForm(forms.Form):
    """A member's written answer to minutes."""

    APPROVE, OBJECT = "approve", "object"

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(APPROVE, _("I approve them")), (OBJECT, _("Something must be changed first"))],
        widget=forms.RadioSelect,
    )
    objection = forms.CharField(
        label=_("What must be changed"), widget=forms.Textarea(attrs=_AREA), max_length=5000, required=False
    )

    def clean(self) -> dict[str, Any]:
        """An objection says what it objects to."""
        data = super().clean() or {}
        if data.get("answer") == self.OBJECT and not (data.get("objection") or "").strip():
            self.add_error("objection", _("Say what must be changed."))
        if data.get("answer") == self.APPROVE:
            data["objection"] = ""
        return data


class EnterAnswerForm(AnswerMinutesForm):
    """The same, written down for a member without an account."""

    seat_id = forms.ChoiceField(label=_("Member"), widget=forms.RadioSelect)
    field_order = ["seat_id"]

    def __init__(self, *args: Any, seats: Iterable[Seat], **kwargs: Any) -> None:
        """`seats`: of those who have not answered and have no account."""
        super().__init__(*args, **kwargs)
        self.fields["seat_id"].choices = [(str(seat.pk), _seat_words(seat)) for seat in seats]
        self.fields["answer"].label = _("Answer")


class DoneForm(forms.Form):
    """What was done about a decision."""

    done_note = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs=_AREA), max_length=5000)


def choices(is_petition: bool) -> list[tuple[str, Any]]:
    """The votes, in the words of the question."""
    return [(one.value, one.label if is_petition else PLAIN_CHOICES[one]) for one in Choice]


def _seat_words(seat: Seat) -> str:
    words = f"{seat} – {seat.get_side_display()}"
    return _("%(name)s (alternate)") % {"name": words} if seat.alternate_for_id else words

"""What somebody of the program keys in for a worker: on the phone, from paper, for several at once."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import Channel, FiledBy
from complaints.forms import worker
from complaints.forms.worker import LEAST, LONG, MAY_BE_SAID, NO, OTHER, SHORT, UNSURE, YES, pairs
from complaints.operations.complainants import Who
from wsr.languages import LANGUAGES

_ROWS = forms.Textarea(attrs={"rows": 4})
_CLOCK = {"type": "time", "step": 900}
NEVER, MAY = "never", "may"


class HoursMixin(forms.Form):
    """Hours in which it is safe, both or neither."""

    call_from = forms.TimeField(
        label=_("Safe from"), required=False, widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M")
    )
    call_until = forms.TimeField(
        label=_("Safe until"), required=False, widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        """Hours come in pairs."""
        said = super().clean() or {}
        begins, ends = said.get("call_from"), said.get("call_until")
        if (begins is None) != (ends is None) and not {"call_from", "call_until"} & set(self.errors):
            self.add_error("call_until" if ends is None else "call_from", _("Write both hours, or neither."))
        elif begins is not None and begins == ends:
            self.add_error("call_until", _("These hours are empty; write when they end."))
        return said


class ContactForm(HoursMixin):
    """How one complainant can be reached, and what she allows."""

    name = forms.CharField(label=_("Name, if she wants"), required=False, max_length=SHORT)
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    calls = forms.ChoiceField(
        label=_("Calls"),
        choices=[(NEVER, _("Never call")), (MAY, _("May be called"))],
        initial=NEVER,
        widget=forms.RadioSelect,
    )
    texts = forms.ChoiceField(
        label=_("Text messages, which never say what this is about"),
        choices=[(NEVER, _("Never text")), (MAY, _("May be texted"))],
        initial=NEVER,
        widget=forms.RadioSelect,
    )
    code_word = forms.CharField(
        label=_("Code word"),
        required=False,
        max_length=60,
        help_text=_("Said by us when we call, so that she knows who it is."),
    )
    safe_contact = forms.CharField(
        label=_("What to mind"),
        required=False,
        max_length=SHORT,
        help_text=_("For example: ask for her sister, never leave a message."),
    )
    allowed = forms.MultipleChoiceField(
        label=_("She said yes to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, words) for key, (_to, _what, words) in MAY_BE_SAID.items()],
    )
    field_order = ("name", "phone", "calls", "texts", "call_from", "call_until", "code_word", "safe_contact", "allowed")  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Whoever may be called has a number."""
        said = super().clean()
        if MAY in (said.get("calls"), said.get("texts")) and not said.get("phone"):
            self.add_error("phone", _("Write the number, or choose never."))
        return said

    @property
    def who(self) -> Who:
        """The complainant, as intake takes her."""
        said = self.cleaned_data
        return Who(
            name=said["name"],
            phone=said["phone"],
            safe_contact=said["safe_contact"],
            code_word=said["code_word"],
            may_call=said["calls"] == MAY,
            may_text=said["texts"] == MAY,
            call_from=said["call_from"],
            call_until=said["call_until"],
            consents=pairs(said["allowed"]),
        )


class ConsoleForm(ContactForm):
    """A whole complaint on one page."""

    language = forms.ChoiceField(
        label=_("Her language"), choices=[(one.code, one.own_name) for one in LANGUAGES]
    )
    danger = forms.ChoiceField(
        label=_("Somebody is in danger now"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(NO, _("No")), (YES, _("Yes")), (UNSURE, _("She does not know"))],
    )
    what = forms.CharField(
        label=_("What happened"),
        min_length=LEAST,
        max_length=LONG,
        widget=_ROWS,
        help_text=_("In her words."),
        error_messages={"required": _("Write what happened, in a few words.")},
    )
    about = forms.ChoiceField(label=_("About"), required=False)
    where = forms.CharField(
        label=_("Where, in her words"),
        required=False,
        max_length=SHORT,
        help_text=_("Search finds workplaces of the program."),
    )
    workplace_id = forms.TypedChoiceField(
        label=_("Workplace"),
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    when = forms.CharField(label=_("When"), required=False, max_length=SHORT)
    how_many = forms.ChoiceField(
        label=_("How many"),
        required=False,
        choices=[("", "—"), *worker.HowMany.base_fields["how_many"].choices],
    )
    call_back = forms.BooleanField(label=_("She wants to be called back about it"), required=False)
    field_order = ("language", "danger", "what", "about", "where", "workplace_id", "when", "how_many", *ContactForm.field_order, "call_back")  # fmt: skip

    def __init__(
        self,
        *args: Any,
        labels: Iterable[tuple[str, str]],
        places: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        """`labels`: (key, words) of the table that triages; `places`: (id, name) of what the search found."""
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", "—"), *labels, (OTHER, _("Something else"))]
        self.fields["workplace_id"].choices = (
            [*places, ("", _("None of these, or not known"))] if places else []
        )

    def clean(self) -> dict[str, Any]:
        """Whoever wants to be called may be called."""
        said = super().clean()
        if said.get("call_back") and said.get("calls") != MAY:
            self.add_error(
                "call_back", _("She may not be called. Change that above, or take this mark away.")
            )
        return said

    @property
    def answers(self) -> dict[str, str]:
        """Question → text, as the web form keeps them."""
        said = self.cleaned_data
        words = {name: dict(self.fields[name].choices) for name in ("about", "danger", "how_many")}
        return {
            "about": str(words["about"][said["about"]]) if said["about"] else "",
            "what": said["what"],
            "where": said["where"],
            "when": said["when"],
            "danger": str(words["danger"][said["danger"]]) if said["danger"] else "",
            "how_many": str(words["how_many"][said["how_many"]]) if said["how_many"] else "",
        }


class PaperForm(ConsoleForm):
    """A complaint that came on paper or in person, with the day on which it did."""

    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[(one.value, one.label) for one in (Channel.PAPER, Channel.VISIT)],
        widget=forms.RadioSelect,
        initial=Channel.PAPER,
    )
    received_on = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The day it was handed over or arrived. All limits count from that day."),
    )
    filed_by = forms.ChoiceField(
        label=_("Who brings it"),
        choices=[(one.value, one.label) for one in FiledBy if one != FiledBy.PROGRAM],
        help_text=_(
            "A union or another representative reads what it filed and where that stands, never who else complains."
        ),
    )
    field_order = ("channel", "received_on", "filed_by", *ConsoleForm.field_order)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """`today` in the time zone of the program."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_received_on(self) -> date:
        """Not a day to come."""
        day = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return day


class OtherForm(ContactForm):
    """One more complainant."""

    has_slip = forms.BooleanField(
        label=_("She gets a slip with a number and a code"), required=False, initial=True
    )
    field_order = (*ContactForm.field_order, "has_slip")

    @property
    def who(self) -> Who:
        """The complainant; a worker, whoever brings the complaint."""
        known = super().who
        return Who(**{**vars(known), "filed_by": FiledBy.WORKER, "has_slip": self.cleaned_data["has_slip"]})


class JoinForm(ContactForm):
    """A worker who joins a complaint that there is, with words of her own."""

    words = forms.CharField(
        label=_("What she says herself"),
        required=False,
        max_length=LONG,
        widget=_ROWS,
        help_text=_("She alone reads it again, and those who work on the complaint."),
    )
    field_order = ("words", *ContactForm.field_order)

    @property
    def who(self) -> Who:
        """The complainant."""
        return Who(**{**vars(super().who), "filed_by": FiledBy.WORKER})


class CallbackForm(HoursMixin):
    """Somebody wants to be called; no word of what it is about."""

    phone = forms.CharField(
        label=_("Telephone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    name = forms.CharField(label=_("Whom to ask for"), required=False, max_length=SHORT)
    language = forms.ChoiceField(label=_("Language"), choices=[(one.code, one.own_name) for one in LANGUAGES])
    code_word = forms.CharField(label=_("Code word"), required=False, max_length=60)
    words = forms.CharField(label=_("What to mind"), required=False, max_length=SHORT)
    field_order = ("phone", "name", "language", "call_from", "call_until", "code_word", "words")


class CheckForm(forms.Form):
    """Number and code, as somebody says them on the phone."""

    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Code"),
        max_length=80,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class SayForm(forms.Form):
    """What a caller adds."""

    text = forms.CharField(label=_("What she adds, in her words"), max_length=LONG, widget=_ROWS)


# When a worker of the web form may be called: key → hours and words.
HOURS: dict[str, tuple[time | None, time | None, Any]] = {
    "any": (None, None, _("At any time")),
    "morning": (time(7), time(12), _("In the morning, from 7 to 12")),
    "afternoon": (time(12), time(17), _("In the afternoon, from 12 to 5")),
    "evening": (time(17), time(21), _("In the evening, from 5 to 9")),
}


class CallMe(forms.Form):
    """On the worker's pages: she wants to be called."""

    phone = worker.Words(
        label=_("Your phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "dir": "ltr"}),
    )
    name = worker.Words(
        label=_("Whom do we ask for?"),
        required=False,
        max_length=SHORT,
        help_text=_("Any name that you choose."),
    )
    hours = worker.OneOf(
        label=_("When is it safe?"),
        widget=forms.RadioSelect,
        initial="any",
        choices=[(key, words) for key, (_from, _until, words) in HOURS.items()],
    )
    words = worker.Words(
        label=_("What must we mind?"),
        required=False,
        max_length=SHORT,
        help_text=_("If somebody else answers we say: wrong number."),
    )

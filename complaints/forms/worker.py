"""The questions that a worker is asked, one to a page, and what she types when she comes back. Everything but what happened is optional."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import Recipient, Said

SHORT = 200
LONG = 6_000
LEAST = 10  # characters: a few words, not a wall; it stops a slip of the thumb and an empty flood

OTHER = "other"
YES, NO, UNSURE = "yes", "no", "unsure"

# What she can allow, in her words. Source of the pairs: `complaints.enums.Recipient` and `Said`.
MAY_BE_SAID: dict[str, tuple[Recipient, Said, object]] = {
    "employer_facts": (
        Recipient.EMPLOYER,
        Said.FACTS,
        _("You may tell my employer what happened, without my name"),
    ),
    "employer_name": (Recipient.EMPLOYER, Said.NAME, _("You may tell my employer my name")),
    "brands_facts": (
        Recipient.BRANDS,
        Said.FACTS,
        _("You may tell the brands that buy from my employer what happened, without my name"),
    ),
    "partner_contact": (
        Recipient.PARTNER,
        Said.CONTACT,
        _("You may give my name and number to an organization that can help me"),
    ),
    "authority_facts": (
        Recipient.AUTHORITY,
        Said.FACTS,
        _("You may tell an authority what happened, without my name"),
    ),
}


class Words(forms.CharField):
    """What she types. Every refusal is in plain words, and so in her language."""

    default_error_messages: ClassVar = {
        "required": _("Please write something here."),
        "min_length": _("Write a little more here."),
        "max_length": _("This is too long. Make it shorter."),
        "null_characters_not_allowed": _("There is a sign in it that we cannot read. Type it again."),
    }


class OneOf(forms.ChoiceField):
    """What she chooses."""

    default_error_messages: ClassVar = {
        "required": _("Please choose one."),
        "invalid_choice": _("Choose one of these."),
    }


class SomeOf(forms.MultipleChoiceField):
    """What she marks."""

    default_error_messages: ClassVar = {
        "required": _("Please choose at least one."),
        "invalid_choice": _("Choose from these."),
        "invalid_list": _("Choose from these."),
    }


class Lines(forms.Textarea):
    """Room for some sentences."""

    def __init__(self) -> None:
        """Six lines."""
        super().__init__(attrs={"rows": 6, "dir": "auto"})


def _digits() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"})


class About(forms.Form):
    """What it is about: the program's own list, for workers."""

    about = OneOf(
        label=_("What is it about?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Choose what fits best. You can say more on the next page."),
    )

    def __init__(self, *args: object, labels: Iterable[tuple[str, str]] = (), **kwargs: object) -> None:
        """`labels`: key of a rule → its words in her language."""
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [*labels, (OTHER, _("Something else"))]


class What(forms.Form):
    """What happened."""

    what = Words(
        label=_("What happened?"),
        min_length=LEAST,
        max_length=LONG,
        widget=Lines,
        help_text=_("Write as you would tell a friend. You do not have to write names."),
        error_messages={
            "required": _("Write what happened, in a few words."),
            "min_length": _("Write a few words more, so that we understand what happened."),
            "max_length": _("This is too long for one message. Shorten it; you can send us more afterwards."),
        },
    )


class Place(forms.Form):
    """Where."""

    where = Words(
        label=_("Where do you work?"),
        required=False,
        max_length=SHORT,
        help_text=_("The name of the farm or factory, or the town. What you know is enough."),
    )


class PlaceOrPerson(Place):
    """Where, and about whom, in a program that takes complaints about a person."""

    against = OneOf(
        label=_("Is it about a person or a workplace?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("workplace", _("A workplace")),
            ("person", _("A person")),
            ("both", _("Both")),
            (UNSURE, _("I do not know")),
        ],
    )
    person = Words(
        label=_("Who is it?"),
        required=False,
        max_length=SHORT,
        help_text=_("The name, or what you call the person. Only those who work on your complaint read it."),
    )

    def clean(self) -> dict[str, object]:
        """Whoever is named is a person."""
        said = super().clean()
        if said.get("person") and said.get("against") in ("", "workplace", UNSURE):
            said["against"] = "person"
        return said


class When(forms.Form):
    """When."""

    when = Words(
        label=_("When did it happen?"),
        required=False,
        max_length=SHORT,
        help_text=_("For example: last Friday, or every month since January."),
    )


class Danger(forms.Form):
    """Whether somebody is in danger at this moment."""

    danger = OneOf(
        label=_("Is somebody in danger now?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(YES, _("Yes")), (NO, _("No")), (UNSURE, _("I do not know"))],
        help_text=_("If somebody is hurt or may be hurt today, call for help as well."),
    )


class HowMany(forms.Form):
    """How many workers."""

    how_many = OneOf(
        label=_("How many workers does it concern?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("one", _("Only me, or one other")),
            ("few", _("A few of us")),
            ("many", _("Many of us")),
            (UNSURE, _("I do not know")),
        ],
    )


class Contact(forms.Form):
    """How she can be reached, if she wants to be."""

    name = Words(label=_("Your name"), required=False, max_length=SHORT)
    phone = Words(
        label=_("Your phone number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "dir": "ltr"}),
    )
    may_call = forms.BooleanField(label=_("You may call me"), required=False)
    may_text = forms.BooleanField(
        label=_("You may send me a text message that says nothing of this"), required=False
    )
    safe_contact = Words(
        label=_("When and how is it safe?"),
        required=False,
        max_length=SHORT,
        help_text=_("For example: only after eight in the evening, and ask for my sister."),
    )

    def clean(self) -> dict[str, object]:
        """Whoever may be called has a number."""
        said = super().clean()
        if (said.get("may_call") or said.get("may_text")) and not said.get("phone"):
            self.add_error("phone", _("Write your number, or take away the mark below it."))
        return said


class Allowed(forms.Form):
    """What may be said to whom."""

    allowed = SomeOf(
        label=_("What may we tell others?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, words) for key, (_to, _what, words) in MAY_BE_SAID.items()],
        help_text=_("Nothing is told without your mark here. You can change it later."),
    )


def pairs(keys: Iterable[str]) -> list[tuple[Recipient, Said]]:
    """Recipient and what may be said, of the marks she made."""
    return [MAY_BE_SAID[key][:2] for key in keys if key in MAY_BE_SAID]


@dataclass(frozen=True)
class Step:
    """One page with one question; `key` is that of the draft. `of_people`: asked in programs that take complaints about a person."""

    key: str
    form: type[forms.Form]
    of_people: type[forms.Form] | None = None


STEPS = (
    Step("about", About),
    Step("what", What),
    Step("where", Place, PlaceOrPerson),
    Step("when", When),
    Step("danger", Danger),
    Step("how_many", HowMany),
    Step("contact", Contact),
    Step("allowed", Allowed),
)


class ComeBack(forms.Form):
    """Number and code, in the digits of any script."""

    number = Words(label=_("Your number"), max_length=60, widget=_digits())
    secret = Words(
        label=_("Your code"),
        max_length=80,
        widget=_digits(),
        help_text=_("The 12 digits that only you know."),
    )


class Write(forms.Form):
    """One more message."""

    text = Words(
        label=_("Write to us"),
        max_length=LONG,
        widget=Lines,
        error_messages={
            "required": _("Write something before you send it."),
            "max_length": _("This is too long for one message. Send it in two."),
        },
    )

"""The texts of workers' pages that a program may say in its own words, with what they say otherwise.

Not here, and so not to be changed: buttons, what a mark of consent means, and the title of the window, which tells nobody anything. A word in
braces is filled in; own words must hold the same ones. Every text here is read, or read out, to workers: it stands in all their languages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from complaints.enums import PLAIN, ComplaintState
from complaints.forms.worker import STEPS, Step

SHORT, LONG = 160, 600  # letters: a heading, a paragraph


class Part(StrEnum):
    """Where a text stands. The words for it are `complaints.forms.texts.PARTS`."""

    FIRST = "first"
    QUESTIONS = "questions"
    REVIEW = "review"
    RECEIPT = "receipt"
    STOP = "stop"
    STATES = "states"
    HOTLINE = "hotline"


@dataclass(frozen=True)
class Text:
    """One text. `names`: what is filled in, of `complaints.queries.texts.VALUES`; `has_recording`: a program may have it read aloud."""

    part: Part
    default: Promise | str
    most: int = LONG
    names: tuple[str, ...] = ()
    has_recording: bool = False


_FIRST = {
    "first_title": Text(Part.FIRST, _("Tell us what is wrong at work"), SHORT, has_recording=True),
    "first_who": Text(
        Part.FIRST,
        _(
            "This goes to {program}, a program of workers' organizations. Only people of the program who work on it read it. "
            "Your employer does not."
        ),
        names=("program",),
    ),
    "first_safe": Text(
        Part.FIRST,
        _(
            "You do not have to give your name. Nobody may punish you for telling us; if somebody does, tell us that too."
        ),
    ),
    "first_time": Text(
        Part.FIRST,
        _(
            "It takes about five minutes. You can leave at any time and go on within {hours} hours on this phone."
        ),
        names=("hours",),
    ),
}
_REVIEW = {"review_title": Text(Part.REVIEW, _("Look at it once more"), SHORT, has_recording=True)}
_RECEIPT = {
    "receipt_title": Text(
        Part.RECEIPT, _("We have it. Write down these two numbers now"), SHORT, has_recording=True
    ),
    "receipt_use": Text(
        Part.RECEIPT,
        _("With both you can come back, read our answer and write more. We cannot give you the code again."),
    ),
    "receipt_secret": Text(
        Part.RECEIPT, _("You may tell us the number on the phone. Tell nobody the code, not even us.")
    ),
    "receipt_keep": Text(
        Part.RECEIPT,
        _(
            "Keep them on paper in a safe place, the code without any other word. A photo on your phone can be found by others."
        ),
    ),
    "receipt_again": Text(
        Part.RECEIPT,
        _("If you leave now you can see this page again on this phone for {hours} hours."),
        names=("hours",),
    ),
    "receipt_thanks": Text(
        Part.RECEIPT,
        _(
            "Somebody of the program reads what you sent. Come back in a few days with your number and your code; our answer "
            "will be there."
        ),
    ),
}
_STOP = {
    "stop_title": Text(Part.STOP, _("Take it back?"), SHORT),
    "stop_what": Text(
        Part.STOP,
        _("We stop working on it. You can change your mind at any time, and you can still write to us."),
    ),
    "stop_pressed": Text(
        Part.STOP,
        _("If somebody is pressing you to take it back, write that to us instead. We will not tell them."),
    ),
}
# What whoever answers the telephone reads out, in this order.
_HOTLINE = {
    "hotline_greeting": Text(
        Part.HOTLINE,
        _("Thank you for calling. This is {program}. Your employer does not learn that you called."),
        names=("program",),
    ),
    "hotline_safe": Text(
        Part.HOTLINE,
        _("Can you talk safely now? If not, tell me when I may call you back, and who may answer the phone."),
    ),
    "hotline_danger": Text(
        Part.HOTLINE,
        _(
            "Go to a safe place first if you can, and call for help. Call us again from there; we pass this on at once."
        ),
    ),
    "hotline_name": Text(
        Part.HOTLINE, _("You do not have to tell me your name. Tell me what happened, in your own words.")
    ),
    "hotline_allow": Text(
        Part.HOTLINE,
        _("We tell nobody what you say unless you allow it. I will now ask you whom we may tell what."),
    ),
    "hotline_reach": Text(
        Part.HOTLINE,
        _(
            "May we call you? If so: on which number, at which hours is it safe, and which word shall we say so that you know it is us?"
        ),
    ),
    "hotline_repeat": Text(Part.HOTLINE, _("I read to you what I wrote down. Tell me what is not right.")),
    "hotline_receipt": Text(
        Part.HOTLINE,
        _(
            "I give you a number and a code. Write both down. The code opens one page, where you get a new code that only you know."
        ),
    ),
    "hotline_check": Text(
        Part.HOTLINE,
        _("Tell me your number of nine digits, and then your code. I see only where it stands."),
    ),
    "hotline_back": Text(Part.HOTLINE, _("Good day. May I speak with the person who wanted to be called?")),
    "hotline_wrong_person": Text(Part.HOTLINE, _("Sorry, I have the wrong number. Goodbye.")),
    "hotline_goodbye": Text(
        Part.HOTLINE,
        _("Nobody may punish you for calling us. If somebody does, call us again. Thank you."),
    ),
}


# Django has no names of months in Haitian Creole; dates on workers' pages take them from here.
MONTHS = (
    gettext_noop("January"), gettext_noop("February"), gettext_noop("March"), gettext_noop("April"), gettext_noop("May"),
    gettext_noop("June"), gettext_noop("July"), gettext_noop("August"), gettext_noop("September"), gettext_noop("October"),
    gettext_noop("November"), gettext_noop("December"),
)  # fmt: skip


def _questions() -> Iterator[tuple[str, Text]]:
    """Titles and helps of all questions, as the forms ask them; the title of each page may be read aloud."""
    for step in STEPS:
        for number, (name, asked) in enumerate((step.of_people or step.form).base_fields.items()):
            yield (
                question(step.key, name),
                Text(Part.QUESTIONS, asked.label, SHORT, has_recording=not number),
            )
            if asked.help_text:
                yield f"{question(step.key, name)}_help", Text(Part.QUESTIONS, asked.help_text)


def question(step: str, field: str) -> str:
    """Key of the title of a question: `question_what`, and `question_contact_phone` where a page asks several."""
    return f"question_{step}" if step == field else f"question_{step}_{field}"


def title_of(step: Step) -> str:
    """Key of the title of a page: that of its first question."""
    return question(step.key, next(iter(step.form.base_fields)))


def put(form: forms.Form, step: Step, words: Mapping[str, str]) -> forms.Form:
    """The form of a step, asking in these words."""
    for name, asked in form.fields.items():
        key = question(step.key, name)
        asked.label = words[key]
        asked.help_text = words.get(f"{key}_help", "")
    return form


def state(state: ComplaintState) -> str:
    """Key of the plain words for a state. Set aside reads as received, word for word: whoever floods must not learn what was noticed."""
    return f"state_{ComplaintState.RECEIVED if state == ComplaintState.SET_ASIDE else state}"


TEXTS: Mapping[str, Text] = {
    **_FIRST,
    **dict(_questions()),
    **_REVIEW,
    **_RECEIPT,
    **_STOP,
    **{
        state(key): Text(Part.STATES, words)
        for key, words in PLAIN.items()
        if key != ComplaintState.SET_ASIDE
    },
    **_HOTLINE,
}

"""Letters of the ladder: the words, filled in, and the page they are printed on."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.enums import Recipient
from agreements.models import Letter
from wsr.errors import DomainError
from wsr.tenancy.models import Program
from wsr.ui.pdf import render

# {word: what it stands for}. A paragraph with a word that has no value is left out.
WORDS = {
    "program": gettext_lazy("the program's name"),
    "supplier": gettext_lazy("the supplier's name"),
    "workplace": gettext_lazy("the workplace, where the case or the letter is about one"),
    "addressee": gettext_lazy("whom the letter is for"),
    "rung": gettext_lazy("the new standing"),
    "day": gettext_lazy("the day from which it holds"),
    "reason": gettext_lazy("the reason on record"),
    "provision": gettext_lazy("the provision of the code"),
    "condition": gettext_lazy("what must be proven before it returns"),
    "review": gettext_lazy("the day on which the rung is reviewed"),
    "meeting": gettext_lazy("that a meeting is mandatory"),
    "stop": gettext_lazy("that brands must stop buying"),
    "phone": gettext_lazy("the number workers can call"),
}
_RTL = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_NUMBER = re.compile(r"\d[\d\s()+-]{5,}")  # in large type on the sheet for the wall
_WORD = re.compile(r"\{([a-z_]*)\}")

# Plain words for programs that have not written their own. They are this software's, not those of any program.
PLAIN: dict[Recipient, tuple[object, object]] = {
    Recipient.SUPPLIER: (
        gettext_lazy("Your standing in {program}: {rung}"),
        gettext_lazy(
            "To {addressee}\n\nFrom {day} your standing in {program} is “{rung}”.\n\nReason: {reason}\n\n"
            "Provision of the code: {provision}\n\n{meeting}\n\nYour standing is reviewed on {review}.\n\n{stop}\n\n"
            "To return to a better standing you must prove: {condition}\n\n"
            "The program's portal shows where you stand and what comes next."
        ),
    ),
    Recipient.BRANDS: (
        gettext_lazy("{supplier}: {rung}"),
        gettext_lazy(
            "To {addressee}\n\nFrom {day} the standing of {supplier} in {program} is “{rung}”.\n\nReason: {reason}\n\n"
            "Provision of the code: {provision}\n\n{stop}\n\n{meeting}\n\n"
            "Use your means so that the supplier does what the code asks. To return it must prove: {condition}"
        ),
    ),
    Recipient.UNIONS: (
        gettext_lazy("{supplier}: {rung}"),
        gettext_lazy(
            "To {addressee}\n\nFrom {day} the standing of {supplier} in {program} is “{rung}”.\n\nReason: {reason}\n\n"
            "Provision of the code: {provision}\n\n{stop}\n\n{meeting}\n\nTo return it must prove: {condition}"
        ),
    ),
    Recipient.WORKERS: (
        gettext_lazy("To everyone who works at {workplace}"),
        gettext_lazy(
            "{supplier} has not done what the code of {program} asks.\n\nFrom {day} its standing is “{rung}”. {stop}\n\n"
            "You have done nothing wrong. Your rights go on, and nobody may punish you for speaking up.\n\n"
            "Before this changes, {supplier} must prove: {condition}\n\nCall us, also anonymously: {phone}"
        ),
    ),
}


class WrongWord(DomainError):
    """A text uses a word in braces that letters do not know."""


def check(text: str) -> None:
    """Raises WrongWord for a word in braces that nothing stands for."""
    if strange := [word for word in _WORD.findall(text) if word not in WORDS]:
        raise WrongWord(
            _("“{%(word)s}” stands for nothing. You can use: %(words)s.")
            % {"word": strange[0], "words": ", ".join(f"{{{word}}}" for word in WORDS)}
        )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its words filled in; sentences end up whole or not at all: a paragraph with an empty word is left out."""
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text.replace("\r", "")))
    kept = (
        paragraph
        for paragraph in paragraphs
        if paragraph and all(values.get(word) for word in _WORD.findall(paragraph))
    )
    return "\n\n".join(_WORD.sub(lambda found: values[found[1]], paragraph) for paragraph in kept)


def plain(to: Recipient, language: str) -> tuple[str, str] | None:
    """(subject, body) of the software's own words; None in a language it does not speak."""
    if language not in dict(settings.LANGUAGES):
        return None
    with translation.override(language):
        subject, body = PLAIN[to]
        return str(subject), str(body)


def pdf(letter: Letter, program: Program, *, at: datetime) -> bytes:
    """The letter as PDF/UA: a page to send, or a sheet in large type to put up on a wall. `at`: when it is printed."""
    template = "poster" if letter.to == Recipient.WORKERS else "letter"
    paragraphs = letter.body.split("\n\n")
    known = letter.language in dict(settings.LANGUAGES)
    with translation.override(letter.language if known else settings.LANGUAGE_CODE):
        html = render_to_string(
            f"agreements/letters/{template}.html",
            {
                "letter": letter,
                "program": program,
                "paragraphs": paragraphs,
                "ends_with_phone": bool(_NUMBER.search(paragraphs[-1])),
                "created": at.isoformat(timespec="seconds"),
                "direction": "rtl" if letter.language.split("-")[0] in _RTL else "ltr",
            },
        )
    return render(html)

"""Every text message that a worker can get, word for word. Who takes her phone reads no fact, no name, no number and no code in any of them."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wsr.errors import DomainError
from wsr.languages import LANGUAGES
from wsr.notices.texts.parts import parts

MOST_PARTS = 2

ANSWER, CALL, CHECK_IN = "text_answer", "text_call", "text_check_in"
RECEIVED, HELP = "text_received", "text_help"
TEXTS = {
    ANSWER: gettext_lazy("There is an answer for you. Please open the page that you know."),
    CALL: gettext_lazy("Please call us when you can, at the number that you know."),
    CHECK_IN: gettext_lazy("How are you? Answer 1 if all is well, 2 if we should talk."),
    RECEIVED: gettext_lazy("We have your message and will read it. You can write more to this number. STOP: we write no more."),
    HELP: gettext_lazy("You can write to this number at any time, and a person reads it. STOP: we write no more."),
}  # fmt: skip
AT_ONCE = frozenset({RECEIVED, HELP})  # answers to what she sent a moment ago; all others wait for safe hours
CHOICES = [
    (ANSWER, gettext_lazy("There is an answer on the page")),
    (CALL, gettext_lazy("She should call")),
    (CHECK_IN, gettext_lazy("How she is, to answer with 1 or 2")),
]


class TooLong(DomainError):
    """A text that would arrive in pieces, or not at all, on a cheap phone."""


def check_fits(kind: str) -> None:
    """Whether a text fits in MOST_PARTS in every language of workers. Raises TooLong."""
    for language in LANGUAGES:
        with translation.override(language.code):
            needed = parts(str(TEXTS[kind]))
        if needed > MOST_PARTS:
            raise TooLong(
                _("In %(language)s this text takes %(needed)d parts, at most %(most)d may be sent. Shorten its translation.")
                % {"language": language.own_name, "needed": needed, "most": MOST_PARTS}
            )  # fmt: skip

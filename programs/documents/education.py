"""What educators carry: cards with the number to call, and the sheet on which workers sign in. PDF/UA, one language or two.

The words for workers are those of their own pages, in all their languages: a room above gives them in its `handouts.py`,
`HANDOUTS = [function]`, each `function(program) -> Iterable[Words]`. A sheet is counted and never comes back here: no file of it is taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from programs.models import EducationSession
from programs.queries import rule_value, today
from wsr.tenancy.models import Program
from wsr.ui.navigation import discover
from wsr.ui.pdf import render
from wsr.ui.qr import as_image

PHONE = "complaints.phone"
CARDS = 10  # on one page of A4, each 85 by 54 mm
LINES, MOST_LINES = 25, 500  # of a sheet


@dataclass(frozen=True)
class Words:
    """What a card says in one language. `names`: how people write the language down, in small letters. `address`: where a worker can write."""

    code: str
    own_name: str
    direction: str
    title: str
    safe: str
    address: str
    names: frozenset[str] = field(default_factory=frozenset)

    def is_spoken_as(self, language: str) -> bool:
        """Whether somebody who wrote `language` meant this one."""
        typed = language.strip().casefold()
        return typed in self.names or typed.partition("-")[0] == self.code


def words_of(program: Program) -> list[Words]:
    """All languages that workers' pages speak. In a scope of the program."""
    return [words for function in discover("handouts", "HANDOUTS") for words in function(program)]


def spoken(words: Iterable[Words], languages: Iterable[str]) -> list[Words]:
    """Those of the words that these languages mean, in the order of the languages."""
    known = list(words)
    found = [one for language in languages for one in known if one.is_spoken_as(language)]
    return list(dict.fromkeys(found))


def cards(program: Program, words: Words, *, at: datetime) -> bytes:
    """A page of cards to cut, in one language, with the number on record and a QR code of the page for workers."""
    with translation.override(words.code):
        html = render_to_string(
            "programs/education/cards_document.html",
            {
                "program": program,
                "words": words,
                "phone": rule_value(PHONE, on=today(at)) or "",
                "qr": as_image(words.address),
                "short_address": words.address.partition("://")[2].partition("?")[0],
                "cards": range(CARDS),
                "created": at.isoformat(timespec="seconds"),
            },
        )
    return render(html)


def sheet(session: EducationSession, program: Program, *, at: datetime) -> bytes:
    """The sign-in sheet of one session: its facts and empty lines, as many as workers are on record; in the program's language, with the
    words for workers in those of the session.
    """
    workers = session.workplace.worker_count or LINES
    lines = min(max(-(-workers // 5) * 5, LINES), MOST_LINES)
    known = program.language in dict(settings.LANGUAGES)
    language = program.language if known else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(program.time_zone):
        html = render_to_string(
            "programs/education/sheet_document.html",
            {
                "session": session,
                "program": program,
                "language": language,
                "said": spoken(words_of(program), session.languages)[:2],
                "rows": range(1, lines + 1),
                "created": at.isoformat(timespec="seconds"),
            },
        )
    return render(html)

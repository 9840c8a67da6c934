"""What workers read, in the words of the program where it has its own: `texts.of(program, "hotline_greeting", "bn")`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation

from complaints.models import ProgramText, Recording
from complaints.operations import drafts
from complaints.wording import TEXTS, Text
from wsr.tenancy.models import Program

VALUES = ("program", "hours")  # what a text may have filled in


def of(program: Program, key: str, language: str) -> str:
    """One text in a language, filled in, as plain text: templates escape it. In a scope of the program. Raises KeyError."""
    TEXTS[key]
    return all_of(program, language)[key]


def all_of(program: Program, language: str) -> Mapping[str, str]:
    """All texts of a language by key, with one query. In a scope of the program."""
    own = own_words(language)
    return {key: filled(own.get(key) or words, program) for key, words in defaults(language).items()}


def own_words(language: str) -> Mapping[str, str]:
    """What the program says in its own words, by key."""
    return dict(ProgramText.objects.filter(language=language, ended_at=None).values_list("key", "words"))


def defaults(language: str) -> Mapping[str, str]:
    """What all texts say otherwise, by key, with the words in braces."""
    with translation.override(language):
        return {key: str(text.default) for key, text in TEXTS.items()}


def filled(words: str, program: Program) -> str:
    """The words with what stands in braces filled in. Other braces stay as they are."""
    for name, value in zip(VALUES, (program.name, str(drafts.HOURS)), strict=True):
        words = words.replace(f"{{{name}}}", value)
    return words


def recordings(language: str) -> Mapping[str, Recording]:
    """What is read aloud in a language, by key of the text."""
    return {row.key: row for row in Recording.objects.filter(language=language, ended_at=None)}


@dataclass(frozen=True)
class Row:
    """One text on the page of staff: what it says by itself in the reader's language and in the worker's, and the program's own."""

    key: str
    text: Text
    meaning: str
    default: str
    own: ProgramText | None
    recording: Recording | None


def rows(language: str, *, reader: str) -> list[Row]:
    """All texts in their order. `reader`: the language of the person who looks."""
    own = {row.key: row for row in ProgramText.objects.filter(language=language, ended_at=None)}
    heard, meanings, words = recordings(language), defaults(reader), defaults(language)
    return [
        Row(key, text, meanings[key], words[key], own.get(key), heard.get(key)) for key, text in TEXTS.items()
    ]


def versions(key: str, language: str) -> list[ProgramText]:
    """All own words of a text so far, the newest first."""
    found = ProgramText.objects.filter(key=key, language=language).select_related("set_by", "ended_by")
    return list(found.order_by("-set_at", "-pk"))

"""The words of a notice in the language of its reader.

Whatever an app puts into them – names of programs and organizations that people typed – becomes one line without control
characters, so that it can neither add a header to a mail nor write the mail's first paragraph.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import select_template
from django.utils import translation
from django.utils.functional import Promise

from wsr.notices.kinds import Telling, kind_of

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Words:
    """Subject (one line), body, and the path on this site where it is to be read."""

    subject: str
    body: str
    path: str


def words_of(telling: Telling, language: str) -> Words:
    """What is told, in `language`. Raises UnknownKind."""
    with translation.override(language or settings.LANGUAGE_CODE):
        prepared = one_line_each(kind_of(telling.kind).prepare(telling))
        path = str(prepared.get("url", "")).removeprefix(settings.BASE_URL)
        url = settings.BASE_URL + path if path.startswith("/") else path
        template = select_template([f"notices/{telling.kind}.txt", "notices/plain.txt"])
        text = template.render(prepared | {"site": settings.BASE_URL, "url": url})
    subject, _, body = text.strip().partition("\n")
    return Words(one_line(subject)[:SUBJECT_LENGTH], body.strip() + "\n", path)


def one_line_each(prepared: Mapping[str, object]) -> dict[str, object]:
    """The same with every text made one line; dates, numbers and lists stay what they are."""
    return {
        name: one_line(str(value)) if isinstance(value, str | Promise) else value
        for name, value in prepared.items()
    }


def one_line(text: str) -> str:
    """Without line breaks, control characters and marks that turn the direction of writing around."""
    kept = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join("".join(sign for sign in kept if sign not in _DIRECTIONS).split())


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

"""The statement of principles that people and organizations endorse: versions as files, like blueprints.

A version is a file in `programs/statements/`: its date, whose statement it is, and every principle with its number, in each language.
What somebody has endorsed never changes: new words are a new file with the next number. The text is this installation's own short
wording; the statement itself belongs to the WSR Network and is linked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from programs.enums import Certainty

FOLDER = Path(__file__).parent / "statements"
OWN_NAMES = {
    "en": "English",
    "es": "Español",
    "ht": "Kreyòl ayisyen",
    "bn": "বাংলা",
    "ur": "اردو",
}


@dataclass(frozen=True)
class Words:
    """One principle in one language."""

    title: str
    text: str


@dataclass(frozen=True)
class Principle:
    """One principle. `number` counts from one within its version; `key` stays the same over versions."""

    number: int
    key: str
    certainty: Certainty
    words: Mapping[str, Words]

    def said_in(self, language: str) -> Words:
        """Its words in a language; in English where the version does not speak it."""
        return self.words.get(language, self.words["en"])


@dataclass(frozen=True)
class Language:
    """A language of a version. `is_reviewed`: somebody who grew up with it has agreed to the words."""

    code: str
    own_name: str
    is_reviewed: bool

    @property
    def direction(self) -> str:
        """For the attribute `dir`."""
        return "rtl" if self.code in settings.LANGUAGES_BIDI else "ltr"


@dataclass(frozen=True)
class Statement:
    """One version, whole. `dated`: the day of these words. `source`: where the statement that they render stands."""

    version: int
    dated: date
    owner: str
    source: str
    languages: tuple[Language, ...]
    principles: tuple[Principle, ...]

    def language(self, code: str) -> Language:
        """The language of this code; English where the version does not speak it."""
        known = {language.code: language for language in self.languages}
        return known.get(code, known["en"])

    def principle(self, number: int) -> Principle | None:
        """The principle with this number."""
        return next((one for one in self.principles if one.number == number), None)


class StatementProblem(ValueError):
    """A file of a version does not hold together; the message names it and what is missing."""


@cache
def versions() -> tuple[Statement, ...]:
    """Every version, the newest first. Raises StatementProblem."""
    found = [read(path) for path in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda statement: -statement.version))


def current() -> Statement:
    """The version that can be endorsed today."""
    return versions()[0]


def version(number: int) -> Statement | None:
    """One version."""
    return next((one for one in versions() if one.version == number), None)


def read(path: Path) -> Statement:
    """The version in a file, checked: named after its number, and every principle in every language. Raises StatementProblem."""
    said = yaml.safe_load(path.read_text())
    if path.stem != str(said["version"]):
        raise StatementProblem(f"{path.name} holds version {said['version']}.")
    languages = tuple(
        Language(code, OWN_NAMES[code], facts["reviewed"]) for code, facts in said["languages"].items()
    )
    principles = tuple(
        _principle(path, number, one, languages) for number, one in enumerate(said["principles"], start=1)
    )
    return Statement(said["version"], said["dated"], said["owner"], said["source"], languages, principles)


def _principle(path: Path, number: int, said: dict[str, Any], languages: tuple[Language, ...]) -> Principle:
    words = {code: Words(one["title"].strip(), one["text"].strip()) for code, one in said["words"].items()}
    if set(words) != {language.code for language in languages}:
        raise StatementProblem(f"{path.name}: principle {number} is not in all languages of the version.")
    return Principle(number, said["key"], Certainty(said["certainty"]), words)

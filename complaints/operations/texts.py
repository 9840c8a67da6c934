"""A program says a text to workers in its own words, takes them back, and lets a question be read aloud. Versions are kept."""

import re
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.models import ProgramText, Recording
from complaints.models.texts import OwnVersion
from complaints.wording import TEXTS, Text
from wsr import languages
from wsr.accounts.models import Person
from wsr.errors import DomainError, Stale
from wsr.files.models import StoredFile
from wsr.history.operations import record
from wsr.tenancy import atomic

MOST_BYTES = 400_000  # of a recording: a minute and a half at 32 kbit/s, a minute to load on a poor line
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


class CannotSay(DomainError):
    """The words or the recording cannot stand there."""


@atomic
def set_text(
    *, key: str, language: str, words: str, replaces: UUID | None, by: Person, at: datetime
) -> ProgramText:
    """Say a text in the program's own words from now on. The words before are ended and kept.

    `replaces`: the version that the person saw, None for the words of this software. Raises CannotSay, and Stale where somebody else
    has changed it since.
    """
    text = _text(key, language)
    words = " ".join(words.split())
    _check(words, text)
    _end(_current(ProgramText, key, language, replaces), by=by, at=at)
    made = ProgramText.objects.create(key=key, language=language, words=words, set_by=by, set_at=at)
    _record("program_text.set", made, by, at)
    return made


@atomic
def reset_text(*, key: str, language: str, replaces: UUID | None, by: Person, at: datetime) -> None:
    """Go back to the words of this software. Raises CannotSay and Stale."""
    _text(key, language)
    before = _current(ProgramText, key, language, replaces)
    if before is None:
        raise CannotSay(_("This text stands in its first words already."))
    _end(before, by=by, at=at)
    _record("program_text.reset", before, by, at)


@atomic
def set_recording(
    *, key: str, language: str, file: StoredFile, replaces: UUID | None, by: Person, at: datetime
) -> Recording:
    """Let workers hear a text read aloud. `file` was taken in (`wsr.files`). Raises CannotSay and Stale."""
    if not _text(key, language).has_recording:
        raise CannotSay(_("This text has no place for a recording."))
    if not file.media_type.startswith("audio/"):
        raise CannotSay(_("This is not a recording. Choose an MP3, M4A, Ogg or WAV file."))
    if file.size > MOST_BYTES:
        raise CannotSay(
            _(
                "The recording is larger than %(limit)d KB, too much for a phone on a poor line. Save it with fewer kilobits per second."
            )
            % {"limit": MOST_BYTES // 1000}
        )
    _end(_current(Recording, key, language, replaces), by=by, at=at)
    made = Recording.objects.create(
        key=key,
        language=language,
        file=file,
        sha256=file.sha256,
        media_type=file.media_type,
        size=file.size,
        set_by=by,
        set_at=at,
    )
    _record("recording.set", made, by, at)
    return made


@atomic
def take_recording(*, key: str, language: str, replaces: UUID | None, by: Person, at: datetime) -> None:
    """Nobody hears it any more. Raises CannotSay and Stale."""
    before = _current(Recording, key, language, replaces)
    if before is None:
        raise CannotSay(_("There is no recording of this text."))
    _end(before, by=by, at=at)
    _record("recording.ended", before, by, at)


def check(words: str, key: str) -> None:
    """Whether a program may say a text with these words. Raises CannotSay."""
    _check(" ".join(words.split()), TEXTS[key])


def _check(words: str, text: Text) -> None:
    if not words:
        raise CannotSay(_("Write the words, or go back to the first ones."))
    if len(words) > text.most:
        raise CannotSay(
            _("This is %(long)d letters long and may have %(most)d: people read it on small phones.")
            % {"long": len(words), "most": text.most}
        )
    found = _IN_BRACES.findall(words)
    if unknown := [name for name in found if name not in text.names]:
        raise CannotSay(_("Nothing is known for {%(name)s}. Take it out.") % {"name": unknown[0][:40]})
    if missing := [name for name in text.names if name not in found]:
        raise CannotSay(
            _("Keep {%(name)s} in the text: it is filled in for the reader.") % {"name": missing[0]}
        )
    if "{" in (rest := _IN_BRACES.sub("", words)) or "}" in rest:
        raise CannotSay(_("A brace stands alone. Write every word in braces as in the first words."))


def _text(key: str, language: str) -> Text:
    if key not in TEXTS or language not in languages.BY_CODE:
        raise CannotSay(_("There is no such text."))
    return TEXTS[key]


def _current[V: OwnVersion](kind: type[V], key: str, language: str, seen: UUID | None) -> V | None:
    """The version that holds, locked. Raises Stale where it is not the one that was seen."""
    rows = kind.objects.select_for_update(of=("self",)).filter(key=key, language=language, ended_at=None)
    current = rows.first()
    if (current.pk if current else None) != seen:
        raise Stale(current)
    return current


def _end(before: OwnVersion | None, *, by: Person, at: datetime) -> None:
    if before is not None:
        before.ended_at, before.ended_by = at, by
        before.save(update_fields=["ended_at", "ended_by"])


def _record(event: str, row: OwnVersion, by: Person, at: datetime) -> None:
    record(event, row, by=by, at=at, after={"key": row.key, "language": row.language})

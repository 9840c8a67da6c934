"""Whether a text that an employer will read gives the person away: words and numbers of the sealed texts that stand in it again.

A warning, no proof: what nobody wrote into the case cannot be found here, and a name may be an everyday word. So a person may overrule it,
but a second one (`found_in`). What says who somebody is, is never told in public, and nobody overrules that (`certain_in`). Nothing of what is compared is kept or logged.

What no rule finds: a name in a script without capitals, or written small in both texts, that stands in no field for names, unless four words follow each other.
"""

import calendar
import datetime as dt
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.enums import Direction
from complaints.models import Complaint, Message
from wsr.errors import DomainError
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program
from wsr.vault.digits import runs_of_digits
from wsr.vault.envelope import Place
from wsr.vault.models import CaseKey, Sealed
from wsr.vault.operations import unseal_many

OF_PEOPLE = ("name", "phone")  # columns that say who somebody is, in whatever table of the case
OF_FILES = ("complaints_attachment",)  # there a name is that of a file
HER_WORDS = ("safe_contact", "code_word")  # read as what she wrote: everyday words of it stand in every text
SHORTEST = 3  # letters of a word that can point to somebody; "Md" and "de" stand in too many texts
SHORTEST_NUMBER = 2  # digits
PHONE = 7  # last digits that are the same in every way of writing a phone number
QUOTE = 4  # words in a row of her report are her words
CERTAIN = 6  # digits from which on a number is one of somebody, and not of something
_ENDS = frozenset('.!?:;।۔\n"“(')  # after one of them a word has its capital for no reason of its own
_ACCENTS = {chr(code) for code in range(0x300, 0x370)} - {
    "\u0345"
}  # that one becomes a letter of its own in capitals
MONTHS = [name.casefold() for name in calendar.month_name]


class GivesAway(DomainError):
    """A text that others will read says who somebody is."""


@dataclass(frozen=True, repr=False)
class Giveaway:
    """One thing that stands in the text and in the case: `words` as they stand in the text, `kind` of thing."""

    words: str
    kind: Any


NAME, NUMBER, DATE = _("a name"), _("a number"), _("the day it came")
QUOTED, CASE = _("words of her report"), _("the number of the complaint")


@dataclass(frozen=True, repr=False)
class Known:
    """What a text is compared with: who people are, what she said, what the employer is called, number and day of the complaint."""

    people: Sequence[str] = ()
    reports: Sequence[str] = ()
    of_employer: Sequence[str] = ()
    number: str = ""
    day: dt.date | None = None


def found_in(text: str, complaint: Complaint) -> list[Giveaway]:
    """What in a text may point to whoever complains, each thing once. For the circle of the complaint."""
    told = [_sealed(case_id) for case_id in _cases(complaint)]
    people = [said for one in told for said in (*one.names, *one.files)]
    reports = [said for one in told for said in (*one.reports, *one.contacts)]
    known = Known(people, reports, _of_employer(complaint), complaint.number, _received(complaint))
    return compared(text, known)


def certain_in(text: str, complaint: Complaint) -> list[Giveaway]:
    """What in a text says who complains: her names, numbers and code word, the number of the complaint, the day it came. For its circle."""
    told = [_sealed(case_id) for case_id in _cases(complaint)]
    people = [said for one in told for said in one.names]
    people += [run for one in told for said in one.contacts for run in _numbers(said)]
    people += [said for one in told for said in one.code_words]
    known = Known(people, (), _of_employer(complaint), complaint.number, _received(complaint))
    found = compared(text, known)
    return [one for one in found if one.kind is not NUMBER or len(_digits(one.words)) >= CERTAIN]


def check_reason(reason: str, complaint: Complaint) -> None:
    """A reason stands in history, which others read and which stays when the case is erased: it says nobody's name, number or code word.

    For somebody who is inside already: asked by anybody else it would tell whose names are in it. Raises GivesAway.
    """
    found = [one for one in certain_in(reason, complaint) if one.kind is NAME or one.kind is NUMBER]
    if found:
        told = ", ".join(f"“{one.words.strip()}”" for one in found)
        raise GivesAway(
            gettext("The reason stays in history, also when the case is erased. Leave this out: %(words)s.")
            % {"words": told}
        )


def compared(text: str, known: Known) -> list[Giveaway]:
    """What of that stands in a text, each thing once."""
    plain = _plain(text)
    words = [word for word, _before in _split(plain)]
    common = {word for name in known.of_employer for word in _words(name)}
    names = {word for said in known.people for word in _words(said)}
    names |= {word for said in known.reports for word in _proper_names(said)}
    names |= {word for said in known.reports for word in _words(said)} & _proper_names(plain)
    numbers = {run for said in (*known.people, *known.reports) for run in _numbers(said)}
    found = [Giveaway(word, NAME) for word in words if _folded(word) in names - common]
    found += [Giveaway(run, NUMBER) for run in _numbers(plain) if _is_of(run, numbers)]
    if known.number and known.number.casefold() in "".join(words).casefold():
        found.append(Giveaway(known.number, CASE))
    days = _days(known.day) if known.day else []
    found += [Giveaway(written, DATE) for written in days if written in _spaced(plain)]
    found += [Giveaway(quoted, QUOTED) for quoted in _quotes(plain, known.reports)]
    return list({(one.words.casefold(), str(one.kind)): one for one in found}.values())


@dataclass(frozen=True, repr=False)
class _Told:
    """What the vault holds of one case that may point to somebody. `contacts`: how to reach her, and her code word, which are everyday words."""

    names: list[str]
    files: list[str]
    contacts: list[str]
    code_words: list[str]
    reports: list[str]


def _sealed(case_id: UUID) -> _Told:
    """Who people of a case are, and what the worker said, opened."""
    rows = Sealed.objects.filter(case_id=case_id, column_name__in=(*OF_PEOPLE, *HER_WORDS))
    sealed = [Place(*row) for row in rows.values_list("table_name", "column_name", "row_id")]
    hers = Message.objects.filter(complaint_id=case_id, direction=Direction.FROM_WORKER)
    reports = [Place("complaints_message", "text", pk) for pk in hers.values_list("pk", flat=True)]
    texts = unseal_many(case_id, [*sealed, *reports])

    def opened(places: Iterable[Place]) -> list[str]:
        return [texts[place] or "" for place in places]

    people = [place for place in sealed if place.column in OF_PEOPLE]
    return _Told(
        names=opened(place for place in people if place.table not in OF_FILES),
        files=opened(place for place in people if place.table in OF_FILES),
        contacts=opened(place for place in sealed if place.column in HER_WORDS),
        code_words=opened(place for place in sealed if place.column == "code_word"),
        reports=opened(reports),
    )


def _cases(complaint: Complaint) -> list[UUID]:
    """The complaint, and those merged into it that the person is inside as well: the work and its texts are one."""
    merged = Complaint.objects.filter(merged_into=complaint).values("pk")
    inside = CaseKey.objects.filter(pk__in=merged, destroyed_at=None).order_by("pk")
    return [complaint.pk, *inside.values_list("pk", flat=True)]


def _of_employer(complaint: Complaint) -> list[str]:
    """What the employer knows anyway: its own names."""
    return [str(row.name) for row in (complaint.workplace, complaint.supplier) if row is not None]


def _plain(text: str) -> str:
    """One spelling: compatibility forms, and the digits of every script as ASCII."""
    said = unicodedata.normalize("NFKC", text)
    return "".join(
        character if (digit := unicodedata.decimal(character, None)) is None else str(digit)
        for character in said
    )


def _split(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text in any script, each with the last character before it that is no space."""
    word, before, last = "", "", ""
    for character in f"{text} ":
        if unicodedata.category(character)[0] in "LMN":
            word, before = word + character, before if word else last
        elif word:
            yield word, before
            word = ""
        if not character.isspace() or character == "\n":
            last = character


def _folded(word: str) -> str:
    """A word as it is compared: without accents, in one case, however its letters change from one to the other."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", word) if one not in _ACCENTS)
    return bare.upper().casefold()


def _words(text: str) -> set[str]:
    """Words of letters that are long enough to point to somebody."""
    found = (_folded(word) for word, _before in _split(_plain(text)))
    return {word for word in found if len(word) >= SHORTEST and not word.isdecimal()}


def _proper_names(text: str) -> set[str]:
    """Words with a capital letter inside a sentence: names, in scripts that have capitals."""
    return {
        _folded(word)
        for word, before in _split(_plain(text))
        if word[0].isupper() and len(word) >= SHORTEST and before and before not in _ENDS
    }


def _numbers(text: str) -> list[str]:
    return [run for run in runs_of_digits(text) if len(run) >= SHORTEST_NUMBER]


def _digits(run: str) -> str:
    return "".join(one for one in run if one.isdecimal())


def _is_of(run: str, numbers: Iterable[str]) -> bool:
    """The same number, or a phone number written with or without its country code."""
    return any(
        run == one or (min(len(run), len(one)) >= PHONE and run[-PHONE:] == one[-PHONE:]) for one in numbers
    )


def _received(complaint: Complaint) -> dt.date:
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id())
    return complaint.received_at.astimezone(ZoneInfo(zone)).date()


def _days(day: dt.date) -> list[str]:
    """A day as people write it in texts."""
    month = MONTHS[day.month]
    names = (month, month[:3])
    written = [f"{day.day} {name}" for name in names] + [f"{name} {day.day}" for name in names]
    return [f" {one} " for one in written] + [
        f" {pattern.format(d=day.day, m=day.month, y=day.year)} "
        for pattern in (
            "{y} {m:02} {d:02}",
            "{d} {m} {y}",
            "{d:02} {m:02} {y}",
            "{m} {d} {y}",
            "{m:02} {d:02} {y}",
        )
    ]


def _spaced(text: str) -> str:
    """The words alone, a space between each two and at both ends."""
    return f" {' '.join(word for word, _before in _split(text))} ".casefold()


def _quotes(text: str, reports: Iterable[str]) -> list[str]:
    """The longest runs of words that stand in her report in the same order."""
    said = [_spaced(_plain(report)) for report in reports]
    words = _spaced(text).split()
    found, start = [], 0
    while start <= len(words) - QUOTE:
        end = start + QUOTE
        if not _is_in(words[start:end], said):
            start += 1
            continue
        while end < len(words) and _is_in(words[start : end + 1], said):
            end += 1
        found.append(" ".join(words[start:end]))
        start = end
    return found


def _is_in(words: list[str], said: list[str]) -> bool:
    run = f" {' '.join(words)} "
    return any(run in one for one in said)

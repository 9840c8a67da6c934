"""A row beside what it may be, field by field, with the words that differ marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from wsr.imports.models import Batch, Row, as_percent
from wsr.imports.names import address_key
from wsr.imports.reading.countries import country_name
from wsr.imports.targets import target_of

type Words = list[tuple[str, bool]]  # (words, whether they differ)

_FIELDS = ("name", "address", "city", "region", "postal_code", "country", "products", "worker_count")


@dataclass(frozen=True)
class Pair:
    """One candidate of a row. `fields`: (label, words of the row, words of the candidate); `line` is 0 for a known object."""

    id: str
    name: str
    line: int
    score: float
    fields: list[tuple[str, Words, Words]]

    @property
    def percent(self) -> int:
        """How alike the two are."""
        return as_percent(self.score)


def pairs(batch: Batch, row: Row) -> list[Pair]:
    """Every candidate of the row, best first."""
    known = target_of(batch.target).facts([one["id"] for one in row.candidates if not one["line"]])
    lines = [one["line"] for one in row.candidates if one["line"]]
    earlier = dict(Row.objects.filter(batch=batch, line__in=lines).values_list("line", "cleaned"))
    found = []
    for one in row.candidates:
        facts = earlier.get(one["line"]) or known.get(one["id"]) or one
        found.append(Pair(one["id"], one["name"], one["line"], one["score"], _compared(row.cleaned, facts)))
    return found


def differing(ours: str, theirs: str) -> tuple[Words, Words]:
    """Both texts in runs of words, those that only one of them has marked. Case, accents and punctuation do not count."""
    one, other = ours.split(), theirs.split()
    keys = [[address_key(word) for word in words] for words in (one, other)]
    ours_said: Words = []
    theirs_said: Words = []
    for act, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if b > a:
            ours_said.append((" ".join(one[a:b]), act != "equal"))
        if d > c:
            theirs_said.append((" ".join(other[c:d]), act != "equal"))
    return ours_said, theirs_said


def _compared(ours: dict[str, Any], theirs: dict[str, Any]) -> list[tuple[str, Words, Words]]:
    labels = {
        "name": _("Name"), "address": _("Address"), "city": _("City"), "region": _("State or province"), "postal_code": _("Postal code"),
        "country": _("Country"), "products": _("Products"), "worker_count": _("Workers"),
    }  # fmt: skip
    texts = [(labels[key], _text(key, ours), _text(key, theirs)) for key in _FIELDS]
    return [(label, *differing(one, other)) for label, one, other in texts if one or other]


def _text(key: str, facts: dict[str, Any]) -> str:
    value = facts.get(key)
    if key == "country" and value:
        return country_name(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(value)
    return "" if value is None else str(value)

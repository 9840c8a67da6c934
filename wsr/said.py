"""Sentences that are stored and read later, by people of other languages.

    from wsr.said import gettext as _, ngettext

    job.message = _("%(rows)s rows read.") % {"rows": 12}    # a `Text`: reads like a string, remembers how it was made
    message = SentenceField(blank=True)                       # keeps how it was made; renders it for whoever reads

Used where a sentence goes into a row; elsewhere Django's own gettext does. Numbers are formatted by who says the sentence.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils import translation

MARK = '{"said":'


class Text(str):
    """A translated sentence that knows its words in the catalog (`said`), so that it can be said again in another language."""

    said: dict[str, Any]

    def __new__(cls, text: str, said: dict[str, Any]) -> "Text":
        """`text`: the sentence in the active language."""
        made = super().__new__(cls, text)
        made.said = said
        return made

    def __mod__(self, values: Any) -> "Text":
        """Fill in values; those that are sentences themselves are translated with it."""
        kept = (
            {key: _kept(value) for key, value in values.items()}
            if isinstance(values, Mapping)
            else [_kept(value) for value in (values if isinstance(values, tuple) else (values,))]
        )
        return Text(str.__mod__(self, values), {**self.said, "values": kept})


def gettext(message: str) -> Text:
    """As Django's, for sentences that are stored."""
    return Text(translation.gettext(message), {"id": message})


def ngettext(singular: str, plural: str, number: int) -> Text:
    """As Django's, for sentences that are stored."""
    return Text(
        translation.ngettext(singular, plural, number), {"id": singular, "plural": plural, "number": number}
    )


def joined(parts: Iterable[str], between: str = ", ", end: str = "") -> Text:
    """Several sentences or parts of one, after another."""
    parts = list(parts)
    said = {"parts": [_kept(part) for part in parts], "between": between, "end": end}
    return Text(between.join(parts) + end, said)


def dump(text: str) -> str:
    """What is stored of a sentence; a plain string as it is."""
    if not isinstance(text, Text):
        return text
    return MARK + json.dumps(text.said, ensure_ascii=False, separators=(",", ":")) + "}"


def read(stored: str) -> str:
    """A stored sentence in the active language; a plain string as it is."""
    if not stored or not stored.startswith(MARK):
        return stored
    return _say(json.loads(stored)["said"])


def _kept(value: Any) -> Any:
    return (
        {"said": value.said} if isinstance(value, Text) else value if isinstance(value, int) else str(value)
    )


def _say(said: Mapping[str, Any]) -> Text:
    if "parts" in said:
        return joined([_value(part) for part in said["parts"]], said["between"], said["end"])
    text = ngettext(said["id"], said["plural"], said["number"]) if "plural" in said else gettext(said["id"])
    values = said.get("values")
    if values is None:
        return text
    if isinstance(values, list):
        return text % tuple(map(_value, values))
    return text % {key: _value(value) for key, value in values.items()}


def _value(kept: Any) -> Any:
    return _say(kept["said"]) if isinstance(kept, dict) else kept


class SentenceField(models.TextField):
    """A sentence, kept as it was made and read in the reader's language."""

    def get_prep_value(self, value: Any) -> Any:
        """How it is stored."""
        return value if value is None else dump(value if isinstance(value, Text) else str(value))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        """How it reads now."""
        return read(value)

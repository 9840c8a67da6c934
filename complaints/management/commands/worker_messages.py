"""`manage.py worker_messages`: the catalogs of the languages that only pages for workers and for the public speak, kept equal to what those can say."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand

from complaints.management import reach
from wsr import languages
from wsr.registry import public_texts

WHOLE = "es"  # the catalog with every string of the software, as `makemessages` leaves it
TEMPLATES = "templates/complaints/worker/"


class Command(BaseCommand):
    """After `make messages`, which calls it."""

    help = "Bring the catalogs of workers' and public pages up to date; what is new has no words yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each language."""
        wanted = wanted_messages(catalog_of(WHOLE))
        for code in worker_only():
            kept = _updated(code, wanted)
            path_of(code).parent.mkdir(parents=True, exist_ok=True)
            with path_of(code).open("wb") as stream:
                write_po(stream, kept, width=140, sort_output=True, omit_header=False)
            missing = sum(not any(texts_of(message.string)) for message in kept if message.id)
            self.stdout.write(f"{code}: {len(wanted)} texts, {missing} without words")


def worker_only() -> list[str]:
    """The languages that staff pages do not speak."""
    return [code for code in languages.CODES if code not in dict(settings.LANGUAGES)]


def path_of(code: str) -> Path:
    """The catalog of a language."""
    return Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.po"


def catalog_of(code: str) -> Catalog:
    """The catalog of a language as it stands in the file."""
    with path_of(code).open("rb") as stream:
        return read_po(stream, locale=None)


def worker_messages(whole: Catalog) -> list[Message]:
    """What a worker can meet, of all messages: a template of hers says it, or the code of her pages."""
    said = reach.texts()
    return [
        message
        for message in whole
        if message.id
        and (
            any(name.startswith(TEMPLATES) for name, _line in message.locations)
            or set(texts_of(message.id)) & said
        )
    ]


def wanted_messages(whole: Catalog) -> list[Message]:
    """What a worker or the public can meet, of all messages."""
    hers = {id(message) for message in worker_messages(whole)}
    ours = [
        message
        for message in whole
        if id(message) in hers or (message.id and public_texts.is_public(message))
    ]
    return [*ours, *(Message(text, locations=[("django", 0)]) for text in public_texts.OF_DJANGO)]


def texts_of(value: Any) -> list[str]:
    """Singular and plurals of a message, or its one text."""
    return [value] if isinstance(value, str) else list(value)


def _updated(code: str, wanted: list[Message]) -> Catalog:
    """The same messages as `wanted`, with the words that there are. A text that changed in English has none until somebody writes them."""
    kept = catalog_of(code) if path_of(code).exists() else Catalog()
    fresh = Catalog(
        locale=code,
        project="wsr",
        version="1",
        header_comment=_HEADER.format(language=languages.BY_CODE[code].own_name),
        msgid_bugs_address="none",
        last_translator="machine-assisted",
        language_team=languages.BY_CODE[code].own_name,
        creation_date=_SINCE,
        revision_date=_SINCE,
        fuzzy=False,
    )
    for message in wanted:
        old = kept.get(message.id, message.context)
        empty: Any = "" if isinstance(message.id, str) else ("", "")
        fresh.add(
            message.id,
            old.string if old and not old.fuzzy else empty,
            locations=[(name, None) for name, _line in message.locations],
            flags=message.flags - {"fuzzy"},
            context=message.context,
        )
    return fresh


_SINCE = datetime(2026, 11, 23, tzinfo=UTC)  # one date for good: the history of the file tells the rest
_HEADER = """# {language}: texts of the pages for workers and for the public. SPDX-License-Identifier: Apache-2.0
# Translated with the help of a machine; to be reviewed by a speaker (`wsr/languages.py`)."""

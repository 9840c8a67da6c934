"""Everything of agreements that is ever public, noun by noun; nothing else leaves this room. Each says at its top what it shows.

Agreements themselves, answers of brands to a stop of purchases, breaches and arbitration, totals of premium.
"""

from collections.abc import Iterator
from datetime import date
from types import ModuleType
from uuid import UUID

from django.db.models import QuerySet

from agreements.disclosure import agreements, disputes, duties, money
from agreements.models import Agreement
from wsr.registry.disclosure import PublicRecord, Since

_NOUNS = (agreements, duties, disputes, money)
KINDS = [kind for noun in _NOUNS for kind in noun.KINDS]
_OF: dict[str, ModuleType] = {kind.key: noun for noun in _NOUNS for kind in noun.KINDS}


def present(kind: str) -> QuerySet:
    """Subjects of a kind that are public now."""
    found: QuerySet = _OF[kind].present(kind)
    return found


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records of one kind as they are on a day; of these subjects only, if they are named."""
    yield from _OF[kind].records(kind, as_of, only)


def changed(kind: str, since: Since) -> set[UUID]:
    """Subjects whose record may have changed."""
    found: set[UUID] = _OF[kind].changed(kind, since)
    return found


def names(kind: str, only: set[UUID]) -> dict[UUID, str]:
    """{id: title} of these agreements. The others have no names of their own; whom they name, they name by reference."""
    if kind != "agreement":
        return {}
    return dict(Agreement.objects.filter(pk__in=only).values_list("pk", "title"))

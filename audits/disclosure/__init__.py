"""Everything of inspections that is ever public, noun by noun; nothing else leaves this room. Each says at its top what it shows.

The program decides it in the rule `disclosure.findings`: `published` (the issued report of every inspection, each finding with the supplier's
reply beside it, and on the page of a workplace how far its remediation is), `count` (that a workplace was inspected, how many findings, how
far it is; no finding), `totals` (the program as a whole), or nothing. Only what stands in issued reports that hold: nothing of a visit before,
of a report that waits for a reply, or of a version that was replaced. Inspectors, interviews beyond their number, evidence, notes and workers
are never public.
"""

from collections.abc import Iterator
from datetime import date
from types import ModuleType
from uuid import UUID

from django.db.models import QuerySet

from audits.disclosure import reports, totals, workplaces
from wsr.registry.disclosure import Addition, PublicRecord, Since

_NOUNS = (reports, totals)
KINDS = [kind for noun in _NOUNS for kind in noun.KINDS]
ADDS = workplaces.ADDS
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
    """{}: inspections and findings have no names of their own; whom they name, they name by reference."""
    return {}


def additions(kind: str, as_of: date, only: set[UUID]) -> dict[UUID, Addition]:
    """What the page of a workplace says of its inspections and its remediation."""
    return workplaces.additions(as_of, only)


def changed_additions(kind: str, since: Since) -> set[UUID]:
    """Workplaces of which that may have changed."""
    return workplaces.changed(since)

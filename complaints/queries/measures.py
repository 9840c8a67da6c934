"""Corrective actions born from a complaint, as its circle sees them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audits.queries import actions
from complaints.enums import MeasureState
from complaints.models import Complaint, Measure
from complaints.operations import giveaways
from complaints.operations.giveaways import Giveaway
from complaints.operations.measures import COLUMNS, words_of
from programs.models import Provision, Severity
from programs.queries import code_in_force
from wsr.vault.envelope import Place
from wsr.vault.operations import unseal_many


@dataclass(frozen=True, repr=False)
class Worded:
    """One of them, opened. `found`: what in words that are held back may point to somebody; `sent`: the corrective action."""

    row: Measure
    title: str
    action: str
    found: list[Giveaway]
    sent: Any = None


def measures(complaint: Complaint) -> list[Worded]:
    """All of a complaint that were not dropped, in the order in which they were written. For its circle."""
    rows = list(
        Measure.objects.filter(complaint=complaint)
        .exclude(state=MeasureState.DROPPED)
        .select_related("written_by")
    )
    sent = {
        row.pk: row
        for row in actions.actions().filter(pk__in=[row.action_id for row in rows if row.action_id])
    }
    places = {
        (row.pk, column): Place("complaints_measure", column, row.pk) for row in rows for column in COLUMNS
    }
    texts = unseal_many(complaint.pk, places.values()) if rows else {}
    found = []
    for row in rows:
        words = {column: texts[places[row.pk, column]] or "" for column in COLUMNS}
        is_held = row.state == MeasureState.HELD
        warned = giveaways.found_in("\n".join(words.values()), complaint) if is_held else []
        found.append(Worded(row, **words, found=warned, sent=sent.get(row.action_id)))
    return found


def provisions() -> list[tuple[str, str]]:
    """(id, name) of the provisions in force."""
    code = code_in_force()
    rows = code.provisions.all() if code else Provision.objects.none()
    return [(str(row.pk), f"{row.reference} {row.title}") for row in rows]


def severities() -> list[tuple[str, str]]:
    """(id, name) of the program's severities, the gravest first."""
    return [(str(row.pk), row.label) for row in Severity.objects.order_by("position", "pk")]


def held(measure_id: UUID) -> tuple[Measure, dict[str, str]]:
    """One that is held back, and its words. Raises Measure.DoesNotExist."""
    row = Measure.objects.get(pk=measure_id, state=MeasureState.HELD)
    return row, words_of(row)

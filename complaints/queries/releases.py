"""Releases of names and contacts, as the circle of a complaint sees them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from complaints.enums import Basis, ReleaseState
from complaints.models import Release
from complaints.operations.releases_ending import consents
from complaints.queries.watch import columns_of, is_live
from wsr.vault.envelope import Place
from wsr.vault.operations import unseal_many

_TONES = {
    ReleaseState.ASKED: "due",
    ReleaseState.APPROVED: "ok",
    ReleaseState.REFUSED: "bad",
}


@dataclass(frozen=True, repr=False)
class Shown:
    """One release, opened. `given`: what may be given away at this moment, empty before it is approved and after its end."""

    row: Release
    reason: str
    duty: str
    answer: str
    given: list[str]
    tone: str
    may_decide: bool
    may_end: bool


def releases(complaint_id: UUID, *, reader_id: UUID, may_decide: bool, at: datetime) -> list[Shown]:
    """All of a complaint, the newest first. For its circle. `may_decide`: the reader decides on those that others asked for."""
    rows = list(Release.objects.filter(complaint_id=complaint_id).select_related("complainant"))
    live = {row.pk for row in rows if is_live(row, at=at) and (row.basis != Basis.CONSENT or consents(row))}
    words = {
        (row.pk, column): Place("complaints_release", column, row.pk)
        for row in rows
        for column in ("reason", "duty", "answer")
    }
    people = {
        (row.pk, column): Place("complaints_complainant", column, row.complainant_id)
        for row in rows
        if row.pk in live
        for column in columns_of(row.said)
    }
    texts = unseal_many(complaint_id, [*words.values(), *people.values()]) if rows else {}
    return [
        Shown(
            row,
            *(texts[words[row.pk, column]] or "" for column in ("reason", "duty", "answer")),
            given=[text for (pk, _c), place in people.items() if pk == row.pk and (text := texts[place])],
            tone=_TONES.get(ReleaseState(row.state), "") if row.pk in live or row.state != "approved" else "",
            may_decide=may_decide and row.state == ReleaseState.ASKED and row.asked_by_id != reader_id,
            may_end=row.state in (ReleaseState.ASKED, ReleaseState.APPROVED),
        )
        for row in rows
    ]


def waiting(release_id: UUID) -> Release:
    """A release with whom it is about. Raises Release.DoesNotExist."""
    return Release.objects.select_related("complainant").get(pk=release_id)

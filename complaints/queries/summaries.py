"""What the page of a complaint shows of its summary for the public."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from complaints.models import CaseSummary, Complaint, Counted
from complaints.operations.summaries import words_of
from complaints.queries.public import ENDED, LOG, decided
from programs.queries import today
from wsr.accounts.models import Person


@dataclass(frozen=True)
class Summary:
    """A summary that was not taken back, opened."""

    row: CaseSummary
    words: dict[str, str]


def summary_of(complaint_id: UUID) -> Summary | None:
    """The summary of a complaint, waiting or cleared. For its circle."""
    rows = CaseSummary.objects.filter(complaint_id=complaint_id, taken_back_at=None)
    row = rows.select_related("written_by", "cleared_by").first()
    return Summary(row, words_of(row)) if row else None


def section(complaint: Complaint, person: Person, at: Any) -> dict[str, Any]:
    """What the page offers; the operations decide. Empty where there is nothing to tell or to do."""
    summary = summary_of(complaint.pk)
    may_write = (
        complaint.state in ENDED
        and (summary is None or not summary.row.is_cleared)
        and decided(today(at)) in LOG
        and not Counted.objects.filter(complaint=complaint).exists()
    )
    if summary is None and not may_write:
        return {}
    return {
        "public_summary": summary,
        "may_write_summary": may_write,
        "may_clear_summary": summary is not None
        and not summary.row.is_cleared
        and summary.row.written_by_id != person.pk,
    }

"""Visits to the workplace of a complaint, as its page shows them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from audits.queries.requests import came_after, visits_since
from complaints.enums import Act
from complaints.models import CheckIn, Complaint
from wsr.accounts.models import Person


def section(complaint: Complaint, reader: Person) -> dict[str, Any]:
    """What was asked for and who has been there since it came. `is_unseen`: somebody has, and the watch over that has not begun."""
    if complaint.workplace_id is None:
        return {}
    found = visits_since(complaint.workplace_id, complaint.received_at, reader_id=reader.pk)
    return {
        "asked": found.asked,
        "inspections": found.inspections,
        "is_unseen": unwatched().filter(pk=complaint.pk).exists(),
    }


def unwatched() -> QuerySet[Complaint]:
    """Complaints whose workplace was visited since they came, as far as the reader may know, and whose watch began with no visit."""
    came = came_after(OuterRef("received_at"), workplace=OuterRef("workplace"))
    begun = CheckIn.objects.filter(complaint=OuterRef("pk"), act=Act.VISIT)
    return Complaint.objects.filter(Exists(came), ~Exists(begun))

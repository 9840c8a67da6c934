"""Reading is an act: who opened a complaint, and what for, stands in history."""

from datetime import datetime, timedelta
from uuid import UUID

from complaints.enums import Direction
from complaints.models import Complaint, Message
from complaints.operations.states import involved
from programs.models import Severity
from programs.queries import today
from programs.queries.meanings import Meanings
from wsr.accounts.models import Person
from wsr.history.models import Event
from wsr.history.operations import record
from wsr.tenancy import atomic

AGAIN = timedelta(minutes=15)  # one sitting with a page that is loaded anew is one reading


@atomic
def read(*, complaint_id: UUID, by: Person, at: datetime) -> Complaint:
    """Open the texts of a complaint one has a part in; what the worker wrote counts as read.

    History tells the reading with the part as its purpose. Raises Complaint.DoesNotExist and NotInvolved.
    """
    complaint = Complaint.objects.select_related("severity", "supplier", "workplace", "handler", "rule").get(
        pk=complaint_id
    )
    received_on = today(complaint.received_at)
    Meanings(Severity).put([complaint], day=lambda _one: received_on)
    parts = involved(complaint, by)
    recent = Event.objects.filter(
        event="complaint.read", subject_id=complaint.pk, actor_id=by.pk, at__gt=at - AGAIN
    )
    if not recent.exists():
        record("complaint.read", complaint, by=by, at=at, after={"as": sorted(part.part for part in parts)})
    Message.objects.filter(complaint=complaint, direction=Direction.FROM_WORKER, read_at=None).update(
        read_at=at
    )
    return complaint

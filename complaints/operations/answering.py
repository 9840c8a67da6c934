"""What the program writes: to the worker, and among those on the complaint."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import Direction
from complaints.models import Complainant, Message
from complaints.operations.states import ACKNOWLEDGED, involved, locked, save
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault.operations import EVERY_WORKER, NO_WORKER, seal

MOST = 20_000  # characters


class NothingWritten(DomainError):
    """There is no text."""


@atomic
def answer(*, complaint_id: UUID, text: str, by: Person, at: datetime, to: UUID | None = None) -> Message:
    """Write to the worker, or to one of several complainants: `to`; None is all of them. The first answer meets the clock from the receipt.

    Raises Complaint.DoesNotExist, Complainant.DoesNotExist, NotInvolved, NothingWritten.
    """
    if to is not None:
        Complainant.objects.get(pk=to, complaint_id=complaint_id)
    message = _write(complaint_id, Direction.TO_WORKER, text, by=by, at=at, to=to)
    clocks.meet(kind=ACKNOWLEDGED, subject=message.complaint, at=at, by=by)
    return message


@atomic
def note(*, complaint_id: UUID, text: str, by: Person, at: datetime) -> Message:
    """A note among those on the complaint; the worker never sees it. Raises as `answer`."""
    return _write(complaint_id, Direction.NOTE, text, by=by, at=at)


def _write(
    complaint_id: UUID, direction: Direction, text: str, *, by: Person, at: datetime, to: UUID | None = None
) -> Message:
    if not text.strip():
        raise NothingWritten(_("Write something first."))
    if len(text) > MOST:
        raise NothingWritten(_("This text is too long; send it in parts."))
    complaint = locked(complaint_id)
    involved(complaint, by)
    message = Message.objects.create(
        complaint=complaint, direction=direction, complainant_id=to, by=by, at=at
    )
    reader = (to or EVERY_WORKER) if direction == Direction.TO_WORKER else NO_WORKER
    seal(complaint.pk, "complaints_message", "text", message.pk, text.strip(), reader=reader)
    save(complaint, at=at)
    record(f"complaint.{direction}", complaint, by=by, at=at)
    return message

"""What every operation on a complaint begins with: the lock, who has a part in it, the only place that writes its state."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from complaints.enums import AssignmentState, ComplaintState, Part
from complaints.models import Assignment, Complaint
from wsr.accounts.models import Person
from wsr.errors import DomainError, Stale
from wsr.history.operations import record

# The clocks: to the first answer, to the resolution, to the end of the time for an appeal, and to its decision.
ACKNOWLEDGED, CLOSED = "complaints.acknowledged", "complaints.closed"
APPEAL, APPEAL_DECIDED = "complaints.appeal", "complaints.appeal_decided"


class CannotMove(DomainError):
    """The complaint cannot do that in the state it is in."""


class NotInvolved(DomainError):
    """Only somebody with an accepted part in a complaint works on it."""


def locked(complaint_id: UUID) -> Complaint:
    """The complaint, locked until the end of the transaction.

    Raises Complaint.DoesNotExist, also for one that the person is walled off from.
    """
    return Complaint.objects.select_for_update(of=("self",)).get(pk=complaint_id)


def involved(complaint: Complaint, person: Person) -> list[Assignment]:
    """Her accepted parts in it. Raises NotInvolved."""
    parts = list(
        Assignment.objects.filter(complaint=complaint, person=person, state=AssignmentState.ACCEPTED)
    )
    if not parts:
        raise NotInvolved(_("Take a part in this complaint first; then you can read it and work on it."))
    return parts


def stays(complaint: Complaint, person: Person) -> list[Assignment]:
    """The same for whoever decides something: in an emergency one reads and helps. Raises NotInvolved."""
    parts = involved(complaint, person)
    if all(part.part == Part.EMERGENCY for part in parts):
        raise NotInvolved(_("Only somebody with a part that stays decides this."))
    return parts


def in_english(by: Person | None) -> AbstractContextManager[object]:
    """What a worker's act leaves for staff to read is not in the language of her page; what staff do is in theirs."""
    return nullcontext() if by else translation.override(settings.LANGUAGE_CODE)


def check_version(complaint: Complaint, if_version: int | None) -> None:
    """Raises Stale where the caller saw another version of the locked row. None: she does not mind."""
    if if_version is not None and complaint.version != if_version:
        raise Stale(complaint)


def save(complaint: Complaint, *fields: str, at: datetime) -> None:
    """Write columns of a locked complaint, and that it changed."""
    complaint.version += 1
    complaint.updated_at = at
    complaint.save(update_fields=[*fields, "version", "updated_at"])


def move(
    complaint: Complaint,
    to: ComplaintState,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    event: str = "",
    **fields: object,
) -> None:
    """The only place that writes a complaint's state. The caller holds the lock; `by` None is the worker, or a clock.

    `reason` holds no facts of the case. Raises CannotMove.
    """
    before = ComplaintState(complaint.state)
    if not complaint.may_become(to):
        raise CannotMove(
            _("A complaint that is “%(before)s” cannot become “%(to)s”.")
            % {"before": before.label, "to": to.label}
        )
    for name, value in {"state": to, **fields}.items():
        setattr(complaint, name, value)
    save(complaint, "state", *fields, at=at)
    record(
        event or f"complaint.{to}",
        complaint,
        by=by,
        at=at,
        before={"state": before},
        after={"state": to},
        reason=reason,
    )

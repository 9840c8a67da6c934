"""Quiet makers of complaints; rows, not acts, until there is an operation."""

from uuid import uuid4

from complaints.enums import AssignmentState, Channel, FiledBy, Part
from complaints.models import Assignment, Complainant, Complaint
from tests import factories
from wsr.tenancy import program_scope, worker_scope

AT = factories.AT
_numbers = iter(range(10_000_000, 99_999_999))


def complaint(program, **fields) -> Complaint:
    """A complaint of one worker, as the web form leaves it: nobody of the staff has read it."""
    case = fields.pop("id", None) or uuid4()
    with worker_scope(program.pk, case):
        made = Complaint.objects.create(
            **{
                "id": case,
                "number": str(next(_numbers)),
                "channel": Channel.WEB,
                "filed_by": FiledBy.WORKER,
                "received_at": AT,
                "updated_at": AT,
                **fields,
            }
        )
        Complainant.objects.create(complaint=made, ordinal=1, filed_by=FiledBy.WORKER, added_at=AT)
    return made


def take(program, complaint, person, *, part=Part.HANDLER, **fields) -> Assignment:
    """She takes a part in it, and is in its circle."""
    with program_scope(program.pk, person_id=person.pk):
        return Assignment.objects.create(
            complaint=complaint,
            person=person,
            part=part,
            state=AssignmentState.ACCEPTED,
            asked_by=person,
            asked_at=AT,
            answered_at=AT,
            **fields,
        )

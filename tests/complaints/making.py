"""Quiet makers of complaints; rows, not acts, until there is an operation."""

from uuid import uuid4

from complaints.enums import AssignmentState, Channel, Direction, FiledBy, Part
from complaints.models import Assignment, Complainant, Complaint, Message
from tests import factories
from wsr.tenancy import program_scope, worker_scope
from wsr.vault.numbers import new_number
from wsr.vault.operations import open_case, seal

AT = factories.AT


def complaint(program, **fields) -> Complaint:
    """A complaint of one worker, as the web form leaves it: nobody of the staff has read it. `text` is what she wrote."""
    case = fields.pop("id", None) or uuid4()
    text = fields.pop("text", "")
    with worker_scope(program.pk, case):
        open_case(case)
        made = Complaint.objects.create(
            **{
                "id": case,
                "number": new_number(),
                "channel": Channel.WEB,
                "filed_by": FiledBy.WORKER,
                "received_at": AT,
                "updated_at": AT,
                **fields,
            }
        )
        Complainant.objects.create(complaint=made, ordinal=1, filed_by=FiledBy.WORKER, added_at=AT)
        if text:
            said = Message.objects.create(complaint=made, direction=Direction.FROM_WORKER, at=AT)
            seal(case, "complaints_message", "text", said.pk, text)
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

"""Quiet makers of complaints; rows, not acts, until there is an operation."""

from uuid import uuid4

from complaints.enums import AssignmentState, Channel, ComplaintState, Direction, FiledBy, Outcome, Part
from complaints.models import Assignment, Complainant, Complaint, Finding, Message
from complaints.operations import complainants, parts, resolutions, reviews, states
from programs.models import CodeVersion, Provision
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
        first = Complainant.objects.create(
            id=case, complaint=made, ordinal=1, filed_by=FiledBy.WORKER, added_at=AT
        )
        if text:
            said = Message.objects.create(
                complaint=made, direction=Direction.FROM_WORKER, complainant=first, at=AT
            )
            seal(case, "complaints_message", "text", said.pk, text)
    return made


def everybody(program, case_id) -> list[Complainant]:
    """Who complains, each read in her own scope."""
    with worker_scope(program.pk, case_id):
        ids = list(complainants.everybody())
    found = []
    for pk in ids:
        with worker_scope(program.pk, case_id, pk):
            found.append(Complainant.objects.get())
    return found


def another(program, complaint, **fields) -> Complainant:
    """One more who complains."""
    new = uuid4()
    with worker_scope(program.pk, complaint.pk, new):
        return Complainant.objects.create(
            **{
                "id": new,
                "complaint": complaint,
                "ordinal": 2,
                "filed_by": FiledBy.WORKER,
                "added_at": AT,
                **fields,
            }
        )


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


def given(program, complaint, by, person, part) -> Assignment:
    """Somebody inside asks her to take a part, and she does."""
    with program_scope(program.pk, person_id=by.pk):
        asked = parts.ask(complaint_id=complaint.pk, person_id=person.pk, part=part, by=by, at=AT)
    with program_scope(program.pk, person_id=person.pk):
        return parts.accept(assignment_id=asked.pk, by=person, at=AT)


def resolving(program, complaint, handler) -> None:
    """Taken, accepted and looked into: as it stands once the handler has made a finding."""
    with program_scope(program.pk, person_id=handler.pk):
        parts.take(complaint_id=complaint.pk, by=handler, at=AT)
        code, _new = CodeVersion.objects.get_or_create(number=1, defaults={"title": "Code", "created_at": AT})
        about, _new = Provision.objects.get_or_create(code=code, reference="1.1", defaults={"title": "Fire"})
        Finding.objects.create(
            complaint=complaint, provision=about, outcome=Outcome.UPHELD, found_by=handler, found_at=AT
        )
        row = states.locked(complaint.pk)
        for state in (ComplaintState.ACCEPTED, ComplaintState.INVESTIGATING, ComplaintState.RESOLVING):
            states.move(row, state, by=handler, at=AT)


def closed(program, complaint, handler, reviewer, *, at=AT) -> None:
    """Closed by a second person with a solution that nobody has answered. The complaint is new, or `resolving`."""
    with program_scope(program.pk):
        complaint.refresh_from_db()
    if complaint.state != ComplaintState.RESOLVING:
        resolving(program, complaint, handler)
    of = {"complaint_id": complaint.pk, "at": at}
    given(program, complaint, handler, reviewer, Part.REVIEWER)
    with program_scope(program.pk, person_id=handler.pk):
        resolutions.propose(**of, text="The door stays open.", by=handler)
        reviews.hand_over(**of, reason="She could not be reached.", by=handler)
    with program_scope(program.pk, person_id=reviewer.pk):
        reviews.approve(**of, by=reviewer)

"""Who works on a complaint: the first takes it, everyone else is asked, in an emergency somebody opens it; who must not is walled off."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.enums import AssignmentState, Part
from complaints.models import Assignment, Complaint, Wall
from complaints.operations import respondents
from complaints.operations.states import NotInvolved, locked, save, stays
from programs.models import Participation
from wsr.accounts.grants import GRANTS, Permission, Role
from wsr.accounts.models import Membership, Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import atomic, current_alias

EMERGENCY = timedelta(hours=4)  # long enough to act on a danger, short enough to be asked about the same day
HANDLERS = [role for role in Role if Permission.COMPLAINT_HANDLE in GRANTS[role]]
OPENED = "complaints.emergency"  # the clock of it


class CannotTake(DomainError):
    """This person cannot have this part."""


class CannotAnswer(DomainError):
    """The part was answered, or is no more."""


@atomic
def take(*, complaint_id: UUID, by: Person, at: datetime) -> Assignment:
    """Take a complaint that nobody handles, to read it and decide on it. Raises Complaint.DoesNotExist and CannotTake.

    From now on she reads what was said, and answers for it; only with her, or in an emergency, somebody else does.
    """
    complaint = locked(complaint_id)
    handling = _accepted(complaint).exclude(part=Part.EMERGENCY)
    if mine := handling.filter(person=by, part=Part.HANDLER).first():
        return mine
    if handling.exists():
        raise CannotTake(_("Somebody else has taken this complaint. Ask to be given a part in it."))
    _withdraw_askings(complaint, at)
    part = _part(complaint, by, Part.HANDLER, AssignmentState.ACCEPTED, by=by, at=at, answered_at=at)
    _clear_of_names(complaint, by, at)
    complaint.handler = by
    save(complaint, "handler", at=at)
    record("complaint.taken", complaint, by=by, at=at)
    return part


@atomic
def ask(*, complaint_id: UUID, person_id: UUID, part: Part, by: Person, at: datetime) -> Assignment:
    """Ask somebody to take a part; as handler she takes it over. Declined, it stays where it is: nothing is ever without an owner.

    An emergency is no part that stays: it gives none. Raises Complaint.DoesNotExist, NotInvolved and CannotTake.
    """
    complaint = locked(complaint_id)
    part = Part(part)
    if part == Part.EMERGENCY:
        raise CannotTake(_("In an emergency one opens a complaint oneself."))
    handling = _accepted(complaint).exclude(part=Part.EMERGENCY)
    if handling.exists() and not handling.filter(person=by).exists():
        raise NotInvolved(_("Only somebody with a part that stays asks another one."))
    person = _may_handle(person_id)
    waiting = Assignment.objects.filter(complaint=complaint, person=person, part=part)
    if waiting.filter(state__in=(AssignmentState.ASKED, AssignmentState.ACCEPTED)).exists():
        raise CannotTake(_("%(name)s has this part, or was asked to take it.") % {"name": person})
    made = _part(complaint, person, part, AssignmentState.ASKED, by=by, at=at)
    record("complaint.asked", complaint, by=by, at=at, after={"person": person.pk, "part": part})
    _tell(complaint, "complaint_asked", [person.pk], key=made.pk, at=at)
    return made


@atomic
def accept(*, assignment_id: UUID, by: Person, at: datetime) -> Assignment:
    """Take the part one was asked to take. Raises Assignment.DoesNotExist and CannotAnswer."""
    complaint, part = _asked(assignment_id, by)
    _answer(part, AssignmentState.ACCEPTED, at)
    _clear_of_names(complaint, by, at)
    if part.part == Part.HANDLER:
        for before in _accepted(complaint).filter(part=Part.HANDLER).exclude(person=by):
            _end(before, at)
        complaint.handler = by
        save(complaint, "handler", at=at)
    record("complaint.accepted_part", complaint, by=by, at=at, after={"part": part.part})
    if part.asked_by_id != by.pk:
        _tell(complaint, "complaint_answered", [part.asked_by_id], key=part.pk, at=at)
    return part


@atomic
def decline(*, assignment_id: UUID, reason: str, by: Person, at: datetime) -> Assignment:
    """Decline a part; whoever asked is told and still has it. Raises Assignment.DoesNotExist, CannotAnswer and DomainError."""
    if not reason.strip():
        raise DomainError(_("Say why, without facts of the case."))
    complaint, part = _asked(assignment_id, by)
    part.reason = reason.strip()
    _answer(part, AssignmentState.DECLINED, at, "reason")
    record("complaint.declined_part", complaint, by=by, at=at, after={"part": part.part}, reason=part.reason)
    _tell(complaint, "complaint_answered", [part.asked_by_id], key=part.pk, at=at)
    return part


@atomic
def end(*, assignment_id: UUID, by: Person, at: datetime) -> Assignment:
    """End a part, one's own or another's in the same complaint. The handler's is handed over instead.

    Raises Assignment.DoesNotExist, NotInvolved and CannotAnswer.
    """
    part = Assignment.objects.select_related("complaint").get(pk=assignment_id)
    complaint = locked(part.complaint_id)
    part.refresh_from_db(fields=["state"])
    if part.part == Part.HANDLER and part.state == AssignmentState.ACCEPTED and complaint.is_open:
        raise CannotAnswer(_("Ask somebody to take over as handler first: no complaint is without one."))
    if part.person_id != by.pk:
        stays(complaint, by)
    if not part.may_become(AssignmentState.ENDED):
        raise CannotAnswer(_("This part has ended."))
    _end(part, at)
    record(
        "complaint.ended_part", complaint, by=by, at=at, after={"person": part.person_id, "part": part.part}
    )
    return part


@atomic
def open_in_emergency(*, complaint_id: UUID, reason: str, by: Person, at: datetime) -> Assignment:
    """Read a complaint one has no part in, for four hours, because somebody is in danger. Everybody on it and the directors are told.

    `reason` stands in history. Raises Complaint.DoesNotExist and DomainError.
    """
    complaint = locked(complaint_id)
    if not reason.strip():
        raise DomainError(
            _("Say what the emergency is; the directors and everybody on the complaint read it.")
        )
    mine = _accepted(complaint).filter(person=by)
    if mine.exists():
        return mine.first()
    part = _part(
        complaint,
        by,
        Part.EMERGENCY,
        AssignmentState.ACCEPTED,
        by=by,
        at=at,
        answered_at=at,
        ends_at=at + EMERGENCY,
        reason=reason.strip(),
    )
    _clear_of_names(complaint, by, at)
    clocks.start(
        kind=OPENED,
        subject=part,
        started_at=at,
        at=at,
        by=by,
        length=Length(EMERGENCY // timedelta(hours=1), Unit.HOURS, Basis.PLATFORM),
    )
    record("complaint.opened_in_emergency", complaint, by=by, at=at, reason=reason.strip())
    inside = list(_accepted(complaint).exclude(person=by).values_list("person_id", flat=True))
    _tell(complaint, "complaint_opened", inside, key=part.pk, at=at)
    tell_role(
        kind="complaint_opened",
        key=f"complaint_opened:{part.pk}:directors",
        roles=[Role.DIRECTOR],
        at=at,
        context=_context(complaint),
        about=complaint.pk,
    )
    return part


def emergency_over(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: what was opened in an emergency is closed to her again."""
    part = Assignment.objects.filter(pk=clock.subject_id, state=AssignmentState.ACCEPTED).first()
    if part is not None:
        _end(part, at)
        record("complaint.emergency_over", ("complaints.complaint", part.complaint_id), by=None, at=at)
    clocks.meet(clock_id=clock.pk, at=at)


@atomic
def wall_off(
    *,
    person_id: UUID,
    reason: str,
    by: Person,
    at: datetime,
    complaint_id: UUID | None = None,
    supplier_id: UUID | None = None,
) -> Wall:
    """Bar a person from one complaint, or from all about a supplier: to her there is none. Her parts end with it.

    A complaint that she handled is without a handler, and everybody who may triage is told (`0022_tell_who_must_reassign`). Raises Complaint.DoesNotExist,
    Participation.DoesNotExist, Person.DoesNotExist and DomainError.
    """
    if not reason.strip():
        raise DomainError(_("Say which tie it is."))
    if person_id == by.pk:
        raise DomainError(
            _("Let somebody else do it: what you are walled off from, you would not find again.")
        )
    person = Person.objects.get(pk=person_id)
    if complaint_id is not None:
        subject = {"complaint": locked(complaint_id)}
    else:
        subject = {"supplier": Participation.objects.get(pk=supplier_id)}
    wall = Wall.objects.create(person=person, reason=reason.strip(), begun_at=at, begun_by=by, **subject)
    record("complaint.walled_off", wall, by=by, at=at, after={"person": person.pk})
    return wall


@atomic
def end_wall(*, wall_id: UUID, by: Person, at: datetime) -> Wall:
    """The tie is no more. Raises Wall.DoesNotExist, also for a wall around oneself, and DomainError."""
    wall = Wall.objects.select_for_update(of=("self",)).get(pk=wall_id)
    if wall.ended_at is not None:
        raise DomainError(_("This wall has ended."))
    wall.ended_at = at
    wall.save(update_fields=["ended_at"])
    record("complaint.wall_ended", wall, by=by, at=at)
    return wall


def member_left(*, membership: Membership, at: datetime) -> None:
    """A membership ended or became another: her parts in complaints end with it, and others are asked to take over.

    In the database, since whoever ends a membership may be walled off from some of them, and must not learn of them here.
    """
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_member_left(%s, %s)", [membership.person_id, at])
        [any_ended] = cursor.fetchone()
    if any_ended:
        record("complaint.parts_left", membership, by=None, at=at)
        tell_role(
            kind="complaints_unhandled",
            key=f"complaints_unhandled:{membership.pk}",
            permission=Permission.COMPLAINT_TRIAGE,
            at=at,
            context={},
        )


def _accepted(complaint: Complaint) -> QuerySet[Assignment]:
    return Assignment.objects.filter(complaint=complaint, state=AssignmentState.ACCEPTED)


def _part(
    complaint: Complaint,
    person: Person,
    part: Part,
    state: AssignmentState,
    *,
    by: Person,
    at: datetime,
    **fields: object,
) -> Assignment:
    return Assignment.objects.create(
        complaint=complaint, person=person, part=part, state=state, asked_by=by, asked_at=at, **fields
    )


def _clear_of_names(complaint: Complaint, by: Person, at: datetime) -> None:
    """Whoever has come in is none of the persons it is about, and others who may be stay out. Raises Complaint.DoesNotExist."""
    respondents.check_not_named(complaint, by)
    respondents.wall_named(complaint, by=by, at=at)


def _asked(assignment_id: UUID, by: Person) -> tuple[Complaint, Assignment]:
    """The complaint, locked, and the part that `by` was asked to take. Raises Assignment.DoesNotExist and CannotAnswer."""
    part = Assignment.objects.get(pk=assignment_id, person=by)
    complaint = locked(part.complaint_id)
    part.refresh_from_db(fields=["state"])
    if part.state != AssignmentState.ASKED:
        raise CannotAnswer(_("This was answered, or is no longer asked."))
    return complaint, part


def _answer(part: Assignment, to: AssignmentState, at: datetime, *fields: str) -> None:
    part.state, part.answered_at = to, at
    part.save(update_fields=["state", "answered_at", *fields])


def _end(part: Assignment, at: datetime) -> None:
    part.state, part.ended_at = AssignmentState.ENDED, at
    part.save(update_fields=["state", "ended_at"])


def _withdraw_askings(complaint: Complaint, at: datetime) -> None:
    waiting = Assignment.objects.filter(complaint=complaint, part=Part.HANDLER, state=AssignmentState.ASKED)
    for part in waiting:
        _end(part, at)


def _may_handle(person_id: UUID) -> Person:
    """Raises CannotTake where she handles no complaints in this program."""
    membership = (
        Membership.objects.filter(person_id=person_id, role__in=HANDLERS, ended_at=None)
        .select_related("person")
        .first()
    )
    if membership is None:
        raise CannotTake(_("This person does not handle complaints in this program."))
    return membership.person


def _context(complaint: Complaint) -> dict[str, object]:
    return {"complaint": str(complaint.pk)}


def _tell(complaint: Complaint, kind: str, people: list[UUID], *, key: UUID, at: datetime) -> None:
    """Tell people that there is something, without a fact of it."""
    tell_people(
        kind=kind, key=f"{kind}:{key}", people=people, at=at, context=_context(complaint), about=complaint.pk
    )

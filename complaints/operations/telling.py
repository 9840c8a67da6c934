"""Who hears that something waits in a complaint, without a fact of it. From staff and from a worker's page alike."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connections

from complaints.enums import AssignmentState, Part
from complaints.models import Assignment, Complaint
from wsr.accounts.grants import Permission
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import Audience, current_alias, current_audience


def people(complaint: Complaint, kind: str, who: Iterable[UUID], *, key: UUID, at: datetime) -> None:
    """Tell some people. `key`: of the row that it is about, so that a repeated act tells once."""
    if found := sorted(set(who)):
        tell_people(
            kind=kind,
            key=f"{kind}:{key}",
            people=found,
            at=at,
            context=_context(complaint),
            about=complaint.pk,
        )


def handler(complaint: Complaint, kind: str, *, key: UUID, at: datetime) -> None:
    """Tell whoever handles it; where nobody does any more, those who may triage."""
    if handling := present(complaint):
        people(complaint, kind, handling, key=key, at=at)
    else:
        role(complaint, kind, Permission.COMPLAINT_TRIAGE, key=key, at=at)


def role(complaint: Complaint, kind: str, permission: Permission, *, key: UUID, at: datetime) -> None:
    """Tell everybody who may do something."""
    tell_role(
        kind=kind,
        key=f"{kind}:{key}:role",
        permission=permission,
        at=at,
        context=_context(complaint),
        about=complaint.pk,
    )


def tell_staff(complaint: Complaint, key: str, at: datetime) -> None:
    """That something came from a worker: whoever handles it, or those who may triage while nobody does."""
    kind = "complaint_from_worker"
    if handling := present(complaint):
        tell_people(
            kind=kind, key=key, people=handling, context={}, at=at, secret_of=complaint.pk, about=complaint.pk
        )
    else:
        tell_role(
            kind=kind, key=key, permission=Permission.COMPLAINT_TRIAGE, context={}, at=at, about=complaint.pk
        )


def present(complaint: Complaint) -> list[UUID]:
    """Who handles it and is still inside. In the scope of staff, or of its worker, who reads no parts."""
    if current_audience() != Audience.WORKER:
        return those_with(complaint, Part.HANDLER)
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_handled_by()")
        [handler] = cursor.fetchone()
    return [handler] if handler else []


def those_with(complaint: Complaint, part: Part) -> list[UUID]:
    """Who accepted a part and still has it. In the scope of staff."""
    rows = Assignment.objects.filter(complaint=complaint, part=part, state=AssignmentState.ACCEPTED)
    return list(rows.values_list("person_id", flat=True))


def _context(complaint: Complaint) -> dict[str, object]:
    return {"complaint": str(complaint.pk)}

"""What every operation on an inspection begins with: the lock, who is on the team, the only place that writes its state."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState
from audits.models import Inspection, TeamMember
from wsr.accounts.models import Person
from wsr.errors import DomainError, Stale
from wsr.history.operations import record


class CannotMove(DomainError):
    """The inspection cannot do that in the state it is in."""


class NotOnTeam(DomainError):
    """Only somebody who accepted, and declared her independence, works at the visit."""


def locked(inspection_id: UUID) -> Inspection:
    """The inspection, locked until the end of the transaction.

    Raises Inspection.DoesNotExist, also for one that the person may not know of.
    """
    return Inspection.objects.select_for_update(of=("self",)).get(pk=inspection_id)


def on_team(inspection: Inspection, person: Person) -> TeamMember:
    """Her place on the team, accepted. Raises NotOnTeam."""
    member = TeamMember.objects.filter(inspection=inspection, person=person).first()
    if member is None or member.state != AssignmentState.ACCEPTED:
        raise NotOnTeam(
            _(
                "Accept the assignment and declare your independence first; then you can work on this inspection."
            )
        )
    return member


def check_version(row: models.Model, if_version: int | None) -> None:
    """Raises Stale where the caller saw another version of a locked row. None: she does not mind."""
    if if_version is not None and row.version != if_version:
        raise Stale(row)


def explained(reason: str, message: str = "") -> str:
    """The reason without blanks around it. Raises DomainError where there is none."""
    if not reason.strip():
        raise DomainError(message or _("Say why."))
    return reason.strip()


def save(inspection: Inspection, *fields: str, at: datetime) -> None:
    """Write columns of a locked inspection, and that it changed."""
    inspection.version += 1
    inspection.updated_at = at
    inspection.save(update_fields=[*fields, "version", "updated_at"])


def move(
    inspection: Inspection,
    to: InspectionState,
    *,
    by: Person | None,
    at: datetime,
    reason: str = "",
    event: str = "",
    after: dict[str, object] | None = None,
    **fields: object,
) -> None:
    """The only place that writes an inspection's state. The caller holds the lock. Raises CannotMove."""
    before = InspectionState(inspection.state)
    if not inspection.may_become(to):
        raise CannotMove(
            _("An inspection that is “%(before)s” cannot become “%(to)s”.")
            % {"before": before.label, "to": to.label}
        )
    for name, value in {"state": to, **fields}.items():
        setattr(inspection, name, value)
    save(inspection, "state", *fields, at=at)
    record(
        event or f"inspection.{to}",
        inspection,
        by=by,
        at=at,
        before={"state": before},
        after={"state": to, **(after or {})},
        reason=reason,
        secret_of=inspection.secret_of,
    )

"""The visit itself: arrived, left, submitted. What is submitted is sealed; leaving or submitting ends the secret."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState, TeamRole
from audits.models import (
    Declaration,
    Evidence,
    Finding,
    Inspection,
    Interview,
    Response,
    Seal,
    TeamMember,
)
from audits.operations.report_clocks import begin_report_clock
from audits.operations.revealing import reveal
from audits.operations.states import CannotMove, check_version, explained, locked, move, on_team, save
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import canonical, record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic

TOLD = frozenset({"workers_present", "few_interviews_reason", "summary"})
MOST_WORKERS = 2_000_000  # more than any workplace; a slip of the finger is told, not stored
# What a seal leaves out: columns that change although nothing was said anew.
_UNSEALED = frozenset({"program", "secret_of", "inspection", "supplier", "version", "updated_at"})


class NotReady(DomainError):
    """The inspection lacks something without which it cannot be submitted."""


@atomic
def arrive(
    *, inspection_id: UUID, by: Person, at: datetime, workers_present: int | None = None
) -> Inspection:
    """The visit begins; from now on its records may be written. A second arrival, of a colleague, changes nothing but a new count.

    Raises Inspection.DoesNotExist, NotOnTeam, CannotMove and NotReady.
    """
    inspection = locked(inspection_id)
    on_team(inspection, by)
    if inspection.state == InspectionState.IN_PROGRESS:
        if workers_present is not None:
            _change(inspection, {"workers_present": workers_present}, by=by, at=at)
        return inspection
    move(
        inspection,
        InspectionState.IN_PROGRESS,
        event="inspection.arrived",
        by=by,
        at=at,
        arrived_at=at,
        workers_present=_counted(workers_present),
    )
    return inspection


@atomic
def change_visit(
    *, inspection_id: UUID, by: Person, at: datetime, if_version: int | None = None, **fields: object
) -> Inspection:
    """Change `workers_present`, `few_interviews_reason` or `summary` while the visit is under way or was returned.

    Raises Inspection.DoesNotExist, NotOnTeam, Stale, CannotMove and NotReady.
    """
    inspection = locked(inspection_id)
    on_team(inspection, by)
    if unknown := set(fields) - TOLD:
        raise TypeError(f"No part of a visit: {', '.join(sorted(unknown))}")
    if all(getattr(inspection, name) == value for name, value in fields.items()):
        return inspection
    check_version(inspection, if_version)
    _change(inspection, fields, by=by, at=at)
    return inspection


@atomic
def leave(*, inspection_id: UUID, by: Person, at: datetime) -> Inspection:
    """The team left the workplace: the visit is a secret no more. Its records may still be written until it is submitted.

    Leaving twice is leaving once. Raises Inspection.DoesNotExist, NotOnTeam and CannotMove.
    """
    inspection = locked(inspection_id)
    on_team(inspection, by)
    if inspection.left_at is not None:
        return inspection
    if inspection.state != InspectionState.IN_PROGRESS:
        raise CannotMove(_("Nobody has arrived there yet, or the visit is over."))
    _leave(inspection, by=by, at=at)
    return inspection


@atomic
def submit(*, inspection_id: UUID, by: Person, at: datetime, reason: str = "") -> Seal:
    """Hand the inspection in and seal it: every record as it is now, in canonical JSON, with its hash.

    Wants a lead who accepted, and the program's floor of interviews or the reason why it was not reached; after it was returned, a
    `reason` for the new version. Raises Inspection.DoesNotExist, NotOnTeam, CannotMove, NotReady and DomainError.
    """
    inspection = locked(inspection_id)
    on_team(inspection, by)
    if not inspection.may_become(InspectionState.SUBMITTED):
        raise CannotMove(_("Only a visit under way, or one that was returned to you, can be submitted."))
    _check_lead(inspection)
    _check_interviews(inspection)
    number = Seal.objects.filter(inspection=inspection).count() + 1
    if number > 1:
        reason = explained(reason, _("Say what changed since it was submitted before, and why."))
    if inspection.left_at is None:
        _leave(inspection, by=by, at=at)
    else:
        reveal(inspection)
    body = canonical(contents(inspection, number=number, reason=reason, at=at))
    seal = Seal.objects.create(
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        number=number,
        reason=reason,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        sealed_by=by,
        sealed_at=at,
    )
    move(
        inspection,
        InspectionState.SUBMITTED,
        by=by,
        at=at,
        reason=reason,
        after={"seal": seal.number, "sha256": seal.sha256},
        submitted_at=at,
    )
    begin_report_clock(inspection=inspection, by=by, at=at)
    tell_role(
        kind="inspection_submitted",
        key=f"inspection_submitted:{inspection.pk}:{seal.number}",
        permission=Permission.INSPECTION_REVIEW,
        at=at,
        context={"inspection": str(inspection.pk)},
    )
    return seal


def contents(inspection: Inspection, *, number: int, reason: str, at: datetime) -> dict[str, Any]:
    """What a seal holds: the inspection and all its records, in the order of their ids."""
    return {
        "format": "wsr-inspection-1",
        "seal": number,
        "reason": reason,
        "submitted_at": at,
        "program": inspection.program_id,
        "inspection": _columns(
            inspection, ("id", "kind", "number", "is_announced", "season_id", "code_id", "follows_id")
        )
        | _columns(
            inspection,
            ("supplier_id", "supplier_name", "workplace_id", "workplace_name", "address", "country"),
        )
        | _columns(
            inspection, ("latitude", "longitude", "starts_on", "ends_on", "purpose", "arrived_at", "left_at")
        )
        | _columns(inspection, ("workers_present", "interview_share", "few_interviews_reason", "summary")),
        "team": _rows(TeamMember, inspection),
        "declarations": _rows(Declaration, inspection),
        "responses": _rows(Response, inspection),
        "interviews": _rows(Interview, inspection),
        "findings": _rows(Finding, inspection),
        "evidence": _rows(Evidence.objects.select_related("file"), inspection, with_file=True),
    }


def _columns(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _rows(
    source: type[models.Model] | models.QuerySet, inspection: Inspection, *, with_file: bool = False
) -> list[dict[str, Any]]:
    rows = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    found = []
    for row in rows.filter(inspection=inspection).order_by("pk"):
        names = [field.attname for field in row._meta.concrete_fields if field.name not in _UNSEALED]
        entry = _columns(row, names)
        if with_file:
            entry["file_sha256"] = row.file.sha256
        found.append(entry)
    return found


def _leave(inspection: Inspection, *, by: Person, at: datetime) -> None:
    """Left, said within the circle; then the circle opens."""
    inspection.left_at = at
    save(inspection, "left_at", at=at)
    record("inspection.left", inspection, by=by, at=at, after={"left_at": at}, secret_of=inspection.secret_of)
    reveal(inspection)


def _change(inspection: Inspection, fields: dict[str, Any], *, by: Person, at: datetime) -> None:
    if not inspection.is_writable:
        raise CannotMove(_("The visit is not under way; what was noted at it stays."))
    if "workers_present" in fields:
        _counted(fields["workers_present"])
    changed = {name: value for name, value in fields.items() if getattr(inspection, name) != value}
    if not changed:
        return
    counted = "workers_present" in changed
    before = {"workers_present": inspection.workers_present} if counted else {}
    for name, value in changed.items():
        setattr(inspection, name, value)
    save(inspection, *changed, at=at)
    after: dict[str, object] = {"changed": sorted(changed)}
    if counted:
        after["workers_present"] = inspection.workers_present
    record(
        "inspection.changed",
        inspection,
        by=by,
        at=at,
        before=before,
        after=after,
        secret_of=inspection.secret_of,
    )


def _counted(workers: int | None) -> int | None:
    if workers is not None and not 0 <= workers <= MOST_WORKERS:
        raise NotReady(_("Check the number of workers present."))
    return workers


def _check_lead(inspection: Inspection) -> None:
    leads = TeamMember.objects.filter(
        inspection=inspection, role=TeamRole.LEAD, state=AssignmentState.ACCEPTED
    )
    if not leads.exists():
        raise NotReady(
            _("A lead auditor must have accepted the assignment before the inspection is submitted.")
        )


def _check_interviews(inspection: Inspection) -> None:
    """At least the share of the workers present that the program asks for, or the reason. Source: `domain.md` 5.6, F10."""
    if inspection.interview_share is None or inspection.few_interviews_reason.strip():
        return
    needed = inspection.interviews_needed()
    if needed is None:
        raise NotReady(_("Enter how many workers were present, or say why they could not be counted."))
    held = Interview.objects.filter(inspection=inspection).aggregate(total=Sum("workers"))["total"] or 0
    if held < needed:
        raise NotReady(
            _(
                "%(held)s workers were interviewed; the program asks for %(needed)s of the %(present)s present. Say why fewer."
            )
            % {"held": held, "needed": needed, "present": inspection.workers_present}
        )

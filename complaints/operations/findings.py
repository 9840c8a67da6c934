"""What was found, provision by provision, and the two moves that follow from it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, Outcome
from complaints.models import Complaint, Finding
from complaints.operations import giveaways
from complaints.operations.inquiry import CannotInvestigate, checked_text, investigating
from complaints.operations.states import CannotMove, check_version, locked, move, save
from programs.models import Provision
from programs.queries import code_in_force
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault.operations import seal


class CannotConclude(DomainError):
    """There is nothing to conclude from."""


@atomic
def find(
    *,
    complaint_id: UUID,
    provision_id: UUID,
    outcome: Outcome,
    workers_affected: int | None,
    reasons: str,
    by: Person,
    at: datetime,
) -> Finding:
    """What was found about one provision of the code in force. Found again, the finding before it ends and stays on record.

    `reasons` go to the vault. Raises Complaint.DoesNotExist, NotInvolved, CannotMove and CannotInvestigate.
    """
    complaint = locked(complaint_id)
    investigating(complaint, by)
    if complaint.state != ComplaintState.INVESTIGATING:
        raise CannotMove(_("Findings are made while a complaint is under investigation."))
    code = code_in_force()
    provision = Provision.objects.filter(pk=provision_id, code=code).first() if code else None
    if provision is None:
        raise CannotInvestigate(_("Choose a provision of the code that is in force."))
    if workers_affected is not None and workers_affected < 0:
        raise CannotInvestigate(_("Write how many workers it affected, or leave it empty."))
    reasons = checked_text(reasons)
    before = Finding.objects.filter(complaint=complaint, provision=provision, ended_at=None)
    is_new = not before.update(ended_at=at)
    finding = Finding.objects.create(
        complaint=complaint,
        provision=provision,
        outcome=outcome,
        workers_affected=workers_affected,
        found_by=by,
        found_at=at,
    )
    seal(complaint.pk, "complaints_finding", "reasons", finding.pk, reasons)
    save(complaint, at=at)
    event = "complaint.found" if is_new else "complaint.found_anew"
    record(event, complaint, by=by, at=at, after={"finding": finding.pk})
    return finding


@atomic
def conclude(*, complaint_id: UUID, by: Person, at: datetime, if_version: int | None = None) -> Complaint:
    """It is known what happened: from now on it is about making it good. Raises as `find`, Stale, and CannotConclude without a finding."""
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    investigating(complaint, by)
    if not Finding.objects.filter(complaint=complaint, ended_at=None).exists():
        raise CannotConclude(_("Write down at least one finding first."))
    if complaint.state != ComplaintState.INVESTIGATING:
        raise CannotMove(_("Only a complaint under investigation is concluded."))
    move(complaint, ComplaintState.RESOLVING, by=by, at=at)
    return complaint


@atomic
def look_again(*, complaint_id: UUID, reason: str, by: Person, at: datetime) -> Complaint:
    """Something more is to be found out before it is made good. `reason` holds no facts. Raises as `conclude`, and GivesAway."""
    complaint = locked(complaint_id)
    investigating(complaint, by)
    if not reason.strip():
        raise CannotConclude(_("Say why, without facts of the case."))
    if complaint.state != ComplaintState.RESOLVING:
        raise CannotMove(_("Only a complaint with its resolution under way goes back to be investigated."))
    giveaways.check_reason(reason, complaint)
    move(complaint, ComplaintState.INVESTIGATING, by=by, at=at, reason=reason.strip())
    return complaint

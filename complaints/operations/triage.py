"""What happens to a new complaint: accepted, referred to who can help, not covered, set aside as possible abuse."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, Scope
from complaints.models import Complaint, Referral
from complaints.operations import giveaways, quarantine
from complaints.operations.states import (
    ACKNOWLEDGED,
    CLOSED,
    CannotMove,
    check_version,
    locked,
    move,
    stays,
)
from programs.models import Severity, Workplace
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.models import Clock
from wsr.errors import DomainError
from wsr.tenancy import atomic
from wsr.vault.operations import seal

# What can be accepted: what is new, and what was first thought to be outside.
_DECIDED_ON = (ComplaintState.RECEIVED, ComplaintState.REFERRED, ComplaintState.NOT_COVERED)


class CannotDecide(DomainError):
    """Something is missing to decide this."""


@atomic
def accept(
    *,
    complaint_id: UUID,
    severity_id: UUID | None,
    workplace_id: UUID | None,
    is_urgent: bool,
    by: Person,
    at: datetime,
    if_version: int | None = None,
) -> Complaint:
    """It falls under the program, and `by`, who took it, handles it. Its clock to the resolution runs from when it was received.

    Whoever is walled off from the supplier of this workplace leaves it at once, `by` as well; then it waits for another, and those who may triage are told.

    Raises Complaint.DoesNotExist, NotInvolved, Stale, CannotMove, CannotDecide, Severity.DoesNotExist and Workplace.DoesNotExist.
    """
    complaint = _taken(complaint_id, by, if_version)
    if complaint.state not in _DECIDED_ON:
        raise CannotMove(
            _("A closed complaint is opened again with a reason, and what is under way is accepted already.")
        )
    workplace = Workplace.objects.get(pk=workplace_id) if workplace_id else None
    if workplace is None:
        raise CannotDecide(_("Choose the workplace; where it is not covered, say that instead."))
    clocks.start(kind=CLOSED, subject=complaint, started_at=complaint.received_at, at=at, by=by)
    move(
        complaint,
        ComplaintState.ACCEPTED,
        by=by,
        at=at,
        scope=Scope.WITHIN,
        severity=Severity.objects.get(pk=severity_id) if severity_id else None,
        is_urgent=is_urgent,
        workplace=workplace,
        supplier_id=workplace.supplier_id,
        triaged_at=at,
    )
    return complaint


@atomic
def refer(
    *, complaint_id: UUID, partner: str, words: str, by: Person, at: datetime, if_version: int | None = None
) -> Referral:
    """It is outside the scope and goes to somebody who can help. It stays on record, and off the clocks.

    `words`: what the partner is told; kept in the vault. Source: `domain.md` 2.5 (A34). Raises as `accept`.
    """
    if not partner.strip():
        raise CannotDecide(_("Say to whom it goes."))
    complaint = _taken(complaint_id, by, if_version)
    move(complaint, ComplaintState.REFERRED, by=by, at=at, scope=Scope.OUTSIDE, triaged_at=at)
    _stop_clocks(complaint, by=by, at=at)
    referral = Referral.objects.create(complaint=complaint, partner=partner.strip(), by=by, at=at)
    if words.strip():
        seal(complaint.pk, "complaints_referral", "words", referral.pk, words.strip())
    return referral


@atomic
def not_covered(*, complaint_id: UUID, by: Person, at: datetime, if_version: int | None = None) -> Complaint:
    """The workplace is not part of the program; recorded as such. Source: `domain.md` 2.5 (A34). Raises as `accept`."""
    complaint = _taken(complaint_id, by, if_version)
    move(complaint, ComplaintState.NOT_COVERED, by=by, at=at, scope=Scope.OUTSIDE, triaged_at=at)
    _stop_clocks(complaint, by=by, at=at)
    return complaint


@atomic
def set_aside(*, complaint_id: UUID, by: Person, at: datetime) -> Complaint:
    """Possible abuse: out of the way of the others, and still read by somebody. Its own clocks run on. Raises as `accept`."""
    complaint = _taken(complaint_id, by, None)
    move(complaint, ComplaintState.SET_ASIDE, by=by, at=at)
    quarantine.begin(at=at)
    return complaint


@atomic
def bring_back(*, complaint_id: UUID, by: Person, at: datetime) -> Complaint:
    """Set aside wrongly: to be triaged like any other, with the first answer owed from when it was received. Raises as `accept`."""
    complaint = _taken(complaint_id, by, None)
    if complaint.state not in (ComplaintState.SET_ASIDE, ComplaintState.ABUSE):
        raise CannotMove(_("Only what was set aside, or found to be no complaint, is brought back."))
    move(complaint, ComplaintState.RECEIVED, by=by, at=at)
    if not Clock.objects.of(complaint).filter(kind=ACKNOWLEDGED).exists():
        clocks.start(kind=ACKNOWLEDGED, subject=complaint, started_at=complaint.received_at, at=at, by=by)
    quarantine.looked_at(by=by, at=at)
    return complaint


@atomic
def no_complaint(*, complaint_id: UUID, reason: str, by: Person, at: datetime) -> Complaint:
    """Read, and there is nothing in it. `reason` holds no facts. Raises as `accept`, CannotDecide and GivesAway."""
    if not reason.strip():
        raise CannotDecide(_("Say why it is no complaint."))
    complaint = _taken(complaint_id, by, None)
    giveaways.check_reason(reason, complaint)
    move(complaint, ComplaintState.ABUSE, by=by, at=at, reason=reason.strip(), triaged_at=at)
    _stop_clocks(complaint, by=by, at=at)
    quarantine.looked_at(by=by, at=at)
    return complaint


def _taken(complaint_id: UUID, by: Person, if_version: int | None) -> Complaint:
    """The complaint, locked, of somebody who has a part in it that stays."""
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    stays(complaint, by)
    return complaint


def _stop_clocks(complaint: Complaint, *, by: Person, at: datetime) -> None:
    clocks.meet(kind=ACKNOWLEDGED, subject=complaint, at=at, by=by)
    clocks.cancel(kind=CLOSED, subject=complaint, at=at, by=by, reason=str(complaint.get_state_display()))

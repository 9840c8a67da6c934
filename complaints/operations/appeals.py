"""An outcome that is not accepted: appealed by the worker, or by the employer on paper, decided by somebody who had no part in it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints.enums import Act, AppealOutcome, AssignmentState, ComplaintState, Part, Side
from complaints.models import Appeal, Assignment, Complainant, Complaint, Reopening, Review, WorkerKey
from complaints.operations import independence, parts, resolutions, reviews, telling, thread, watch
from complaints.operations.states import (
    APPEAL,
    APPEAL_DECIDED,
    CLOSED,
    CannotMove,
    check_version,
    in_english,
    involved,
    locked,
    move,
    stays,
)
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.tenancy import atomic
from wsr.vault.operations import EVERY_WORKER, NO_WORKER, seal


class CannotAppeal(DomainError):
    """There is nothing to appeal against, or the time for it is over."""


class CannotDecide(DomainError):
    """Something is missing to decide this appeal."""


@atomic
def appeal(*, key: WorkerKey, words: str, at: datetime) -> Appeal:
    """She asks on her page that another person looks at it again. In her scope of the case.

    Raises CannotAppeal, SecretInText and DomainError.
    """
    thread.refuse_secret(key, words)
    complaint = locked(key.complaint_id)
    return _file(complaint, Side.WORKER, key.complainant_id, words, by=None, at=at)


@atomic
def enter_appeal(
    *, complaint_id: UUID, side: Side, complainant_id: UUID | None, words: str, by: Person, at: datetime
) -> Appeal:
    """Write down an appeal: of the employer, on paper, or of a worker who said it on the phone.

    Raises Complaint.DoesNotExist, NotInvolved, Complainant.DoesNotExist, CannotAppeal and DomainError.
    """
    complaint = locked(complaint_id)
    involved(complaint, by)
    side = Side(side)
    hers = None
    if side == Side.WORKER:
        hers = Complainant.objects.get(pk=complainant_id, complaint=complaint).pk
    else:
        watch.employer_can_see(complaint, Act.CONTACT, at=at, by=by)
    return _file(complaint, side, hers, words, by=by, at=at)


@atomic
def decide(
    *,
    complaint_id: UUID,
    outcome: AppealOutcome,
    words: str,
    handler_id: UUID | None = None,
    by: Person,
    at: datetime,
    if_version: int | None = None,
) -> Appeal:
    """Decide an appeal: the outcome stands, or the complaint is looked at again, by the same handler or one who is asked to take over.

    `words`: what the worker reads, in plain words. Raises Complaint.DoesNotExist, NotInvolved, NotIndependent, Stale, CannotMove,
    CannotDecide, CannotTake and DomainError.
    """
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    involved(complaint, by)
    row = Appeal.objects.filter(complaint=complaint, outcome=AppealOutcome.PENDING).first()
    if row is None or complaint.state != ComplaintState.APPEALED:
        raise CannotMove(_("No appeal waits for a decision."))
    independence.decider(complaint, by)
    said = resolutions.written(words, _("Say in plain words what was decided and why; the worker reads it."))
    row.outcome, row.decider, row.decided_at = AppealOutcome(outcome), by, at
    row.save(update_fields=["outcome", "decider", "decided_at"])
    seal(complaint.pk, "complaints_appeal", "answer", row.pk, said, reader=EVERY_WORKER)
    clocks.meet(kind=APPEAL_DECIDED, subject=complaint, at=at, by=by)
    if row.outcome == AppealOutcome.UPHELD:
        move(complaint, ComplaintState.CLOSED, by=by, at=at, event="complaint.appeal_upheld")
        watch.employer_can_see(complaint, Act.CLOSED, at=at, by=by)
    else:
        _look_again(complaint, handler_id, by=by, at=at)
    telling.handler(complaint, "complaint_appeal_decided", key=row.pk, at=at)
    return row


@atomic
def reopen(
    *, complaint_id: UUID, reason: str, by: Person, at: datetime, if_version: int | None = None
) -> Reopening:
    """Work on a closed complaint again, for a reason that the program found itself; kept in the vault. Its clock begins anew.

    Raises Complaint.DoesNotExist, NotInvolved, Stale, CannotMove and DomainError.
    """
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    stays(complaint, by)
    if complaint.state != ComplaintState.CLOSED:
        raise CannotMove(_("Only a closed complaint is opened again."))
    said = resolutions.written(reason, _("Say why it is opened again."))
    row = Reopening.objects.create(complaint=complaint, by=by, at=at)
    seal(complaint.pk, "complaints_reopening", "reason", row.pk, said)
    clocks.cancel(kind=APPEAL, subject=complaint, reason=_("The complaint was opened again."), at=at, by=by)
    _begin_again(complaint, ComplaintState.ACCEPTED, "complaint.reopened", by=by, at=at)
    return row


def may_appeal(complaint: Complaint, review: Review | None, *, at: datetime) -> bool:
    """Whether the time to appeal against this closing has not passed."""
    if review is None or complaint.state != ComplaintState.CLOSED:
        return False
    return review.appeal_until is None or at <= review.appeal_until


def time_over(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: nobody appealed in time. Nothing was missed, so the clock is called off."""
    clocks.cancel(clock_id=clock.pk, reason=_("Nobody appealed in time; the outcome stands."), at=at)


def _file(
    complaint: Complaint,
    side: Side,
    complainant_id: UUID | None,
    words: str,
    *,
    by: Person | None,
    at: datetime,
) -> Appeal:
    """The caller holds the lock."""
    review = reviews.closing(complaint)
    if review is None or complaint.state != ComplaintState.CLOSED:
        raise CannotAppeal(_("Only the outcome of a closed complaint can be looked at again."))
    if not may_appeal(complaint, review, at=at):
        day = date_format(timezone.localtime(review.appeal_until), "DATE_FORMAT")
        raise CannotAppeal(
            _("The time to ask for this ended on %(day)s. You can still write.") % {"day": day}
        )
    before = Appeal.objects.filter(review_id=review.pk, side=side, complainant_id=complainant_id)
    if before.exists():
        raise CannotAppeal(_("Another person has looked at this outcome again already."))
    said = resolutions.written(words, _("Write what should be looked at again."))
    row = Appeal(
        program_id=complaint.program_id,
        complaint=complaint,
        review_id=review.pk,
        side=side,
        complainant_id=complainant_id,
        filed_at=at,
        entered_by=by,
    )
    row.save(force_insert=True)
    seal(complaint.pk, "complaints_appeal", "words", row.pk, said, reader=complainant_id or NO_WORKER)
    subject = ("complaints.complaint", complaint.pk)
    with in_english(by):
        clocks.cancel(kind=APPEAL, subject=subject, reason=_("It was appealed."), at=at, by=by)
        clocks.start(kind=APPEAL_DECIDED, subject=subject, started_at=at, at=at, by=by)
    move(complaint, ComplaintState.APPEALED, by=by, at=at)
    telling.role(complaint, "complaint_appealed", Permission.COMPLAINT_ASSIGN, key=row.pk, at=at)
    telling.handler(complaint, "complaint_appealed", key=row.pk, at=at)
    return row


def _look_again(complaint: Complaint, handler_id: UUID | None, *, by: Person, at: datetime) -> None:
    present = Assignment.objects.filter(
        complaint=complaint, part=Part.HANDLER, state=AssignmentState.ACCEPTED
    ).values_list("person_id", flat=True)
    if handler_id is None and not present:
        raise CannotDecide(_("Nobody handles this complaint any more. Choose who looks at it again."))
    _begin_again(complaint, ComplaintState.INVESTIGATING, "complaint.looked_at_again", by=by, at=at)
    if handler_id is not None and handler_id not in present:
        parts.ask(complaint_id=complaint.pk, person_id=handler_id, part=Part.HANDLER, by=by, at=at)


def _begin_again(complaint: Complaint, to: ComplaintState, event: str, *, by: Person, at: datetime) -> None:
    """Its clock to the resolution runs anew from now: what ran before was met, and stays so."""
    move(complaint, to, by=by, at=at, event=event, closed_at=None)
    clocks.start(kind=CLOSED, subject=complaint, started_at=at, at=at, by=by)

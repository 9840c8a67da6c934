"""The second pair of eyes: an outcome is handed over, and another person closes the complaint with it or gives it back."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.enums import Act, ComplaintState, Part, ReviewOutcome
from complaints.models import Complaint, Finding, Review
from complaints.operations import independence, resolutions, telling, watch
from complaints.operations.states import APPEAL, CLOSED, CannotMove, check_version, involved, locked, move
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program
from wsr.vault.operations import EVERY_WORKER, seal


class CannotHandOver(DomainError):
    """Something is missing before a second person looks at it."""


@atomic
def hand_over(
    *, complaint_id: UUID, reason: str, by: Person, at: datetime, if_version: int | None = None
) -> Review:
    """Give the outcome to a second person. `reason`: why it is to be closed although not every complainant agreed; she reads it.

    Raises Complaint.DoesNotExist, NotInvolved, NotHandler, Stale, CannotMove and CannotHandOver.
    """
    complaint = resolutions.handled(complaint_id, by, if_version)
    if complaint.state != ComplaintState.RESOLVING:
        raise CannotMove(_("Only an outcome that is being worked on is handed to a second person."))
    if not Finding.objects.filter(complaint=complaint, ended_at=None).exists():
        raise CannotHandOver(_("Write down at least one finding first."))
    resolution = resolutions.newest(complaint)
    if resolution is None:
        raise CannotHandOver(_("Propose a solution to the worker first."))
    is_agreed = resolutions.is_agreed(resolution)
    if not is_agreed and not reason.strip():
        raise CannotHandOver(
            _("Not every complainant has agreed. Say why it is to be closed all the same; she reads it.")
        )
    review = Review.objects.create(
        complaint=complaint,
        resolution_id=resolution.pk,
        handed_by=by,
        handed_at=at,
        is_without_agreement=not is_agreed,
    )
    if not is_agreed:
        seal(complaint.pk, "complaints_review", "reason", review.pk, reason.strip(), reader=EVERY_WORKER)
    move(complaint, ComplaintState.IN_REVIEW, by=by, at=at)
    telling.people(
        complaint, "complaint_to_review", telling.those_with(complaint, Part.REVIEWER), key=review.pk, at=at
    )
    return review


@atomic
def approve(*, complaint_id: UUID, by: Person, at: datetime, if_version: int | None = None) -> Review:
    """Close the complaint with this outcome. The time to appeal begins, where the program has set one.

    Raises Complaint.DoesNotExist, NotInvolved, NotIndependent, Stale, CannotMove and CannotHandOver.
    """
    complaint, review = _pending(complaint_id, by, if_version)
    is_agreed = resolutions.is_agreed(review.resolution)
    if not review.is_without_agreement and not is_agreed:
        raise CannotHandOver(_("She does not agree any more. Give it back."))
    review.is_without_agreement = not is_agreed  # she may have agreed meanwhile
    clocks.meet(kind=CLOSED, subject=complaint, at=at, by=by)
    clock = clocks.start(kind=APPEAL, subject=complaint, started_at=at, at=at, by=by, url=_page(complaint))
    review.appeal_until = clock.due_at if clock else None
    _decide(review, ReviewOutcome.APPROVED, by, at, "appeal_until", "is_without_agreement")
    move(complaint, ComplaintState.CLOSED, by=by, at=at, closed_at=at)
    watch.employer_can_see(complaint, Act.CLOSED, at=at, by=by)
    telling.handler(complaint, "complaint_reviewed", key=review.pk, at=at)
    return review


@atomic
def give_back(
    *, complaint_id: UUID, words: str, by: Person, at: datetime, if_version: int | None = None
) -> Review:
    """Give the outcome back to the handler, with what is to be changed; kept in the vault. Raises as `approve`, and DomainError."""
    complaint, review = _pending(complaint_id, by, if_version)
    said = resolutions.written(words, _("Say what should be different before it is closed."))
    _decide(review, ReviewOutcome.RETURNED, by, at)
    seal(complaint.pk, "complaints_review", "words", review.pk, said)
    move(complaint, ComplaintState.RESOLVING, by=by, at=at, event="complaint.given_back")
    telling.handler(complaint, "complaint_reviewed", key=review.pk, at=at)
    return review


def closing(complaint: Complaint) -> Review | None:
    """The review that the complaint was last closed with; also in the scope of the worker, who does not read who it was."""
    rows = Review.objects.filter(complaint=complaint, outcome=ReviewOutcome.APPROVED).order_by("-pk")
    return rows.only(
        "id",
        "program_id",
        "complaint_id",
        "resolution_id",
        "decided_at",
        "is_without_agreement",
        "appeal_until",
    ).first()


def _pending(complaint_id: UUID, by: Person, if_version: int | None) -> tuple[Complaint, Review]:
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    involved(complaint, by)
    review = Review.objects.filter(complaint=complaint, outcome=ReviewOutcome.PENDING).first()
    if review is None or complaint.state != ComplaintState.IN_REVIEW:
        raise CannotMove(_("No outcome waits for a second person."))
    independence.reviewer(complaint, by)
    return complaint, review


def _decide(review: Review, outcome: ReviewOutcome, by: Person, at: datetime, *fields: str) -> None:
    review.outcome, review.reviewer, review.decided_at = outcome, by, at
    review.save(update_fields=["outcome", "reviewer", "decided_at", *fields])


def _page(complaint: Complaint) -> str:
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    return reverse("complaints:complaint", args=[slug, complaint.pk])

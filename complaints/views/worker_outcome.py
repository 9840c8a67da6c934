"""How her complaint ends, on the page of the worker: what is proposed to her and what she says to it, how it ended, that she may appeal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from complaints.enums import PLAIN, ComplaintState, Reply
from complaints.forms.outcome import AnswerProposal, AskAgain
from complaints.models import Appeal, Complaint, ResolutionAnswer, WorkerKey
from complaints.operations import access, appeals, resolutions, reviews
from complaints.views.worker import show
from wsr.errors import DomainError
from wsr.tenancy import current_alias
from wsr.vault.envelope import Place
from wsr.vault.operations import unseal_many

ENDED = (ComplaintState.CLOSED, ComplaintState.APPEALED)


def section(key: WorkerKey, *, at: datetime) -> dict[str, Any]:
    """What the section on her page shows. In her scope of the case."""
    complaint = key.complaint
    review = reviews.closing(complaint) if complaint.state in ENDED else None
    proposal = resolutions.newest(complaint) if complaint.state in resolutions.OPEN_TO_ANSWERS else None
    hers = _answer(key, proposal.pk) if proposal else None
    last = _answer(key, review.resolution_id) if review else None
    contested = _appeals(key)
    places = {
        "proposal": proposal and Place("complaints_resolution", "text", proposal.pk),
        "words": hers and Place("complaints_resolutionanswer", "words", hers.pk),
        "solution": review and Place("complaints_resolution", "text", review.resolution_id),
        "reason": review and Place("complaints_review", "reason", review.pk),
        **{row.pk: Place("complaints_appeal", "answer", row.pk) for row in contested},
    }
    wanted = {name: place for name, place in places.items() if place}
    texts = unseal_many(complaint.pk, wanted.values()) if wanted else {}
    said = {name: texts[place] or "" for name, place in wanted.items()}
    return {
        "proposal": said.get("proposal", ""),
        "hers": hers,
        "her_words": said.get("words", ""),
        "review": review,
        "had_agreed": last is not None and last.reply == Reply.AGREES,
        "solution": said.get("solution", ""),
        "reason": said.get("reason", ""),
        "contested": [
            {"row": row, "is_hers": row.complainant_id == key.complainant_id, "answer": said[row.pk]}
            for row in contested
        ],
        "may_appeal": may_appeal(key, at=at),
        "merged_plain": _plain_after_merging(complaint),
        "joined": _joined(key, at=at),
    }


def page(request: HttpRequest, key: WorkerKey) -> HttpResponse | None:
    """The page on which she answers, or appeals; None where another page is asked for, or there is nothing to say."""
    asked = request.GET.get("p")
    if asked == "answer" and section(key, at=timezone.now())["proposal"]:
        return _answering(request, key, AnswerProposal())
    if asked == "appeal" and may_appeal(key, at=timezone.now()):
        return _appealing(request, key, AskAgain())
    return None


def act(request: HttpRequest, key: WorkerKey, *, at: datetime) -> HttpResponse | None:
    """One press: her answer, or her appeal. The page again, with what she typed, where something is wrong; None where it is done."""
    if request.POST["act"] == "reply":
        form, do, again = AnswerProposal(request.POST), resolutions.answer, _answering
    else:
        form, do, again = AskAgain(request.POST), appeals.appeal, _appealing
    if form.is_valid():
        try:
            do(key=key, at=at, **form.cleaned_data)
        except DomainError as error:
            form.add_error("words", str(error))
        else:
            return None
    return again(request, key, form, status=422)


def may_appeal(key: WorkerKey, *, at: datetime) -> bool:
    """Whether she can ask that another person looks at it: in time, and once for each outcome."""
    review = reviews.closing(key.complaint)
    if review is None or not appeals.may_appeal(key.complaint, review, at=at):
        return False
    hers = Appeal.objects.filter(review_id=review.pk, complainant_id=key.complainant_id)
    return not hers.exists()


def _answering(
    request: HttpRequest, key: WorkerKey, form: AnswerProposal, *, status: int = 200
) -> HttpResponse:
    said = section(key, at=timezone.now())
    return show(request, "answer", {"form": form, "proposal": said["proposal"]}, status=status)


def _appealing(request: HttpRequest, key: WorkerKey, form: AskAgain, *, status: int = 200) -> HttpResponse:
    return show(request, "appeal", {"form": form}, status=status)


def _answer(key: WorkerKey, resolution_id: UUID) -> ResolutionAnswer | None:
    """Her newest answer to a proposal."""
    rows = ResolutionAnswer.objects.filter(resolution_id=resolution_id, complainant_id=key.complainant_id)
    return rows.order_by("-at", "-pk").first()


def _appeals(key: WorkerKey) -> list[Appeal]:
    """Appeals against outcomes of her complaint, her own and the employer's, without the words of who appealed."""
    rows = Appeal.objects.filter(complaint_id=key.complaint_id).order_by("pk")
    wanted = (
        "id",
        "program_id",
        "complaint_id",
        "side",
        "complainant_id",
        "filed_at",
        "outcome",
        "decided_at",
    )
    return list(rows.only(*wanted))


def _joined(key: WorkerKey, *, at: datetime) -> dict[str, Any] | None:
    """The complaint that hers is merged into, and whether something waits for her there."""
    for way in access.joined_to(key.complainant_id):
        with way.scope:
            rows = WorkerKey.objects.select_related("complaint", "complainant")
            there = rows.get(complainant_id=way.complainant_id, ended_at=None)
            is_open = there.complaint.state in resolutions.OPEN_TO_ANSWERS
            proposal = resolutions.newest(there.complaint) if is_open else None
            return {
                "id": way.case_id,
                "asks": proposal is not None and _answer(there, proposal.pk) is None,
                "may_appeal": may_appeal(there, at=at),
            }
    return None


def _plain_after_merging(complaint: Complaint) -> object:
    """Where it stands with the complaint that hers was merged into, in plain words."""
    if complaint.state != ComplaintState.MERGED:
        return ""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_state_after_merging()")
        [state] = cursor.fetchone()
    return PLAIN[ComplaintState(state)] if state else ""

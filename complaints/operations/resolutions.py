"""What is proposed to the worker, and what she says to it: on her page, or on the phone, written down as such."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, Reply, ReviewOutcome
from complaints.models import Complainant, Complaint, Resolution, ResolutionAnswer, WorkerKey
from complaints.operations import telling, thread
from complaints.operations.answering import MOST
from complaints.operations.states import CannotMove, check_version, involved, locked, save
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault.operations import EVERY_WORKER, seal

OPEN_TO_ANSWERS = (ComplaintState.RESOLVING, ComplaintState.IN_REVIEW)


class NotHandler(DomainError):
    """Only whoever handles the complaint does this."""


class CannotAnswer(DomainError):
    """There is no proposal to say something to, or what was said is not enough."""


@atomic
def propose(
    *, complaint_id: UUID, text: str, by: Person, at: datetime, if_version: int | None = None
) -> Resolution:
    """Propose a solution to the worker, in plain words; a changed one is another version, to be answered anew.

    Raises Complaint.DoesNotExist, NotInvolved, NotHandler, Stale, CannotMove and DomainError.
    """
    complaint = handled(complaint_id, by, if_version)
    if complaint.state != ComplaintState.RESOLVING:
        raise CannotMove(
            _("A solution is proposed once there is a finding, and before a second person has it.")
        )
    said = written(text, _("Write what you propose, in plain words."))
    number = Resolution.objects.filter(complaint=complaint).count() + 1
    made = Resolution.objects.create(complaint=complaint, number=number, proposed_by=by, proposed_at=at)
    seal(complaint.pk, "complaints_resolution", "text", made.pk, said, reader=EVERY_WORKER)
    save(complaint, at=at)
    record("complaint.resolution_proposed", complaint, by=by, at=at, after={"version": number})
    return made


@atomic
def answer(*, key: WorkerKey, reply: Reply, words: str, at: datetime) -> ResolutionAnswer:
    """She answers the newest proposal on her page. In the worker's scope of the case. Raises CannotAnswer and SecretInText."""
    thread.refuse_secret(key, words)
    complaint = locked(key.complaint_id)
    made = _answer(complaint, key.complainant_id, Reply(reply), words, by=None, at=at)
    telling.handler(complaint, "complaint_proposal_answered", key=made.pk, at=at)
    return made


@atomic
def enter_answer(
    *, complaint_id: UUID, complainant_id: UUID, reply: Reply, words: str, by: Person, at: datetime
) -> ResolutionAnswer:
    """Write down what she said on the phone; it stands there as written down by `by`.

    Raises Complaint.DoesNotExist, NotInvolved, NotHandler, Complainant.DoesNotExist and CannotAnswer.
    """
    complaint = handled(complaint_id, by, None)
    complainant = Complainant.objects.get(pk=complainant_id, complaint=complaint)
    return _answer(complaint, complainant.pk, Reply(reply), words, by=by, at=at)


def newest(complaint: Complaint) -> Resolution | None:
    """The proposal that holds: the newest one, unless the complaint was closed with it before.

    Also in the scope of the worker, who does not read who proposed it.
    """
    rows = Resolution.objects.filter(complaint=complaint).exclude(reviews__outcome=ReviewOutcome.APPROVED)
    wanted = ("id", "program_id", "complaint_id", "number", "proposed_at")
    return rows.order_by("-number").only(*wanted).first()


def is_agreed(resolution: Resolution) -> bool:
    """Whether the newest answer of every complainant who has not left is that she agrees."""
    holds = dict(
        ResolutionAnswer.objects.filter(resolution=resolution)
        .order_by("at", "pk")
        .values_list("complainant_id", "reply")
    )
    still_there = Complainant.objects.filter(complaint_id=resolution.complaint_id, withdrawn_at=None)
    return all(holds.get(one) == Reply.AGREES for one in still_there.values_list("pk", flat=True))


def handled(complaint_id: UUID, by: Person, if_version: int | None) -> Complaint:
    """The complaint, locked, of its handler. Raises Complaint.DoesNotExist, Stale, NotInvolved and NotHandler."""
    complaint = locked(complaint_id)
    check_version(complaint, if_version)
    involved(complaint, by)
    if complaint.handler_id != by.pk:
        raise NotHandler(_("Only whoever handles this complaint does that."))
    return complaint


def written(text: str, otherwise: str) -> str:
    """A text that is there and not too long. Raises DomainError."""
    if not text.strip():
        raise DomainError(otherwise)
    if len(text) > MOST:
        raise DomainError(_("This text is too long; shorten it."))
    return text.strip()


def _answer(
    complaint: Complaint, complainant_id: UUID, reply: Reply, words: str, *, by: Person | None, at: datetime
) -> ResolutionAnswer:
    """The caller holds the lock, so that nobody closes it on an agreement that has gone a moment ago."""
    resolution = newest(complaint)
    if resolution is None or complaint.state not in OPEN_TO_ANSWERS:
        raise CannotAnswer(_("There is nothing proposed at the moment that could be answered."))
    if reply == Reply.CHANGE and not words.strip():
        raise CannotAnswer(_("Say what should be different."))
    if len(words) > MOST:
        raise CannotAnswer(_("This text is too long; shorten it."))
    made = ResolutionAnswer.objects.create(
        complaint=complaint,
        resolution=resolution,
        complainant_id=complainant_id,
        reply=reply,
        at=at,
        entered_by=by,
    )
    if words.strip():
        place = ("complaints_resolutionanswer", "words", made.pk)
        seal(complaint.pk, *place, words.strip(), reader=complainant_id)
    record(
        "complaint.resolution_answered",
        ("complaints.complaint", complaint.pk),
        by=by,
        at=at,
        after={"reply": reply, "version": resolution.number},
    )
    return made

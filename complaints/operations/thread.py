"""What a worker does in her own case: she reads and writes, allows and takes back. All of it in her scope of the case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, Direction, Recipient, Said
from complaints.models import Complaint, Consent, Message, WorkerKey
from complaints.operations import states
from complaints.operations.intake import ACKNOWLEDGED
from wsr.accounts.grants import Permission
from wsr.deadlines.operations.starting import start
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import atomic
from wsr.vault import operations as vault
from wsr.vault import secrets
from wsr.vault.digits import runs_of_digits
from wsr.vault.envelope import Place

_MOST_CHECKED = 4  # numbers in one text that could be her secret; each costs a check


class SecretInText(DomainError):
    """She is about to send her secret to people who must not have it."""


@dataclass(frozen=True, repr=False)
class Line:
    """One message of her thread."""

    at: datetime
    is_hers: bool
    question: str
    text: str


def lines(complaint_id: UUID, *, at: datetime) -> list[Line]:
    """All messages both ways, oldest first, none of them a note; those to her are read now."""
    rows = list(
        Message.objects.filter(complaint_id=complaint_id)
        .exclude(direction=Direction.NOTE)
        .order_by("at", "pk")
    )
    unread = [row.pk for row in rows if row.direction == Direction.TO_WORKER and row.read_at is None]
    if unread:
        Message.objects.filter(pk__in=unread).update(read_at=at)
    texts = vault.unseal_many(complaint_id, [_place(row.pk) for row in rows]) if rows else {}
    return [
        Line(row.at, row.direction == Direction.FROM_WORKER, row.question, texts[_place(row.pk)] or "")
        for row in rows
        if texts.get(_place(row.pk))
    ]


@atomic
def say(*, key: WorkerKey, text: str, at: datetime) -> Message:
    """Add a message of hers, and tell whoever handles the complaint that there is one. Raises SecretInText."""
    if _holds_secret(key, text):
        raise SecretInText(
            _(
                "Your code of 12 digits is in your text. Take it out: only you should know it. The rest stays as it is."
            )
        )
    complaint = states.locked(key.complaint_id)
    message = Message.objects.create(
        complaint=complaint, direction=Direction.FROM_WORKER, complainant_id=key.complainant_id, at=at
    )
    vault.seal(complaint.pk, "complaints_message", "text", message.pk, text)
    record("complaint.from_worker", ("complaints.complaint", complaint.pk), by=None, at=at)
    _tell(complaint, f"complaint_from_worker:{message.pk}", at)
    return message


@atomic
def allow(*, key: WorkerKey, wanted: Iterable[tuple[Recipient, Said]], at: datetime) -> None:
    """Make her consents those that she wants now; what was given before and is not wanted is withdrawn, and stays on record."""
    complaint = states.locked(key.complaint_id)
    wanted = set(wanted)
    given = {
        (row.recipient, row.said): row
        for row in Consent.objects.filter(complainant_id=key.complainant_id, withdrawn_at=None)
    }
    for recipient, said in wanted - set(given):
        Consent.objects.create(
            complaint=complaint,
            complainant_id=key.complainant_id,
            recipient=recipient,
            said=said,
            given_at=at,
        )
        _record_consent("consent.given", complaint, recipient, said, at)
    for recipient, said in set(given) - wanted:
        row = given[recipient, said]
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        _record_consent("consent.withdrawn", complaint, recipient, said, at)


def allowed(key: WorkerKey) -> set[tuple[str, str]]:
    """What she lets be said to whom at this moment."""
    rows = Consent.objects.filter(complainant_id=key.complainant_id, withdrawn_at=None)
    return set(rows.values_list("recipient", "said"))


@atomic
def withdraw(*, key: WorkerKey, at: datetime) -> None:
    """She takes her complaint back. Raises CannotMove where it is too far for that."""
    complaint = states.locked(key.complaint_id)
    states.move(complaint, ComplaintState.WITHDRAWN, by=None, at=at)
    _tell(complaint, f"complaint_from_worker:withdrawn:{complaint.pk}:{complaint.version}", at)


@atomic
def take_up(*, key: WorkerKey, at: datetime) -> None:
    """She wants it to go on after all. Raises CannotMove where it was not withdrawn."""
    complaint = states.locked(key.complaint_id)
    states.move(complaint, ComplaintState.RECEIVED, by=None, at=at, event="complaint.taken_back")
    start(kind=ACKNOWLEDGED, subject=("complaints.complaint", complaint.pk), started_at=at, at=at)
    _tell(complaint, f"complaint_from_worker:again:{complaint.pk}:{complaint.version}", at)


def may_withdraw(complaint: Complaint) -> bool:
    """Whether she can take it back in the state it is in."""
    return complaint.state != ComplaintState.WITHDRAWN and complaint.may_become(ComplaintState.WITHDRAWN)


def _holds_secret(key: WorkerKey, text: str) -> bool:
    """Whether a run of digits in the text is the secret itself; her phone number of as many digits is not."""
    length = secrets.LENGTH
    candidates = dict.fromkeys(
        run[first : first + length]
        for run in runs_of_digits(text)
        for first in range(max(len(run) - length + 1, 0))
    )
    number = Complaint.objects.values_list("number", flat=True).get(pk=key.complaint_id)
    return any(secrets.is_right(number, digits, key.hash) for digits in list(candidates)[:_MOST_CHECKED])


def _tell(complaint: Complaint, key: str, at: datetime) -> None:
    """Whoever handles it, or those who may triage while nobody does."""
    kind = "complaint_from_worker"
    if complaint.handler_id:
        tell_people(
            kind=kind, key=key, people=[complaint.handler_id], context={}, at=at, secret_of=complaint.pk
        )
    else:
        tell_role(kind=kind, key=key, permission=Permission.COMPLAINT_TRIAGE, context={}, at=at)


def _record_consent(event: str, complaint: Complaint, recipient: str, said: str, at: datetime) -> None:
    after = {"recipient": recipient, "said": said}
    record(event, ("complaints.complaint", complaint.pk), by=None, at=at, after=after)


def _place(message_id: UUID) -> Place:
    return Place("complaints_message", "text", message_id)

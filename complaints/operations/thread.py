"""What a worker does in her own case: she reads and writes, allows and takes back. All of it in her scope of the case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, Direction, Recipient, Said
from complaints.models import Complainant, Complaint, Consent, Message, WorkerKey
from complaints.operations import access, releases_ending, remedy_clocks, states
from complaints.operations.complainants import everybody, number_of
from complaints.operations.telling import tell_staff
from complaints.queries.files import Shown, by_message
from wsr.accounts.models import Person
from wsr.deadlines.operations.moving import cancel
from wsr.deadlines.operations.starting import start
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault import operations as vault
from wsr.vault import secrets
from wsr.vault.digits import runs_of_digits
from wsr.vault.envelope import Place

_MOST_CHECKED = 4  # numbers in one text that could be her secret; each costs a check


class TooLate(DomainError):
    """What she wants to take back, or to go on with, has gone on without her."""


class SecretInText(DomainError):
    """She is about to send her secret to people who must not have it."""


@dataclass(frozen=True, repr=False)
class Line:
    """One message of her thread."""

    at: datetime
    is_hers: bool
    question: str
    text: str
    files: list[Shown]


def lines(key: WorkerKey, *, at: datetime) -> list[Line]:
    """Her own messages and those to her or to all, oldest first, none of them a note; those to her are read now.

    What others said who complain with her is not among them, nor what was written to them before she joined; the policy of the table leaves
    both out as well.
    """
    rows = list(
        Message.objects.filter(complaint_id=key.complaint_id)
        .filter(
            Q(complainant_id=key.complainant_id)
            | Q(complainant_id=None, direction=Direction.TO_WORKER, at__gte=key.complainant.added_at)
        )
        .exclude(direction=Direction.NOTE)
        .order_by("at", "pk")
    )
    files = by_message(key.complaint_id)
    unread = [row.pk for row in rows if row.direction == Direction.TO_WORKER and row.read_at is None]
    if unread:
        Message.objects.filter(pk__in=unread).update(read_at=at)
    texts = vault.unseal_many(key.complaint_id, [_place(row.pk) for row in rows]) if rows else {}
    return [
        Line(
            row.at,
            row.direction == Direction.FROM_WORKER,
            row.question,
            texts[_place(row.pk)] or "",
            files.get(row.pk, []),
        )
        for row in rows
        if texts.get(_place(row.pk)) or row.pk in files
    ]


@atomic
def say(*, key: WorkerKey, text: str, at: datetime, by: Person | None = None) -> Message:
    """Add a message of hers, and tell whoever handles the complaint that there is one. Raises SecretInText.

    `by`: who wrote it down for her.
    """
    refuse_secret(key, text)
    complaint = states.locked(key.complaint_id)
    message = Message.objects.create(
        complaint=complaint,
        direction=Direction.FROM_WORKER,
        complainant_id=key.complainant_id,
        by=by,
        at=at,
    )
    vault.seal(complaint.pk, "complaints_message", "text", message.pk, text)
    record("complaint.from_worker", ("complaints.complaint", complaint.pk), by=by, at=at)
    tell_staff(complaint, f"complaint_from_worker:{message.pk}", at)
    return message


@atomic
def allow(*, key: WorkerKey, wanted: Iterable[tuple[Recipient, Said]], at: datetime) -> None:
    """Make her consents those that she wants now; what was given before and is not wanted is withdrawn, and stays on record.

    They are the same in her complaint and in the one that it is merged into, wherever she says it.
    """
    wanted = set(wanted)
    here = access.Way(key.complaint_id, key.complainant_id)
    merged = [*access.joined_to(here.complainant_id), *access.joined_from(here.complainant_id)]
    both = sorted((here, *merged), key=lambda way: way.case_id)  # locked in the order of merging
    for way in both:
        with way.scope:
            states.locked(way.case_id)
    for way in both:
        with way.scope:
            _allow(way.complainant_id, states.locked(way.case_id), wanted, at=at)


def _allow(
    complainant_id: UUID, complaint: Complaint, wanted: set[tuple[Recipient, Said]], *, at: datetime
) -> None:
    given = {
        (row.recipient, row.said): row
        for row in Consent.objects.filter(complainant_id=complainant_id, withdrawn_at=None)
    }
    for recipient, said in wanted - set(given):
        Consent.objects.create(
            complaint=complaint,
            complainant_id=complainant_id,
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
    if taken := set(given) - wanted:  # whoever is about to tell something must know at once
        releases_ending.consent_withdrawn(complainant_id=complainant_id, pairs=taken, at=at, by=None)
        tell_staff(complaint, f"complaint_from_worker:withdrawn:{complainant_id}:{at.isoformat()}", at)


def allowed(key: WorkerKey) -> set[tuple[str, str]]:
    """What she lets be said to whom at this moment."""
    rows = Consent.objects.filter(complainant_id=key.complainant_id, withdrawn_at=None)
    return set(rows.values_list("recipient", "said"))


@atomic
def withdraw(*, key: WorkerKey, at: datetime) -> None:
    """She takes her complaint back, and what she allows with it. Where others complain with her, theirs goes on without her.

    Otherwise nobody owes her an answer or a resolution any more; what watches over her goes on. Raises TooLate where it is too far for that.
    """
    complaint = key.complaint = states.locked(key.complaint_id)
    if not may_withdraw(key):
        raise TooLate(_("It cannot be taken back any more. You can still write to us."))
    allow(key=key, wanted=[], at=at)
    if _goes_on_without(key):
        row = Complainant.objects.get(pk=key.complainant_id)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        record("complaint.left_by_one", ("complaints.complaint", complaint.pk), by=None, at=at)
        tell_staff(complaint, f"complaint_from_worker:left:{row.pk}:{at:%Y%m%d%H%M%S}", at)
        return
    states.move(complaint, ComplaintState.WITHDRAWN, by=None, at=at)
    allow(key=key, wanted=[], at=at)
    with states.in_english(None):
        for kind in (states.ACKNOWLEDGED, states.CLOSED):
            cancel(
                kind=kind,
                subject=("complaints.complaint", complaint.pk),
                reason=_("The worker took her complaint back."),
                at=at,
            )
        remedy_clocks.rest(complaint, reason=_("The worker took her complaint back."), at=at)
    tell_staff(complaint, f"complaint_from_worker:withdrawn:{complaint.pk}:{complaint.version}", at)


@atomic
def take_up(*, key: WorkerKey, at: datetime) -> None:
    """She wants it to go on after all; what was owed to her is owed again. Raises TooLate where it was not withdrawn."""
    complaint = states.locked(key.complaint_id)
    if key.complainant.withdrawn_at is not None:
        Complainant.objects.filter(pk=key.complainant_id).update(withdrawn_at=None)
        record("complaint.joined", ("complaints.complaint", complaint.pk), by=None, at=at)
        if complaint.state != ComplaintState.WITHDRAWN:
            return
    if complaint.state != ComplaintState.WITHDRAWN:
        raise TooLate(_("We are working on it already."))
    states.move(complaint, ComplaintState.RECEIVED, by=None, at=at, event="complaint.taken_back")
    start(kind=states.ACKNOWLEDGED, subject=("complaints.complaint", complaint.pk), started_at=at, at=at)
    with states.in_english(None):
        remedy_clocks.go_on(complaint, at=at)
    tell_staff(complaint, f"complaint_from_worker:again:{complaint.pk}:{complaint.version}", at)


def may_withdraw(key: WorkerKey) -> bool:
    """Whether she can take it back in the state it is in."""
    complaint = key.complaint
    if key.complainant.withdrawn_at is not None or complaint.state == ComplaintState.WITHDRAWN:
        return False
    return complaint.may_become(ComplaintState.WITHDRAWN) or (complaint.is_open and _goes_on_without(key))


def has_withdrawn(key: WorkerKey) -> bool:
    """Whether she, or everybody, has taken it back."""
    return key.complainant.withdrawn_at is not None or key.complaint.state == ComplaintState.WITHDRAWN


def _goes_on_without(key: WorkerKey) -> bool:
    """Whether others complain with her who have not taken it back."""
    return any(not has_left for pk, has_left in everybody().items() if pk != key.complainant_id)


def refuse_secret(key: WorkerKey, text: str) -> None:
    """Raises SecretInText where her secret stands in a text that she is about to send."""
    if holds_secret(key, text):
        raise SecretInText(
            _(
                "Your code of 12 digits is in your text. Take it out: only you should know it. The rest stays as it is."
            )
        )


def holds_secret(key: WorkerKey, text: str) -> bool:
    """Whether a run of digits in the text is the secret itself; her phone number of as many digits is not."""
    runs = [run for run in runs_of_digits(text) if len(run) >= secrets.LENGTH]
    if not runs:
        return False
    key = access.with_secret(key)
    number = number_of(key.complaint, key.complainant)
    candidates = _candidates(runs, number)[:_MOST_CHECKED]
    return any(secrets.is_right(number, digits, key.hash) for digits in candidates)


def _candidates(runs: list[str], number: str) -> list[str]:
    """What in long runs of digits may be the secret, the likely first: numbers with spaces between them are one run, and people write number and code together."""
    length = secrets.LENGTH
    ends = [run[-length:] for run in runs]
    starts = [run[:length] for run in runs]
    beside = [run.partition(number)[2][:length] for run in runs if number in run]
    anywhere = [run[first : first + length] for run in runs for first in range(len(run) - length + 1)]
    likely = [digits for digits in (*ends, *starts, *beside) if len(digits) == length]
    return list(dict.fromkeys([*likely, *anywhere]))


def _record_consent(event: str, complaint: Complaint, recipient: str, said: str, at: datetime) -> None:
    after = {"recipient": recipient, "said": said}
    record(event, ("complaints.complaint", complaint.pk), by=None, at=at, after=after)


def _place(message_id: UUID) -> Place:
    return Place("complaints_message", "text", message_id)

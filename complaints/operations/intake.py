"""A complaint arrives: the same act for the web form, the hotline, a text message and paper.

All of it happens in one transaction in the scope of the worker (`worker_scope(program_id, token.case_id)`), so an operator who enters it for
her cannot read it afterwards. It ends with the receipt sealed into the draft; pressed again, or again after any crash, the same receipt
comes back and there is never a second case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints.enums import Channel, ComplaintState, Direction, FiledBy, Recipient, Said
from complaints.models import Complainant, Complaint, Consent, Message, TriageRule, WorkerKey
from complaints.operations import drafts
from complaints.operations.drafts import Receipt, Token
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines.operations.starting import start
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program
from wsr.vault import index, numbers, secrets
from wsr.vault import operations as vault
from wsr.vault.envelope import Place

ACKNOWLEDGED = "complaints.acknowledged"
_TRIES = 8  # for a number that is not taken; one in ninety million is


class AlreadyReceived(DomainError):
    """It was sent, and its receipt is shown no more."""


class NoNumberLeft(Exception):
    """So many numbers in a row were taken that something is wrong."""


@dataclass(frozen=True, repr=False)
class Who:
    """One complainant: how she may be reached, and what she lets be said to whom. Texts as she gave them, all of them optional."""

    name: str = ""
    phone: str = ""
    safe_contact: str = ""
    may_call: bool = False
    may_text: bool = False
    consents: Sequence[tuple[Recipient, Said]] = ()


@dataclass(frozen=True)
class Where:
    """A workplace of the program that she came from, with its supplier. Told in words it is an answer instead."""

    workplace_id: UUID | None = None
    supplier_id: UUID | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of a complaint without a word of what was said."""

    channel: Channel
    filed_by: FiledBy = FiledBy.WORKER
    language: str = "en"
    rule_key: str = ""
    is_urgent: bool = False
    is_set_aside: bool = False
    where: Where = field(default_factory=Where)


@atomic
def receive(
    *,
    token: Token,
    facts: Facts,
    answers: Mapping[str, str],
    complainants: Iterable[Who] = (),
    entered_by: Person | None = None,
    at: datetime,
) -> Receipt:
    """Take a complaint in and return its number and secret; for a token that was sent before, the receipt of then.

    `answers`: key of a question → text, in the order of the questions. `entered_by`: somebody else has seen the secret, so it opens one
    thing only, the page that makes another. `at` is timezone-aware. Raises AlreadyReceived, and TooBusy (`wsr.vault.secrets`), after which
    nothing has happened.
    """
    draft = drafts.locked(token, at=at)
    if draft.sent_at is not None and (receipt := drafts.receipt_of(token, at=at)):
        return receipt
    if draft.sent_at is not None or Complaint.objects.filter(pk=token.case_id).exists():
        raise AlreadyReceived(_("We have it. It was sent before; its number and code are not shown again."))
    people = list(complainants) or [Who()]
    is_anonymous = not any(who.name for who in people)
    complaint = _create(token.case_id, facts, is_anonymous=is_anonymous, entered_by=entered_by, at=at)
    vault.open_case(complaint.pk)
    first = _seal(complaint, answers, people, facts.filed_by, at=at)
    receipt = Receipt(complaint.number, secrets.new_secret())
    WorkerKey.objects.create(
        complaint=complaint,
        complainant=first,
        hash=secrets.hash_secret(receipt.number, receipt.secret),
        must_change=entered_by is not None,
        made_at=at,
    )
    _announce(complaint, by=entered_by, at=at)
    drafts.put_receipt(draft, token, receipt, at=at)
    return receipt


def _create(
    case_id: UUID, facts: Facts, *, is_anonymous: bool, entered_by: Person | None, at: datetime
) -> Complaint:
    """The row, with what the table of rules of the day says of it."""
    zone = ZoneInfo(Program.objects.get(pk=current_program_id()).time_zone)
    rule = TriageRule.objects.on(at.astimezone(zone).date()).filter(key=facts.rule_key).first()
    for _try in range(_TRIES):
        complaint = Complaint(
            id=case_id,
            program_id=current_program_id(),
            number=numbers.new_number(),
            state=ComplaintState.SET_ASIDE if facts.is_set_aside else ComplaintState.RECEIVED,
            channel=facts.channel,
            filed_by=facts.filed_by,
            language=facts.language,
            is_anonymous=is_anonymous,
            rule=rule,
            is_urgent=facts.is_urgent or bool(rule and rule.is_urgent),
            workplace_id=facts.where.workplace_id,
            supplier_id=facts.where.supplier_id,
            received_at=at,
            entered_by=entered_by,
            updated_at=at,
        )
        if rule:
            complaint.scope, complaint.severity_id = rule.scope, rule.severity_id
        Complaint.objects.bulk_create([complaint], ignore_conflicts=True)  # the number may be taken
        if Complaint.objects.filter(pk=case_id).exists():
            return complaint
    raise NoNumberLeft


def _seal(
    complaint: Complaint, answers: Mapping[str, str], people: list[Who], filed_by: FiledBy, *, at: datetime
) -> Complainant:
    """Complainants, what they said and what they allow; every text goes into the vault. Returns the first complainant."""
    program_id = complaint.program_id
    rows = Complainant.objects.bulk_create(
        Complainant(
            program_id=program_id,
            complaint=complaint,
            ordinal=ordinal,
            filed_by=filed_by,
            has_name=bool(who.name),
            has_phone=bool(who.phone),
            may_call=who.may_call,
            may_text=who.may_text,
            added_at=at,
        )
        for ordinal, who in enumerate(people, 1)
    )
    messages = Message.objects.bulk_create(
        Message(
            program_id=program_id,
            complaint=complaint,
            direction=Direction.FROM_WORKER,
            question=question,
            complainant=rows[0],
            at=at,
        )
        for question, text in answers.items()
        if text
    )
    texts = {
        Place("complaints_message", "text", message.pk): answers[message.question] for message in messages
    }
    for row, who in zip(rows, people, strict=True):
        texts |= {
            Place("complaints_complainant", column, row.pk): text
            for column, text in (("name", who.name), ("phone", who.phone), ("safe_contact", who.safe_contact))
            if text
        }
    if texts:
        vault.seal_many(complaint.pk, texts)
    for kind, found_by in ((index.PHONE, "phone"), (index.NAME, "name")):
        if wanted := [text for who in people if (text := getattr(who, found_by))]:
            index.put(complaint.pk, kind, wanted)
    Consent.objects.bulk_create(
        Consent(
            program_id=program_id,
            complaint=complaint,
            complainant=row,
            recipient=recipient,
            said=said,
            given_at=at,
            asked_by_id=complaint.entered_by_id,
        )
        for row, who in zip(rows, people, strict=True)
        for recipient, said in dict.fromkeys(who.consents)
    )
    return rows[0]


def _announce(complaint: Complaint, *, by: Person | None, at: datetime) -> None:
    """History, the clock of the first answer, and those who may triage; without a fact of the case."""
    subject = ("complaints.complaint", complaint.pk)
    record(
        "complaint.arrived",
        subject,
        by=by,
        at=at,
        after={"state": complaint.state, "channel": complaint.channel, "is_urgent": complaint.is_urgent},
    )
    start(
        kind=ACKNOWLEDGED, subject=subject, started_at=at, at=at
    )  # by the next tick: a worker keeps no clocks
    kind, key = _notice(complaint, at)
    tell_role(kind=kind, key=key, permission=Permission.COMPLAINT_TRIAGE, context={}, at=at)


def _notice(complaint: Complaint, at: datetime) -> tuple[str, str]:
    """What staff is told. Of what was set aside once an hour at most, so that a flood does not fill their mail."""
    if complaint.state == ComplaintState.SET_ASIDE:
        return "complaint_set_aside", f"complaint_set_aside:{at:%Y-%m-%dT%H}"
    kind = "complaint_danger" if complaint.is_urgent else "complaint_received"
    return kind, f"{kind}:{complaint.pk}"

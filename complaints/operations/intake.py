"""A complaint arrives: the same act for the web form, the hotline, a text message and paper.

All of it happens in one transaction in the scope of the worker (`worker_scope(program_id, token.case_id)`), so an operator who enters it for
her cannot read it afterwards. It ends with the receipt sealed into the draft; pressed again, or again after any crash, the same receipt
comes back and there is never a second case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints.enums import Channel, ComplaintState, FiledBy
from complaints.models import Complaint, Message, TriageRule
from complaints.operations import drafts, quarantine
from complaints.operations.attachments import Sent, begin_with
from complaints.operations.complainants import NoNumberLeft, Who, enrol, give_key, say
from complaints.operations.drafts import Receipt, Token
from complaints.operations.respondents import named_by_worker
from complaints.operations.states import ACKNOWLEDGED
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.deadlines.operations.starting import start
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program
from wsr.vault import numbers
from wsr.vault import operations as vault

_TRIES = 8  # for a number that is not taken; one in ninety million is


class AlreadyReceived(DomainError):
    """It was sent, and its receipt is shown no more."""


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
    received_at: datetime | None = None,
    files: Iterable[Sent] = (),
    respondents: Iterable[str] = (),
    at: datetime,
) -> Receipt:
    """Take a complaint in and return its number and secret; for a token that was sent before, the receipt of then.

    `answers`: key of a question → text, in the order of the questions; the words of the first complainant. `entered_by`: somebody else has
    seen the secret, so it opens one thing only, the page that makes another. `received_at`: where it lay on paper before; clocks and
    the table of rules count from then. `files`: cleaned ones that came with what happened. `respondents`: names of the persons it is about. Both times are timezone-aware. Raises AlreadyReceived, and TooBusy (`wsr.vault.secrets`), after which nothing has
    happened.
    """
    draft = drafts.locked(token, at=at)
    if draft.sent_at is not None and (receipt := drafts.receipt_of(token, at=at)):
        return receipt
    if draft.sent_at is not None or Complaint.objects.filter(pk=token.case_id).exists():
        raise AlreadyReceived(_("We have it. It was sent before; its number and code are not shown again."))
    people = list(complainants) or [Who()]
    is_anonymous = not any(who.name for who in people)
    complaint = _create(
        token.case_id, facts, is_anonymous=is_anonymous, entered_by=entered_by, at=received_at or at
    )
    vault.open_case(complaint.pk)
    rows = enrol(complaint, people, by=entered_by, at=at)
    say(complaint, rows[0], answers, at=at)
    named_by_worker(complaint, respondents, at=at)
    first = Message.objects.filter(complaint=complaint, complainant=rows[0], question="what").first()
    begin_with(first, files, by=entered_by, at=at)
    slips = [
        give_key(complaint, row, by=entered_by, at=at)
        for row, who in zip(rows, people, strict=True)
        if who.has_slip or row is rows[0]
    ]
    receipt = Receipt(complaint.number, slips[0].secret, facts.language, tuple(slips[1:]))
    _announce(complaint, by=entered_by, at=at)
    drafts.put_receipt(draft, token, receipt, at=at)
    return receipt


def _create(
    case_id: UUID, facts: Facts, *, is_anonymous: bool, entered_by: Person | None, at: datetime
) -> Complaint:
    """The row, with what the table of rules of the day it was received on says of it."""
    zone = ZoneInfo(Program.objects.get(pk=current_program_id()).time_zone)
    rule = TriageRule.objects.on(at.astimezone(zone).date()).filter(key=facts.rule_key).first()
    complaint = Complaint(
        id=case_id,
        program_id=current_program_id(),
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
    return insert(complaint)


def insert(complaint: Complaint) -> Complaint:
    """Write a new complaint, under a number that no other has. Raises NoNumberLeft."""
    for _try in range(_TRIES):
        complaint.number = numbers.new_number()
        Complaint.objects.bulk_create([complaint], ignore_conflicts=True)  # the number may be taken
        if Complaint.objects.filter(pk=complaint.pk).exists():
            return complaint
    raise NoNumberLeft


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
    if complaint.state == ComplaintState.SET_ASIDE:
        quarantine.begin(at=at)
    else:  # by the next tick: a worker keeps no clocks
        start(kind=ACKNOWLEDGED, subject=subject, started_at=complaint.received_at, at=at)
    kind, key = _notice(complaint, at)
    about = (
        None if complaint.state == ComplaintState.SET_ASIDE else complaint.pk
    )  # one notice stands for many set aside
    tell_role(kind=kind, key=key, permission=Permission.COMPLAINT_TRIAGE, context={}, at=at, about=about)


def _notice(complaint: Complaint, at: datetime) -> tuple[str, str]:
    """What staff is told. Of what was set aside once an hour at most, so that a flood does not fill their mail."""
    if complaint.state == ComplaintState.SET_ASIDE:
        return "complaint_set_aside", f"complaint_set_aside:{at:%Y-%m-%dT%H}"
    kind = "complaint_danger" if complaint.is_urgent else "complaint_received"
    return kind, f"{kind}:{complaint.pk}"

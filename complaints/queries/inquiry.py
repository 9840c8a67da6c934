"""The investigation of a complaint and its remedies, as its page shows them; and what a worker reads of hers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.templatetags.money import money
from complaints.enums import INVESTIGATES, AssignmentState, ComplaintState, Got, Way
from complaints.models import (
    Assignment,
    Complaint,
    Finding,
    Interview,
    Investigation,
    PlanStep,
    Remedy,
    RemedyShare,
    WorkerKey,
)
from complaints.operations.inquiry import AT_WORK, all_consent
from complaints.operations.remedies import may_be_missing
from complaints.queries.desk import complainants
from programs.models import Provision
from programs.queries import code_in_force, today
from wsr.vault.envelope import Place
from wsr.vault.operations import unseal_many


@dataclass(frozen=True)
class Step:
    """A step of the plan, opened."""

    row: PlanStep
    words: str
    is_late: bool


@dataclass(frozen=True)
class Found:
    """A finding, opened."""

    row: Finding
    reasons: str


@dataclass(frozen=True)
class Owed:
    """A remedy, opened, with how many workers got it and how many said that they did not."""

    row: Remedy
    words: str
    got: int
    state: str
    tone: str


@dataclass(frozen=True)
class Section:
    """What the page of a complaint shows of its investigation. `may`: the acts that it offers; the operations decide."""

    investigation: Investigation | None
    has_lost_consent: bool
    steps: list[Step]
    interviews: list[Interview]
    findings: list[Found]
    remedies: list[Owed]
    may: dict[str, bool]


@dataclass(frozen=True)
class Hers:
    """What a worker is owed, in plain words."""

    share: RemedyShare
    words: str
    state: str
    may_confirm: bool
    may_deny: bool


def section(complaint: Complaint, own: Iterable[Assignment], *, at: datetime) -> Section:
    """For its circle. `own`: the parts of whoever looks at it."""
    investigates = any(part.state == AssignmentState.ACCEPTED and part.part in INVESTIGATES for part in own)
    investigation = Investigation.objects.filter(complaint=complaint).select_related("begun_by").first()
    if investigation is None:
        begins = investigates and complaint.state == ComplaintState.ACCEPTED
        return Section(None, False, [], [], [], [], {"begin": begins})
    steps = list(PlanStep.objects.filter(complaint=complaint).select_related("person"))
    interviews = list(Interview.objects.filter(complaint=complaint).select_related("by"))
    findings = list(
        Finding.objects.filter(complaint=complaint, ended_at=None).select_related("provision__code")
    )
    remedies = list(_counted(complaint.pk))
    places = {
        row.pk: Place(row._meta.db_table, column, row.pk)
        for rows, column in ((steps, "words"), (findings, "reasons"), (remedies, "words"))
        for row in rows
    }
    texts = unseal_many(complaint.pk, places.values()) if places else {}
    words = {pk: texts[place] or "" for pk, place in places.items()}
    on = today(at)
    return Section(
        investigation,
        investigation.way == Way.JOINT and not all_consent(complaint.pk),
        [
            Step(row, words[row.pk], not row.done_at and not row.dropped_at and row.due_on < on)
            for row in steps
        ],
        interviews,
        [Found(row, words[row.pk]) for row in findings],
        [Owed(row, words[row.pk], row.got, *_standing(row, on)) for row in remedies],
        _may(complaint, investigates=investigates, has_findings=bool(findings)),
    )


def investigators(complaint_id: UUID) -> list[tuple[str, str]]:
    """(id, name) of those who investigate a complaint."""
    rows = Assignment.objects.filter(
        complaint_id=complaint_id, state=AssignmentState.ACCEPTED, part__in=INVESTIGATES
    ).select_related("person")
    return sorted({(str(row.person_id), str(row.person)) for row in rows}, key=lambda row: row[1])


def provisions() -> list[tuple[str, str]]:
    """(id, reference and title) of the provisions of the code in force."""
    code = code_in_force()
    rows = Provision.objects.filter(code=code) if code else Provision.objects.none()
    return [(str(row.pk), str(row)) for row in rows]


def who_complains(complaint_id: UUID) -> list[tuple[str, str]]:
    """(id, name or number) of those who complain, in their order."""
    return [
        (str(one.row.pk), one.name or _("Complainant %(number)d") % {"number": one.row.ordinal})
        for one in complainants(complaint_id)
    ]


def unconfirmed(remedy: Remedy) -> list[tuple[str, str]]:
    """(id, number and amount) of the shares that staff may mark as got."""
    rows = RemedyShare.objects.filter(remedy=remedy).filter(
        Q(got="") | Q(got=Got.NO, answered_by__isnull=False)
    )
    words = _("Worker %(number)d, %(amount)s")
    return [
        (
            str(row.pk),
            words % {"number": row.ordinal, "amount": money(row.amount, remedy.currency)}
            if row.amount is not None
            else _("Worker %(number)d") % {"number": row.ordinal},
        )
        for row in rows
    ]


def owed_to(key: WorkerKey, *, at: datetime) -> list[Hers]:
    """What the worker of a key is owed and has not been dropped. In her scope of the case."""
    shares = list(
        RemedyShare.objects.filter(complainant_id=key.complainant_id, remedy__dropped_at=None)
        .select_related("remedy")
        .order_by("remedy__ordinal")
    )
    if not shares:
        return []
    places = {share.pk: Place("complaints_remedy", "words", share.remedy_id) for share in shares}
    texts = unseal_many(key.complaint_id, places.values())
    on = today(at)
    return [
        Hers(
            share,
            texts[places[share.pk]] or "",
            _plainly(share, on),
            share.got != Got.YES,
            share.got != Got.NO and may_be_missing(share.remedy, on=on),
        )
        for share in shares
    ]


def _counted(complaint_id: UUID) -> Iterable[Remedy]:
    return (
        Remedy.objects.filter(complaint_id=complaint_id)
        .annotate(
            got=Count("shares", filter=Q(shares__got=Got.YES)),
            missing=Count("shares", filter=Q(shares__got=Got.NO)),
        )
        .order_by("ordinal")
    )


def _standing(remedy: Remedy, on: date) -> tuple[str, str]:
    """(in words, tone) where a remedy stands."""
    if remedy.dropped_at:
        return _("Dropped"), ""
    if remedy.missing:
        return _("A worker did not get it"), "bad"
    if remedy.paid_at is None:
        return (_("Overdue"), "bad") if remedy.due_on < on else (_("Owed"), "due")
    if remedy.got == remedy.worker_count:
        return _("Everybody got it"), "ok"
    return _("Paid or done, they say"), "info"


def _plainly(share: RemedyShare, on: date) -> str:
    """Where it stands, for the worker."""
    if share.got == Got.YES:
        return _("You told us that you have it.")
    if share.got == Got.NO:
        return _("You told us that you do not have it. We are looking into it.")
    if share.remedy.paid_at is not None:
        return _("They say that you have it. Tell us if that is true.")
    day = date_format(share.remedy.due_on, "DATE_FORMAT")
    if share.remedy.due_on < on:
        return _("You should have had it by %(day)s. Tell us if it has not come.") % {"day": day}
    return _("You must have it by %(day)s.") % {"day": day}


def _may(complaint: Complaint, *, investigates: bool, has_findings: bool) -> dict[str, bool]:
    is_open = complaint.state == ComplaintState.INVESTIGATING
    is_resolving = complaint.state == ComplaintState.RESOLVING
    return {
        "begin": investigates and complaint.state == ComplaintState.ACCEPTED,
        "notes": investigates,
        "work": investigates and complaint.state in AT_WORK,
        "find": investigates and is_open,
        "conclude": investigates and is_open and has_findings,
        "look_again": investigates and is_resolving,
        "owe": investigates and is_resolving,
        "pay": investigates,
    }

"""What is shown of the watch: to whoever handles a complaint, to the worker on her own page, and as numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from complaints.enums import (
    Act,
    CheckInAnswer,
    ComplaintState,
    MeasureState,
    Outcome,
    ReleaseState,
    Said,
)
from complaints.models import CheckIn, Complaint, Finding, Measure, Release, WorkerKey
from complaints.operations import access
from programs.queries import today
from wsr.vault.envelope import Place
from wsr.vault.numbers import shown
from wsr.vault.operations import unseal_many


@dataclass(frozen=True)
class Asked:
    """One question of the watch for whoever handles the complaint. `is_due`: she is to be asked now."""

    row: CheckIn
    is_due: bool
    tone: str


_TONES = {CheckInAnswer.FINE: "ok", CheckInAnswer.HARM: "bad", CheckInAnswer.NOT_REACHED: "warn"}


def section(complaint: Complaint, *, at: datetime) -> dict[str, Any]:
    """What the page of a complaint shows of its watch. For its circle."""
    day = today(at)
    rows = CheckIn.objects.filter(complaint=complaint).select_related("complainant", "linked", "asked_by")
    asked = [
        Asked(row, row.answer == CheckInAnswer.OPEN and row.due_on <= day, _TONES.get(row.answer, ""))
        for row in rows
    ]
    return {
        "asked": asked,
        "is_due": any(one.is_due for one in asked),
        "several": len({one.row.complainant_id for one in asked}) > 1,
        "led_to": [(row, shown(row.number)) for row in complaint.continued_by.filter(is_retaliation=True)],
        "follows": [
            (row, shown(row.number))
            for row in Complaint.objects.filter(pk=complaint.continues_id)
            if complaint.is_retaliation
        ],
    }


# ── The worker's own page ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Linked:
    """A complaint that follows from hers, or (`is_before`) the one by which she came into this one."""

    id: UUID
    state: ComplaintState
    received_at: datetime
    is_before: bool


@dataclass(frozen=True, repr=False)
class Corrected:
    """What an employer was asked to put right, in the words that were sent."""

    sent_on: date
    title: str


def is_asked(complainant_id: UUID, *, at: datetime) -> bool:
    """Whether she is to be asked now how she is treated. In her scope."""
    rows = CheckIn.objects.filter(complainant_id=complainant_id, answer=CheckInAnswer.OPEN)
    return rows.filter(due_on__lte=today(at)).exists()


def linked(key: WorkerKey) -> list[Linked]:
    """The complaints that her reports opened, and the one that this one follows from, where she came by it. In her scope."""
    before = access.came_from(key)
    merged = access.joined_to(key.complainant_id)
    ways = [way for way in access.ways(key.complainant_id) if way not in merged]
    found = []
    for way in [before, *ways] if before else ways:
        with way.scope:
            state, received_at = Complaint.objects.values_list("state", "received_at").get(pk=way.case_id)
            found.append(Linked(way.case_id, ComplaintState(state), received_at, way is before))
    return found


def corrected(complaint_id: UUID) -> list[Corrected]:
    """What followed from her complaint for the employer. In her scope, or for the circle."""
    rows = Measure.objects.filter(complaint_id=complaint_id, state=MeasureState.SENT)
    sent = list(rows.order_by("sent_on", "pk").values_list("pk", "sent_on"))
    places = {pk: Place("complaints_measure", "title", pk) for pk, _sent_on in sent}
    texts = unseal_many(complaint_id, places.values()) if sent else {}
    return [Corrected(sent_on, texts[places[pk]] or "") for pk, sent_on in sent]


def releases_about(complainant_id: UUID) -> QuerySet[Release]:
    """Who asked to give away what about her, and what became of it. In her scope."""
    return Release.objects.filter(complainant_id=complainant_id).order_by("asked_at", "pk")


def is_live(release: Release, *, at: datetime) -> bool:
    """Whether it may be given away at this moment."""
    return release.state == ReleaseState.APPROVED and release.ends_at is not None and release.ends_at > at


def columns_of(said: str) -> tuple[str, ...]:
    """The sealed columns of a complainant that a release opens."""
    return ("name",) if said == Said.NAME else ("name", "phone", "safe_contact")


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────


def retaliation(*, since: datetime, until: datetime) -> QuerySet[Complaint]:
    """Complaints about retaliation received in [since, until): how often it was reported. What was found stands with each of them.

    For the engine, and for staff except what they are walled off from.
    """
    return Complaint.objects.filter(is_retaliation=True, received_at__gte=since, received_at__lt=until)


def confirmed(*, since: datetime, until: datetime) -> QuerySet[Complaint]:
    """Those of them of which it was found, wholly or in part, that it is so."""
    found = Finding.objects.filter(ended_at=None, outcome__in=(Outcome.UPHELD, Outcome.PARTLY))
    return retaliation(since=since, until=until).filter(pk__in=found.values("complaint"))


def answered(*, since: date, until: date) -> dict[str, int]:
    """{answer: questions to be asked in [since, until)}, "" for those still open; who spoke without being asked counts as asked that day.

    For the engine: staff see those of their circles only.
    """
    rows = CheckIn.objects.filter(due_on__gte=since, due_on__lt=until)
    return dict(rows.order_by().values_list("answer").annotate(Count("pk")))


def unasked(*, since: date, until: date) -> int:
    """How often somebody spoke before she was asked. For the engine."""
    return CheckIn.objects.filter(Q(act=Act.UNASKED), due_on__gte=since, due_on__lt=until).count()

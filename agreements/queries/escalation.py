"""Reads of the ladder: who stands where, what comes next, and what a step would bring about."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from agreements.enums import Recipient
from agreements.models import Clause, Escalation, EscalationStep, Meeting, StopDuty
from agreements.queries.duties import bound_to_stop, stop_clause
from agreements.queries.ladder import Ladder
from agreements.queries.letters import addressees, words_for
from programs.meanings import parts
from programs.models import Participation, Rule, Rung, Workplace
from programs.queries import today
from programs.queries.meanings import Meanings
from wsr.deadlines.calendars import calendar_of
from wsr.deadlines.counting import CannotCount, count
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Clock
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

REVIEW = "agreements.escalation_review"


def escalations() -> QuerySet[Escalation]:
    """Cases with supplier, workplace and rung, and `review_at`: when the rung's clock is due."""
    clock = Clock.objects.open().filter(
        kind=REVIEW, subject_type=Escalation._meta.label_lower, subject_id=OuterRef("pk")
    )
    return Escalation.objects.select_related("supplier", "workplace", "rung", "proposed_rung").annotate(
        review_at=Subquery(clock.values("due_at")[:1])
    )


def steps_of(case: Escalation) -> list[EscalationStep]:
    """What happened to a case, the latest first, each on a rung as it was then."""
    steps = case.steps.select_related("rung", "from_rung").order_by("-at", "-pk")
    return Meanings(Rung).put(steps, day=lambda step: step.effective_on)


def meetings_of(case: Escalation) -> list[Meeting]:
    """Meetings about a case, the latest first, each about a rung as it was then."""
    meetings = case.meetings.select_related("rung").order_by("-planned_for", "-pk")
    return Meanings(Rung).put(meetings, day=lambda meeting: meeting.planned_for)


def standing_on(steps: Ladder) -> list[tuple[Rung, int]]:
    """[(rung, how many open cases stand there)] of the whole ladder. One query."""
    counted = Counter(Escalation.objects.open().values_list("rung_id", flat=True))
    return [(rung, counted[rung.pk]) for rung in steps.steps]


@dataclass(frozen=True)
class BrandDuty:
    """A duty to be: the brand, its clause, the last day for buying. `stop_by` is None where no clause says."""

    brand: Participation
    clause: Clause | None
    stop_by: date | None


@dataclass(frozen=True)
class LetterToBe:
    """A letter to be: to whom, in which language; `is_missing`: nobody wrote the text, so it cannot go out."""

    to: Recipient
    name: str
    language: str
    is_own: bool
    is_missing: bool


@dataclass(frozen=True)
class Consequences:
    """What a step to a rung brings about at once."""

    rung: Rung
    duties: list[BrandDuty] = field(default_factory=list)
    keeps: int = 0
    letters: list[LetterToBe] = field(default_factory=list)
    group: list[Participation] = field(default_factory=list)
    condition: str = ""
    review_on: date | None = None
    needs_meeting: bool = False
    undecided: list[Rule] = field(default_factory=list)


def consequences(
    *,
    supplier: Participation,
    workplace: Workplace | None,
    steps: Ladder,
    rung: Rung,
    effective_on: date,
    at: datetime,
) -> Consequences:
    """What putting a supplier on a rung would bring about, by the rules and clauses of today. Nothing is written."""
    program = Program.objects.get(pk=current_program_id())
    on = today(at)
    return Consequences(
        rung=rung,
        duties=_duties(supplier, rung, program, on=on, at=at),
        keeps=StopDuty.objects.active().filter(supplier=supplier).count() if rung.stops_purchases else 0,
        letters=_letters(supplier, workplace, steps, rung, program, on=on),
        group=_group(supplier, steps, rung),
        condition=str(steps.says(rung, "return_condition") or ""),
        review_on=_day_after(steps.limit(rung), effective_on, program),
        needs_meeting=bool(steps.says(rung, "meeting")),
        undecided=_undecided(steps, rung),
    )


def _duties(
    supplier: Participation, rung: Rung, program: Program, *, on: date, at: datetime
) -> list[BrandDuty]:
    if not rung.stops_purchases:
        return []
    bound = StopDuty.objects.active().filter(supplier=supplier).values("brand_id")
    found = []
    for brand in bound_to_stop(supplier, rung, on=on).exclude(pk__in=bound):
        clause = stop_clause(brand, on=on)
        found.append(BrandDuty(brand, clause, _stop_day(clause, program, at)))
    return found


def _stop_day(clause: Clause | None, program: Program, at: datetime) -> date | None:
    said = clause.parameters.get("stop_within") if clause else None
    if not said:
        return None
    try:
        due = count(at, said["value"], said["unit"], calendar_of()).due_at
    except CannotCount:
        return None
    return due.astimezone(ZoneInfo(program.time_zone)).date()


def _day_after(length: Length | None, start: date, program: Program) -> date | None:
    if length is None:
        return None
    zone = ZoneInfo(program.time_zone)
    began = datetime(start.year, start.month, start.day, tzinfo=zone)
    try:
        return count(began, length.value, length.unit, calendar_of()).due_at.astimezone(zone).date()
    except CannotCount:
        return None


def _letters(
    supplier: Participation,
    workplace: Workplace | None,
    steps: Ladder,
    rung: Rung,
    program: Program,
    *,
    on: date,
) -> list[LetterToBe]:
    found = []
    for one in addressees(supplier, workplace, steps, rung, on=on, program=program):
        words = words_for(rung, one.to, one.language)
        found.append(LetterToBe(one.to, one.name, one.language, bool(words and words.is_own), words is None))
    return found


def _group(supplier: Participation, steps: Ladder, rung: Rung) -> list[Participation]:
    """Suppliers of the same group that would come to stand there too."""
    name = supplier.parent_name.strip()
    if not name or not steps.says(rung, "group"):
        return []
    others = (
        Participation.objects.suppliers().present().filter(parent_name__iexact=name).exclude(pk=supplier.pk)
    )
    return [
        one for one in others.order_by("name", "pk") if steps.height(steps.rung(one.rung)) < rung.position
    ]


def _undecided(steps: Ladder, rung: Rung) -> list[Rule]:
    """Questions about this rung that nobody answered."""
    return [
        rule
        for key, rule in sorted(steps.rules.items())
        if key.startswith(f"ladder.{rung.key}.") and rule.value is None and not parts(key)
    ]


def open_case_of(supplier_id: UUID) -> Escalation | None:
    """The open case of a supplier that stands worst; None where it is not on the ladder."""
    rows = escalations().open().filter(supplier_id=supplier_id)
    return rows.order_by("-rung__position", "opened_at", "pk").first()

"""What the program scores: how it does, and the figures of its suppliers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from audits import scoring
from audits.enums import OVER, UNFIXED, ActionState
from audits.models import CorrectiveAction, FinanceConsent, Inspection, Report, Response
from audits.operations.finance import is_signed, needs_consent
from audits.scoring import Item, Scoring, Step
from programs.blueprints import units
from programs.models import Participation, Provision, Rung, Workplace
from programs.queries import code_in_force, rule_value
from wsr.deadlines.queries import zone_of_program

SCORING, GRADES = "correction.scoring", "correction.grades"


def scoring_of_program(*, on: date) -> Scoring | None:
    """How the program scores on a day; None where it has not said."""
    value = rule_value(SCORING, on=on)
    return Scoring(value) if value in Scoring.values else None


@dataclass(frozen=True)
class Score:
    """One workplace: its items, progress and designation; its compliance plan where the program scores by milestones."""

    workplace: Workplace
    items: tuple[Item, ...]
    progress: scoring.Progress
    statuses: dict[scoring.Status, int]
    designation: scoring.Designation
    compliance: scoring.Compliance


def scored_workplaces() -> QuerySet[Workplace]:
    """Workplaces that were inspected, or have an action."""
    visits = Inspection.objects.filter(workplace=OuterRef("pk"), state__in=OVER)
    actions = CorrectiveAction.objects.filter(workplace=OuterRef("pk"))
    rung = Rung.objects.filter(key=OuterRef("supplier__rung")).order_by().values("stops_purchases")
    rows = Workplace.objects.filter(Q(Exists(visits)) | Q(Exists(actions)))
    return rows.select_related("supplier").annotate(must_stop=Subquery(rung[:1])).order_by("name", "pk")


def published_actions() -> QuerySet[CorrectiveAction]:
    """What may count outside the program: actions of issued reports, and those of no inspection."""
    issued = Report.objects.filter(inspection_id=OuterRef("inspection_id"), issued_at__isnull=False)
    return CorrectiveAction.objects.filter(Q(inspection=None) | Q(Exists(issued)))


def scores(
    workplaces: Iterable[Workplace], *, on: date, of: QuerySet[CorrectiveAction] | None = None
) -> list[Score]:
    """The figures of workplaces from `scored_workplaces`, in their order. Five queries, however many there are.

    `of`: the actions that count; all of them unless given.
    """
    rows = list(workplaces)
    counted = CorrectiveAction.objects.all() if of is None else of
    found = _items(counted.filter(workplace__in={row.pk for row in rows}), on=on)
    return [_score(row, found.get(row.pk, []), on=on) for row in rows]


def _score(workplace: Workplace, found: list[tuple[Item, tuple[Step, ...]]], *, on: date) -> Score:
    items = tuple(item for item, _steps in found)
    return Score(
        workplace,
        items,
        scoring.progress(items),
        scoring.statuses(items),
        # A rung on which brands must stop buying: the business has ended. Source: `domain.md` 2.4.
        scoring.designation(items, on=on, is_ineligible=bool(getattr(workplace, "must_stop", False))),
        scoring.compliance(found, on=on),
    )


def _items(
    counted: QuerySet[CorrectiveAction], *, on: date
) -> dict[UUID, list[tuple[Item, tuple[Step, ...]]]]:
    rows = list(counted.prefetch_related("milestones").order_by("number"))
    unsigned = _unsigned(rows) if needs_consent(on=on) else frozenset()
    zone = zone_of_program()
    found: dict[UUID, list[tuple[Item, tuple[Step, ...]]]] = defaultdict(list)
    for row in rows:
        milestones = list(row.milestones.all())
        steps = tuple(
            Step(one.due_on, one.reached_at is not None, one.verified_at is not None) for one in milestones
        )
        item = Item(
            row.state,
            row.is_original,
            row.due_on,
            row.reported_at.astimezone(zone).date() if row.reported_at else None,
            row.pk not in unsigned,
            tuple(step.due_on for step in steps if not step.reached and not step.verified),
        )
        found[row.workplace_id].append((item, steps))
    return found


def _unsigned(rows: Iterable[CorrectiveAction]) -> frozenset[UUID]:
    """The open actions whose finance plan waits for a signature."""
    waiting = [row for row in rows if row.state in UNFIXED and row.state != ActionState.PROPOSED]
    consents: dict[UUID, list[FinanceConsent]] = defaultdict(list)
    for consent in FinanceConsent.objects.filter(action__in=[row.pk for row in waiting]):
        consents[consent.action_id].append(consent)
    brands = frozenset(Participation.objects.brands().values_list("pk", flat=True))
    return frozenset(row.pk for row in waiting if not is_signed(row, consents[row.pk], brands))


def program_progress() -> scoring.Progress:
    """The progress of the whole program: verified of all original findings. One query."""
    states = list(CorrectiveAction.objects.original().values_list("state", flat=True))
    return scoring.progress(Item(state) for state in states)


# ── Grades ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ProvisionGrades:
    """A provision: its grade per supplier, and the program's average. A supplier is left out where nothing was answered."""

    provision: Provision
    grades: dict[UUID, Decimal | None]
    average: Decimal | None


@dataclass(frozen=True)
class Grades:
    """`worth` is empty where the program has not set its scale: then there are no grades."""

    worth: dict[str, Decimal]
    suppliers: list[Participation]
    rows: list[ProvisionGrades]


def grades(*, on: date) -> Grades:
    """Each provision of the code in force per supplier, from the last visit to each of its workplaces, and as the program's average."""
    worth = units.worth(rule_value(GRADES, on=on))
    code = code_in_force()
    if not worth or code is None:
        return Grades(worth, [], [])
    visits = Inspection.objects.filter(state__in=OVER, code=code)
    last = visits.order_by("workplace", "-starts_on", "-pk").distinct("workplace").values("pk")
    given: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    answers = Response.objects.filter(inspection__in=last)
    for supplier_id, provision_id, answer in answers.values_list("supplier_id", "provision_id", "answer"):
        given[provision_id, supplier_id].append(answer)
    found = {supplier_id for _provision, supplier_id in given}
    suppliers = list(Participation.objects.filter(pk__in=found).order_by("name", "pk"))
    rows = [
        _graded(provision, suppliers, given, worth)
        for provision in code.provisions.order_by("position", "pk")
    ]
    return Grades(worth, suppliers, rows)


def _graded(
    provision: Provision,
    suppliers: list[Participation],
    given: dict[Any, list[str]],
    worth: dict[str, Decimal],
) -> ProvisionGrades:
    each = {row.pk: scoring.grade(given.get((provision.pk, row.pk), []), worth) for row in suppliers}
    return ProvisionGrades(provision, each, scoring.mean(each.values()))

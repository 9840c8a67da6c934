"""Invented inspections of the demo: one with its report issued, one announced, and one that only its team knows of. Nothing here is a real finding."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from audits.enums import ActionState, Answer, InspectionKind, InterviewPlace, Payer, TeamRole
from audits.models import CorrectiveAction, Inspection
from audits.operations import actions, planning, questions, records, reporting, teams, visits
from audits.queries import checklists
from programs.models import Workplace
from programs.queries import code_in_force, today
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

FARM_FINDINGS = (
    (
        "Hours are written down at the end of the day, not as they are worked (demo)",
        "The time sheets of two crews were filled in at once, in one hand.",
        "Each worker clocks in and out herself.",
        14,
    ),
    (
        "No shade at the far end of the work area (demo)",
        "The shade stood at the gate, ten minutes on foot from where people worked.",
        "Move the shade with the crew.",
        40,
    ),
    (
        "Workers did not know where to complain (demo)",
        "Nine of those interviewed had no card and did not know the number.",
        "Hand out cards on the first day of work and post the number.",
        9,
    ),
)
MILL_FINDINGS = (
    (
        "A stair door was locked while people worked (demo)",
        "The door of the second stair on the third floor was bolted from the outside.",
        "Take the bolt off, and fit a lock that opens from inside without a key.",
        210,
    ),
    (
        "Cables without a cover beside the cutting tables (demo)",
        "Two cables lay open on the floor between the tables.",
        "Lay them in a closed channel and have an electrician sign for it.",
        35,
    ),
    (
        "Workers did not know where to complain (demo)",
        "Nine of those interviewed had no card and did not know the number.",
        "Hand out cards on the first day of work and post the number.",
        9,
    ),
)
FINDINGS = {"accord": MILL_FINDINGS}  # by blueprint; elsewhere those of a farm
NO_REPLY = "The employer was asked twice and had nothing to add (demo)."
ANSWERS = (
    Answer.MET,
    Answer.MET,
    Answer.PARTLY_MET,
    Answer.MET,
    Answer.NOT_MET,
    Answer.MET,
    Answer.NOT_VERIFIED,
)


@dataclass(frozen=True)
class Cast:
    """Who acts in one demo program."""

    program: Program
    planner: Person
    auditor: Person

    def staff(self) -> Any:
        """The scope of the inspector in charge."""
        return program_scope(self.program.pk, person_id=self.planner.pk)

    def field(self) -> Any:
        """The scope of the auditor."""
        return program_scope(self.program.pk, Audience.AUDITOR, person_id=self.auditor.pk)


def build(*, program: Program, director: Person, at: datetime, **_others: Any) -> None:
    """Three visits to the workplaces of a demo program. Runs outside any scope: each person acts in her own."""
    with program_scope(program.pk, person_id=director.pk):
        people = {
            row.role: row.person
            for row in Membership.objects.active().select_related("person")
            if row.role in (Role.INSPECTOR_IN_CHARGE, Role.AUDITOR)
        }
        places = list(Workplace.objects.open().order_by("name", "pk")[:3])
    cast = Cast(program, people[Role.INSPECTOR_IN_CHARGE], people[Role.AUDITOR])
    with cast.staff():
        _ask_questions(cast.planner, at)
    if places:
        _past(cast, places[0].pk, at - timedelta(days=45))
    if len(places) > 1:
        with cast.staff():
            _plan(cast, places[1].pk, at, kind=InspectionKind.FOLLOW_UP, in_days=4, is_announced=False)
    if len(places) > 2:
        with cast.staff():
            made = _plan(cast, places[2].pk, at, kind=InspectionKind.BASELINE, in_days=9, is_announced=True)
        _accept(cast, made.pk, at)


def _ask_questions(by: Person, at: datetime) -> None:
    code = code_in_force()
    for provision in checklists.provisions_of(code.pk)[:2] if code else ():
        questions.add(
            provision_id=provision.pk,
            text=f"What do workers say about “{provision.title}”, without anybody of the employer near (demo)?",
            guidance="Ask at least three workers of different crews. Write down no names.",
            by=by,
            at=at,
        )


def _plan(
    cast: Cast, workplace_id: UUID, at: datetime, *, kind: InspectionKind, in_days: int, is_announced: bool
) -> Inspection:
    """The auditor is asked to lead it."""
    day = today(at) + timedelta(days=in_days)
    return planning.plan(
        workplace_id=workplace_id,
        kind=kind,
        starts_on=day,
        ends_on=day,
        is_announced=is_announced,
        purpose="Safety, hours and how people complain (demo).",
        team=[(cast.auditor.pk, TeamRole.LEAD)],
        by=cast.planner,
        at=at,
    )


def _accept(cast: Cast, inspection_id: UUID, at: datetime) -> None:
    with cast.field():
        teams.accept(
            inspection_id=inspection_id, ties=[], statement="No ties (demo).", by=cast.auditor, at=at
        )


def _past(cast: Cast, workplace_id: UUID, at: datetime) -> None:
    """A baseline from the plan to the issued report."""
    with cast.staff():
        made = _plan(cast, workplace_id, at, kind=InspectionKind.BASELINE, in_days=0, is_announced=True)
    _accept(cast, made.pk, at)
    arrived, left = at + timedelta(hours=1), at + timedelta(hours=9)
    act: dict[str, Any] = {"inspection_id": made.pk, "by": cast.auditor}
    with cast.field():
        visits.arrive(workers_present=96, at=arrived, **act)
        _note(act, made, FINDINGS.get(cast.program.blueprint, FARM_FINDINGS), arrived)
        visits.change_visit(
            summary="Work is calm and paid on time; three things need work (demo).", at=left, **act
        )
        visits.leave(at=left, **act)
        visits.submit(at=left + timedelta(days=2), **act)
    with cast.staff():
        said = {"inspection_id": made.pk, "by": cast.planner}
        reporting.share_with_supplier(at=left + timedelta(days=4), **said)
        reporting.issue(reason=NO_REPLY, at=left + timedelta(days=30), **said)
        _agree(cast.planner, workplace_id, left + timedelta(days=31))


def _agree(by: Person, workplace_id: UUID, at: datetime) -> None:
    """A date for the first two corrective actions; the third stays proposed."""
    proposed = CorrectiveAction.objects.filter(workplace=workplace_id, state=ActionState.PROPOSED)
    for action, days in zip(proposed.order_by("number")[:2], (20, 60), strict=False):
        actions.agree(
            action_id=action.pk,
            due_on=today(at) + timedelta(days=days),
            action=action.action or action.title,
            payer=Payer.SUPPLIER,
            by=by,
            at=at,
        )


def _note(
    act: dict[str, Any], visit: Inspection, findings: tuple[tuple[str, str, str, int], ...], at: datetime
) -> None:
    """Interviews with more than half of the workers, an answer to each line, and the findings."""
    said: dict[str, Any] = {**act, "noted_at": at, "at": at}
    for workers, place, language in (
        (38, InterviewPlace.WORKPLACE, "es"),
        (24, InterviewPlace.HOUSING, "ht"),
    ):
        records.put_interview(
            record_id=uuid4(),
            workers=workers,
            place=place,
            language=language,
            held_on=visit.starts_on,
            note="",
            **said,
        )
    lines = checklists.checklist(visit)
    for number, line in enumerate(lines):
        records.put_response(
            record_id=uuid4(),
            provision_id=line.provision.pk,
            question_id=line.question.pk if line.question else None,
            answer=ANSWERS[number % len(ANSWERS)],
            note="",
            **said,
        )
    for number, (title, description, remedy, workers) in enumerate(findings):
        records.put_finding(
            record_id=uuid4(),
            provision_id=lines[number * len(lines) // len(findings)].provision.pk,
            title=title,
            description=description,
            remedy=remedy,
            workers_affected=workers,
            **said,
        )

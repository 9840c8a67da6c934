"""Invented inspections of the demo over three seasons, and what became of their findings: verified, in progress, or a date that was missed
and the ladder after it. One more visit is announced, and one only its team knows of. Nothing here is a real finding.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audits.demo import ladder
from audits.enums import ActionState, Answer, InspectionKind, InterviewPlace, Payer, TeamRole
from audits.models import CorrectiveAction, Inspection
from audits.operations import actions, planning, questions, records, reporting, teams, visits
from audits.queries import checklists
from programs.demo.clocks import pass_until
from programs.models import Workplace
from programs.queries import code_in_force, today
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program


@dataclass(frozen=True)
class Seen:
    """A finding. `about`: its provision in the code of each program that has one."""

    title: str
    text: str
    remedy: str
    workers: int
    about: tuple[str, ...]


HOURS = Seen(
    "Hours are written down at the end of the day, not as they are worked (demo)",
    "The time sheets of two crews were filled in at once, in one hand.",
    "Each worker clocks in and out herself.",
    14,
    ("I.4", "P.3"),
)
SHADE = Seen(
    "No shade at the far end of the work area (demo)",
    "The shade stood at the gate, ten minutes on foot from where people worked.",
    "Move the shade with the crew.",
    40,
    ("H.2",),
)
UNTAUGHT = Seen(
    "Workers did not know where to complain (demo)",
    "Nine of those interviewed had no card and did not know the number.",
    "Hand out cards on the first day of work and post the number.",
    9,
    ("I.1", "C.1", "6"),
)
DOOR = Seen(
    "A stair door was locked while people worked (demo)",
    "The door of the second stair on the third floor was bolted from the outside.",
    "Take the bolt off, and fit a lock that opens from inside without a key.",
    210,
    ("1",),
)
CABLES = Seen(
    "Cables without a cover beside the cutting tables (demo)",
    "Two cables lay open on the floor between the tables.",
    "Lay them in a closed channel and have an electrician sign for it.",
    35,
    ("1",),
)
HARASSED = Seen(
    "A supervisor shames women of one crew (demo)",
    "Eight of those interviewed say the same of one supervisor. The employer knew and did nothing.",
    "Take the supervisor off the crews, and tell the crews so.",
    8,
    ("II.6",),
)
UNPAID = Seen(
    "Breaks are taken off the pay (demo)",
    "The payroll of two months lacks half an hour of each day.",
    "Pay what is missing, and count breaks as time worked.",
    30,
    ("I.1",),
)
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
class Past:
    """A visit that is over. `ends`: what became of each corrective action, in order; those left over stay proposed."""

    place: str
    days: int
    kind: InspectionKind
    findings: tuple[Seen, ...]
    ends: tuple[str, ...]  # "fixed": verified; "missed": the date passed; "runs": the date is ahead


SEASONAL, REENTRY = InspectionKind.SEASONAL, InspectionKind.REENTRY
BASELINE, FOLLOW_UP = InspectionKind.BASELINE, InspectionKind.FOLLOW_UP
DUE = 30  # days from the issued report to the date of a corrective action
ISSUED = 16  # days from the visit to the issued report
PASTS: dict[str, tuple[Past, ...]] = {
    "accord": (
        Past("Demo Mill Amber", 430, BASELINE, (DOOR, CABLES), ("fixed", "fixed")),
        Past("Demo Mill Coral", 150, BASELINE, (CABLES, UNTAUGHT), ("missed", "fixed")),
        Past("Demo Mill Amber", 45, FOLLOW_UP, (DOOR, CABLES, UNTAUGHT), ("runs", "runs")),
    ),
    "fair_food": (
        Past("Demo Farm Alder", 480, SEASONAL, (SHADE, UNPAID), ("fixed", "fixed")),
        Past("Demo Farm Cedar", 270, SEASONAL, (UNTAUGHT,), ("fixed",)),
        Past("Demo Farm Elm", 170, SEASONAL, (HOURS,), ("missed",)),
        Past("Demo Farm Dogwood", 130, SEASONAL, (HARASSED,), ("missed",)),
        Past("Demo Farm Cedar", 110, SEASONAL, (UNPAID,), ("missed",)),
        Past("Demo Farm Alder", 45, SEASONAL, (HOURS, SHADE, UNTAUGHT), ("runs", "runs")),
        Past("Demo Farm Elm", 30, REENTRY, (), ()),
    ),
    "milk_with_dignity": (
        Past("Demo Dairy Brook", 400, BASELINE, (HOURS,), ("fixed",)),
        Past("Demo Dairy Hill", 45, FOLLOW_UP, (HOURS, UNTAUGHT), ("runs",)),
    ),
}


@dataclass(frozen=True)
class Cast:
    """Who acts in one demo program."""

    program: Program
    planner: Person
    auditor: Person
    director: Person
    at: datetime

    def staff(self, person: Person | None = None) -> Any:
        """The scope of the inspector in charge, or of somebody else of the staff."""
        return program_scope(self.program.pk, person_id=(person or self.planner).pk)

    def field(self) -> Any:
        """The scope of the auditor."""
        return program_scope(self.program.pk, Audience.AUDITOR, person_id=self.auditor.pk)


def build(*, program: Program, director: Person, at: datetime, **_others: Any) -> None:
    """Visits to the workplaces of a demo program. Runs outside any scope: each person acts in her own."""
    with program_scope(program.pk, person_id=director.pk):
        people = {
            row.role: row.person
            for row in Membership.objects.active().select_related("person")
            if row.role in (Role.INSPECTOR_IN_CHARGE, Role.AUDITOR)
        }
        places = {place.name: place for place in Workplace.objects.open().order_by("name", "pk")}
    cast = Cast(program, people[Role.INSPECTOR_IN_CHARGE], people[Role.AUDITOR], director, at)
    with cast.staff():
        _ask_questions(cast.planner, at - timedelta(days=500))
    for past in PASTS.get(program.blueprint, ()):
        if past.place in places:
            _past(cast, past, places[past.place])
    after = list(places.values())
    if len(after) > 1:
        with cast.staff():
            _plan(cast, after[1].pk, at, kind=FOLLOW_UP, in_days=4, is_announced=False)
    if len(after) > 2:
        with cast.staff():
            made = _plan(cast, after[2].pk, at, kind=BASELINE, in_days=9, is_announced=True)
        _accept(cast, made.pk, at)
    ladder.build(cast)


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


def _past(cast: Cast, past: Past, place: Workplace) -> None:
    """From the plan to the issued report, and to what became of its corrective actions."""
    at = cast.at - timedelta(days=past.days)
    pass_until(cast.program.pk, at)
    with cast.staff():
        made = _plan(cast, place.pk, at, kind=past.kind, in_days=0, is_announced=True)
    _accept(cast, made.pk, at)
    arrived, left = at + timedelta(hours=1), at + timedelta(hours=9)
    act: dict[str, Any] = {"inspection_id": made.pk, "by": cast.auditor}
    there = place.worker_count or 10
    with cast.field():
        visits.arrive(workers_present=there, at=arrived, **act)
        _note(act, made, past.findings, there, arrived)
        words = "Work is calm and paid on time (demo)."
        visits.change_visit(summary=words, at=left, **act)
        visits.leave(at=left, **act)
        visits.submit(at=left + timedelta(days=2), **act)
    issued = at + timedelta(days=ISSUED)
    with cast.staff():
        said = {"inspection_id": made.pk, "by": cast.planner}
        reporting.share_with_supplier(at=left + timedelta(days=4), **said)
    pass_until(cast.program.pk, issued)
    with cast.staff():
        reporting.issue(reason=NO_REPLY, at=issued, **said)
    _correct(cast, made.pk, past.ends, issued)


def _correct(cast: Cast, inspection_id: UUID, ends: tuple[str, ...], at: datetime) -> None:
    """A date for each corrective action that became something; the rest stay proposed."""
    with cast.staff():
        proposed = CorrectiveAction.objects.filter(inspection=inspection_id, state=ActionState.PROPOSED)
        actions_of = list(zip(proposed.order_by("number"), ends, strict=False))
        for action, end in actions_of:
            days = DUE if end != "runs" else 60
            actions.agree(
                action_id=action.pk,
                due_on=today(at + timedelta(days=days)),
                action=action.action or action.title,
                payer=Payer.SUPPLIER,
                by=cast.planner,
                at=at,
            )
            if end == "fixed":
                fixed = at + timedelta(days=DUE - 9)
                actions.report_fixed(action_id=action.pk, note="Done (demo).", by=cast.planner, at=fixed)
    with cast.field():
        for action, end in actions_of:
            if end == "fixed":
                seen = at + timedelta(days=DUE - 4)
                actions.verify(action_id=action.pk, by=cast.auditor, at=seen, note="Seen (demo).")


def _note(
    act: dict[str, Any], visit: Inspection, findings: tuple[Seen, ...], there: int, at: datetime
) -> None:
    """Interviews with as many workers as the program asks for, an answer to each line, and the findings."""
    visit.workers_present = there
    asked = visit.interviews_needed() or there * 3 // 5
    lines = checklists.checklist(visit)
    of = {line.provision.reference: line.provision.pk for line in lines}
    for put, noted in (
        (records.put_interviews, _interviews(visit, asked)),
        (records.put_responses, _answers(lines)),
        (records.put_findings, [_found(seen, of, there) for seen in findings]),
    ):
        for done in put(items=[{"record_id": None, "noted_at": at, **one} for one in noted], at=at, **act):
            if done.error:
                raise done.error


def _interviews(visit: Inspection, asked: int) -> list[dict[str, Any]]:
    """Two thirds at work, the others at home."""
    return [
        {"workers": workers, "place": place, "language": language, "held_on": visit.starts_on, "note": ""}
        for workers, place, language in (
            (asked - asked // 3, InterviewPlace.WORKPLACE, "es"),
            (asked // 3, InterviewPlace.HOUSING, "ht"),
        )
        if workers
    ]


def _answers(lines: list[checklists.Line]) -> list[dict[str, Any]]:
    return [
        {
            "provision_id": line.provision.pk,
            "question_id": line.question.pk if line.question else None,
            "answer": ANSWERS[number % len(ANSWERS)],
            "note": "",
        }
        for number, line in enumerate(lines)
    ]


def _found(seen: Seen, of: dict[str, UUID], there: int) -> dict[str, Any]:
    """`of`: {reference: provision} of the code."""
    return {
        "provision_id": next(of[reference] for reference in seen.about if reference in of),
        "title": seen.title,
        "description": seen.text,
        "remedy": seen.remedy,
        "workers_affected": min(seen.workers, there),
    }

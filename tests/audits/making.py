"""Quiet makers of inspections, reports and corrective actions, by the operations themselves where there are any."""

import datetime as dt
from uuid import UUID, uuid4

from audits.enums import ActionState, InspectionKind, InterviewPlace, Origin, TeamRole
from audits.models import CorrectiveAction, Inspection, Report
from audits.operations import planning, records, teams, visits
from programs.enums import Certainty, CodeState
from programs.models import CodeVersion, Provision, Rule, Season, Severity
from tests import factories
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.tenancy import Audience, program_scope

AT = factories.AT
DAY = AT.date()


def as_staff(program, person):
    """The scope of one of the program's staff."""
    return program_scope(program.pk, person_id=person.pk)


def as_auditor(program, person):
    """The scope of an auditor."""
    return program_scope(program.pk, Audience.AUDITOR, person_id=person.pk)


def code(program, *, provisions: int = 3) -> CodeVersion:
    """A version in force, with two severities and provisions 1, 2, 3, …; the one there is, where there is one."""
    with program_scope(program.pk):
        there = CodeVersion.objects.filter(state=CodeState.IN_FORCE).first()
        if there:
            return there
        grave, _light = (
            Severity.objects.get_or_create(
                key=key,
                defaults={"label": key.title(), "position": position, "certainty": Certainty.SET_BY_PROGRAM},
            )[0]
            for position, key in enumerate(("grave", "light"))
        )
        made = CodeVersion.objects.create(
            number=1, title="Code of Conduct", state=CodeState.IN_FORCE, in_force_on=DAY, created_at=AT
        )
        for number in range(1, provisions + 1):
            Provision.objects.create(
                code=made,
                reference=str(number),
                title=f"Provision {number}",
                severity=grave,
                position=number,
            )
        return made


def floor(program, percent: str | None) -> Rule:
    """The share of workers to interview, as the program set it."""
    with program_scope(program.pk):
        return Rule.objects.create(
            section="inspection",
            key=planning.FLOOR,
            label="Share of the workers present who are interviewed",
            value=percent,
            unit="percent",
            certainty=Certainty.SET_BY_PROGRAM,
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )


def season(program, **fields) -> Season:
    """The season of DAY."""
    with program_scope(program.pk):
        return Season.objects.create(
            **{"name": "2026", "starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31), **fields}
        )


def inspection(
    program,
    *,
    planner: Person | None = None,
    team: list[tuple[Person, str]] | None = None,
    workplace=None,
    at: dt.datetime = AT,
    **fields,
) -> Inspection:
    """A planned, unannounced visit to a workplace with a lead auditor who was asked; `.lead`, `.planner`, `.place` stand on it."""
    code(program)
    planner = planner or factories.member(program, Role.INSPECTOR_IN_CHARGE)
    if team is None:
        team = [(factories.member(program, Role.AUDITOR), TeamRole.LEAD)]
    workplace = workplace or factories.workplace(program)
    with as_staff(program, planner):
        made = planning.plan(
            workplace_id=workplace.pk,
            team=[(person.pk, role) for person, role in team],
            by=planner,
            at=at,
            **{
                "kind": InspectionKind.BASELINE,
                "starts_on": at.date(),
                "ends_on": at.date(),
                "is_announced": False,
                **fields,
            },
        )
    made.planner, made.place = planner, workplace
    made.lead = next((person for person, role in team if role == TeamRole.LEAD), None)
    made.team_people = [person for person, _role in team]
    return made


def accepted(program, **fields) -> Inspection:
    """As `inspection`, and everybody on the team accepted without a tie."""
    made = inspection(program, **fields)
    for person in made.team_people:
        with _scope_of(program, person):
            teams.accept(inspection_id=made.pk, ties=[], statement="No ties.", by=person, at=AT)
    return made


def under_way(program, *, present: int | None = 120, **fields) -> Inspection:
    """As `accepted`, and the lead has arrived."""
    made = accepted(program, **fields)
    with as_auditor(program, made.lead):
        visits.arrive(inspection_id=made.pk, workers_present=present, by=made.lead, at=AT)
    return fresh(program, made)


def submitted(program, *, findings: int = 1, interviewed: int = 0, **fields) -> Inspection:
    """As `under_way`, with findings, and handed in by the lead: everybody may know of it now."""
    made = under_way(program, **fields)
    with as_auditor(program, made.lead):
        for number in range(findings):
            finding(program, made, title=f"Finding {number + 1}")
        if interviewed:
            interview(program, made, workers=interviewed)
        visits.submit(inspection_id=made.pk, by=made.lead, at=AT)
    return fresh(program, made)


def finding(program, inspection: Inspection, *, record_id: UUID | None = None, **fields):
    """A finding noted by the lead. Call it inside her scope or outside any."""
    return _noted(program, inspection, records.put_finding, record_id, {"title": "Exit blocked"}, fields)


def response(program, inspection: Inspection, *, record_id: UUID | None = None, **fields):
    """An answer noted by the lead."""
    return _noted(program, inspection, records.put_response, record_id, {"answer": "met"}, fields)


def interview(program, inspection: Inspection, *, record_id: UUID | None = None, **fields):
    """Interviews noted by the lead."""
    said = {"workers": 10, "place": InterviewPlace.WORKPLACE, "held_on": DAY}
    return _noted(program, inspection, records.put_interview, record_id, said, fields, has_provision=False)


def report(program, inspection: Inspection, **fields) -> Report:
    """A report of a submitted inspection with the reports' own minimum in its body; a row, not an act."""
    with as_staff(program, inspection.planner):
        body = {
            "inspection": {"number": inspection.number, "began_on": DAY.isoformat()},
            "findings": [
                {"id": str(row.pk), "provision": {"reference": row.provision.reference}, "title": row.title}
                for row in inspection.findings.select_related("provision").filter(withdrawn_at=None)
            ],
        }
        return Report.objects.create(
            inspection=inspection,
            supplier_id=inspection.supplier_id,
            workplace_id=inspection.workplace_id,
            **{"number": 1, "body": body, "seal_sha256": "0" * 64, **fields},
        )


def action(program, *, workplace=None, **fields) -> CorrectiveAction:
    """A corrective action at a workplace; a row, not an act. With `state` beyond proposed, agreed and due in 30 days."""
    workplace = workplace or factories.workplace(program)
    state = ActionState(fields.pop("state", ActionState.PROPOSED))
    verifier = factories.member(program, Role.AUDITOR) if state == ActionState.VERIFIED else None
    with program_scope(program.pk):
        number = CorrectiveAction.objects.count() + 1
        made = CorrectiveAction.objects.create(
            supplier_id=workplace.supplier_id,
            workplace=workplace,
            **{
                "origin": Origin.FINDING,
                "number": number,
                "title": f"Action {number}",
                "created_at": AT,
                "updated_at": AT,
                **fields,
            },
        )
        if state != ActionState.PROPOSED:
            made.due_on = made.due_on or DAY + dt.timedelta(days=30)
            made.agreed_at = AT
            for step in _way_to(state):
                made.state = step
                if step == ActionState.VERIFIED:
                    made.verified_at, made.verified_by = AT, verifier
                made.save()
        return made


def fresh(program, inspection: Inspection) -> Inspection:
    """The row as it stands now, with the people of the maker."""
    with as_staff(program, inspection.planner):
        found = Inspection.objects.get(pk=inspection.pk)
    for name in ("planner", "place", "lead", "team_people"):
        setattr(found, name, getattr(inspection, name))
    return found


def _way_to(state: ActionState) -> list[ActionState]:
    reported = [ActionState.AGREED, ActionState.REPORTED]
    return {
        ActionState.AGREED: [ActionState.AGREED],
        ActionState.REPORTED: reported,
        ActionState.REJECTED: [*reported, ActionState.REJECTED],
        ActionState.VERIFIED: [*reported, ActionState.VERIFIED],
        ActionState.WITHDRAWN: [ActionState.WITHDRAWN],
    }[state]


def _noted(program, inspection, put, record_id, said, fields, *, has_provision=True):
    with as_auditor(program, inspection.lead):
        if has_provision and "provision_id" not in fields:
            said["provision_id"] = Provision.objects.filter(code=inspection.code_id).first().pk
        rest = {"noted_at": AT, "at": AT, "by": inspection.lead, **said, **fields}
        return put(inspection_id=inspection.pk, record_id=record_id or uuid4(), **rest)


def _scope_of(program, person):
    """Staff or auditor, as she is a member."""
    with program_scope(program.pk):
        outside = Membership.objects.filter(person=person, role=Role.AUDITOR).exists()
    return as_auditor(program, person) if outside else as_staff(program, person)

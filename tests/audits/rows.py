"""Rows of the audits room, without the operations that would make them. What operations make: `making.py`."""

import datetime as dt
import itertools
import uuid

from audits.enums import AssignmentState, InspectionKind, InspectionState, TeamRole
from audits.models import Finding, Inspection, TeamMember
from tests import factories
from tests.audits.making import code
from tests.factories import AT
from wsr.tenancy import circles, program_scope
from wsr.tenancy.models import OPEN

_numbers = itertools.count(1)


def inspection(
    program,
    planner,
    *team,
    is_announced: bool = False,
    state: str = InspectionState.PLANNED,
    workplace=None,
    **fields,
) -> Inspection:
    """An inspection of a workplace, known to its planner and to the team, who have accepted."""
    place = workplace or factories.workplace(program)
    made = Inspection(
        id=uuid.uuid4(),
        kind=InspectionKind.SEASONAL,
        is_announced=is_announced,
        supplier_id=place.supplier_id,
        workplace=place,
        code=code(program),
        supplier_name="Supplier",
        workplace_name=place.name,
        country=place.country,
        starts_on=AT.date(),
        ends_on=AT.date() + dt.timedelta(days=1),
        planned_by=planner,
        planned_at=AT,
        updated_at=AT,
        **fields,
    )
    made.secret_of = OPEN if is_announced else made.pk
    with program_scope(program.pk, person_id=planner.pk):
        for person in (planner, *team):
            circles.admit(made.pk, person.pk)
        made.save(force_insert=True)
        for person in team:
            member(made, person)
        if state != InspectionState.PLANNED:
            made.state, made.arrived_at, made.workers_present = InspectionState.IN_PROGRESS, AT, 120
            made.save(update_fields=["state", "arrived_at", "workers_present"])
        if state not in (InspectionState.PLANNED, InspectionState.IN_PROGRESS):
            made.state = state
            made.save(update_fields=["state"])
    return made


def member(inspection, person, state: str = AssignmentState.ACCEPTED) -> TeamMember:
    """Somebody on the team; inside the scope."""
    made = TeamMember.objects.create(
        secret_of=inspection.secret_of,
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        person=person,
        role=TeamRole.AUDITOR,
        name=person.name,
        asked_at=AT,
    )
    if state != AssignmentState.ASKED:
        made.state = state
        made.save(update_fields=["state"])
    return made


def finding(inspection, by, **fields) -> Finding:
    """A finding about the first provision; inside the scope, while the visit is under way."""
    provision = fields.pop("provision", None) or inspection.code.provisions.first()
    return Finding.objects.create(
        secret_of=inspection.secret_of,
        inspection=inspection,
        supplier_id=inspection.supplier_id,
        provision=provision,
        title=fields.pop("title", f"Finding {next(_numbers)}"),
        by=by,
        noted_at=AT,
        received_at=AT,
        updated_at=AT,
        **fields,
    )

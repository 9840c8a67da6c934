"""Reports in tests: what a program set, and the acts on a submitted inspection, each in the scope of who does it."""

import datetime as dt

from audits.operations import reporting, reviewing, visits
from programs.models import Rule
from tests.audits import making
from tests.factories import AT
from wsr.tenancy import Audience, program_scope

LATER = AT + dt.timedelta(days=30)


def rule(program, key, value, *, unit="text", on=dt.date(2026, 1, 1)):
    """What a program has set, from a day on."""
    with program_scope(program.pk):
        return Rule.objects.update_or_create(
            key=key,
            valid_until=None,
            defaults={"value": value},
            create_defaults={
                "section": key.partition(".")[0],
                "label": key,
                "value": value,
                "unit": unit,
                "certainty": "set_by_program",
                "valid_from": on,
                "set_at": AT,
            },
        )[0]


def share(program, inspection, at=AT):
    """The report, with the supplier."""
    with making.as_staff(program, inspection.planner):
        return reporting.share_with_supplier(inspection_id=inspection.pk, by=inspection.planner, at=at)


def issue(program, inspection, at=LATER, reason="The owner cannot be reached."):
    """The report, issued."""
    with making.as_staff(program, inspection.planner):
        return reporting.issue(inspection_id=inspection.pk, by=inspection.planner, at=at, reason=reason)


def send_back(program, inspection, at=AT, reason="A number is wrong."):
    """With its auditors again."""
    with making.as_staff(program, inspection.planner):
        return reviewing.return_to_auditors(
            inspection_id=inspection.pk, reason=reason, by=inspection.planner, at=at
        )


def submit_again(program, inspection, at=AT, reason="The number was corrected."):
    """Under a new seal."""
    with making.as_auditor(program, inspection.lead):
        return visits.submit(inspection_id=inspection.pk, by=inspection.lead, at=at, reason=reason)


def portal(program, person, participation):
    """The scope of the portal of a supplier or brand."""
    audience = Audience.BRAND if participation.part == "brand" else Audience.SUPPLIER
    return program_scope(
        program.pk, audience, person_id=person.pk, organization_id=participation.organization_id
    )

"""Corrective actions at every stage, for tests of what is done with them."""

import datetime as dt
from dataclasses import dataclass

from audits.models import CorrectiveAction
from audits.operations import actions
from programs.models import Participation, Rule, Workplace
from tests import factories
from tests.factories import AT
from wsr.accounts.models import Organization, OrganizationKind, Person
from wsr.tenancy import Audience, program_scope
from wsr.tenancy.models import Program

TODAY = AT.date()
DAY = dt.timedelta(days=1)
DUE = TODAY + 10 * DAY


@dataclass
class Place:
    """A supplier with an account and one workplace, and two people of the program."""

    program: Program
    supplier: Participation
    workplace: Workplace
    organization: Organization
    manager: Person
    agreer: Person
    verifier: Person


def place(program, **fields) -> Place:
    """A supplier in good standing."""
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(
        program, organization=organization, rung=fields.pop("rung", "good_standing"), **fields
    )
    return Place(
        program,
        supplier,
        factories.workplace(program, supplier=supplier),
        organization,
        factories.member(program, "supplier_manager", organization=organization),
        factories.member(program, "director"),
        factories.member(program, "inspector_in_charge"),
    )


def as_supplier(made: Place):
    """The scope of the supplier's portal."""
    return program_scope(
        made.program.pk,
        Audience.SUPPLIER,
        person_id=made.manager.pk,
        organization_id=made.organization.pk,
    )


def as_staff(made: Place, person=None):
    """The scope of somebody of the program."""
    return program_scope(made.program.pk, person_id=(person or made.agreer).pk)


def proposed(made: Place, **fields) -> CorrectiveAction:
    """Proposed by a decision of the program."""
    with as_staff(made):
        return actions.propose(
            workplace_id=made.workplace.pk,
            title=fields.pop("title", "The emergency exit is locked"),
            by=made.agreer,
            at=fields.pop("at", AT),
            **fields,
        )


def agreed(made: Place, *, due_on=DUE, at=AT, is_original=True, **fields) -> CorrectiveAction:
    """Agreed with a date; counted for progress."""
    action = proposed(made, title=fields.pop("title", "The emergency exit is locked"), at=at)
    said = {"action": "Replace the lock.", "payer": "supplier", **fields}
    with as_staff(made):
        CorrectiveAction.objects.filter(pk=action.pk).update(is_original=is_original)
        return actions.agree(action_id=action.pk, due_on=due_on, by=made.agreer, at=at, **said)


def reported(made: Place, *, at=AT, **fields) -> CorrectiveAction:
    """Reported as fixed by the supplier."""
    action = agreed(made, **fields)
    with as_supplier(made):
        return actions.report_fixed(action_id=action.pk, note="The lock is new.", by=made.manager, at=at)


def verified(made: Place, **fields) -> CorrectiveAction:
    """Verified by somebody else."""
    action = reported(made, **fields)
    with as_staff(made, made.verifier):
        return actions.verify(action_id=action.pk, by=made.verifier, at=AT)


def rule(program, name, value, unit="yes_no"):
    """What a program decided about corrective actions."""
    with program_scope(program.pk):
        return Rule.objects.create(
            section="correction",
            key=f"correction.{name}",
            label=name,
            value=value,
            unit=unit,
            certainty="set_by_program",
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )

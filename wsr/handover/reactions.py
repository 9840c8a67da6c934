"""What handing over does when something happens elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.handover import operations, queries
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program


def build_demo(*, program: Program, director: Person, at: datetime, **_others: Any) -> None:
    """In a demo program the inspector in charge is away from tomorrow on, and the director stands in."""
    with program_scope(program.pk, person_id=director.pk):
        inspectors = Membership.objects.active().filter(role=Role.INSPECTOR_IN_CHARGE).order_by("pk")
        person_id = inspectors.values_list("person_id", flat=True).first()
        if person_id and person_id != director.pk:
            day = queries.day_of(program, at)
            operations.be_away(
                person_id=person_id,
                starts_on=day + timedelta(days=1),
                ends_on=day + timedelta(days=12),
                stand_in_id=director.pk,
                by=director,
                at=at,
            )


REACTIONS = {"demo.built": [build_demo]}

"""A building site with people on it, for tests of sites."""

import datetime as dt

from programs.models import Rule
from programs.operations import sites
from tests import factories
from tests.factories import AT
from wsr.tenancy import program_scope

FIRST, LAST = dt.date(2026, 2, 2), dt.date(2026, 9, 30)


def say(program, key, value, *, since=dt.date(2026, 1, 1), unit="yes_no"):
    """A rule of the program."""
    with program_scope(program.pk):
        return Rule.objects.create(
            section=key.partition(".")[0],
            key=key,
            label=key,
            value=value,
            unit=unit,
            certainty="set_by_program",
            valid_from=since,
            set_at=AT,
        )


def site(program, *, supplier=None, by, at=AT, name="Tower", opened_on=FIRST, ends_on=LAST, **fields):
    """A site that somebody runs."""
    runs = supplier or factories.supplier(program, name=f"{name} builders")
    with program_scope(program.pk, person_id=by.pk):
        return sites.open_site(
            supplier_id=runs.pk,
            name=name,
            country="US",
            opened_on=opened_on,
            ends_on=ends_on,
            by=by,
            at=at,
            **fields,
        )


def hire(program, place, contractor, role, hirer=None, *, by, on=FIRST, at=AT):
    """Somebody works on a site."""
    with program_scope(program.pk, person_id=by.pk):
        return sites.engage(
            site_id=place.pk,
            contractor_id=contractor.pk,
            role=role,
            hired_by_id=hirer.pk if hirer else None,
            started_on=on,
            by=by,
            at=at,
        )


def chain(program, place, *, by, organization=None):
    """Developer, general contractor, subcontractor and labor broker, each hired by the one before."""
    people = [
        factories.brand(program, name="Developer"),
        factories.supplier(program, name="General", organization=organization, rung="good_standing"),
        factories.supplier(program, name="Sub", rung="good_standing"),
        factories.supplier(program, name="Broker", rung="good_standing"),
    ]
    roles = ("developer", "general_contractor", "subcontractor", "labor_broker")
    for above, one, role in zip([None, *people], people, roles, strict=False):
        hire(program, place, one, role, above, by=by)
    return people

"""A program with something to publish, and the publisher as the worker runs it."""

import datetime as dt

import pytest

from tests import factories
from wsr.registry import gates, operations, publishing
from wsr.registry.models import Identity, Listing
from wsr.tenancy import engine_scope, program_scope

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
REASON = "This program is being set up; the agreement is signed in spring."


class Office:
    """What the director and the worker do, each in their own scope."""

    def __init__(self, slug="garment"):
        self.program = factories.program(slug)
        self.director = factories.member(self.program, "director")
        self.day = 0

    def override_all(self):
        with program_scope(self.program.pk):
            for state in gates.states(self.program.pk):
                if not state.is_open:
                    operations.override_gate(gate=state.key, reason=REASON, by=self.director, at=AT)

    def publish(self, **options):
        self.day += 1
        with engine_scope(self.program.pk):
            return publishing.publish(
                program=self.program, at=AT + dt.timedelta(days=self.day), by=self.director, **options
            )

    def listing(self, subject):
        with engine_scope(self.program.pk):
            public_id = Identity.objects.get(subject_id=subject.pk).public_id
            return Listing.objects.get(public_id=public_id)

    @property
    def public(self):
        return publishing.program_folder(self.program) / "current" / "public"


@pytest.fixture
def office(transactional_db):
    """A program whose director overrode every gate, with two brands, two suppliers and four workplaces."""
    made = Office()
    made.supplier = factories.supplier(made.program, name="Asrotex Ltd.", rung="good_standing")
    other = factories.supplier(made.program, name="Eastern Garments", rung="suspended")
    made.brand = factories.brand(made.program, name="Levi")
    factories.sourcing(made.program, brand=made.brand, supplier=made.supplier)
    place = {
        "address": "12 Mill Road",
        "city": "Gazipur",
        "region": "Dhaka",
        "postal_code": "1700",
        "latitude": "23.999612",
        "longitude": "90.420321",
    }
    made.exact = factories.workplace(
        made.program, supplier=made.supplier, name="Asrotex Unit 1", products=["Shirts"], **place
    )
    made.rounded = factories.workplace(
        made.program, supplier=made.supplier, name="Asrotex Unit 2", disclosure_precision="rounded", **place
    )
    made.county = factories.workplace(
        made.program, supplier=other, name="Eastern Dormitory", disclosure_precision="county", **place
    )
    made.hidden = factories.workplace(
        made.program, supplier=other, name="Eastern Camp", disclosure_precision="withheld", **place
    )
    made.override_all()
    return made

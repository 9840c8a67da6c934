"""Search may pass by the policies; it must not tell anyone what they could not read."""

import pytest
from django.db import connections
from django.db.utils import ProgrammingError

from programs.models import Workplace
from programs.queries import workplaces_found
from tests import factories
from wsr.tenancy import Audience, program_scope


def _names(program, typed):
    with program_scope(program.pk):
        return set(workplaces_found(Workplace.objects.all(), typed).values_list("name", flat=True))


@pytest.fixture
def places(program):
    padma = factories.supplier(program, name="Río Padma Group")
    factories.workplace(program, supplier=padma, name="Unit 1", address="12 Mill Road")
    factories.workplace(
        program, name="Ganga Knit_Wear Ltd.", name_key="GANGA KNIT WEAR", address=r"50% \ Side"
    )
    return program


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("unit", {"Unit 1"}),
        ("mill road", {"Unit 1"}),
        ("PADMA", {"Unit 1"}),
        ("Gańga knit-wear", {"Ganga Knit_Wear Ltd."}),
        ("t_w", {"Ganga Knit_Wear Ltd."}),
        ("50% \\", {"Ganga Knit_Wear Ltd."}),
        ("%", {"Ganga Knit_Wear Ltd."}),
        ("i", {"Unit 1", "Ganga Knit_Wear Ltd."}),
        ("'; DROP TABLE programs_workplace; --", set()),
    ],
)
def test_names_addresses_and_suppliers_are_searched(places, typed, found):
    assert _names(places, typed) == found


def test_another_programs_workplaces_are_not_found(places, other_program):
    factories.workplace(other_program, name="Unit 9")
    assert _names(places, "unit") == {"Unit 1"}
    assert _names(other_program, "unit") == {"Unit 9"}
    with program_scope(other_program.pk), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM programs_search_workplaces('Ganga', 'GANGA')")
        assert cursor.fetchone() == (0,)


def test_only_staff_may_search(places):
    with (
        pytest.raises(ProgrammingError, match="permission denied for function"),
        program_scope(places.pk, Audience.BRAND),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("SELECT programs_search_workplaces('unit', 'UNIT')")

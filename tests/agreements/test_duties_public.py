"""What the public learns of duties: nothing until the program decides; then how many brands, or which."""

import pytest

from agreements.disclosure import duties as disclosure
from agreements.models import StopDuty
from agreements.operations import duties
from programs.models import Rung
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import TODAY, say
from tests.factories import AT
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspended(program, director):
    """A supplier that two brands must not buy from; one has acknowledged."""
    say(program, "suspended", "at_once", True)
    supplier = factories.supplier(program, name="Acme", rung="good_standing")
    for name in ("North", "South"):
        climbing.brand(program, supplier=supplier, name=name)
    climbing.start(program, supplier, "suspended", by=director)
    for item in ("supplier_names", "brand_names", "brand_supplier_pairs"):
        factories.decide(program, item, "published")
    with program_scope(program.pk, person_id=director.pk):
        duty = StopDuty.objects.get(brand__name="North")
        duties.acknowledge(duty_id=duty.pk, name="Ana", by=director, at=AT)
    return supplier


def said(program):
    with program_scope(program.pk):
        return list(disclosure.records(disclosure.KEY, TODAY))


def test_an_unfilled_rule_discloses_nothing(program, suspended):
    assert said(program) == []
    factories.decide(program, "duty_status", None)
    assert said(program) == []
    factories.decide(program, "duty_status", "withheld")
    assert said(program) == []


def test_counts_or_names_as_the_rule_says(program, suspended):
    factories.decide(program, "duty_status", "count")
    [counted] = said(program)
    content = counted.content
    assert (content["supplier"].name, content["since"]) == ("Acme", "2026-03-02")
    assert (content["brands_told"], content["brands_confirmed"], content["brands_proven"]) == (2, 1, 0)
    assert (content["brands"], content["confirmed_by"]) == ([], [])
    assert set(counted.withheld) == {"brands", "confirmed_by"}

    factories.decide(program, "duty_status", "published")
    [named] = said(program)
    assert [ref.name for ref in named.content["brands"]] == ["North", "South"]
    assert [ref.name for ref in named.content["confirmed_by"]] == ["North"]
    factories.decide(program, "brand_supplier_pairs", "count")
    assert said(program)[0].content["brands"] == []
    assert set(named.content) == {column.name for column in disclosure.KINDS[0].columns}


def test_a_rung_that_is_not_public_hides_its_duties(program, suspended):
    factories.decide(program, "duty_status", "published")
    with program_scope(program.pk):
        Rung.objects.filter(key="suspended").update(is_public=None)

    assert said(program) == []


def test_the_room_publishes_each_noun(program, suspended):
    from agreements import disclosure as room

    factories.decide(program, "duty_status", "count")
    with program_scope(program.pk):
        for kind in room.KINDS:
            found = list(room.records(kind.key, TODAY))
            assert {one.subject_id for one in found} <= set(
                room.present(kind.key).values_list("pk", flat=True)
            ), kind
            assert room.names(kind.key, {one.subject_id for one in found}) is not None

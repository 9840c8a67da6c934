"""The rules of a program beside a blueprint's and another program's."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.operations import rules, starting
from tests import factories
from wsr.accounts.grants import Role
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def farms(director):
    return start("orchards", "fair_food", director)


def start(slug, blueprint, director):
    return starting.start_program(
        name=slug.title(),
        slug=slug,
        blueprint=blueprint,
        director=director,
        time_zone="UTC",
        by=director,
        at=timezone.now(),
    )


def page(client, program, **asked):
    return client.get(reverse("programs:compare_rules", args=[program.slug]), asked)


def test_what_the_program_changed_stands_beside_its_blueprint(client, farms, director):
    with program_scope(farms.pk, person_id=director.pk):
        rules.set_rule(
            key="inspection.interview_floor",
            value="60",
            valid_from=timezone.now().date(),
            by=director,
            at=timezone.now(),
        )
    factories.sign_in(client, director)
    told = page(client, farms)
    [(title, lines)] = told.context["sections"]
    assert (title, [line.key for line in lines]) == ("Inspections", ["inspection.interview_floor"])
    assert (lines[0].mine.words, lines[0].theirs.words) == (("60 percent",), ("50 percent",))
    assert "Set by the program" in told.content.decode()
    everything = page(client, farms, all=1).context["sections"]
    assert sum(len(lines) for _title, lines in everything) > 100


def test_a_planned_change_of_a_rung_stands_beside_its_blueprint(client, farms, director):
    later = timezone.now().date() + dt.timedelta(days=30)
    with program_scope(farms.pk, person_id=director.pk):
        rules.set_rule(
            key="ladder.probation.is_public", value=True, valid_from=later, by=director, at=timezone.now()
        )
    factories.sign_in(client, director)
    told = page(client, farms)
    [(title, [line])] = told.context["sections"]
    assert (title, line.mine.words, line.theirs.words) == ("Rungs of the ladder", (), ())
    assert line.mine.planned == ((later, ("Yes",)),)
    assert "From " in told.text


def test_another_blueprint_and_ones_own_other_program(client, farms, director):
    start("milk", "milk_with_dignity", director)
    factories.sign_in(client, director)
    by_blueprint = page(client, farms, **{"with": "milk_with_dignity"})
    by_program = page(client, farms, **{"with": "milk"})
    assert "Dairy farms" in by_blueprint.content.decode()
    assert by_program.context["chosen_name"] == "Milk"
    for told in (by_blueprint, by_program):
        floor = [
            line for _title, lines in told.context["sections"] for line in lines if line.key == "money.escrow"
        ]
        assert [line.theirs for line in floor] == [None]


def test_a_program_of_others_cannot_be_compared_with(client, farms, other_program):
    factories.sign_in(client, factories.member(farms, Role.DIRECTOR))
    assert page(client, farms, **{"with": other_program.slug}).status_code == 404
    assert page(client, farms, **{"with": "nothing"}).status_code == 404

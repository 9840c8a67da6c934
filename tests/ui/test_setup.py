"""A new program is led through what it needs, and what is there counts by itself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.operations import starting
from tests import factories
from wsr.accounts.grants import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def orchards(director):
    return starting.start_program(
        name="Orchards",
        slug="orchards",
        blueprint="empty",
        director=director,
        time_zone="UTC",
        by=director,
        at=timezone.now(),
    )


def parts(client, program):
    told = client.get(reverse("ui:set_up", args=[program.slug]))
    assert told.status_code == 200
    return {str(part.label): str(part.state) for part in told.context["parts"]}


def test_an_empty_program_is_led_from_its_first_page(client, orchards, director):
    factories.sign_in(client, director)
    home = client.get(reverse("ui:program", args=[orchards.slug])).content.decode()
    assert reverse("ui:set_up", args=[orchards.slug]) in home
    told = parts(client, orchards)
    assert told["Bring in suppliers and workplaces"] == "Not started"
    assert told["Decide what the blueprint leaves open"] == "Something is missing"
    assert told["Workers are taught their rights by workers"] == "Something is missing"
    assert "Done" not in told.values()


def test_what_is_there_counts_by_itself(client, orchards, director):
    factories.workplace(orchards)
    factories.brand(orchards)
    factories.member(orchards, Role.CASE_HANDLER)
    factories.participation(orchards, "worker_organization")
    factories.sign_in(client, director)
    told = parts(client, orchards)
    assert told["Bring in suppliers and workplaces"] == "Done"
    assert told["Add the brands and from whom they buy"] == "Done"
    assert told["Invite those who will work here"] == "Done"
    assert told["Name the worker organization and the monitor"] == "Something is missing"


def test_it_is_for_those_who_decide(client, orchards):
    factories.sign_in(client, factories.member(orchards, Role.OBSERVER))
    assert client.get(reverse("ui:set_up", args=[orchards.slug])).status_code == 403
    assert "set-up" not in client.get(reverse("ui:program", args=[orchards.slug])).content.decode()

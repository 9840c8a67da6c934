"""The table of roles and permissions keeps the promises of the model."""

import pytest
from django.urls import reverse

from tests import factories
from wsr.accounts.grants import AUDIENCE_OF, GRANTS, NEVER_OUTSIDE, Permission, Role
from wsr.accounts.labels import LABELS
from wsr.accounts.models import KIND_OF
from wsr.tenancy import Audience

OUTSIDE = [role for role in Role if AUDIENCE_OF[role] != Audience.STAFF]


PARTICIPANTS = [role for role in OUTSIDE if AUDIENCE_OF[role] != Audience.AUDITOR]


@pytest.mark.parametrize("role", PARTICIPANTS)
def test_no_role_of_a_participant_holds_what_belongs_to_the_program(role):
    assert GRANTS[role] & NEVER_OUTSIDE == frozenset()


@pytest.mark.parametrize("role", OUTSIDE)
def test_roles_outside_the_program_reach_the_portal(role):
    assert Permission.PORTAL_READ in GRANTS[role]


def test_the_director_answers_for_nobody_outside():
    """What a brand or supplier answers for, nobody answers in its place."""
    answers = {Permission.OBLIGATION_ANSWER, Permission.DUTY_ANSWER, Permission.PURCHASE_REPORT}
    assert GRANTS[Role.DIRECTOR] & answers == frozenset()


def test_every_role_has_grants_and_an_audience():
    assert set(GRANTS) == set(Role) == set(AUDIENCE_OF)


def test_every_role_outside_is_held_for_a_kind_of_organization():
    assert set(KIND_OF) == set(OUTSIDE)


def test_somebody_may_do_each_thing():
    assert frozenset().union(*GRANTS.values()) == set(Permission)


def test_each_permission_has_words():
    assert set(LABELS) == set(Permission)


def test_staff_read_the_table(client, program):
    factories.sign_in(client, factories.member(program, "observer"))

    page = client.get(reverse("accounts:grants", args=["garment"]))

    assert page.status_code == 200
    assert page.content.decode().count("<tr>") == len(Permission) + 1
    assert b"Publish although an essential is missing" in page.content


def test_brands_do_not(client, program):
    factories.sign_in(client, factories.member(program, "brand_officer"))

    assert client.get(reverse("accounts:grants", args=["garment"])).status_code == 403

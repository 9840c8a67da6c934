"""Every address of the API as every role of this program and of another: `matrix.py` says which may, this walks it."""

import pytest

from tests import factories
from tests.api.letting_in import Caller, let_in
from tests.api.matrix import ROWS
from tests.api.test_description import doors
from tests.tenancy.test_every_url import address
from wsr.accounts.grants import Role

BASE = "api/v1/programs/<slug:program>/"


def routes():
    """{"METHOD route": address in the program garment}."""
    return {
        f"{method} {route.removeprefix(BASE)}": (
            method,
            address(route.replace("<slug:program>", "garment"), ""),
        )
        for route, view in doors("wsr.urls")
        if route.startswith(BASE)
        for method in view.endpoints()
    }


def walk(ask) -> dict[str, int]:
    """The status of each address."""
    return {
        name: ask(method, where, {} if method != "GET" else None, If_Match='"1"').status_code
        for name, (method, where) in routes().items()
    }


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.API_REQUESTS_PER_MINUTE = settings.API_STRANGERS_PER_MINUTE = 10**9


def test_every_address_has_a_row():
    assert set(ROWS) == set(routes())


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_what_its_row_says(role, program, client):
    ask = Caller(client, let_in(factories.member(program, role)))
    got = walk(ask)
    assert {name for name, status in got.items() if status in {401, 405, 429} or status >= 500} == set()
    assert {name for name, status in got.items() if status != 403} == {
        name for name, roles in ROWS.items() if role in roles
    }


@pytest.mark.parametrize("role", Role)
def test_no_role_of_another_program_reaches_anything(role, program, other_program, client):
    ask = Caller(client, let_in(factories.member(other_program, role)))
    assert set(walk(ask).values()) == {404}


def test_nobody_without_a_token_reaches_anything(program, client):
    assert set(walk(Caller(client)).values()) == {401}
    assert set(walk(Caller(client, "guess")).values()) == {401}


def test_a_token_without_scopes_for_it_reaches_nothing(program, client):
    auditor = factories.member(program, "auditor")
    reader = Caller(client, let_in(auditor, scopes=["assignments:read"]))
    reached = {name for name, status in walk(reader).items() if status != 403}
    assert reached == {"GET assignments/", "GET assignments/<uuid:assignment_id>/", "GET sync/assignments/"}

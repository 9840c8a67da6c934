"""The door with a few addresses behind it."""

import pytest

from tests import factories
from tests.api.letting_in import Caller, let_in
from wsr.api import scopes


@pytest.fixture
def probe(settings, monkeypatch):
    """The addresses of tests/api/probe.py, and their scopes."""
    settings.ROOT_URLCONF = "tests.api.probe"
    for scope in ("probe:read", "probe:write"):
        monkeypatch.setitem(scopes.declared(), scope, scope)


@pytest.fixture
def ask(probe, program, client):
    """Asks with the token of a program's director."""
    director = factories.member(program, "director")
    factories.second_factor(director)
    caller = Caller(client, let_in(director))
    caller.person = director
    return caller

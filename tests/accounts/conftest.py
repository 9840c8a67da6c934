from types import SimpleNamespace

import pytest

from tests import factories
from tests.accounts.signing_in import confirm_address


@pytest.fixture
def office(transactional_db):
    """A committed program with a director, for tests in which several logins or processes take part."""
    program = factories.program("garment")
    director = factories.member(program, "director")
    confirm_address(director)
    return SimpleNamespace(program=program, director=director)

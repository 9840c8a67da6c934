"""The scope of a worker: her case, told to the database for this transaction alone."""

import uuid

import pytest
from django.db import connection

from tests import factories
from wsr.tenancy import Audience, ScopeError, case_scope, current_audience, program_scope, worker_scope

pytestmark = pytest.mark.django_db


def test_the_database_knows_the_case_and_forgets_it():
    program, case = factories.program(), uuid.uuid4()

    with worker_scope(program.pk, case):
        assert _settings() == ("wsr_worker", str(program.pk), str(case))
    with program_scope(program.pk):
        assert _settings() == ("wsr_staff", str(program.pk), "")


def test_another_case_follows_in_the_same_transaction_and_the_scope_before_is_back():
    program, person, first, second = factories.program(), uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    with program_scope(program.pk, person_id=person):
        with case_scope(first):
            assert _settings() == ("wsr_worker", str(program.pk), str(first))
            with case_scope(second), case_scope(second):
                assert _settings() == ("wsr_worker", str(program.pk), str(second))
            assert _settings() == ("wsr_worker", str(program.pk), str(first))
        assert _settings() == ("wsr_staff", str(program.pk), "")
        with pytest.raises(ZeroDivisionError), case_scope(first):
            raise ZeroDivisionError
        assert (_settings(), current_audience()) == (("wsr_staff", str(program.pk), ""), Audience.STAFF)
    with program_scope(program.pk, Audience.BRAND), pytest.raises(ScopeError), case_scope(first):
        pass
    with pytest.raises(ScopeError), case_scope(first):
        pass


def _settings():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'), current_setting('wsr.program'), current_setting('wsr.case_id', true)"
        )
        role, program, case = cursor.fetchone()
    return role, program, case or ""

"""The scope of a worker: her case, told to the database for this transaction alone."""

import uuid

import pytest
from django.db import connection

from tests import factories
from wsr.tenancy import program_scope, worker_scope

pytestmark = pytest.mark.django_db


def test_the_database_knows_the_case_and_forgets_it():
    program, case = factories.program(), uuid.uuid4()

    with worker_scope(program.pk, case):
        assert _settings() == ("wsr_worker", str(program.pk), str(case))
    with program_scope(program.pk):
        assert _settings() == ("wsr_staff", str(program.pk), "")


def _settings():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('role'), current_setting('wsr.program'), current_setting('wsr.case_id', true)"
        )
        role, program, case = cursor.fetchone()
    return role, program, case or ""

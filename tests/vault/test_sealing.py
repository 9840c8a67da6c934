"""Sealing and opening in the database: for the circle and the worker alone, written only on change."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from wsr.accounts.grants import Role
from wsr.tenancy import Audience, circles, program_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault.envelope import DoesNotOpen
from wsr.vault.models import CaseKey, ProgramKey, Sealed
from wsr.vault.operations import Place

TABLE, COLUMN = "complaints_complaint", "narrative"


@pytest.fixture
def case(program):
    """A worker's case, with one text in it."""
    case_id = uuid4()
    with worker_scope(program.pk, case_id):
        vault.open_case(case_id)
        vault.seal(case_id, TABLE, COLUMN, case_id, "They cut my hours.")
    return case_id


@pytest.fixture
def handler(program, case):
    """A handler in the case's circle."""
    person = factories.member(program, Role.DIRECTOR)
    with program_scope(program.pk, person_id=person.pk):
        circles.admit(case, person.pk)
    return person


def test_the_worker_and_the_circle_read_nobody_else(program, case, handler):
    stranger = factories.member(program, Role.DIRECTOR)
    with worker_scope(program.pk, case):
        assert vault.unseal(case, TABLE, COLUMN, case) == "They cut my hours."
    with program_scope(program.pk, person_id=handler.pk):
        assert vault.unseal(case, TABLE, COLUMN, case) == "They cut my hours."
        assert vault.unseal(case, TABLE, "remedy", case) is None
    for scope in (program_scope(program.pk, person_id=stranger.pk), worker_scope(program.pk, uuid4())):
        with scope:
            with pytest.raises(CaseKey.DoesNotExist):
                vault.unseal(case, TABLE, COLUMN, case)
            with pytest.raises(CaseKey.DoesNotExist):
                vault.seal(case, TABLE, COLUMN, case, "forged")


def test_a_worker_without_a_case_reads_and_adds_nothing(program, case):
    with program_scope(program.pk, Audience.WORKER):
        assert (CaseKey.objects.count(), Sealed.objects.count()) == (0, 0)
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        program_scope(program.pk, Audience.WORKER),
    ):
        vault.open_case(uuid4())


@pytest.mark.parametrize("audience", [Audience.BRAND, Audience.SUPPLIER, Audience.AUDITOR, Audience.PERSON])
@pytest.mark.parametrize("table", ["programkey", "casekey", "sealed", "blindindex"])
def test_other_audiences_have_no_grant(program, case, audience, table):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        program_scope(program.pk, audience, person_id=uuid4(), organization_id=uuid4()),
    ):
        connections["default"].cursor().execute(f"SELECT 1 FROM vault_{table}")


def test_saving_without_a_change_writes_nothing(program, case, handler, django_assert_num_queries):
    with program_scope(program.pk, person_id=handler.pk):
        before = Sealed.objects.values().get()
        with django_assert_num_queries(3):  # a savepoint and one question
            assert vault.seal(case, TABLE, COLUMN, case, "They cut my hours.") is False
        assert Sealed.objects.values().get() == before
        assert vault.seal(case, TABLE, COLUMN, case, "They cut my hours again.") is True
        assert Sealed.objects.values().get()["ciphertext"] != before["ciphertext"]
        assert vault.unseal(case, TABLE, COLUMN, case) == "They cut my hours again."


def test_many_places_are_one_query_and_one_key(program, case, django_assert_num_queries, monkeypatch):
    places = {Place("complaints_message", "body", uuid4()): f"message {number}" for number in range(30)}
    opened = []
    original = vault.open_envelope
    monkeypatch.setattr(vault, "open_envelope", lambda *args: opened.append(args) or original(*args))
    with worker_scope(program.pk, case):
        assert vault.seal_many(case, places) == 30
        opened.clear()
        with django_assert_num_queries(1):
            found = vault.unseal_many(case, [*places, Place(TABLE, "remedy", case)])
    assert len(opened) == 32  # one key of the program, one of the case, thirty texts
    assert found == {**places, Place(TABLE, "remedy", case): None}


def test_what_is_moved_in_the_database_does_not_open(program, case):
    other = uuid4()
    with worker_scope(program.pk, case):
        vault.seal(case, TABLE, "remedy", case, "A hundred dollars.")
        Sealed.objects.filter(column_name="remedy").delete()
        Sealed.objects.update(column_name="remedy")
        with pytest.raises(DoesNotOpen):
            vault.unseal(case, TABLE, "remedy", case)
        Sealed.objects.update(column_name=COLUMN, row_id=other)
        with pytest.raises(DoesNotOpen):
            vault.unseal(case, TABLE, COLUMN, other)


def test_the_same_text_in_another_case_has_another_key(program, case):
    other = uuid4()
    with worker_scope(program.pk, other):
        vault.open_case(other)
        vault.open_case(other)  # pressed twice
        vault.seal(other, TABLE, COLUMN, case, "Something else.")
        assert vault.unseal(other, TABLE, COLUMN, case) == "Something else."
        assert CaseKey.objects.count() == ProgramKey.objects.count() == 1


def test_what_is_cleared_is_gone(program, case):
    with worker_scope(program.pk, case):
        vault.seal(case, TABLE, "phone", case, b"\x00\xff")
        assert vault.unseal_bytes(case, TABLE, "phone", case) == b"\x00\xff"
        assert vault.clear(case, [Place(TABLE, "phone", case)]) == 1
        assert vault.clear(case, []) == 0
        assert vault.unseal(case, TABLE, "phone", case) is None
        assert vault.unseal(case, TABLE, COLUMN, case) == "They cut my hours."


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), max_size=5000))
def test_any_text_comes_back(program, case, text):
    with worker_scope(program.pk, case):
        vault.seal(case, TABLE, COLUMN, case, text)
        assert vault.unseal(case, TABLE, COLUMN, case) == text

"""Whoever writes to a table of a program leaves that it was touched, in the same transaction."""

import contextlib

import pytest
from django.db import connections, transaction

from tests import factories
from wsr.accounts.models import Organization, Person
from wsr.tenancy import Audience, catalog, program_scope
from wsr.tenancy.models import OPEN
from wsr.tenancy.reading import reading


@pytest.fixture
def program(transactional_db):
    return factories.program("garment")


def since(act):
    """{(program, table)} that an act touched."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("DELETE FROM tenancy_touched")
        act()
        cursor.execute("SELECT program_id, relation FROM tenancy_touched")
        return sorted(cursor.fetchall())


def test_each_way_to_write_is_noted_once_in_a_transaction(program):
    place = factories.workplace(program)

    def sql(statement):
        def run():
            with program_scope(program.pk), connections["default"].cursor() as cursor:
                for _twice in range(2):
                    cursor.execute(statement, [place.pk])

        return run

    noted = [(program.pk, "programs_workplace")]
    assert since(sql("UPDATE programs_workplace SET name = name || '.' WHERE id = %s")) == noted
    assert since(sql("SELECT 1 FROM programs_workplace WHERE id = %s")) == []

    def deleted():
        with connections["admin"].cursor() as cursor:
            cursor.execute("DELETE FROM programs_workplace WHERE id = %s", [place.pk])

    assert since(deleted) == noted


def test_a_savepoint_that_is_rolled_back_takes_its_note_and_the_next_write_leaves_one(program):
    place = factories.workplace(program)

    def act(*, again):
        with program_scope(program.pk), connections["default"].cursor() as cursor:
            with contextlib.suppress(ZeroDivisionError), transaction.atomic():
                cursor.execute("UPDATE programs_workplace SET name = 'A' WHERE id = %s", [place.pk])
                raise ZeroDivisionError
            if again:
                cursor.execute("UPDATE programs_workplace SET name = 'B' WHERE id = %s", [place.pk])

    assert since(lambda: act(again=False)) == []
    assert since(lambda: act(again=True)) == [(program.pk, "programs_workplace")]


def test_what_belongs_to_no_program_concerns_all(transactional_db):
    person = factories.person()
    everywhere = [(OPEN, "accounts_person")]
    assert since(lambda: Person.objects.filter(pk=person.pk).update(name="Else")) == everywhere
    assert since(lambda: Person.objects.filter(pk=person.pk).update(theme="dark")) == []
    assert since(factories.person) == []  # nobody's answer can name her yet
    firm = factories.organization()
    renamed = since(lambda: Organization.objects.filter(pk=firm.pk).update(name="Firm"))
    assert renamed == [(OPEN, "accounts_organization")]
    assert since(factories.organization) == []


def test_a_trigger_that_is_gone_is_named_and_drawn_again(transactional_db):
    with connections["admin"].cursor() as cursor:
        cursor.execute("ALTER TABLE programs_workplace DISABLE TRIGGER touched_deleted")
        cursor.execute("DROP TRIGGER touched_written ON programs_rule")
        said = [f"What touches programs_{name} is not noted." for name in ("rule", "workplace")]
        assert [one for one in catalog.differences("admin") if "not noted" in one] == said
    catalog.apply("owner")
    assert catalog.differences() == []


def read(program, *statements):
    with program_scope(program.pk), connections["default"].cursor() as cursor:
        with reading(Audience.STAFF) as watched:
            for statement in statements:
                cursor.execute(statement)
        return watched.read()


def test_what_was_read_is_known_behind_functions_and_policies_too(program):
    assert read(program, "SELECT 1 FROM programs_season") == (["programs_season"], False)
    assert read(program, "SELECT 1 FROM programs_season WHERE CURRENT_DATE > '2026-01-01'").is_of_day
    behind = read(program, "SELECT 1 FROM complaints_complaint").tables
    assert {"audits_bar", "complaints_wall", "complaints_complaint"} <= set(behind)
    assert "tenancy_circlemember" in read(program, "SELECT wsr_known_circles()").tables


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM history_event",
        "SELECT count(*) FROM pg_class c, programs_season WHERE programs_season.valid_from < now()",
        "SELECT 1 FROM programs_season WHERE CURRENT_TIMESTAMP > '2026-01-01'",
    ],
)
def test_what_cannot_be_known_to_change_is_not_taken_for_known(program, statement):
    with contextlib.suppress(Exception):
        read(program, statement)
    with program_scope(program.pk):
        with reading(Audience.STAFF) as watched:
            watched.statements.add(statement)
        assert watched.read() is None

"""Who may change history: nobody. Grants refuse every login of production, triggers refuse the owner."""

import psycopg
import pytest
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from wsr.tenancy import engine_scope, program_scope

TABLES = ["history_event", "history_payload", "history_leaf", "history_node", "history_head"]
CHANGES = ["UPDATE {} SET program_id = program_id", "DELETE FROM {}", "TRUNCATE {}"]
ERASE = "DELETE FROM history_payload"


def _refusal(alias, scope, statement):
    """What PostgreSQL says; the transaction is rolled back."""
    with pytest.raises(ProgrammingError) as caught, scope, connections[alias].cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)
    return str(caught.value)


@pytest.fixture
def sealed(garment, write, seal):
    write(garment, 3)
    seal()
    return garment


def _statements():
    return [change.format(table) for table in TABLES for change in CHANGES]


def test_staff_may_change_nothing(sealed):
    for statement in _statements():
        assert _refusal("default", program_scope(sealed.pk), statement).startswith(
            "permission denied for table"
        )


@pytest.mark.parametrize(("alias", "scope"), [("default", program_scope), ("engine", engine_scope)])
def test_nobody_hides_an_event_from_the_sealer_in_an_old_transaction(garment, alias, scope):
    forged = (
        "INSERT INTO history_event (id, program_id, at, event, subject_type, commitment, transaction)"
        f" VALUES (uuidv7(), '{garment.pk}', now(), 'a', '', '', '1'::xid8)"
    )

    assert _refusal(alias, scope(garment.pk), forged).startswith("permission denied for table")


def test_the_engine_may_erase_payloads_and_change_nothing_else(sealed):
    for statement in _statements():
        if statement != ERASE:
            assert _refusal("engine", engine_scope(), statement).startswith("permission denied for table")


def test_the_owner_is_refused_by_triggers(sealed):
    for statement in _statements():
        if statement != ERASE:  # erasing is possible and has to be on record: see test_verification
            assert "is append-only" in _refusal("owner", transaction.atomic(using="owner"), statement)


def test_even_a_superuser_must_take_the_triggers_away_first(sealed):
    assert "is append-only" in _refusal(
        "admin", transaction.atomic(using="admin"), "DELETE FROM history_event"
    )


@pytest.mark.parametrize("event", ["a\tb", "a\nb", ""])
def test_an_event_name_cannot_blur_the_columns(garment, at, event):
    from django.db import IntegrityError

    from wsr.history.operations import record

    with pytest.raises(IntegrityError, match="history_event_is_plain"), program_scope(garment.pk):
        record(event, ("programs.code", None), by=None, at=at)


def test_one_connection_records_for_each_of_its_audiences_and_for_their_program_alone(garment, at):
    """The plans of recording are kept by the session, whose role and program change from act to act."""
    from tests import factories
    from wsr.history.models import Event
    from wsr.history.operations import record
    from wsr.tenancy import Audience

    farms = factories.program("farms")
    for program in (garment, farms):
        for audience in (Audience.STAFF, Audience.SUPPLIER, Audience.STAFF, Audience.BRAND, Audience.AUDITOR):
            for _again in range(4):  # the plan that any values fit is made at the sixth call
                with program_scope(program.pk, audience):
                    record("tested", ("programs.code", None), by=None, at=at)
    for program in (garment, farms):
        with program_scope(program.pk):
            assert Event.objects.filter(event="tested").count() == 20
    forged = f"SELECT history_record('{farms.pk}', now(), 'a', NULL, '', NULL, ''::bytea, ''::bytea, '{{}}')"
    for audience in (Audience.STAFF, Audience.SUPPLIER):
        refused = _refusal("default", program_scope(garment.pk, audience), forged)
        assert "row-level security" in refused


def test_recording_outside_its_scope_and_after_an_error_is_refused_like_any_query(garment, at):
    from django.db import DatabaseError
    from django.db.transaction import TransactionManagementError

    from wsr.history.operations import record
    from wsr.tenancy import NoActiveProgram, atomic

    with pytest.raises(NoActiveProgram):
        record("tested", ("programs.code", None), by=None, at=at)
    with program_scope(garment.pk):
        with pytest.raises(DatabaseError, match="too long"), atomic():
            record("tested" * 20, ("programs.code", None), by=None, at=at)
        record("tested", ("programs.code", None), by=None, at=at)  # the savepoint took the error back
    with program_scope(garment.pk):
        transaction.set_rollback(True, using="default")
        with pytest.raises(TransactionManagementError):
            record("tested", ("programs.code", None), by=None, at=at)

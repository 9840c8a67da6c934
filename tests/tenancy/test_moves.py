import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from agreements.enums import AGREEMENT_MOVES, AgreementState
from agreements.models import Agreement
from tests.factories import AT
from wsr.tenancy import catalog, program_scope


@pytest.fixture
def agreement(program):
    with program_scope(program.pk):
        return Agreement.objects.create(number="A-1", title="Agreement", created_at=AT, updated_at=AT)


def _move(program, agreement, state):
    with program_scope(program.pk), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(state=state)


@pytest.mark.parametrize("state", AgreementState)
def test_the_database_refuses_what_the_table_does_not_allow(program, agreement, state):
    if state in AGREEMENT_MOVES[AgreementState.DRAFT] | {AgreementState.DRAFT}:
        _move(program, agreement, state)
        return
    with pytest.raises(IntegrityError, match=f"draft cannot become {state}"):
        _move(program, agreement, state)


def test_a_row_begins_in_the_first_state(program):
    with (
        program_scope(program.pk),
        pytest.raises(IntegrityError, match="cannot begin as in_force"),
        transaction.atomic(),
    ):
        Agreement.objects.create(number="A-2", title="x", state="in_force", created_at=AT, updated_at=AT)


@pytest.mark.parametrize(
    "harm",
    [
        "ALTER TABLE agreements_agreement DISABLE TRIGGER moves_agreements_agreement_state",
        "DROP TRIGGER moves_agreements_agreement_state ON agreements_agreement",
        "CREATE OR REPLACE FUNCTION moves_agreements_agreement_state() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_a_weakened_table_of_moves_is_named_and_mended(transactional_db, harm):
    with connections["admin"].cursor() as cursor:
        cursor.execute(harm)
    assert "agreements_agreement does not enforce its table of moves." in catalog.differences()
    assert catalog.apply("owner") == ["Moves of agreements_agreement set."]
    assert catalog.differences() == []


def test_a_portal_role_makes_no_move_that_is_not_its_own(transactional_db):
    """Even were it granted the column by mistake."""
    from tests import factories

    program = factories.program()
    with program_scope(program.pk):
        Agreement.objects.create(number="A-1", title="Agreement", created_at=AT, updated_at=AT)
    with connections["admin"].cursor() as cursor, transaction.atomic(using="admin"):
        cursor.execute("GRANT SELECT, UPDATE ON agreements_agreement TO wsr_brand")
        cursor.execute("ALTER POLICY wsr_brand ON agreements_agreement USING (true)")
        cursor.execute("SET LOCAL ROLE wsr_brand")
        with pytest.raises(ProgrammingError, match="not for brand"):
            cursor.execute("UPDATE agreements_agreement SET state = 'proposed'")
        transaction.set_rollback(True, using="admin")

"""The walls around corrective actions, asked in SQL: what suppliers and brands may read and write, and which states follow which."""

import pytest
from django.db import DatabaseError, connections, transaction

from audits.enums import Side
from audits.models import ActionProof, ActionStep
from audits.operations import actions
from tests import factories
from tests.audits.acting import agreed, as_staff, as_supplier, place, proposed
from tests.factories import AT
from wsr.files.operations import store
from wsr.tenancy import Audience, program_scope


@pytest.fixture
def made(program):
    return place(program)


def run(scope, statement, *values):
    with scope, transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audits_correctiveaction SET due_on = due_on + 99",
        "UPDATE audits_correctiveaction SET title = 'x'",
        "UPDATE audits_correctiveaction SET verified_at = now()",
        "UPDATE audits_correctiveaction SET laddered_for = NULL",
        "UPDATE audits_milestone SET verified_at = now()",
        "UPDATE audits_extension SET state = 'granted'",
        "DELETE FROM audits_correctiveaction",
        "INSERT INTO audits_milestone (program_id) VALUES (gen_random_uuid())",
    ],
)
def test_a_supplier_writes_nothing_but_its_report(made, statement):
    agreed(made)
    with pytest.raises(DatabaseError, match="permission denied"):
        run(as_supplier(made), statement)


@pytest.mark.parametrize("state", ["verified", "rejected", "withdrawn", "proposed"])
def test_a_supplier_moves_no_state_but_its_own(made, state):
    agreed(made)
    with pytest.raises(DatabaseError, match=r"cannot become|not for supplier|verified_by_somebody"):
        run(
            as_supplier(made),
            "UPDATE audits_correctiveaction SET state = %s, reported_by_id = %s",
            state,
            made.manager.pk,
        )


def test_a_supplier_says_nothing_in_anothers_name_or_about_anothers_action(made):
    ours, theirs = agreed(made), agreed(place(made.program))
    words = "INSERT INTO audits_actionstep (program_id, action_id, supplier_id, state, note, name, side, by_id, at)"
    row = f"{words} VALUES (%s, %s, %s, %s, '', '', 'program', %s, now())"

    for action, supplier, state, person, refusal in (
        (theirs, made.supplier.pk, "reported", made.manager.pk, "no such action"),
        (ours, made.supplier.pk, "reported", made.agreer.pk, "somebody else"),
        (ours, made.supplier.pk, "verified", made.manager.pk, "not for the supplier"),
        (theirs, theirs.supplier_id, "reported", made.manager.pk, "no such action|row-level"),
    ):
        with pytest.raises(DatabaseError, match=refusal):
            run(as_supplier(made), row, made.program.pk, action.pk, supplier, state, person)
    run(as_supplier(made), row, made.program.pk, ours.pk, made.supplier.pk, "agreed", made.manager.pk)
    with as_staff(made):
        assert ActionStep.objects.filter(action=ours, side=Side.SUPPLIER).count() == 1  # whatever it said
    with pytest.raises(DatabaseError, match="somebody else"):
        run(
            as_supplier(made),
            "UPDATE audits_correctiveaction SET state = 'reported', reported_by_id = %s",
            made.agreer.pk,
        )


def test_a_brand_sees_agreed_actions_of_its_suppliers_and_changes_none(made):
    buyer = factories.organization("brand")
    brand = factories.brand(made.program, organization=buyer)
    factories.sourcing(made.program, brand=brand, supplier=made.supplier)
    ours = agreed(made)
    proposed(made)
    agreed(place(made.program))
    scope = {"audience": Audience.BRAND, "organization_id": buyer.pk}

    assert run(program_scope(made.program.pk, **scope), "SELECT id FROM audits_correctiveaction") == [
        (ours.pk,)
    ]
    for statement in (
        "UPDATE audits_correctiveaction SET state = 'verified'",
        "SELECT 1 FROM audits_actionproof",
        "SELECT 1 FROM audits_extension",
        "INSERT INTO audits_actionstep (program_id) VALUES (gen_random_uuid())",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(program_scope(made.program.pk, **scope), statement)


def test_another_suppliers_brand_sees_nothing(made):
    agreed(made)
    buyer = factories.organization("brand")
    brand = factories.brand(made.program, organization=buyer)
    factories.sourcing(made.program, brand=brand, supplier=place(made.program).supplier)

    scope = program_scope(made.program.pk, Audience.BRAND, organization_id=buyer.pk)
    assert run(scope, "SELECT id FROM audits_correctiveaction") == []


def test_states_move_by_the_table_also_by_hand(made):
    action = proposed(made)
    with pytest.raises(DatabaseError, match="cannot become"):
        run(as_staff(made), "UPDATE audits_correctiveaction SET state = 'verified' WHERE id = %s", action.pk)


def test_proofs_are_the_suppliers_own_files(made, client, tmp_path):
    action = agreed(made)
    with as_supplier(made):
        file = store(chunks=[b"%PDF-1.7"], name="a.pdf", media_type="application/pdf", by=made.manager, at=AT)
        actions.report_fixed(action_id=action.pk, note="See.", files=[file, file], by=made.manager, at=AT)
    with as_staff(made):
        proof = ActionProof.objects.select_related("file").get()
        assert (proof.file.participation_id, proof.by) == (made.supplier.pk, made.manager)

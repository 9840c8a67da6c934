"""What each audience reaches of money with raw SQL: its own end, never the other's figures, and auditors nothing."""

from decimal import Decimal

import pytest
from django.db import connections
from django.db.utils import DatabaseError, ProgrammingError

from agreements.operations.money import invoices, payments, payroll, support
from agreements.queries.money_terms import money_rules
from tests import factories
from tests.agreements import money_rows as rows
from tests.factories import AT
from wsr.tenancy import Audience, atomic, program_scope

TABLES = [
    "accrual", "difference", "differencefigure", "differencenote", "escrowaccount", "escrowentry", "invoice", "invoiceline", "invoiceseries",
    "payment", "payrollreport", "purchase", "purchasefile", "purchasefilerow", "support", "supportconfirmation",
]  # fmt: skip


@pytest.fixture
def trade(program):
    """Two brands and two suppliers, each with reports, an invoice, a payment and a difference."""
    brands = [rows.partner(program, "brand_finance", name) for name in ("Ours", "Theirs")]
    suppliers = [rows.partner(program, "supplier_manager", name) for name in ("Grower", "Rival")]
    finance = factories.member(program, "finance")
    for brand, supplier in zip(brands, suppliers, strict=True):
        factories.sourcing(program, brand=brand.part, supplier=supplier.part)
        rows.premium(program, brand.part)
        rows.bought(brand, supplier.part, "100000")
        rows.sold(supplier, brand.part, "90000")
    rows.settle(program)
    for brand, supplier in zip(brands, suppliers, strict=True):
        with program_scope(program.pk):
            made = invoices.issue(
                brand_id=brand.part.pk,
                supplier_id=supplier.part.pk,
                currency="USD",
                rules=money_rules(on=AT.date()),
                by=finance,
                at=AT,
            )
        for way, amount in (("direct", 600), ("escrow", 400)):
            with brand.scope():
                said = {
                    "invoice_id": made.pk,
                    "amount": Decimal(amount),
                    "paid_on": AT.date(),
                    "by": brand.person,
                    "at": AT,
                }
                payment = payments.claim(way=way, **said)
            if way == "escrow":
                with program_scope(program.pk):
                    payments.confirm(payment_id=payment.pk, by=finance, at=AT)
        with brand.scope():
            support.start(
                brand_id=brand.part.pk, supplier_id=supplier.part.pk, form="loan", amount=Decimal(5), currency="USD", terms="Doors",
                starts_on=AT.date(), ends_on=None, for_id=brand.part.pk, by=brand.person, at=AT,
            )  # fmt: skip
        with supplier.scope():
            payroll.report(
                supplier_id=supplier.part.pk, starts_on=AT.date(), ends_on=AT.date(), paid_on=AT.date(), worker_count=4, currency="USD",
                total_paid=Decimal(3), share_kept=Decimal(0), by=supplier.person, at=AT,
            )  # fmt: skip
    return brands, suppliers


def count(table: str) -> int | None:
    """How many rows raw SQL shows; None where there is no right to look."""
    try:
        with atomic(), connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM agreements_{table}")
            return cursor.fetchone()[0]
    except ProgrammingError:
        return None


def refused(statement: str) -> bool:
    """Whether the database refuses it, or no row is there to be written."""
    try:
        with atomic(), connections["default"].cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount == 0
    except DatabaseError:
        return True


def test_a_brand_reaches_its_own_end_only(program, trade):
    (ours, _theirs), _suppliers = trade
    with ours.scope():
        assert {table: count(table) for table in TABLES} == {
            "accrual": 1, "difference": 1, "differencefigure": 1, "differencenote": 0, "escrowaccount": None, "escrowentry": None, "invoice": 1,
            "invoiceline": 1, "invoiceseries": None, "payment": 2, "payrollreport": None, "purchase": 1, "purchasefile": 0, "purchasefilerow": 0,
            "support": 1, "supportconfirmation": 1,
        }  # fmt: skip


def test_a_supplier_reaches_its_own_end_only(program, trade):
    _brands, (grower, _rival) = trade
    with grower.scope():
        assert {table: count(table) for table in TABLES} == {
            "accrual": None, "difference": 1, "differencefigure": 1, "differencenote": 0, "escrowaccount": 1, "escrowentry": 1, "invoice": None,
            "invoiceline": None, "invoiceseries": None, "payment": 1, "payrollreport": 1, "purchase": 1, "purchasefile": 0, "purchasefilerow": 0,
            "support": 1, "supportconfirmation": 1,
        }  # fmt: skip
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT side, volume FROM agreements_purchase")
            assert cursor.fetchall() == [("supplier", Decimal(90000))]
            cursor.execute("SELECT side, figure FROM agreements_differencefigure")
            assert cursor.fetchall() == [("supplier", Decimal(90000))]


@pytest.mark.parametrize("audience", [Audience.AUDITOR, Audience.WORKER])
def test_auditors_and_workers_reach_nothing(program, trade, audience):
    with program_scope(program.pk, audience):
        assert {count(table) for table in TABLES} == {None}


def test_planned_changes_of_another_brands_figures_are_refused(program, trade):
    (ours, theirs), (grower, _rival) = trade
    with program_scope(program.pk), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM agreements_purchase WHERE brand_id = %s AND side = 'brand'", [theirs.part.pk]
        )
        purchase = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM agreements_difference WHERE brand_id = %s", [theirs.part.pk])
        difference = cursor.fetchone()[0]
    with ours.scope():
        for statement in (
            "UPDATE agreements_purchase SET volume = 1",
            f"UPDATE agreements_purchase SET ended_at = now(), ended = 'withdrawn' WHERE id = '{purchase}'",
            f"UPDATE agreements_purchase SET brand_id = '{theirs.part.pk}'",
            f"UPDATE agreements_difference SET state = 'explained' WHERE id = '{difference}'",
            "UPDATE agreements_difference SET state = 'settled'",
            "UPDATE agreements_invoice SET amount = 1",
            "UPDATE agreements_accrual SET amount = 0",
            "UPDATE agreements_payment SET state = 'received', answered_at = now()",
            "DELETE FROM agreements_purchase",
            f"INSERT INTO agreements_purchase (program_id, side, brand_id, supplier_id, product, product_key, unit, volume, starts_on, ends_on, currency, reason, ended, reported_by_id, reported_at) SELECT program_id, side, '{theirs.part.pk}', supplier_id, product, product_key, unit, 1, starts_on, ends_on, currency, reason, ended, reported_by_id, reported_at FROM agreements_purchase",
            "INSERT INTO agreements_payment (program_id, invoice_id, brand_id, supplier_id, way, currency, amount, supplier_part, workers_part, paid_on, reference, state, claimed_by_id, claimed_at, answer_note, answered_at, answered_by_id) SELECT program_id, invoice_id, brand_id, supplier_id, way, currency, 1, 0, 1, paid_on, 'x', 'received', claimed_by_id, claimed_at, '', now(), claimed_by_id FROM agreements_payment",
            f"INSERT INTO agreements_supportconfirmation (program_id, support_id, participation_id, brand_id, supplier_id, confirmed_by_id, confirmed_at) SELECT program_id, support_id, supplier_id, brand_id, supplier_id, confirmed_by_id, now() FROM agreements_supportconfirmation WHERE brand_id = '{ours.part.pk}'",
        ):
            assert refused(statement), statement
    with grower.scope():
        assert refused("UPDATE agreements_payment SET amount = 1")
        assert refused(
            "UPDATE agreements_payment SET state = 'received', answered_at = now() WHERE way = 'escrow'"
        )
        assert refused("UPDATE agreements_payrollreport SET total_paid = 1")
        assert refused("UPDATE agreements_escrowaccount SET workers_part = 0")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreements_purchase SET volume = -1",
        "UPDATE agreements_purchase SET value = 5, currency = ''",
        "UPDATE agreements_escrowaccount SET supplier_part = -1",
        "UPDATE agreements_payment SET state = 'not_received' WHERE state = 'received'",
        "UPDATE agreements_payment SET amount = amount + 1",
        "UPDATE agreements_invoice SET state = 'paid'",
        "INSERT INTO agreements_invoiceline (program_id, invoice_id, accrual_id, brand_id) SELECT program_id, invoice_id, accrual_id, brand_id FROM agreements_invoiceline",
        "UPDATE agreements_difference SET state = 'written_off'",
        "UPDATE agreements_accrual SET amount = 0",
        "DELETE FROM agreements_escrowentry",
    ],
)
def test_the_ledger_holds_whoever_writes(program, trade, statement):
    with program_scope(program.pk):
        assert refused(statement)

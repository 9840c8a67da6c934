"""From accrual to payroll: invoices, payments, escrow, passing on, differences."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections

from agreements.models import Breach
from agreements.models.money import (
    Accrual,
    Difference,
    DifferenceFigure,
    EscrowAccount,
    EscrowEntry,
    Invoice,
    Payment,
)
from agreements.money.enums import DifferenceState
from agreements.operations.money import (
    differences,
    escrow,
    invoices,
    late,
    payments,
    payroll,
    purchases,
    settling,
    support,
)
from agreements.queries.money_terms import money_rules
from programs.models import Rule
from tests import factories
from tests.agreements import money_rows as rows
from tests.factories import AT
from wsr.deadlines.kinds import kind_of
from wsr.deadlines.models import Clock
from wsr.tenancy import atomic, program_scope

DAY = AT.date()


@pytest.fixture
def trade(program):
    """One brand, one supplier, sourcing and a premium of a cent a pound, due 30 days after a month."""
    brand, supplier = (
        rows.partner(program, "brand_finance", "Ours"),
        rows.partner(program, "supplier_manager", "Grower"),
    )
    factories.sourcing(program, brand=brand.part, supplier=supplier.part)
    rows.premium(program, brand.part, pay_within={"value": 30, "unit": "days"})
    return brand, supplier


@pytest.fixture
def finance(program):
    """Two people who keep the program's money."""
    return factories.member(program, "finance"), factories.member(program, "finance")


def invoice(program, trade, by, volume="100000", **values):
    """An invoice over one reported purchase."""
    brand, supplier = trade
    rows.bought(brand, supplier.part, volume, **values)
    rows.settle(program)
    return issue(program, trade, by)


def issue(program, trade, by):
    brand, supplier = trade
    with program_scope(program.pk):
        return invoices.issue(
            brand_id=brand.part.pk,
            supplier_id=supplier.part.pk,
            currency="USD",
            rules=money_rules(on=DAY),
            by=by,
            at=AT,
        )


def claim(brand, made, amount, **values):
    with brand.scope():
        said = {"paid_on": DAY, "way": "direct", "by": brand.person, "at": AT, **values}
        return payments.claim(invoice_id=made.pk, amount=Decimal(amount), **said)


def test_an_invoice_explains_each_line_and_is_never_changed(program, trade, finance):
    brand, supplier = trade
    rows.bought(brand, supplier.part, "50", end="2026-01-10")
    rows.bought(brand, supplier.part, "70", start="2026-01-11")
    made = invoice(program, trade, finance[0], "33", start="2026-02-01", end="2026-02-28")

    assert (made.number, made.amount, made.supplier_part, made.workers_part) == (
        "2026-0001",
        Decimal("1.53"),
        Decimal("0.20"),
        Decimal("1.33"),
    )
    assert [(line["amount"], [part["amount"] for part in line["purchases"]]) for line in made.explained] == [
        ("1.20", ["0.50", "0.70"]),
        ("0.33", ["0.33"]),
    ]
    assert made.due_on == dt.date(2026, 4, 1)
    assert made.file.path.read_bytes().startswith(b"%PDF")

    with program_scope(program.pk):
        old = purchases.Purchase.objects.filter(volume=70).get()
    with brand.scope():
        values = rows.line(supplier.part, "60", start="2026-01-11")
        purchases.correct(purchase_id=old.pk, values=values, reason="Weighed again", by=brand.person, at=AT)
    rows.settle(program)
    with program_scope(program.pk):
        made.refresh_from_db()
        assert made.amount == Decimal("1.53")
        assert [row.amount for row in Accrual.objects.filter(lines=None)] == [Decimal("-0.10")]
    with pytest.raises(invoices.CannotInvoice):
        issue(program, trade, finance[0])
    assert invoice(program, trade, finance[0], "100", start="2026-03-01", end="2026-03-01").amount == Decimal(
        "0.90"
    )


def _limit_passes(program, made):
    """What the engine does when the time to pay, and the time of grace, are over."""
    with program_scope(program.pk):
        clock = Clock.objects.of(made).get()
        late.suspect_breach(clock=clock, at=clock.due_at)
        return clock, list(Breach.objects.filter(subject_id=made.pk))


def test_an_invoice_that_is_not_paid_in_time_is_a_suspected_breach_once(program, trade, finance):
    made = invoice(program, trade, finance[0])

    _limit_passes(program, made)
    clock, (breach,) = _limit_passes(program, made)

    assert "breach" in [rung.key for rung in kind_of(clock.kind).ladder]
    assert (breach.title, breach.state) == ("Overdue: invoice 2026-0001", "suspected")
    assert breach.facts == "The whole amount had not been received by 2026-04-01."
    assert breach.participation_id == trade[0].part.pk
    with program_scope(program.pk):
        assert (breach.clause.kind, breach.agreement_id) == ("premium", breach.clause.version.agreement_id)


def test_a_paid_invoice_is_no_breach(program, trade, finance):
    made = invoice(program, trade, finance[0])
    payment = claim(trade[0], made, made.amount)
    with trade[1].scope():
        payments.confirm(payment_id=payment.pk, by=trade[1].person, at=AT)
    rows.settle(program)

    clock, breaches = _limit_passes(program, made)

    assert (clock.state, breaches) == ("met", [])


def test_payments_are_claimed_then_confirmed_and_share_the_invoice_exactly(program, trade, finance):
    brand, supplier = trade
    made = invoice(program, trade, finance[0], "333")
    first, second = claim(brand, made, "1.11", reference="W1"), claim(brand, made, "2.22", reference="W2")
    with pytest.raises(payments.CannotPay, match="At most"):
        claim(brand, made, "0.01")
    with supplier.scope():
        payments.confirm(payment_id=first.pk, by=supplier.person, at=AT)
        payments.confirm(payment_id=second.pk, by=supplier.person, at=AT)
        with pytest.raises(payments.CannotPay, match="already"):
            payments.deny(payment_id=first.pk, note="No", by=supplier.person, at=AT)
    assert rows.settle(program)["paid"] == 1
    with program_scope(program.pk):
        made.refresh_from_db()
        parts = [(row.supplier_part, row.workers_part) for row in Payment.objects.order_by("pk")]
        assert (made.state, sum(p[0] for p in parts), sum(p[1] for p in parts)) == (
            "paid",
            made.supplier_part,
            made.workers_part,
        )


def test_a_reference_is_on_record_once(program, trade, finance):
    brand, _supplier = trade
    made = invoice(program, trade, finance[0])
    claim(brand, made, "1", reference="W1")
    with pytest.raises(payments.CannotPay, match="reference"):
        claim(brand, made, "1", reference="W1")


def test_a_denied_payment_is_a_difference_until_it_is_paid_anew(program, trade, finance):
    brand, supplier = trade
    made = invoice(program, trade, finance[0])
    payment = claim(brand, made, "1000")
    with supplier.scope():
        payments.deny(payment_id=payment.pk, note="Looked until today", by=supplier.person, at=AT)
    rows.settle(program)
    with program_scope(program.pk):
        assert Difference.objects.open().filter(kind="received").count() == 1
    again = claim(brand, made, "1000")
    with supplier.scope():
        payments.confirm(payment_id=again.pk, by=supplier.person, at=AT)
    rows.settle(program)
    with program_scope(program.pk):
        row = Difference.objects.get(kind="received")
        assert (row.state, row.decided_by) == ("settled", None)


def test_escrow_is_confirmed_by_the_program_and_never_negative(program, trade, finance):
    brand, supplier = trade
    made = invoice(program, trade, finance[0])
    payment = claim(brand, made, "1000", way="escrow")
    with supplier.scope():
        assert Payment.objects.count() == 0
    with program_scope(program.pk):
        payments.confirm(payment_id=payment.pk, by=finance[0], at=AT)
        account = EscrowAccount.objects.get()
        assert (account.supplier_part, account.workers_part) == (130, 870)
        said = {"account_id": account.pk, "on": DAY, "note": "Agreement signed", "by": finance[0], "at": AT}
        with pytest.raises(escrow.CannotRelease, match=r"Only 1,000\.00"):
            escrow.release(amount=Decimal("1000.01"), **said)
        escrow.release(amount=Decimal("333.33"), **said)
        escrow.release(amount=Decimal("666.67"), **said)
        account.refresh_from_db()
        assert account.balance == 0
        assert [row.balance for row in EscrowEntry.objects.order_by("pk")] == [1000, Decimal("666.67"), 0]
        with pytest.raises(IntegrityError), atomic(), connections["default"].cursor() as cursor:
            cursor.execute("UPDATE agreements_escrowaccount SET workers_part = -1")


def pass_on(supplier, total, **values):
    said = {
        "starts_on": DAY.replace(day=1),
        "ends_on": DAY,
        "paid_on": DAY,
        "worker_count": 40,
        "currency": "USD",
    }
    with supplier.scope():
        return payroll.report(
            supplier_id=supplier.part.pk,
            total_paid=Decimal(total),
            share_kept=Decimal(0),
            by=supplier.person,
            at=AT,
            **{**said, **values},
        )


def test_what_was_received_and_not_passed_on_is_a_difference(program, trade, finance):
    brand, supplier = trade
    made = invoice(program, trade, finance[0])
    payment = claim(brand, made, "1000")
    with supplier.scope():
        payments.confirm(payment_id=payment.pk, by=supplier.person, at=AT)
    first = pass_on(supplier, "800")
    rows.settle(program)
    with program_scope(program.pk):
        row = Difference.objects.get(kind="passed_on")
        assert set(row.figures.values_list("side", "figure")) == {("brand", 870), ("supplier", 800)}
    pass_on(supplier, "870", replaces_id=first.pk, reason="One crew was missing")
    rows.settle(program)
    with program_scope(program.pk):
        assert Difference.objects.get(kind="passed_on").state == "settled"


@pytest.mark.parametrize(
    ("header", "refused"),
    [("Worker name", True), ("Employee ID", True), ("Gross pay", True), ("Nombre", True), ("SSN", True),
     ("Number of workers", False), ("Total premium paid", False), ("Payroll period", False), ("Crew", False)],
)  # fmt: skip
def test_proof_with_columns_about_single_workers_is_refused(program, trade, header, refused):
    _brand, supplier = trade
    content = f"{header},Total premium paid\nx,100\ny,200\n".encode()
    with supplier.scope():
        said = {
            "chunks": [content],
            "name": "p.csv",
            "supplier_id": supplier.part.pk,
        }
        if refused:
            with pytest.raises(payroll.CannotReportPayroll, match=f"“{header}” is about single workers"):
                payroll.keep_proof(**said, by=supplier.person, at=AT)
        else:
            assert payroll.keep_proof(**said, by=supplier.person, at=AT).participation_id == supplier.part.pk


def test_bought_and_sold_are_compared_and_each_side_reads_its_own_figure(program, trade, finance):
    brand, supplier = trade
    rows.bought(brand, supplier.part, "1000")
    rows.sold(supplier, brand.part, "1100")
    rows.settle(program)
    with program_scope(program.pk):
        row = Difference.objects.get(kind="volume")
    for side, figure in ((brand, 1000), (supplier, 1100)):
        with side.scope():
            assert list(DifferenceFigure.objects.values_list("figure", flat=True)) == [figure]
            assert Difference.objects.get() == row
    with supplier.scope():
        differences.explain(
            difference_id=row.pk, text="Culls", participation_id=supplier.part.pk, by=supplier.person, at=AT
        )
    with brand.scope():
        assert row.notes.count() == 0
    with program_scope(program.pk):
        differences.disclose(difference_id=row.pk, by=finance[0], at=AT)
        assert (
            differences.settle(difference_id=row.pk, reason="Culls", by=finance[0], at=AT).state == "settled"
        )
        assert settling.compare(at=AT) == []
    with brand.scope():
        assert DifferenceFigure.objects.count() == 2


def test_a_difference_is_written_off_by_somebody_else(program, trade, finance):
    brand, supplier = trade
    rows.bought(brand, supplier.part, "1000")
    rows.sold(supplier, brand.part, "1100")
    rows.settle(program)
    with program_scope(program.pk):
        row = Difference.objects.get()
        said = {"difference_id": row.pk, "at": AT}
        with pytest.raises(differences.CannotSettle, match="explain"):
            differences.write_off(**said, reason="Small", by=finance[0])
        differences.explain(**said, text="Lost", participation_id=None, by=finance[0])
        with pytest.raises(differences.CannotSettle, match="somebody else decides"):
            differences.write_off(**said, reason="Small", by=finance[0])
        assert (
            differences.write_off(**said, reason="Small", by=finance[1]).state == DifferenceState.WRITTEN_OFF
        )
        with pytest.raises(differences.CannotSettle, match="before you"):
            differences.settle(**said, reason="Fine", by=finance[1])


@pytest.mark.parametrize(
    ("values", "differs"), [(("10", "1"), False), (("1", "10"), True), ((None, "10"), True)]
)
def test_the_tolerance_of_the_period_holds(program, trade, values, differs):
    """A tolerance that changes after a period neither opens nor hides a difference of it."""
    brand, supplier = trade
    change = AT.date()
    days = [(dt.date(2025, 1, 1), change), (change, None)]
    said = {"section": "money", "key": "money.tolerance", "label": "x", "unit": "percent", "set_at": AT}
    with program_scope(program.pk):
        for value, (since, until) in zip(values, days, strict=True):
            Rule.objects.create(
                value=value, certainty="set_by_program", valid_from=since, valid_until=until, **said
            )
    rows.bought(brand, supplier.part, "1000")
    rows.sold(supplier, brand.part, "1100")
    rows.settle(program)
    with program_scope(program.pk):
        assert Difference.objects.exists() is differs


def test_support_holds_once_both_sides_confirmed(program, trade):
    brand, supplier = trade
    with brand.scope():
        made = support.start(
            brand_id=brand.part.pk, supplier_id=supplier.part.pk, form="loan", amount=Decimal(5000), currency="USD",
            terms="For fire doors, paid back in two years", starts_on=DAY, ends_on=None, for_id=brand.part.pk, by=brand.person, at=AT,
        )  # fmt: skip
        with pytest.raises(support.CannotSupport, match="already"):
            support.confirm(support_id=made.pk, participation_id=brand.part.pk, by=brand.person, at=AT)
        assert made.confirmations.count() == 1
    with supplier.scope():
        support.confirm(support_id=made.pk, participation_id=supplier.part.pk, by=supplier.person, at=AT)
        assert made.confirmations.count() == 2


def test_of_two_people_who_confirm_at_once_one_wins(transactional_db):
    program = factories.program("garment")
    brand, supplier = (
        rows.partner(program, "brand_finance", "Ours"),
        rows.partner(program, "supplier_manager", "Grower"),
    )
    factories.sourcing(program, brand=brand.part, supplier=supplier.part)
    rows.premium(program, brand.part)
    finance = factories.member(program, "finance")
    made = invoice(program, (brand, supplier), finance)
    payment = claim(brand, made, "1000", way="escrow")
    ready, said = threading.Barrier(2), []

    def confirm():
        try:
            with program_scope(program.pk):
                ready.wait(timeout=60)
                payments.confirm(payment_id=payment.pk, by=finance, at=AT)
            said.append("received")
        except payments.CannotPay as error:
            said.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["Somebody has answered already: received.", "received"]
    with program_scope(program.pk):
        assert (EscrowEntry.objects.count(), Invoice.objects.count()) == (1, 1)


def test_invoice_numbers_have_no_gap_when_two_are_issued_at_once(transactional_db):
    program = factories.program("garment")
    finance = factories.member(program, "finance")
    brands = [rows.partner(program, "brand_finance", f"Brand {n}") for n in range(4)]
    supplier = rows.partner(program, "supplier_manager", "Grower")
    for brand in brands:
        factories.sourcing(program, brand=brand.part, supplier=supplier.part)
        rows.premium(program, brand.part)
        rows.bought(brand, supplier.part)
    rows.settle(program)
    failures = []

    def run(brand):
        try:
            issue(program, (brand, supplier), finance)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    with pytest.raises(invoices.CannotInvoice):
        issue(program, (brands[0], rows.partner(program, "supplier_manager", "Idle")), finance)
    threads = [threading.Thread(target=run, args=[brand]) for brand in brands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with program_scope(program.pk):
        assert sorted(row.number for row in Invoice.objects.all()) == [f"2026-000{n}" for n in range(1, 5)]

"""Reports of purchases from both ends: what stands, what is refused at which field, and that nothing is edited."""

import datetime as dt
from decimal import Decimal

import pytest

from agreements.models.money import Accrual, Purchase
from agreements.operations.money import purchases
from tests import factories
from tests.agreements import money_rows as rows
from tests.factories import AT
from wsr.tenancy import program_scope


@pytest.fixture
def trade(program):
    """One brand, one supplier, sourcing and a premium of a cent a pound."""
    brand, supplier = (
        rows.partner(program, "brand_finance", "Ours"),
        rows.partner(program, "supplier_manager", "Grower"),
    )
    factories.sourcing(program, brand=brand.part, supplier=supplier.part)
    factories.workplace(program, supplier=supplier.part, name="North Farm")
    rows.premium(program, brand.part)
    return brand, supplier


def test_a_brand_reports_and_premium_follows(program, trade):
    brand, supplier = trade
    made = rows.bought(brand, supplier.part, "32")

    assert (made.side, made.supplier_id, made.volume, made.seen_at) == ("brand", supplier.part.pk, 32, None)
    assert rows.settle(program)["accruals"] == 1
    with program_scope(program.pk):
        accrual = Accrual.objects.get()
        assert (accrual.amount, accrual.supplier_part, accrual.workers_part) == (
            Decimal("0.32"),
            Decimal("0.04"),
            Decimal("0.28"),
        )
    assert rows.settle(program)["accruals"] == 0


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"partner": "Nobody Farms"}, "partner", "“Nobody Farms” is no supplier you are on record"),
        ({"volume": "-5"}, "volume", "above 0"),
        ({"volume": "0"}, "volume", "above 0"),
        ({"volume": "many"}, "volume", "“many” is not a number"),
        ({"unit": "stone"}, "unit", "“stone” is no unit this program knows"),
        ({"unit": "bucket"}, "unit", "“bucket” is no unit this program knows"),
        (
            {"starts_on": "2026-02-01", "ends_on": "31/02/2026"},
            "ends_on",
            "“31/02/2026” is not a day of the calendar",
        ),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-31"}, "ends_on", "before the first"),
        ({"ends_on": "2026-12-31"}, "ends_on", "not over yet"),
        ({"value": "100", "currency": "US"}, "currency", "“US” is no currency"),
        ({"value": "100", "currency": "EUR"}, "currency", "Your agreement is in USD, not in EUR"),
        ({"value": "1.005", "currency": "USD"}, "value", "no such fraction"),
        ({"workplace": "South Farm"}, "workplace", "“South Farm” is no workplace of this supplier"),
        ({"product": ""}, "product", "Name the product"),
    ],
)
def test_each_mistake_is_said_at_its_field(trade, values, field, sentence):
    brand, supplier = trade
    with brand.scope(), pytest.raises(purchases.CannotReport) as refused:
        purchases.report(
            side="brand",
            owner_id=brand.part.pk,
            values={**rows.line(supplier.part), **values},
            by=brand.person,
            at=AT,
        )
    assert set(refused.value.problems) == {field}
    assert sentence in refused.value.problems[field]


def test_days_that_overlap_are_refused(program, trade):
    brand, supplier = trade
    rows.bought(brand, supplier.part)
    for start, end, sentence in (
        ("2026-01-01", "2026-01-31", "on record already"),
        ("2026-01-31", "2026-02-20", "overlap with a report on record"),
    ):
        with pytest.raises(purchases.CannotReport, match=sentence):
            rows.bought(brand, supplier.part, start=start, end=end)
    with pytest.raises(purchases.CannotReport, match="overlap"):
        rows.bought(brand, supplier.part, workplace="North Farm", start="2026-01-05", end="2026-01-06")
    rows.bought(brand, supplier.part, product="Peppers")
    assert rows.sold(supplier, brand.part).side == "supplier"


def test_a_correction_is_a_new_row_and_the_old_one_stays(program, trade):
    brand, supplier = trade
    old = rows.bought(brand, supplier.part, "1000")
    rows.settle(program)
    with brand.scope():
        new = purchases.correct(
            purchase_id=old.pk,
            values=rows.line(supplier.part, "900"),
            reason="A return",
            by=brand.person,
            at=AT,
        )
    rows.settle(program)

    with program_scope(program.pk):
        old.refresh_from_db()
        assert (old.volume, old.ended, new.replaces_id) == (1000, "replaced", old.pk)
        found = Accrual.objects.order_by("pk").values_list("amount", "is_difference", "volume")
        assert list(found) == [(10, False, 1000), (-1, True, -100)]


def test_of_two_corrections_one_wins(trade):
    brand, supplier = trade
    old = rows.bought(brand, supplier.part)
    with brand.scope():
        said = {"purchase_id": old.pk, "reason": "Wrong", "by": brand.person, "at": AT}
        purchases.correct(values=rows.line(supplier.part, "5"), **said)
        with pytest.raises(purchases.CannotReport, match="no longer counts"):
            purchases.correct(values=rows.line(supplier.part, "6"), **said)


def test_a_withdrawn_report_no_longer_counts(program, trade):
    brand, supplier = trade
    made = rows.bought(brand, supplier.part)
    rows.settle(program)
    with brand.scope():
        purchases.withdraw(purchase_id=made.pk, reason="Not ours", by=brand.person, at=AT)
    rows.settle(program)
    with program_scope(program.pk):
        assert rows.sums(Accrual.objects.all()) == 0
        assert Purchase.objects.current().count() == 0
        assert Purchase.objects.count() == 1


def test_units_convert_exactly(program, trade):
    brand, supplier = trade
    with program_scope(program.pk):
        from programs.models import Rule

        Rule.objects.create(
            section="money", key="money.container_weight", label="x", value="32", unit="pounds",
            certainty="documented", valid_from=dt.date(2025, 1, 1), set_at=AT,
        )  # fmt: skip
    for number, (unit, volume) in enumerate(
        [("bucket", "1"), ("cwt", "1"), ("short tons", "1"), ("kg", "100")], start=1
    ):
        rows.bought(
            brand, supplier.part, volume, unit=unit, start=f"2026-01-0{number}", end=f"2026-01-0{number}"
        )
    rows.settle(program)
    with program_scope(program.pk):
        # 32 + 100 + 2,000 + 220.46226… pounds at one cent
        assert rows.sums(Accrual.objects.all()) == Decimal("23.52")


def test_a_line_across_a_change_of_rate_must_be_two(program, trade):
    _brand, supplier = trade
    other = rows.partner(program, "brand_finance", "Theirs")
    factories.sourcing(program, brand=other.part, supplier=supplier.part)
    rows.premium(program, other.part, until=dt.date(2026, 1, 15))
    rows.premium(program, other.part, since=dt.date(2026, 1, 16), rates=[{**rows.RATES[0], "amount": "0.02"}])
    with pytest.raises(purchases.CannotReport, match="The premium changed on"):
        rows.bought(other, supplier.part)
    rows.bought(other, supplier.part, end="2026-01-15")
    rows.bought(other, supplier.part, start="2026-01-16")
    rows.settle(program)
    with program_scope(program.pk):
        assert sorted(Accrual.objects.values_list("rate", "amount")) == [
            (Decimal("0.01"), 10),
            (Decimal("0.02"), 20),
        ]

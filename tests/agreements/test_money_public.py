"""What of money becomes public."""

import datetime as dt

import pytest

from agreements.disclosure import money as disclosure_of_money
from tests import factories
from tests.agreements import money_rows as rows
from tests.factories import AT
from wsr.tenancy import program_scope


@pytest.mark.parametrize(("brands", "shown"), [(2, False), (3, True)])
def test_totals_are_withheld_where_few_stand_behind_them(program, brands, shown):
    suppliers = [rows.partner(program, "supplier_manager", f"Grower {n}") for n in range(3)]
    for number in range(brands):
        brand = rows.partner(program, "brand_finance", f"Brand {number}")
        rows.premium(program, brand.part)
        for supplier in suppliers:
            factories.sourcing(program, brand=brand.part, supplier=supplier.part)
            rows.bought(brand, supplier.part, "1000", start="2025-05-01", end="2025-05-31")
    rows.settle(program)
    with program_scope(program.pk):
        assert list(disclosure_of_money.records("premium", AT.date())) == []
    factories.decide(program, "premium", "totals")
    with program_scope(program.pk):
        (record,) = disclosure_of_money.records("premium", AT.date())
        assert record.content["earned"] == (["2025: 90.00 USD"] if shown else [])
        assert record.withheld == ({} if shown else {"earned": "small_number"})
        (early,) = disclosure_of_money.records("premium", dt.date(2025, 12, 31))
        assert early.content["earned"] == []

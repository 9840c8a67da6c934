"""The arithmetic of money, and the check values of the field that concern it."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.money import amounts, fees, quantities
from agreements.queries.money_terms import period_of
from programs import blueprints

CURRENCIES = st.sampled_from(["USD", "BDT", "JPY", "KWD", "EUR"])
WEIGHT = st.builds(Fraction, st.integers(0, 10**12), st.integers(1, 10**6))
WEIGHTS = st.lists(WEIGHT, min_size=1, max_size=12).filter(any)
EXACT = st.builds(Fraction, st.integers(-(10**15), 10**15), st.integers(1, 10**6))


@given(exact=EXACT, currency=CURRENCIES, weights=WEIGHTS)
def test_parts_always_add_up_to_the_whole(exact, currency, weights):
    whole = amounts.rounded(exact, currency)
    parts = amounts.split(whole, weights, currency)

    assert sum(parts) == whole
    unit = Fraction(1, 10 ** amounts.minor_units(currency))
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(whole) * weight / total) < unit
        assert amounts.is_whole(part, currency)
    assert amounts.split(-whole, weights, currency) == [-part for part in parts]


@given(exact=EXACT, currency=CURRENCIES)
def test_rounding_is_half_away_from_zero_and_symmetric(exact, currency):
    found = amounts.rounded(exact, currency)
    unit = Fraction(1, 10 ** amounts.minor_units(currency))
    assert abs(Fraction(found) - exact) <= unit / 2
    assert amounts.rounded(-exact, currency) == -found
    assert amounts.rounded(Fraction(found), currency) == found


@given(
    volumes=st.lists(st.decimals(min_value="0.001", max_value=10**7, places=3), min_size=1, max_size=8),
    rate=st.decimals(min_value="0.0001", max_value=100, places=4),
    percent=st.decimals(min_value=0, max_value=100, places=2),
    currency=CURRENCIES,
)
def test_shares_and_periods_add_up(volumes, rate, percent, currency):
    whole = amounts.rounded(sum(Fraction(volume) for volume in volumes) * Fraction(rate), currency)
    kept, to_workers = amounts.shared(whole, percent, currency)
    by_purchase = amounts.split(whole, volumes, currency)
    assert kept + to_workers == whole == sum(by_purchase)


@pytest.mark.parametrize(
    ("exact", "currency", "said"),
    [("0.005", "USD", "0.01"), ("-0.005", "USD", "-0.01"), ("0.4999", "JPY", "0"), ("0.5", "JPY", "1"), ("1.0005", "KWD", "1.001")],
)  # fmt: skip
def test_the_smallest_unit_is_the_currencys_own(exact, currency, said):
    assert amounts.rounded(Fraction(exact), currency) == Decimal(said)


@pytest.mark.parametrize(
    ("amount", "weights"), [(Decimal("0.001"), [1]), (Decimal(1), [0, 0]), (Decimal(1), [-1, 2])]
)
def test_what_cannot_be_split_is_refused(amount, weights):
    with pytest.raises(ValueError, match=r"rounded amount|not all 0"):
        amounts.split(amount, weights, "USD")


# ── Check values of the field ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("volume", "fee"),
    [(Decimal("30e6"), 37_500), (Decimal("600e6"), 500_000), (Decimal("0.5e6"), 1_000)],
)
def test_fees_of_the_accord_of_2013(volume, fee):
    bands = blueprints.load("accord").rule("money.program_fee").leaf.value
    assert fees.fee_of(bands, volume, boundary=None).amount == fee


@pytest.mark.parametrize(("boundary", "fee"), [("lower", 17_500), ("upper", 37_500)])
def test_a_shared_end_point_belongs_where_the_program_says(boundary, fee):
    bands = blueprints.load("accord").rule("money.program_fee").leaf.value
    assert fees.fee_of(bands, Decimal("25e6"), boundary=boundary).amount == fee
    with pytest.raises(fees.BoundaryUndecided, match="The program must choose"):
        fees.fee_of(bands, Decimal("25e6"), boundary=None)
    assert blueprints.load("accord").rule("money.fee_boundary").leaf.value is None


def test_a_bucket_of_32_pounds_at_a_cent_a_pound():
    blueprint = blueprints.load("fair_food")
    pounds = Decimal(blueprint.rule("money.container_weight").leaf.value)
    cents = Decimal(blueprint.rule("money.premium_rate").leaf.value)
    volume = quantities.converted(Decimal(1), "bucket", "lb", container_pounds=pounds)
    premium = amounts.rounded(volume * Fraction(cents) / 100, "USD")
    assert premium == Decimal("0.32") == Decimal(blueprint.rule("money.container_premium").leaf.value)
    assert Decimal("0.50") + premium == Decimal("0.82")
    assert premium / Decimal("0.50") * 100 == 64


def test_28_percent_in_tier_1_is_a_breach():
    rules = {rule.key.rpartition(".")[2]: rule.leaf.value for rule in blueprints.load("accord").rules}
    limits = {key: Decimal(rules[key]) for key in ("tier_1_share", "tier_1_2_share", "tier_3_share")}

    def shares(*volumes):
        found = fees.tier_shares(
            dict(zip("123", map(Decimal, volumes), strict=True)),
            tier_1_least=limits["tier_1_share"],
            tier_1_2_least=limits["tier_1_2_share"],
            tier_3_most=limits["tier_3_share"],
        )
        return {one.rule: one.is_breach for one in found}

    assert shares(28, 40, 32) == {"tier_1_share": True, "tier_1_2_share": False, "tier_3_share": False}
    assert shares(30, 35, 35) == {"tier_1_share": False, "tier_1_2_share": False, "tier_3_share": False}
    assert shares(30, 34, 36) == {"tier_1_share": False, "tier_1_2_share": True, "tier_3_share": True}


@given(closed_on=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_the_duty_of_income_has_ended_on_day_184(closed_on):
    months = blueprints.load("accord").rule("money.closure_income").leaf.value
    assert fees.income_duty_ended(closed_on=closed_on, on=closed_on + dt.timedelta(days=184), months=months)
    assert not fees.income_duty_ended(
        closed_on=closed_on, on=closed_on + dt.timedelta(days=180), months=months
    )


def test_periods_are_those_of_the_calendar():
    day = dt.date(2024, 2, 29)
    assert [period_of(name, day)[1] for name in ("monthly", "quarterly", "half_yearly", "yearly")] == [
        dt.date(2024, 2, 29),
        dt.date(2024, 3, 31),
        dt.date(2024, 6, 30),
        dt.date(2024, 12, 31),
    ]

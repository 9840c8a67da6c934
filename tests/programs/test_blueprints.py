"""The blueprints are reviewed data: complete, sourced, and equal to what the real programs published."""

import re
from decimal import Decimal

import pytest
import yaml

from programs import blueprints
from programs.blueprints import BlueprintProblem, Certainty, units
from programs.blueprints.reading import FOLDER, read

REAL = [key for key in blueprints.KEYS if key != "empty"]


def leaves(node, path=""):
    """Every mapping in a parsed file that holds a value, with its place."""
    if isinstance(node, dict):
        if "value" in node or "certainty" in node:
            yield path, node
        for key, child in node.items():
            yield from leaves(child, f"{path}.{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from leaves(child, f"{path}[{index}]")


@pytest.mark.parametrize("key", blueprints.KEYS)
def test_every_value_has_unit_certainty_and_source(key):
    data = yaml.safe_load((FOLDER / f"{key}.yaml").read_text())

    found = list(leaves(data))

    assert len(found) >= 5
    for place, leaf in found:
        assert set(leaf) >= {"value", "unit", "certainty", "source"}, place
        if leaf["certainty"] in ("documented", "partial"):
            assert leaf["source"], place
        for source in leaf["source"]:
            assert data["sources"][source]["address"], place


@pytest.mark.parametrize("key", REAL)
def test_every_program_answers_every_question_or_says_unknown(key):
    asked = {rule.key: rule for rule in blueprints.load("empty").rules}
    found = {rule.key: rule for rule in blueprints.load(key).rules}
    written = yaml.safe_load((FOLDER / f"{key}.yaml").read_text())["rules"]

    assert set(asked) <= set(found)
    assert all(rule.leaf.certainty is Certainty.UNKNOWN for rule in asked.values())
    for name, rule in asked.items():
        section, _dot, own = name.partition(".")
        if own not in written.get(section, {}):
            assert found[name] == rule


def test_limits_that_nobody_published_stay_empty():
    ours = blueprints.load("fair_food")

    empty = {rule.key for rule in ours.rules if rule.leaf.value is None}

    assert empty >= {
        "clocks.complaint_closed",
        "clocks.action_due",
        "standing.probation_length",
        "standing.later_suspension",
        "standing.supplier_appeal",
    }


def test_interview_floor_of_the_fair_food_program():
    floor = blueprints.load("fair_food").rule("inspection.interview_floor").leaf

    assert (floor.value, floor.unit, floor.certainty) == ("50", "percent", Certainty.DOCUMENTED)
    assert 120 * Decimal(floor.value) / 100 == 60


def test_premium_of_a_bucket():
    ours = blueprints.load("fair_food")
    cents, pounds = (
        Decimal(ours.rule(key).leaf.value) for key in ("money.premium_rate", "money.container_weight")
    )

    assert cents * pounds / 100 == Decimal("0.32") == Decimal(ours.rule("money.container_premium").leaf.value)
    assert (Decimal("0.50") + cents * pounds / 100) / Decimal("0.50") - 1 == Decimal("0.64")


@pytest.mark.parametrize(
    ("volume", "fees"),
    [(30_000_000, [37_500]), (600_000_000, [500_000]), (500_000, [1_000]), (10_000_000, [10_000, 17_500])],
)
def test_fee_of_a_brand_and_its_undefined_boundaries(volume, fees):
    bands = blueprints.load("accord").rule("money.program_fee").leaf.value

    applying = [
        Decimal(band["fee"])
        for band in bands
        if Decimal(band["volume_from"]) <= volume
        and (band["volume_to"] is None or volume <= Decimal(band["volume_to"]))
    ]

    assert applying == fees


def test_supplier_tiers_and_closure_income_of_the_accord():
    accord = blueprints.load("accord")

    assert 28 < Decimal(accord.rule("buyers.tier_1_share").leaf.value) == 30
    assert Decimal(accord.rule("buyers.tier_1_2_share").leaf.value) == 65
    assert Decimal(accord.rule("buyers.tier_3_share").leaf.value) == 35
    assert accord.rule("money.closure_income").leaf.value == 6
    assert [rung.key for rung in accord.standings if rung.stops_purchases.value] == ["ineligible"]


def test_retaliation_is_at_the_top_only_where_the_program_puts_it():
    def grade(key, word):
        found = blueprints.load(key).provisions
        return next(provision.severity.value for provision in found if word in provision.text.value.lower())

    assert grade("milk_with_dignity", "retaliation") == "zero_tolerance"
    assert grade("fair_food", "retaliation") == "article_iii"


def test_a_dairy_farm_without_rest_that_pays_monthly_breaks_two_provisions():
    dairy = blueprints.load("milk_with_dignity")
    texts = {provision.number: provision.text.value for provision in dairy.provisions}

    assert "24 hours a week" in texts["T.1"]
    assert "twice a month" in texts["P.3"]
    assert dairy.rule("money.least_pay_runs").leaf.value == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("certainty: documented, source: [F6]", "certainty: documented, source: []"), "needs a source"),
        (("source: [F13]", "source: [Z9]"), "source Z9 is not in the table of sources"),
        (("value: true, unit: yes_no", "value: perhaps, unit: yes_no"), "Write yes or no"),
        (
            ("value: null, unit: months, certainty: unknown", "value: 3, unit: months, certainty: unknown"),
            "exactly when",
        ),
        (("kind: probation", "kind: limbo"), "“limbo” is not one of"),
        (("number: I.2", "number: I.1"), "provision I.1 is there twice"),
        (("value: article_iii", "value: article_iv"), "severity that is not in the list"),
        (("    escrow:", "    reconciliation:"), "written twice"),
        (("unit: pounds", "unit: stones"), "is not a known unit"),
        (("format: 1", "format: 2"), "“format” must be 1"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path, change, sentence):
    text = (FOLDER / "fair_food.yaml").read_text()
    assert change[0] in text
    path = tmp_path / "damaged.yaml"
    path.write_text(text.replace(*change, 1))

    with pytest.raises(BlueprintProblem, match=re.escape(sentence)) as caught:
        read(path, questions=blueprints.load("empty"))

    assert str(caught.value).startswith("damaged.yaml")


@pytest.mark.parametrize(
    ("unit", "typed", "value"),
    [
        ("days", " 14 ", 14),
        ("percent", "50", "50"),
        ("yes_no", "No", False),
        ("list", "one\n\n two ", ["one", "two"]),
        (
            "fee_table",
            "0, 10, 5\n10, , 7",
            [
                {"volume_from": "0", "volume_to": "10", "fee": "5"},
                {"volume_from": "10", "volume_to": None, "fee": "7"},
            ],
        ),
        ("time_zone", "Asia/Dhaka", "Asia/Dhaka"),
        ("days", "", None),
    ],
)
def test_typed_values_are_read_and_shown_again(unit, typed, value):
    assert units.parse(unit, typed) == value
    assert units.parse(unit, units.typed(unit, value)) == value


@pytest.mark.parametrize(
    ("unit", "typed"),
    [
        ("days", "two"),
        ("days", "-1"),
        ("percent", "101"),
        ("percent", "NaN"),
        ("usd", "1,5"),
        ("yes_no", "maybe"),
        ("time_zone", "Dhaka"),
        ("disclosure", "sometimes"),
        ("fee_table", "0, 10"),
        ("fee_table", "0, 10, 5\n11, , 7"),
        ("fee_table", "5, 10, 5"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(unit, typed):
    with pytest.raises(ValueError, match=r"\.$"):
        units.parse(unit, typed)

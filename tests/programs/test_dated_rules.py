"""A change tomorrow does not rewrite yesterday: every rule of every blueprint, and what is reckoned from them."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.models.money import Accrual
from agreements.queries.money_terms import MoneyRules, money_rules
from complaints.models import TriageRule
from complaints.operations import rules as triage
from programs import blueprints, queries
from programs.blueprints import units
from programs.models import Rule
from programs.operations.rules import TIME_ZONE, set_rule
from programs.operations.starting import start_program
from tests import factories
from tests.agreements import money_rows
from tests.factories import AT
from wsr.deadlines import operations as clocks
from wsr.deadlines.models import Clock
from wsr.tenancy import program_scope

TODAY = AT.date()
DAY = dt.timedelta(days=1)
TYPED = {
    "text": ("one", "two"),
    "list": ("one\ntwo", "three"),
    "yes_no": ("yes", "no"),
    "fee_table": ("0, , 1000", "0, 500, 10\n500, , 20"),
    "scoring": ("remediation", "milestones"),
    "grades": ("met = 4\npartly_met = 2\nnot_met = 0", "met = 2\npartly_met = 1\nnot_met = 0"),
    "disclosure": ("published", "withheld"),
    "severity": ("grave", "light"),
}


def _another(unit, value):
    """A value of this unit that is not the one there is."""
    first, second = (units.parse(unit, typed) for typed in TYPED.get(unit, ("1", "2")))
    return second if value == first else first


def _started(blueprint):
    director = factories.person()
    program = start_program(
        name="P", slug=f"p-{blueprint.replace('_', '-')}", blueprint=blueprint, director=director, by=director, at=AT
    )  # fmt: skip
    return program, director


@pytest.mark.django_db
@pytest.mark.parametrize("blueprint", ["fair_food", "accord", "building_dignity", "respect", "empty"])
def test_every_rule_of_a_blueprint_changes_from_its_day_on_only(blueprint):
    assert blueprint in blueprints.KEYS
    program, director = _started(blueprint)
    with program_scope(program.pk, person_id=director.pk):
        before = {row.key: (row.value, row.unit) for row in queries.rules(on=TODAY)}
        changed = {}
        for key, (value, unit) in before.items():
            if key == TIME_ZONE:
                continue  # today or not at all
            changed[key] = f"{value} II" if key.endswith(".label") else _another(unit, value)
            set_rule(key=key, value=changed[key], valid_from=TODAY + DAY, by=director, at=AT)

        assert {row.key: (row.value, row.unit) for row in queries.rules(on=TODAY)} == before
        later = {row.key: row.value for row in queries.rules(on=TODAY + DAY) if row.key in changed}
        assert later == changed


@pytest.mark.django_db
@given(days=st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True).map(sorted))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_changes_when_each_day_keeps_the_value_it_had(days):
    program = factories.program()
    director = factories.member(program, "director")
    with program_scope(program.pk, person_id=director.pk):
        Rule.objects.create(
            section="clocks", key="clocks.dispute_decided", label="x", value=0, unit="days",
            certainty="unknown", valid_from=TODAY, set_at=AT,
        )  # fmt: skip
        expected = dict.fromkeys(range(61), 0)
        for number, day in enumerate(days, 1):
            set_rule(
                key="clocks.dispute_decided", value=number, valid_from=TODAY + DAY * day, by=director, at=AT
            )
            expected |= dict.fromkeys(range(day, 61), number)
        found = {n: queries.rule_value("clocks.dispute_decided", on=TODAY + DAY * n) for n in range(61)}
        assert found == expected


@pytest.mark.django_db
def test_a_clock_runs_on_the_length_of_the_day_it_began(program, director):
    with program_scope(program.pk, person_id=director.pk):
        Rule.objects.create(
            section="clocks", key="clocks.report_issued", label="x", value=10, unit="days",
            certainty="documented", valid_from=dt.date(2026, 1, 1), set_at=AT,
        )  # fmt: skip
        set_rule(key="clocks.report_issued", value=3, valid_from=TODAY + DAY, by=director, at=AT)
        for began in (AT, AT + DAY):
            subject = ("audits.inspection", uuid4())
            clocks.start(kind="audits.report_issued", subject=subject, started_at=began, at=began)
        lengths = list(Clock.objects.order_by("started_at").values_list("length_value", flat=True))
        assert lengths == [10, 3]


@pytest.mark.django_db
def test_the_table_that_triages_is_that_of_the_day(program, director):
    with program_scope(program.pk, person_id=director.pk):
        row = TriageRule.objects.create(
            program=program, key="wages", label={"en": "Wages"}, scope="within", valid_from=TODAY, set_at=AT
        )
        with pytest.raises(triage.CannotSet, match="in the past"):
            triage.end_rule(rule_id=row.pk, on=TODAY, by=director, at=AT + DAY)
        said = {
            "label": {"en": "Wages"},
            "scope": "within",
            "severity_id": None,
            "is_urgent": True,
            "partner": "",
        }
        later = triage.set_rule(**said, rule_id=row.pk, on=TODAY + DAY, by=director, at=AT)
        assert list(TriageRule.objects.on(TODAY + DAY)) == [later]
        triage.cancel_plan(rule_id=later.pk, by=director, at=AT)
        assert list(TriageRule.objects.on(TODAY + DAY)) == [row]
        for held in (row, later):
            with pytest.raises(triage.CannotSet, match="does not hold yet"):
                triage.cancel_plan(rule_id=held.pk, by=director, at=AT)
        triage.end_rule(rule_id=row.pk, on=TODAY + DAY, by=director, at=AT)
        assert TriageRule.objects.on(TODAY).get().key == "wages"
        assert not TriageRule.objects.on(TODAY + DAY).exists()


WEIGHTS = st.lists(
    st.tuples(st.integers(0, 400), st.decimals("1", "99", places=1)), min_size=1, max_size=5, unique_by=lambda one: one[0]
).map(sorted)  # fmt: skip


@given(
    weights=WEIGHTS,
    later=st.integers(401, 500),
    pounds=st.decimals("1", "99", places=1),
    day=st.integers(0, 400),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_another_weight_of_a_container_never_reaches_back(weights, later, pounds, day):
    dated = tuple((TODAY + DAY * since, weight) for since, weight in weights)
    rules = MoneyRules(weights[-1][1], None, None, None, None, dated)
    changed = MoneyRules(pounds, None, None, None, None, (*dated, (TODAY + DAY * later, pounds)))
    on = TODAY + DAY * day
    assert changed.container_on(on) == rules.container_on(on)
    assert changed.container_on(TODAY + DAY * later) == pounds


@pytest.mark.django_db
def test_another_weight_of_a_container_leaves_the_premium_of_before_alone(program, director):
    brand = money_rows.partner(program, "brand_finance", "Ours")
    grower = money_rows.partner(program, "supplier_manager", "Grower")
    factories.sourcing(program, brand=brand.part, supplier=grower.part)
    money_rows.premium(program, brand.part)
    with program_scope(program.pk):
        Rule.objects.create(
            section="money", key="money.container_weight", label="x", value="32", unit="pounds",
            certainty="documented", valid_from=dt.date(2026, 2, 1), set_at=AT,
        )  # fmt: skip
    money_rows.bought(brand, "Grower", 1000, unit="bucket")
    money_rows.settle(program)
    with program_scope(program.pk, person_id=director.pk):
        assert sum(Accrual.objects.values_list("amount", flat=True)) == Decimal("320.00")
        set_rule(key="money.container_weight", value="50", valid_from=TODAY, by=director, at=AT)
        assert money_rules(on=TODAY).container_pounds == 50

    money_rows.bought(brand, "Grower", 10, unit="bucket", start="2026-03-02", end="2026-03-02")
    money_rows.settle(program)

    with program_scope(program.pk):
        rows = dict(Accrual.objects.values_list("starts_on", "amount"))
        assert rows == {dt.date(2026, 1, 1): Decimal("320.00"), dt.date(2026, 3, 1): Decimal("5.00")}

"""What is computed, by the check values of the field (domain.md 5.6) and for any plan at all."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import scoring
from audits.enums import ActionState, Answer
from audits.scoring import Designation, Item, Status, Step
from programs import blueprints
from programs.blueprints import units

TODAY = dt.date(2026, 3, 2)
TOMORROW, YESTERDAY = TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)
A = ActionState


def items(corrected=0, pending=0, in_progress=0, missed=0):
    return [
        *[Item(A.VERIFIED, due_on=YESTERDAY)] * corrected,
        *[Item(A.REPORTED, due_on=TOMORROW, reported_on=YESTERDAY)] * pending,
        *[Item(A.AGREED, due_on=TOMORROW)] * in_progress,
        *[Item(A.AGREED, due_on=YESTERDAY)] * missed,
    ]


def test_ten_original_findings_with_one_date_missed():
    """10 original: 6 corrected, 2 pending verification, 2 in progress; 1 date missed. Source: A18, A19."""
    found = items(corrected=6, pending=2, in_progress=1, missed=1)

    assert scoring.statuses(found) == {Status.IN_PROGRESS: 2, Status.PENDING: 2, Status.CORRECTED: 6}
    assert scoring.progress(found).percent == 60
    assert scoring.designation(found, on=TODAY) == Designation.BEHIND
    assert Designation.BEHIND.label == "Behind schedule"


def test_all_ten_corrected():
    """Source: A18."""
    found = items(corrected=10)

    assert scoring.progress(found).percent == 100
    assert scoring.designation(found, on=TODAY) == Designation.COMPLETED
    assert Designation.COMPLETED.label == "Initial CAP completed"


def test_a_farm_without_a_day_of_rest_that_pays_monthly_has_two_breaches():
    """MD: no full 24 hours of rest in a week; paid monthly. Source: M5. The compliance plan follows with milestones and dates (M6)."""
    code = {row.number: row.text.value for row in blueprints.load("milk_with_dignity").provisions}
    answers = dict.fromkeys(code, Answer.MET) | {"T.1": Answer.NOT_MET, "P.3": Answer.NOT_MET}
    assert "24 hours a week" in code["T.1"]
    assert "twice a month" in code["P.3"]

    assert sorted(scoring.breaches(answers)) == ["P.3", "T.1"]

    steps = (
        Step(YESTERDAY, reached=True, verified=True),
        Step(TOMORROW),
    )  # two days off a month, then one a week
    plan = scoring.compliance(
        [(Item(A.AGREED, due_on=TOMORROW), steps), (Item(A.AGREED, due_on=YESTERDAY), ())], on=TODAY
    )
    assert (plan.verified, plan.missed, plan.total, plan.next_due) == (1, 1, 3, TOMORROW)
    assert not plan.is_full


def test_the_ways_of_scoring_of_the_blueprints():
    found = {
        key: blueprints.load(key).rule("correction.scoring").leaf.value
        for key in ("accord", "fair_food", "milk_with_dignity", "empty")
    }

    assert found == {
        "accord": "remediation",
        "fair_food": "grades",
        "milk_with_dignity": "milestones",
        "empty": None,
    }
    assert set(units.SCORINGS) == set(scoring.Scoring.values)
    assert blueprints.load("fair_food").rule("correction.grades").leaf.value is None  # no scale was published


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], Designation.PENDING),
        (items(in_progress=3), Designation.ON_TRACK),
        (items(corrected=2, pending=1), Designation.ON_TRACK),
        ([Item(A.AGREED, due_on=TODAY)], Designation.ON_TRACK),
        ([*items(in_progress=1), Item(A.PROPOSED)], Designation.PENDING),
        ([Item(A.AGREED, due_on=TOMORROW, is_signed=False)], Designation.PENDING),
        ([Item(A.WITHDRAWN, due_on=YESTERDAY)], Designation.PENDING),
        ([*items(corrected=1), Item(A.AGREED, is_original=False, due_on=YESTERDAY)], Designation.COMPLETED),
        ([Item(A.AGREED, due_on=TOMORROW, step_dates=(YESTERDAY,))], Designation.BEHIND),
        ([Item(A.REPORTED, due_on=YESTERDAY, reported_on=TODAY)], Designation.BEHIND),
        ([Item(A.REJECTED, due_on=YESTERDAY, reported_on=YESTERDAY)], Designation.BEHIND),
    ],
)
def test_designations(found, expected):
    assert scoring.designation(found, on=TODAY) == expected


def test_ineligible_before_all_else():
    assert scoring.designation(items(corrected=1), on=TODAY, is_ineligible=True) == Designation.INELIGIBLE


any_item = st.builds(
    Item,
    state=st.sampled_from(ActionState.values),
    is_original=st.booleans(),
    due_on=st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1)),
    reported_on=st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1)),
    is_signed=st.booleans(),
)


@given(st.lists(any_item))
def test_progress_counts_what_was_verified_and_nothing_else(found):
    result = scoring.progress(found)
    original = [item for item in found if item.is_original and item.state != A.WITHDRAWN]

    assert result.total == len(original)
    assert result.corrected == sum(item.state == A.VERIFIED for item in original)
    assert result.share is None or 0 <= result.share <= 1
    assert (result.percent == 100) == (result.total > 0 and result.corrected == result.total)


@given(st.lists(any_item), any_item)
def test_what_is_withdrawn_or_found_later_moves_nothing(found, other):
    for more in (
        Item(A.WITHDRAWN, other.is_original, other.due_on),
        Item(other.state, False, other.due_on),
    ):
        assert scoring.progress([*found, more]) == scoring.progress(found)


@given(st.lists(any_item))
def test_saying_that_it_is_fixed_moves_no_progress(found):
    said = [
        Item(A.REPORTED, i.is_original, i.due_on) if i.state in (A.AGREED, A.REJECTED) else i for i in found
    ]
    assert scoring.progress(said) == scoring.progress(found)


def test_grades_need_the_programs_scale():
    worth = units.worth(["met = 4", "partly_met = 2.5", "not_met = 0"])

    assert scoring.grade(["met", "partly_met", "not_applicable", "not_verified"], worth) == Decimal("3.25")
    assert scoring.grade(["not_applicable"], worth) is None
    assert scoring.grade(["met"], {}) is None
    assert scoring.mean([Decimal("3.25"), None, Decimal("4.00")]) == Decimal("3.63")
    assert scoring.mean([None]) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["met = 4"],
        ["met = 4", "partly_met = x", "not_met = 0"],
        ["met=1", "met=1", "partly_met=1", "not_met=1"],
    ],
)
def test_a_scale_that_leaves_something_open_is_refused(lines):
    assert units.problem("grades", lines)
    with pytest.raises(ValueError, match="one line for each"):
        units.parse("grades", "\n".join(lines))


def test_a_scale_as_typed():
    typed = "met = 4\npartly_met = 2\nnot_met = 0"
    assert units.typed("grades", units.parse("grades", typed)) == typed

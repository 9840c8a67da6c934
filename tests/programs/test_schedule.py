"""What a workplace is owed, from the rules alone."""

import datetime as dt
import uuid

from hypothesis import given
from hypothesis import strategies as st

from programs import blueprints
from programs.enums import DueBasis, EducationKind
from programs.schedule import Held, Said, Stretch, owed, steps

START = dt.date(2026, 1, 10)


def rules(key, since=START, **own):
    """The rules of a blueprint as a program that began on a day has them, with some set by itself: `clocks.x` is written clocks__x."""
    found = {
        rule.key: Said(rule.key, rule.leaf.value, rule.leaf.unit, since)
        for rule in blueprints.load(key).rules
        if rule.leaf.value is not None
    }
    for name, (value, unit) in own.items():
        named = name.replace("__", ".")
        found[named] = Said(named, value, unit, since)
    return found


def season(start, end):
    return Stretch(uuid.uuid4(), dt.date.fromisoformat(start), dt.date.fromisoformat(end))


def test_farms_owe_a_session_each_season_and_the_first_day_to_everyone():
    over, now, soon, far = (
        season("2025-01-01", "2025-06-30"),
        season("2025-10-01", "2026-05-31"),
        season("2026-06-15", "2026-09-30"),
        season("2026-10-15", "2027-05-31"),
    )

    found = owed(rules("fair_food"), [far, over, soon, now], since=START, on=dt.date(2026, 5, 1), held=[])

    assert [(one.kind, one.period, one.opens_on, one.due_on, one.basis) for one in found] == [
        (EducationKind.FIRST_DAY, f"season:{now.id}", START, None, DueBasis.EACH_WORKER),
        (EducationKind.FIRST_DAY, f"season:{soon.id}", soon.starts_on, None, DueBasis.EACH_WORKER),
        (EducationKind.SESSION, f"season:{now.id}", START, now.ends_on, DueBasis.SEASON_END),
        (EducationKind.SESSION, f"season:{soon.id}", soon.starts_on, soon.ends_on, DueBasis.SEASON_END),
    ]


def test_the_course_of_the_accord_stands_in_its_documented_order():
    course = [(kind.value, number) for kind, number, _rule in steps(rules("accord"))]

    assert course == [
        ("initial", 0),
        ("all_employees", 1),
        ("module", 1),
        ("module", 2),
        ("module", 3),
        ("all_employees", 2),
        ("module", 4),
        ("module", 5),
        ("module", 6),
        ("module", 7),
        ("module", 8),
        ("all_employees", 3),
    ]


def test_steps_of_the_course_have_a_date_only_where_the_program_set_the_time_between_them():
    without = owed(rules("accord"), [], since=START, on=START, held=[])
    assert {one.due_on for one in without if one.period == "course"} == {None}
    assert [one.basis for one in without if one.period == "course"][:2] == [
        DueBasis.NO_LENGTH,
        DueBasis.AFTER_STEP,
    ]

    own = rules("accord", clocks__education_first=(30, "days"), clocks__education_step=(6, "weeks"))
    held = [Held("initial", 0, dt.date(2026, 2, 2))]
    first, second, third = owed(own, [], since=START, on=START, held=held)[1:4]
    assert (first.due_on, first.basis) == (START + dt.timedelta(30), DueBasis.FIRST)
    assert (second.due_on, second.counted_from, second.basis) == (
        dt.date(2026, 3, 16),
        dt.date(2026, 2, 2),
        DueBasis.STEP,
    )
    assert (third.due_on, third.basis) == (None, DueBasis.AFTER_STEP)


def test_the_committee_meets_at_least_every_three_months():
    (first,) = (
        one for one in owed(rules("accord"), [], since=START, on=START, held=[]) if one.kind == "committee"
    )
    assert (first.due_on, first.basis) == (dt.date(2026, 4, 10), DueBasis.FIRST)

    held = [Held("committee", 0, dt.date(2026, 3, 31)), Held("committee", 0, dt.date(2026, 2, 1))]
    (after,) = (
        one for one in owed(rules("accord"), [], since=START, on=START, held=held) if one.kind == "committee"
    )
    assert (after.due_on, after.basis) == (dt.date(2026, 6, 30), DueBasis.EVERY)


def test_what_nobody_published_is_not_owed():
    assert owed(rules("milk_with_dignity"), [], since=START, on=START, held=[]) == []
    assert owed(rules("empty"), [season("2026-01-01", "2026-12-31")], since=START, on=START, held=[]) == []


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))


@st.composite
def seasons(draw):
    """Seasons that do not overlap."""
    days = sorted(draw(st.sets(DAYS, max_size=12)))
    return [Stretch(uuid.uuid4(), first, last) for first, last in zip(days[::2], days[1::2], strict=False)]


@given(seasons(), DAYS, DAYS, DAYS, st.integers(1, 3))
def test_nothing_is_owed_before_the_workplace_or_the_rule_and_each_line_once(found, since, began, on, every):
    said = {
        "education.session_every": Said("education.session_every", every, "seasons", began),
        "education.first_day": Said("education.first_day", True, "yes_no", began),
    }

    lines = owed(said, found, since=since, on=on, held=[])

    keys = [(one.kind, one.number, one.period) for one in lines]
    assert len(keys) == len(set(keys))
    for one in lines:
        assert one.due_on is None or one.due_on >= max(since, began)
        assert one.due_on is None or one.due_on >= one.opens_on
        assert one.opens_on >= since


@given(
    DAYS,
    DAYS,
    st.lists(DAYS, max_size=5),
    st.integers(1, 60),
    st.sampled_from(["days", "weeks", "months", "years"]),
)
def test_the_next_one_is_always_after_the_last_one(since, began, days, count, unit):
    said = {"education.session_every": Said("education.session_every", count, unit, began)}

    (line,) = owed(said, [], since=since, on=since, held=[Held("session", 0, day) for day in days])

    assert line.due_on > line.opens_on == (max(days) if days else max(since, began))

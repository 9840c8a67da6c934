"""Periods of recurring duties: months without the day, leap days, the program's time zone."""

import datetime as dt
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.periods import Period, end_of, periods, rule_of, start_of


def _starts(frequency: str, first: dt.date, count: int = 5) -> list[str]:
    return [str(one.starts_on) for one in islice(periods(rule_of(frequency, first), first), count)]


@pytest.mark.parametrize(
    ("frequency", "first", "starts"),
    [
        ("monthly", "2026-03-01", ["2026-03-01", "2026-04-01", "2026-05-01"]),
        ("monthly", "2027-01-31", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        ("monthly", "2028-01-30", ["2028-01-30", "2028-02-29", "2028-03-30"]),
        ("monthly", "2028-01-29", ["2028-01-29", "2028-02-29", "2028-03-29"]),
        ("quarterly", "2026-11-30", ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"]),
        ("half_yearly", "2026-08-31", ["2026-08-31", "2027-02-28", "2027-08-31", "2028-02-29"]),
        ("yearly", "2028-02-29", ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ],
)
def test_a_period_begins_on_the_last_day_where_the_month_has_no_such_day(frequency, first, starts):
    assert _starts(frequency, dt.date.fromisoformat(first), len(starts)) == starts


@given(
    st.sampled_from(["monthly", "quarterly", "half_yearly", "yearly"]),
    st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31)),
)
def test_periods_follow_one_another_without_gap_and_begin_on_the_first_day(frequency, first):
    found = list(islice(periods(rule_of(frequency, first), first), 12))
    assert found[0].starts_on == first
    for one, following in pairwise(found):
        assert following.starts_on == one.ends_on + dt.timedelta(days=1)
    assert list(islice(periods(rule_of(frequency, first), first, after=found[5].starts_on), 3)) == found[5:8]


def test_a_period_is_counted_in_the_time_zone_of_the_program():
    dhaka = ZoneInfo("Asia/Dhaka")
    assert start_of(dt.date(2026, 4, 1), dhaka).isoformat() == "2026-03-31T18:00:00+00:00"
    assert end_of(dt.date(2026, 4, 30), dhaka).isoformat() == "2026-04-30T17:59:59.999999+00:00"


def test_a_calendar_month_is_called_by_its_name():
    assert str(Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))) == "March 2026"
    assert str(Period(dt.date(2026, 3, 15), dt.date(2026, 4, 14))) == "March 15, 2026 to April 14, 2026"

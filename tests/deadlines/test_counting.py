"""Counting without a database: units, ends of days, summer time, leap days, short months, holidays, pauses."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsr.deadlines.calendars import Calendar, known, national
from wsr.deadlines.counting import CannotCount, Stretch, count, shifted
from wsr.deadlines.lengths import Season

SINCE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
NEW_YORK, DHAKA, CAIRO = ZoneInfo("America/New_York"), ZoneInfo("Asia/Dhaka"), ZoneInfo("Africa/Cairo")


def local(*moment, zone=NEW_YORK):
    return dt.datetime(*moment, tzinfo=zone)


def due(start, value, unit, zone=NEW_YORK, pauses=(), **calendar):
    return count(start, value, unit, Calendar(zone, **calendar), pauses).due_at.astimezone(zone)


def day(start, value, unit, **said):
    return str(due(start, value, unit, **said).date())


def test_hours_are_hours_when_the_clock_is_set():
    start = local(2026, 3, 7, 12)  # the night in which an hour is missing
    assert due(start, 24, "hours") == local(2026, 3, 8, 13)
    start = local(2026, 10, 31, 12)
    assert due(start, 24, "hours") == local(2026, 11, 1, 11)


@pytest.mark.parametrize("start", [local(2026, 3, 7, 0, 1), local(2026, 3, 7, 23, 59)])
def test_days_end_with_the_day_whatever_the_hour_and_the_season(start):
    assert due(start, 1, "days").isoformat() == "2026-03-08T23:59:59.999999-04:00"
    assert due(start, 2, "weeks").isoformat() == "2026-03-21T23:59:59.999999-04:00"
    assert day(start, 0, "days") == "2026-03-07"


def test_a_day_with_two_midnights_ends_with_the_second():
    start = local(2026, 10, 28, 12, zone=CAIRO)
    assert due(start, 1, "days", zone=CAIRO).utcoffset() == dt.timedelta(hours=2)


def test_months_end_on_the_last_day_where_the_month_is_short():
    assert day(local(2027, 1, 31, 9), 1, "months") == "2027-02-28"
    assert day(local(2028, 1, 31, 9), 1, "months") == "2028-02-29"
    assert day(local(2028, 2, 29, 9), 12, "months") == "2029-02-28"
    assert day(local(2026, 1, 30, 9), 2, "months") == "2026-03-30"
    assert count(local(2027, 1, 31, 9), 1, "months", Calendar(NEW_YORK)).is_clipped


def test_leap_days_are_days():
    assert day(local(2028, 2, 28, 9), 2, "days") == "2028-03-01"
    assert day(local(2027, 2, 28, 9), 2, "days") == "2027-03-02"


def test_bangladesh_rests_on_friday_and_saturday_and_on_its_holidays():
    thursday = local(2026, 3, 5, 10, zone=DHAKA)
    assert day(thursday, 1, "working_days", zone=DHAKA, country="BD") == "2026-03-08"
    before_eid = local(2026, 3, 18, 10, zone=DHAKA)
    counted = count(before_eid, 2, "working_days", Calendar(DHAKA, "BD"))
    assert str(counted.due_at.astimezone(DHAKA).date()) == "2026-03-24"
    assert [str(one.day) for one in counted.skipped] == [
        "2026-03-20",
        "2026-03-21",
        "2026-03-22",
        "2026-03-23",
    ]
    assert "Eid al-Fitr" in counted.skipped[1].reason


@pytest.mark.parametrize("country", ["XX", "XX-YY", "US-XX", "Atlantis"])
def test_an_unknown_country_is_a_key_error(country):
    with pytest.raises(KeyError, match=country):
        national(country)
    assert not known(country)


def test_countries_and_their_parts_are_known():
    assert [known("BD"), known("US"), known("US-FL")] == [True, True, True]


def test_the_program_decides_over_the_calendar():
    thursday = local(2026, 3, 5, 10, zone=DHAKA)
    friday = {dt.date(2026, 3, 6): (True, "Make-up day")}
    assert day(thursday, 1, "working_days", zone=DHAKA, country="BD", single_days=friday) == "2026-03-06"
    sundays = frozenset({6})
    assert day(thursday, 2, "working_days", zone=DHAKA, country="BD", rest_weekdays=sundays) == "2026-03-07"
    assert day(thursday, 3, "working_days", zone=DHAKA) == "2026-03-08"  # no country: every day counts


def test_china_works_on_some_sundays():
    assert day(local(2026, 1, 2, 9), 2, "working_days", country="CN") == "2026-01-05"


def test_seasons_are_whole_and_named_in_advance():
    seasons = (
        Season("one", dt.date(2026, 10, 1), dt.date(2027, 5, 31)),
        Season("two", dt.date(2027, 10, 1), dt.date(2028, 5, 31)),
    )
    assert day(local(2026, 9, 1, 9), 2, "seasons", seasons=seasons) == "2028-05-31"
    assert day(local(2026, 10, 1, 9), 1, "seasons", seasons=seasons) == "2027-05-31"
    assert day(local(2026, 11, 1, 9), 1, "seasons", seasons=seasons) == "2028-05-31"
    with pytest.raises(CannotCount, match="not said when"):
        due(local(2026, 11, 1, 9), 2, "seasons", seasons=seasons)


def test_pauses_count_no_days_and_no_hours():
    start = local(2026, 3, 2, 9)
    pause = [Stretch(local(2026, 3, 3, 10), local(2026, 3, 5, 9))]
    assert day(start, 5, "days", pauses=pause) == "2026-03-09"
    assert day(start, 1, "months", pauses=pause) == "2026-04-04"
    assert due(start, 48, "hours", pauses=pause) == local(2026, 3, 6, 8)
    same_day = [Stretch(local(2026, 3, 3, 10), local(2026, 3, 3, 12))]
    assert day(start, 5, "days", pauses=same_day) == "2026-03-07"


def test_what_never_comes_is_said():
    with pytest.raises(CannotCount, match="hundred years"):
        due(local(2026, 1, 1, 9), 1, "working_days", rest_weekdays=frozenset(range(7)))
    for value, unit in [(40_000, "days"), (1_000_000, "hours"), (6_000, "weeks"), (2_000, "months")]:
        with pytest.raises(CannotCount):
            due(local(2026, 1, 1, 9), value, unit)


@given(
    start=st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: SINCE + dt.timedelta(minutes=minutes)),
    value=st.integers(0, 120),
    unit=st.sampled_from(["hours", "days", "working_days", "weeks", "months"]),
    zone=st.sampled_from([NEW_YORK, DHAKA, CAIRO, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu")]),
    country=st.sampled_from(["", "BD", "US", "PK"]),
)
def test_more_is_never_earlier_and_steps_surround_the_limit(start, value, unit, zone, country):
    calendar = Calendar(zone, country)
    first, second = (count(start, n, unit, calendar).due_at for n in (value, value + 1))
    assert start <= first < second
    assert shifted(first, -1, "days", calendar) < first < shifted(first, 1, "working_days", calendar)

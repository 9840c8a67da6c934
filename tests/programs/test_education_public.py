"""What the public learns of education, by the program's rule and never of few workers; and the essential that a program shows with it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import disclosure
from programs.disclosure.education import SEASON, TOTAL, may_be_said
from programs.gates import workers_are_taught
from programs.models import Rule
from tests import factories
from tests.factories import AT
from tests.programs.teaching import school
from wsr.tenancy import program_scope

DAY = dt.timedelta(days=1)
OVER = dt.date(2026, 5, 2)


@pytest.fixture
def farm(db):
    made = school()
    made.draw_up()
    return made


def said(farm, kind, on=OVER):
    with farm.scope():
        return list(disclosure.records(kind, on))


def added(farm, workplace, on=OVER):
    with farm.scope():
        return disclosure.additions("workplace", on, {workplace.pk})[workplace.pk]


def hold(farm, workplaces, **told):
    farm.draw_up()
    for place in workplaces:
        farm.report(farm.plan(workplace=place), **told)


def test_nothing_is_public_before_the_program_decides(farm):
    hold(farm, [farm.workplace])
    assert said(farm, TOTAL) == said(farm, SEASON) == []
    blank = added(farm, farm.workplace)
    assert {name: value for name, value in blank.content.items() if value} == {"type": "lasting"}
    assert blank.withheld == {"last_session_on": "not_public"}


def test_a_workplace_shows_its_sessions_and_counts_only_where_enough_work_there(farm):
    factories.decide(farm.program, "education", "published")
    hold(farm, [farm.workplace], attended=34, workers_present=40)
    found = added(farm, farm.workplace)
    assert (found.content["last_session_on"], found.content["sessions_held"]) == ("2026-03-03", 1)
    assert (found.content["education_held"], found.content["education_owed"]) == (1, 1)
    assert found.withheld == {"attended": "not_public", "present": "not_public"}

    factories.decide(farm.program, "smallest_group", 5)
    found = added(farm, farm.workplace)
    assert (found.content["attended"], found.content["present"], found.withheld) == (34, 40, {})
    with farm.scope():  # six who stayed away are enough to be counted, with seven asked for they are not
        Rule.objects.filter(key="disclosure.smallest_group").update(value=7)
    assert added(farm, farm.workplace).withheld == {"attended": "small_number", "present": "small_number"}

    factories.decide(farm.program, "education", "count")
    found = added(farm, farm.workplace)
    assert found.content["sessions_held"] == 1
    assert found.content["attended"] is None
    factories.decide(farm.program, "supplier_names", "withheld")
    assert added(farm, farm.workplace).content["sessions_held"] is None


def test_workers_are_summed_of_seasons_that_are_over_with_three_suppliers_behind_them(farm):
    factories.decide(farm.program, "education", "totals")
    factories.decide(farm.program, "smallest_group", 5)
    places = [factories.workplace(farm.program) for _number in range(2)]
    hold(farm, [farm.workplace, *places[:1]], attended=30, workers_present=40)
    [few] = said(farm, SEASON)
    assert few.content["sessions"] == 2
    assert few.withheld == dict.fromkeys(("attended", "present", "handed_out"), "small_number")
    hold(farm, [places[1], factories.workplace(farm.program)], attended=20, workers_present=20)
    small = factories.workplace(farm.program)
    hold(farm, [small], attended=3, workers_present=4)

    [running] = said(farm, SEASON, on=dt.date(2026, 4, 30))
    assert running.withheld["attended"] == "not_collected"
    [over] = said(farm, SEASON)
    assert (over.content["attended"], over.content["present"]) == (100, 120)  # the four workers are in no sum
    assert (over.content["education_held"], over.content["education_owed"]) == (5, 5)
    [total] = said(farm, TOTAL)
    assert (total.content["sessions"], total.content["workplaces_taught"]) == (5, 5)
    assert "attended" not in total.content


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 12))
def test_no_group_of_workers_is_shown_that_is_smaller_than_the_program_counts(attended, rest, least):
    if may_be_said(attended, attended + rest, least):
        assert all(group == 0 or group >= least for group in (attended, rest, attended + rest))
    assert not may_be_said(attended, attended + rest, None)


# ── The essential ────────────────────────────────────────────────────────────────────────────────


def test_the_essential_stands_on_rules_schedules_and_sessions_taught_by_workers(db, monkeypatch):
    farm = school()

    def check(at=AT + 10 * DAY):
        monkeypatch.setattr("programs.gates.timezone.now", lambda: at)
        with program_scope(farm.program.pk):
            return workers_are_taught(farm.program.pk)

    assert "No workplace has a schedule" in check()
    farm.draw_up()
    late = factories.workplace(farm.program, supplier=farm.supplier)
    assert "1 workplace has no schedule" in check()
    farm.draw_up()
    assert "No session with workers is on record" in check()
    farm.report(farm.plan())
    assert "taught by workers" in check()
    farm.report(farm.plan(workplace=late), worker_educators=2)
    assert check() is True

    for _number in range(3):
        factories.workplace(farm.program, supplier=farm.supplier)
    farm.draw_up()
    assert check() is True
    assert "3 of 5 was not held in time" in check(dt.datetime(2026, 5, 10, tzinfo=dt.UTC))
    with farm.scope():
        Rule.objects.filter(key="education.session_every").update(value=None)
    assert "No rule says when" in check()

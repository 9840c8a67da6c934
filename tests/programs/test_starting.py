"""A program begins as a copy of a blueprint that is its own from then on."""

import datetime as dt

import pytest

from programs import blueprints, ladder, queries
from programs.enums import Certainty, CodeState
from programs.meanings import parts
from programs.models import CodeVersion, Provision, Rule, Rung, Severity
from programs.operations import rules, scales, starting
from tests import factories
from wsr.accounts.models import Membership
from wsr.history.models import Event
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)


def start(at, **changes):
    wanted = {
        "name": "Garments",
        "slug": "garments",
        "blueprint": "accord",
        "director": factories.person(),
        "by": None,
    }
    return starting.start_program(**{**wanted, **changes}, at=at)


@pytest.mark.parametrize("key", blueprints.KEYS)
def test_a_program_is_a_copy_of_its_blueprint(key, at):
    director = factories.person()
    found = blueprints.load(key)

    program = start(at, blueprint=key, director=director)

    with program_scope(program.pk):
        assert [rung.label for rung in Rung.objects.all()] == [rung.label for rung in found.standings]
        assert Severity.objects.count() == len(found.severities)
        assert Provision.objects.count() == len(found.provisions)
        kept = {rule.key: rule for rule in Rule.objects.all()}
        for rule in found.rules:
            assert (kept[rule.key].value, kept[rule.key].certainty) == (rule.leaf.value, rule.leaf.certainty)
            assert all(source.address in kept[rule.key].source for source in rule.leaf.sources)
        assert CodeVersion.objects.get().state == CodeState.DRAFT
        assert list(Membership.objects.values_list("person", "role")) == [(director.pk, "director")]
        assert list(Event.objects.values_list("event", flat=True)) == ["program.started"]


def test_what_nobody_published_is_missing_until_the_program_fills_it_in(at):
    program = start(at, blueprint="fair_food")

    with program_scope(program.pk):
        missing = set(queries.missing_rules(on=TODAY).values_list("key", flat=True))
        assert "clocks.complaint_closed" in missing
        assert "inspection.interview_floor" not in missing
        assert Rung.objects.get(key="terminated").stops_purchases is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Give the program a name"),
        ({"slug": "Not a slug"}, "small letters"),
        ({"slug": "verify"}, "page of the whole site"),
        ({"slug": "case"}, "page of the whole site"),
        ({"blueprint": "none"}, "no such blueprint"),
        ({"time_zone": "Dhaka"}, "time zone"),
    ],
)
def test_a_program_that_makes_no_sense_is_refused(at, changes, sentence):
    with pytest.raises(starting.CannotStart, match=sentence):
        start(at, **changes)
    assert not Program.objects.exists()


def test_two_programs_cannot_share_a_short_name(at):
    start(at)
    with pytest.raises(starting.CannotStart, match="already a program"):
        start(at)


def test_setting_a_rule_keeps_the_past_and_the_value_of_the_blueprint(at):
    program = start(at, blueprint="fair_food")
    director = factories.member(program, "director")
    later = dt.date(2026, 4, 1)

    with program_scope(program.pk):
        rules.set_rule(
            key="inspection.interview_floor",
            value="60",
            valid_from=later,
            note="Decided in March.",
            by=director,
            at=at,
        )

        assert queries.rule_value("inspection.interview_floor", on=TODAY) == "50"
        assert queries.rule_value("inspection.interview_floor", on=later - dt.timedelta(days=1)) == "50"
        now = queries.rules(on=later).get(key="inspection.interview_floor")
        assert (now.value, now.blueprint_value, now.certainty, now.set_by) == (
            "60",
            "50",
            Certainty.SET_BY_PROGRAM,
            director,
        )
        assert Event.objects.filter(event="rule.set", actor_id=director.pk).count() == 1


def test_a_rule_filled_in_on_the_first_day_is_no_longer_missing(at):
    program = start(at)
    director = factories.member(program, "director")

    with program_scope(program.pk):
        rules.set_rule(key="clocks.complaint_closed", value=30, valid_from=TODAY, by=director, at=at)

        assert queries.rule_value("clocks.complaint_closed", on=TODAY) == 30
        assert Rule.objects.filter(key="clocks.complaint_closed").count() == 1


def test_the_time_zone_of_the_program_is_a_rule(at):
    program = start(at)
    director = factories.member(program, "director")

    with program_scope(program.pk):
        rules.set_rule(key="program.time_zone", value="Asia/Dhaka", valid_from=TODAY, by=director, at=at)
        assert queries.today(dt.datetime(2026, 3, 2, 20, tzinfo=dt.UTC)) == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("key", "value", "day", "sentence"),
    [
        ("clocks.complaint_closed", "soon", TODAY, "whole number"),
        ("clocks.complaint_closed", 30, TODAY - dt.timedelta(days=1), "cannot change in the past"),
        ("program.time_zone", "Asia/Dhaka", TODAY + dt.timedelta(days=1), "changes today or not at all"),
    ],
)
def test_a_rule_is_refused_a_value_that_does_not_fit(at, key, value, day, sentence):
    program = start(at)
    director = factories.member(program, "director")

    with program_scope(program.pk), pytest.raises(rules.CannotSet, match=sentence):
        rules.set_rule(key=key, value=value, valid_from=day, by=director, at=at)


def test_a_rule_cannot_jump_before_a_change_already_decided(at):
    program = start(at)
    director = factories.member(program, "director")

    with program_scope(program.pk):
        rules.set_rule(
            key="clocks.complaint_closed",
            value=30,
            valid_from=TODAY + dt.timedelta(days=9),
            by=director,
            at=at,
        )
        with pytest.raises(rules.CannotSet, match="already on record"):
            rules.set_rule(key="clocks.complaint_closed", value=20, valid_from=TODAY, by=director, at=at)


def test_another_programs_rule_is_not_there(at, other_program):
    start(at)
    director = factories.member(other_program, "director")

    with program_scope(other_program.pk), pytest.raises(Rule.DoesNotExist):
        rules.set_rule(key="complaints.phone", value="1-800-555", valid_from=TODAY, by=director, at=at)


def test_saying_what_a_rung_means_marks_it_as_the_programs_own(at):
    program = start(at, blueprint="milk_with_dignity")
    director = factories.member(program, "director")

    with program_scope(program.pk):
        said = {"rung_key": "suspended", "stops_purchases": True, "is_public": None, "valid_from": TODAY}
        scales.set_rung(**said, label="Suspended", by=director, at=at)

        rung = Rung.objects.get(key="suspended")
        assert (rung.stops_purchases, rung.is_public) == (True, None)
        rule = Rule.objects.get(key="ladder.suspended.stops_purchases", valid_until=None)
        assert (rule.value, rule.certainty, rule.set_by) == (True, "set_by_program", director)
        with pytest.raises(rules.CannotSet, match="name"):
            scales.set_rung(**said, label=" ", by=director, at=at)


def test_each_rung_asks_its_questions_and_answers_what_is_documented(at):
    program = start(at, blueprint="accord")

    with program_scope(program.pk):
        known = Rule.objects.filter(section="ladder")
        said = {rule.key: rule for rule in known if not parts(rule.key)}
        steps = Rung.objects.filter(is_step=True).exclude(position=0)
        assert set(said) == {ladder.key_of(rung.key, name) for rung in steps for name in ladder.QUESTIONS}
        assert said["ladder.stage_2.meeting"].value is True
        assert said["ladder.stage_2.meeting"].certainty == Certainty.DOCUMENTED
        assert said["ladder.stage_1.limit"].value is None
        assert "November 2018" in said["ladder.stage_1.limit"].note
        assert said["ladder.ineligible.group"].value is None
        assert not Rung.objects.get(key="inactive").is_step

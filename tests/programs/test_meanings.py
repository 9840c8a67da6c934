"""What rungs and severities mean has dates: planned, canceled, in effect on its day, and never written into the past."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.models import StopDuty
from programs import disclosure, queries
from programs.models import Participation, Rule, Rung, Severity
from programs.operations import meanings, participations, rules, scales
from programs.queries.meanings import Meanings
from programs.tasks import take_effect_in
from tests import factories
from tests.agreements import climbing
from tests.factories import AT
from wsr.history.models import Event
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db
TODAY = AT.date()
DAY = dt.timedelta(days=1)
LABEL = "ladder.probation.label"


def plan(program, director, *, on, at=AT, key="probation", **said):
    """Say what a rung means from a day on; what is not said stays as it is today."""
    with program_scope(program.pk, person_id=director.pk):
        rung = Rung.objects.get(key=key)
        as_it_is = {name: getattr(rung, name) for name in ("label", "stops_purchases", "is_public")}
        return scales.set_rung(rung_key=key, valid_from=on, by=director, at=at, **(as_it_is | said))


def effect(program, at):
    with program_scope(program.pk):
        return meanings.take_effect(at=at)


def probation(program):
    with program_scope(program.pk):
        return Rung.objects.get(key="probation")


def test_a_planned_meaning_begins_on_its_day_in_the_programs_time_zone_and_once(director):
    program = factories.program(time_zone="Asia/Dhaka")
    plan(program, director, on=TODAY + DAY, label="Last warning", is_public=False)
    eve = dt.datetime(2026, 3, 2, 17, 59, tzinfo=dt.UTC)  # 23:59 in Dhaka
    assert effect(program, eve) == 0
    assert probation(program).label == "Probation"

    assert effect(program, eve + dt.timedelta(minutes=1)) == 1
    assert effect(program, eve + dt.timedelta(minutes=2)) == 0

    rung = probation(program)
    assert (rung.label, rung.is_public, rung.stops_purchases) == ("Last warning", False, False)
    with program_scope(program.pk):
        assert Event.objects.filter(event="rule.set", actor_id=director.pk).count() == 2
        assert Event.objects.filter(event="rung.set", actor_id=None).count() == 1


def test_what_is_dated_before_keeps_the_words_of_its_day(program, director):
    supplier = factories.supplier(program, rung="good_standing")
    with program_scope(program.pk, person_id=director.pk):
        for rung, on in (("probation", TODAY - DAY), ("suspended", TODAY)):
            participations.change_standing(
                participation_id=supplier.pk, rung_key=rung, effective_on=on, reason="Found.", by=director, at=AT
            )  # fmt: skip
    plan(program, director, on=TODAY + DAY, label="Last warning")
    plan(program, director, on=TODAY + DAY, key="suspended", label="Barred", stops_purchases=False)
    effect(program, AT + DAY)

    with program_scope(program.pk):
        events = Meanings(Rung).put(queries.standing_events(supplier), day=lambda event: event.effective_on)
        assert [event.rung.label for event in events] == ["Suspended", "Probation"]
        assert Meanings(Rung).on(events[0].rung, TODAY + DAY).label == "Barred"
        assert events[0].rung.stops_purchases
        public = [
            next(disclosure.records("supplier", day, {supplier.pk})).content for day in (TODAY, TODAY + DAY)
        ]
        assert [(one["standing"], one["purchases_stopped"]) for one in public] == [("Suspended", True), ("Barred", False)]  # fmt: skip
    client_sees = pages(program, director, "supplier", supplier.pk)
    assert "Suspended" in client_sees
    assert "Standing: Barred." in client_sees


def pages(program, person, name, *args):
    client = Client()
    factories.sign_in(client, person)
    return client.get(reverse(f"programs:{name}", args=[program.slug, *args])).text


def test_brands_get_their_duty_on_the_day_a_rung_begins_to_stop_purchases_and_duties_that_run_go_on(
    program, director
):
    supplier = factories.supplier(program, rung="good_standing")
    brand = climbing.brand(program, within=10, supplier=supplier)
    with program_scope(program.pk, person_id=director.pk):
        participations.change_standing(
            participation_id=supplier.pk, rung_key="probation", effective_on=TODAY, reason="Found.", by=director, at=AT
        )  # fmt: skip
    plan(program, director, on=TODAY + DAY, stops_purchases=True)
    with program_scope(program.pk):
        assert not StopDuty.objects.exists()

    effect(program, AT + DAY)
    effect(program, AT + DAY * 2)
    plan(program, director, on=TODAY + DAY * 3, at=AT + DAY * 3, stops_purchases=False)

    with program_scope(program.pk):
        duty = StopDuty.objects.get()
        assert (duty.brand_id, duty.opened_at, duty.is_active) == (brand.pk, AT + DAY, True)


def test_a_standing_of_the_day_itself_reads_the_new_meaning_before_it_is_written_down(program, director):
    supplier = factories.supplier(program, rung="good_standing")
    climbing.brand(program, within=10, supplier=supplier)
    plan(program, director, on=TODAY + DAY, stops_purchases=True)
    with program_scope(program.pk, person_id=director.pk):
        participations.change_standing(
            participation_id=supplier.pk, rung_key="probation", effective_on=TODAY + DAY, reason="Found.", by=director, at=AT + DAY
        )  # fmt: skip
        assert StopDuty.objects.count() == 1


def test_a_plan_is_shown_and_canceled_on_pages(program, director, client):
    on = timezone.now().date() + 40 * DAY
    factories.sign_in(client, director)
    url = {name: reverse(f"programs:{name}", args=[program.slug, *args]) for name, args in (
        ("rules", ()), ("compare_rules", ()), ("set_rung", ("probation",)), ("rule", (LABEL,)), ("cancel_plan", (LABEL,)),
    )}  # fmt: skip
    sent = {"label": "Last warning", "stops_purchases": "no", "is_public": "yes"}
    assert "From" in client.post(url["set_rung"], sent).text  # no day: refused, and everything typed is kept
    late = client.post(url["set_rung"], {**sent, "valid_from": "2020-01-01"})
    assert (late.status_code, "cannot change in the past" in late.text) == (422, True)
    assert client.post(url["set_rung"], {**sent, "valid_from": on.isoformat()}).status_code == 302

    for name in ("rules", "set_rung", "rule"):
        assert "Last warning" in client.get(url[name]).text, name
        assert "Planned" in client.get(url[name]).text, name
    again = client.post(url["set_rung"], {**sent, "label": "Other", "valid_from": timezone.now().date()})
    assert "cancel it first" in again.text
    factories.sign_in(client, factories.member(program, "observer"))
    assert client.post(url["cancel_plan"]).status_code == 403
    factories.sign_in(client, director)
    assert "is canceled" in client.post(url["cancel_plan"], follow=True).text
    assert "Never held" in client.get(url["rule"]).text
    assert "No change is planned" in client.post(url["cancel_plan"], follow=True).text
    assert "Last warning" not in client.get(url["rules"]).text
    assert client.post(reverse("programs:cancel_plan", args=[program.slug, "no.rule"])).status_code == 404
    with program_scope(program.pk):
        assert effect(program, timezone.now() + 50 * DAY) == 0
        assert Event.objects.filter(event="rule.plan_canceled").count() == 1


def test_the_side_by_side_page_shows_what_is_planned(program, director, client):
    on = timezone.now().date() + DAY
    with program_scope(program.pk, person_id=director.pk):
        rules.set_rule(
            key="disclosure.supplier_names", value="count", valid_from=on, by=director, at=timezone.now()
        )
    factories.sign_in(client, director)
    shown = client.get(reverse("programs:compare_rules", args=[program.slug]), {"with": "accord"}).text
    assert "Only how many" in shown


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"label": " "}, "name"),
        ({"label": "suspended"}, "there already"),
        ({"label": "Later name"}, "there already"),
        ({"label": "x" * 101}, "at most 100"),
        ({"label": "Other", "on": TODAY - DAY}, "in the past"),
    ],
)
def test_meanings_that_cannot_be(program, director, said, sentence):
    plan(program, director, on=TODAY + DAY, key="suspended", label="Later name")
    with pytest.raises(rules.CannotSet, match=sentence):
        plan(program, director, **{"on": TODAY, **said})
    assert probation(program).label == "Probation"


def test_the_rule_itself_can_be_set_and_the_same_refusals_hold(program, director):
    with program_scope(program.pk, person_id=director.pk):
        for value in ("", None, "Suspended"):
            with pytest.raises(rules.CannotSet):
                rules.set_rule(key=LABEL, value=value, valid_from=TODAY, by=director, at=AT)
        rules.set_rule(key=LABEL, value=" Last warning ", valid_from=TODAY, by=director, at=AT)
    assert probation(program).label == "Last warning"


def test_a_severity_keeps_the_words_of_the_day_of_the_finding(program, director):
    with program_scope(program.pk, person_id=director.pk):
        grave = scales.add_severity(label="Grave", consequence="Ninety days", by=director, at=AT)
        scales.set_severity(
            key="grave", label="Very grave", consequence="", valid_from=TODAY + DAY, by=director, at=AT
        )
        assert Severity.objects.get().label == "Grave"
        meanings.take_effect(at=AT + DAY)
        now, known = Severity.objects.get(), Meanings(Severity)
        assert (now.label, now.consequence) == ("Very grave", "")
        assert (known.on(now, TODAY).label, known.on(now, TODAY).consequence) == ("Grave", "Ninety days")
        assert known.on(now, TODAY - DAY * 900).label == "Grave"
        scales.remove(scale=Severity, key=grave.key, by=director, at=AT + DAY)
        assert not Rule.objects.filter(key__startswith="severity.grave.", valid_until=None).exists()


def test_a_plan_of_a_rung_that_is_removed_never_begins(program, director):
    plan(program, director, on=TODAY + DAY, label="Last warning")
    with program_scope(program.pk, person_id=director.pk):
        scales.remove(scale=Rung, key="probation", by=director, at=AT)
        assert queries.planned_rules(on=TODAY) == {}
        assert not queries.rules(on=TODAY + DAY).filter(key=LABEL).exists()


def test_the_beat_begins_what_is_due(transactional_db, director):
    program = factories.program()
    plan(program, director, on=timezone.now().date(), at=timezone.now() - DAY, label="Last warning")
    take_effect_in(program_id=str(program.pk))
    assert probation(program).label == "Last warning"


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 12), st.sampled_from(["set", "set", "cancel"])), max_size=8
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_planned_and_canceled_when_the_past_stays_and_each_day_has_its_own(steps):
    """A model of lists: {day: value} by hand, against the rules; the column is that of today."""
    program = factories.program()
    director = factories.member(program, "director")
    plans, now = [(-99, "Probation")], 0
    for number, (wait, ahead, act) in enumerate(steps):
        now += wait
        at, past = AT + DAY * now, [_on(plans, day) for day in range(now)]
        try:
            if act == "set":
                label = f"Name {number}"
                with program_scope(program.pk, person_id=director.pk):
                    rules.set_rule(
                        key=LABEL, value=label, valid_from=TODAY + DAY * (now + ahead), by=director, at=at
                    )
                plans = [one for one in plans if one[0] != now + ahead] + [(now + ahead, label)]
            else:
                with program_scope(program.pk, person_id=director.pk):
                    rules.cancel_plan(key=LABEL, by=director, at=at)
                plans.pop()
        except rules.CannotSet:
            assert (plans[-1][0] > now + ahead) if act == "set" else (plans[-1][0] <= now)
        effect(program, at)
        with program_scope(program.pk):
            found = Meanings(Rung)
            said = [found.on(Rung.objects.get(key="probation"), TODAY + DAY * day).label for day in range(60)]
        assert said == [_on(plans, day) for day in range(60)]
        assert said[:now] == past
        assert probation(program).label == said[now]


def _on(plans, day):
    return next(value for since, value in reversed(plans) if since <= day)


def test_another_program_keeps_its_meaning(program, other_program, director):
    plan(program, director, on=TODAY, label="Last warning")
    assert probation(other_program).label == "Probation"
    with program_scope(other_program.pk):
        assert not Participation.objects.exists()
        with pytest.raises(Rule.DoesNotExist):
            rules.cancel_plan(key="clocks.none", by=director, at=AT)

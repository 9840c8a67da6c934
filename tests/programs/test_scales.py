"""Rungs, severities and rules that a program makes for itself, above all when it began empty."""

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.models import CodeVersion, Provision, Rule, Rung, Severity
from programs.operations import codes, participations
from programs.operations.starting import start_program
from tests import factories
from tests.factories import AT
from wsr.history.models import Event
from wsr.tenancy import program_scope


@pytest.fixture
def empty(transactional_db, client):
    director = factories.person("director@example.org")
    program = start_program(name="Own", slug="own", blueprint="empty", director=director, by=director, at=AT)
    factories.sign_in(client, director)
    client.director, client.program = director, program
    return client


def url(name, *args):
    return reverse(f"programs:{name}", args=["own", *args])


def today():
    return timezone.now().date().isoformat()


def ladder(client):
    with program_scope(client.program.pk):
        return list(Rung.objects.values_list("key", "position"))


def events(client):
    with program_scope(client.program.pk):
        return list(Event.objects.order_by("id").values_list("event", flat=True))


def test_an_empty_program_gets_a_ladder_on_pages(empty):
    assert "None yet" in empty.get(url("rules")).text
    for label in ("Good standing", "Suspended", "Probation"):
        assert empty.post(url("add_rung"), {"label": label}).status_code == 302
    empty.post(url("move_rung", "suspended"), {"down": "1"})
    empty.post(url("move_rung", "good_standing"), {"up": "1"})
    empty.post(
        url("set_rung", "probation"),
        {"label": "On probation", "stops_purchases": "no", "is_public": "yes", "valid_from": today()},
    )

    assert ladder(empty) == [("good_standing", 0), ("probation", 1), ("suspended", 2)]
    with program_scope(empty.program.pk):
        assert Rule.objects.filter(key="ladder.suspended.limit", valid_until=None).exists()
        asked = Rule.objects.filter(key__startswith="ladder.good_standing.").values_list("key", flat=True)
        assert {key.rpartition(".")[2] for key in asked} == {"label", "stops_purchases", "is_public"}
    said = events(empty)
    assert [said.count(f"rung.{act}") for act in ("added", "moved", "set")] == [
        3,
        1,
        3,
    ]  # name and two answers
    shown = empty.get(url("rules")).text
    assert shown.index("Good standing") < shown.index("On probation") < shown.rindex("Suspended")


def test_a_name_is_needed_and_only_once(empty):
    empty.post(url("add_rung"), {"label": "Probation"})
    for label, sentence in ((" ", "required"), ("probation", "there already")):
        refused = empty.post(url("add_rung"), {"label": label})
        assert (refused.status_code, sentence in refused.text) == (422, True)
    empty.post(url("add_rung"), {"label": "Add"})
    assert ladder(empty) == [("probation", 0), ("add_2", 1)]


def test_what_is_used_stays_and_what_is_not_goes_with_its_questions(empty):
    for label in ("Good standing", "Probation"):
        empty.post(url("add_rung"), {"label": label})
    with program_scope(empty.program.pk):
        participations.add(part="supplier", name="Mill", country="BD", by=empty.director, at=AT)
    refused = empty.post(url("remove_rung", "good_standing"), follow=True)
    assert "is in use and stays" in refused.text
    empty.post(url("remove_rung", "probation"))
    empty.post(url("add_rung"), {"label": "Probation"})

    assert ladder(empty) == [("good_standing", 0), ("probation_2", 1)]
    with program_scope(empty.program.pk):
        assert not Rule.objects.filter(key__startswith="ladder.probation.", valid_until=None).exists()
    assert "rung.removed" in events(empty)


def test_rungs_on_which_somebody_stood_keep_their_order_and_new_ones_find_their_place(empty):
    for label in ("Good standing", "Probation", "Suspended", "Warned"):
        empty.post(url("add_rung"), {"label": label})
    act = {"by": empty.director, "at": AT}
    with program_scope(empty.program.pk, person_id=empty.director.pk):
        mill = participations.add(part="supplier", name="Mill", country="BD", **act)
        for key in ("probation", "suspended"):
            participations.change_standing(
                participation_id=mill.pk, rung_key=key, effective_on=AT.date(), reason="Found.", **act
            )
    order = [("good_standing", 0), ("probation", 1), ("suspended", 2), ("warned", 3)]
    refused = empty.post(url("move_rung", "suspended"), {"up": "1"}, follow=True)
    assert "Suppliers have stood on “Probation” and on “Suspended”" in refused.text
    assert ladder(empty) == order
    refused = empty.post(url("remove_rung", "probation"), follow=True)
    assert ("is in use and stays" in refused.text, ladder(empty)) == (True, order)

    empty.post(url("move_rung", "warned"), {"up": "1"})

    assert [key for key, _place in ladder(empty)] == ["good_standing", "probation", "warned", "suspended"]
    empty.post(url("move_rung", "warned"), {"up": "1"})
    refused = empty.post(url("move_rung", "warned"), {"up": "1"}, follow=True)
    assert "so it stays the first" in refused.text
    assert ladder(empty)[:2] == [("good_standing", 0), ("warned", 1)]


def test_severities_are_added_changed_ordered_and_removed_where_unused(empty):
    for label in ("Minor", "Zero tolerance"):
        empty.post(url("add_severity"), {"label": label, "consequence": ""})
    empty.post(url("move_severity", "zero_tolerance"), {"up": "1"})
    changed = {"label": "Minor", "consequence": "A plan within 30 days", "valid_from": today()}
    empty.post(url("set_severity", "minor"), changed)
    with program_scope(empty.program.pk):
        assert list(Severity.objects.values_list("key", "consequence")) == [
            ("zero_tolerance", ""),
            ("minor", "A plan within 30 days"),
        ]
        code = CodeVersion.objects.get()
        grave = Severity.objects.get(key="zero_tolerance")
        codes.add_provision(
            code_id=code.pk, reference="1", title="Forced labor", text="None.", severity_id=grave.pk, by=empty.director, at=AT
        )  # fmt: skip
        assert Provision.objects.count() == 1
    assert "is in use" in empty.post(url("remove_severity", "zero_tolerance"), follow=True).text
    empty.post(url("remove_severity", "minor"))

    with program_scope(empty.program.pk):
        assert list(Severity.objects.values_list("key", "position")) == [("zero_tolerance", 0)]
    assert {"severity.added", "severity.moved", "severity.set", "severity.removed"} <= set(events(empty))


def test_a_rule_that_the_blueprint_lacks_is_added(empty):
    known = empty.post(url("add_rule"), {"known": "disclosure.list_update"})
    assert known["Location"] == url("set_rule", "disclosure.list_update")
    own = empty.post(
        url("add_rule"),
        {"known": "", "label": "Meetings with workers", "section": "education", "unit": "count"},
    )
    assert own["Location"] == url("set_rule", "education.meetings_with_workers")
    assert empty.get(own["Location"]).status_code == 200
    twice = empty.post(
        url("add_rule"),
        {"known": "", "label": "Meetings with workers", "section": "education", "unit": "count"},
    )
    assert (twice.status_code, "already" in twice.text) == (422, True)
    nothing = empty.post(url("add_rule"), {"known": "", "label": "", "section": "", "unit": ""})
    assert (nothing.status_code, "Needed for a rule" in nothing.text) == (422, True)
    assert events(empty).count("rule.added") == 2


def test_who_may_not_change_rules_sees_no_buttons(empty):
    empty.post(url("add_rung"), {"label": "Probation"})
    factories.sign_in(empty, factories.member(empty.program, "observer"))

    shown = empty.get(url("rules")).text
    assert (url("add_rung") in shown, url("move_rung", "probation") in shown) == (False, False)
    assert empty.post(url("remove_rung", "probation")).status_code == 403

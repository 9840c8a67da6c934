"""The table that triages: a change begins a new line, and what came before keeps the old one."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import TriageRule
from complaints.operations import rules
from programs.models import Severity
from programs.operations.starting import start_program
from tests import factories
from tests.factories import AT, sign_in
from wsr.languages import CODES
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db
DAY = AT.date()
LATER = DAY + dt.timedelta(days=30)
LINE = {
    "label": {"en": "Wages", "bn": "মজুরি"},
    "scope": "within",
    "severity_id": None,
    "is_urgent": False,
    "partner": "",
    "on": DAY,
    "at": AT,
}


@pytest.fixture
def office():
    program = factories.program()
    director = factories.member(program, "director")
    return program, director


def test_a_changed_line_holds_from_its_day_and_the_old_one_before(office):
    program, director = office
    with program_scope(program.pk, person_id=director.pk):
        old = rules.set_rule(**LINE, by=director)
        new = rules.set_rule(
            **{**LINE, "scope": "outside", "partner": "Labor union", "on": LATER}, rule_id=old.pk, by=director
        )
        assert new.key == old.key == "wages"
        assert (
            list(TriageRule.objects.on(DAY))
            == list(TriageRule.objects.on(LATER - dt.timedelta(days=1)))
            == [old]
        )
        assert list(TriageRule.objects.on(LATER)) == [new]
        assert [new.words(language) for language in ("bn", "ur", "en-gb")] == ["মজুরি", "Wages", "Wages"]
        rules.end_rule(rule_id=new.pk, on=LATER, by=director, at=AT)
        assert not TriageRule.objects.on(LATER).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": {"bn": "মজুরি"}},
        {"scope": "outside"},
        {"label": {"en": "Hours"}},
        {"on": DAY - dt.timedelta(days=1), "again": True},
    ],
)
def test_lines_that_cannot_be(office, wrong):
    program, director = office
    with program_scope(program.pk, person_id=director.pk):
        there = rules.set_rule(**{**LINE, "label": {"en": "Hours"}}, by=director)
        said = {**LINE, **wrong}
        rule_id = there.pk if said.pop("again", False) else None
        with pytest.raises(rules.CannotSet):
            rules.set_rule(**said, rule_id=rule_id, by=director)
        assert TriageRule.objects.get() == there


def test_the_page_keeps_what_was_typed_and_shows_the_table(office, client):
    program, director = office
    sign_in(client, director)
    page, add = (reverse(f"complaints:{name}", args=[program.slug]) for name in ("rules", "add_rule"))
    assert "No lines yet" in client.get(page).content.decode()
    said = {
        "en": "Exits and fire",
        "ur": "آگ",
        "scope": "outside",
        "is_urgent": "on",
        "on": dt.datetime.now(dt.UTC).date().isoformat(),
    }
    refused = client.post(add, said)
    assert refused.status_code == 422
    assert "آگ" in refused.content.decode()
    assert client.post(add, {**said, "scope": "within"}).status_code == 302
    with program_scope(program.pk, person_id=director.pk):
        rule = TriageRule.objects.get()
    changed = reverse("complaints:change_rule", args=[program.slug, rule.pk])
    assert "آگ" in client.get(changed).content.decode()
    assert client.post(reverse("complaints:end_rule", args=[program.slug, rule.pk])).status_code == 302
    assert "Exits and fire" in client.get(page).content.decode()
    handler = factories.member(program, "case_handler")
    sign_in(client, handler)
    assert client.get(page).status_code == 403


@pytest.mark.parametrize(
    ("blueprint", "how_many", "about", "follows"),
    [
        ("accord", 8, "wages", ("outside", None, None, False, "The signatories and labor partners")),
        ("accord", 8, "danger", ("within", "immediate_danger", None, True, "")),
        ("fair_food", 13, "forced", ("within", "article_i", "II.1", True, "")),
        ("milk_with_dignity", 12, "reprisal", ("within", "zero_tolerance", "Z.4", False, "")),
    ],
)
def test_a_program_starts_with_the_lines_of_its_blueprint(db, blueprint, how_many, about, follows):
    director = factories.person()
    program = start_program(
        name="Own", slug="own", blueprint=blueprint, director=director, by=director, at=AT
    )
    with program_scope(program.pk, person_id=director.pk):
        lines = {row.key: row for row in TriageRule.objects.on(DAY).select_related("severity", "provision")}
    assert len(lines) == how_many
    assert {len(set(row.label)) for row in lines.values()} == {len(CODES)}
    row = lines[about]
    severity, provision = row.severity and row.severity.key, row.provision and row.provision.reference
    assert (row.scope, severity, provision, row.is_urgent, row.partner) == follows


def test_a_program_that_is_older_than_the_table_takes_it_later_and_once(db, client):
    program = factories.program(blueprint="accord")
    director = sign_in(client, factories.member(program, "director"))
    page, begin = (reverse(f"complaints:{name}", args=[program.slug]) for name in ("rules", "begin_rules"))
    with program_scope(program.pk, person_id=director.pk):
        Severity.objects.create(
            key="immediate_danger", label="Immediate danger", position=1, certainty="documented"
        )
        own = rules.set_rule(**LINE, by=director)
        rules.end_rule(rule_id=own.pk, on=DAY, by=director, at=AT)  # ended, it does not come back
    assert begin in client.get(page).content.decode()
    assert "Adds the lines" in client.get(begin).content.decode()

    assert client.post(begin).status_code == 302

    with program_scope(program.pk, person_id=director.pk):
        lines = TriageRule.objects.order_by("position")
        assert [line.key for line in lines[:2]] == ["wages", "danger"]
        assert lines.count() == 8
        added = lines[1]
        assert (added.severity.key, added.is_urgent, added.set_by) == ("immediate_danger", True, director)
        assert set(lines.exclude(key="wages").values_list("valid_from", flat=True)) == {
            timezone.localdate(timezone=dt.UTC)
        }
    assert "every line of the blueprint" in client.post(begin).content.decode()
    assert begin not in client.get(page).content.decode()


def test_an_empty_program_starts_without_lines(db):
    director = factories.person()
    program = start_program(name="Own", slug="own", blueprint="empty", director=director, by=director, at=AT)
    with program_scope(program.pk, person_id=director.pk):
        assert not TriageRule.objects.exists()

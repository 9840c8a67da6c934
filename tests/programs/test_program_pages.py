"""The staff pages of a program itself: its rules, its ladder, its code, its start."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.enums import CodeState
from programs.models import (
    CodeVersion,
    Provision,
    Rung,
)
from programs.operations import codes, starting
from tests import factories
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, program, director):
    """A browser in which the director of `program` is signed in."""
    factories.sign_in(client, director)
    return client


def today():
    return timezone.now().date()


def url(program, name, *args):
    return reverse(f"programs:{name}", args=[program.slug, *args])


def in_program(program, read):
    with program_scope(program.pk):
        return read()


def test_the_rules_page_says_what_is_missing_and_where_values_come_from(client, director, at):
    program = starting.start_program(
        name="Farms", slug="fair", blueprint="fair_food", director=director, by=None, at=at
    )
    factories.sign_in(client, director)

    page = client.get(url(program, "rules"))
    assert "rules are missing" in page.text
    assert "https://www.fairfoodprogram.org/about-the-fair-food-program/" in page.text
    missing = client.get(url(program, "rules"), {"missing": "1"})
    assert "Share of the workers present who are interviewed" not in missing.text
    assert "Length of probation" in missing.text


def test_setting_a_rule_shows_the_blueprint_beside_it(client, director, at):
    program = starting.start_program(
        name="Farms", slug="fair", blueprint="fair_food", director=director, by=None, at=at
    )
    factories.sign_in(client, director)
    page = url(program, "set_rule", "inspection.interview_floor")

    assert client.post(page, {"value": "most", "valid_from": today()}).status_code == 422
    assert client.post(page, {"value": "60", "valid_from": today() - dt.timedelta(days=1)}).status_code == 422
    answer = client.post(
        page, {"value": "60", "valid_from": today(), "source": "Council, minute 4"}, follow=True
    )

    assert "60 percent" in answer.text
    assert "50 percent" in answer.text
    assert "Council, minute 4" in answer.text
    assert client.get(url(program, "rule", "no.such.rule")).status_code == 404


def test_every_kind_of_value_can_be_set_on_the_page(client, director, at):
    program = starting.start_program(
        name="Garments", slug="acc", blueprint="accord", director=director, by=None, at=at
    )
    factories.sign_in(client, director)
    for key, value in [
        ("program.time_zone", "Asia/Dhaka"),
        ("money.program_fee", "0, 10, 5\n10, , 7"),
        ("complaints.languages", "Bangla\nEnglish"),
        ("education.paid_time", "yes"),
        ("disclosure.premium", "withheld"),
        ("clocks.complaint_closed", "30"),
    ]:
        assert client.get(url(program, "set_rule", key)).status_code == 200
        sent = client.post(
            url(program, "set_rule", key),
            {"value": value, "valid_from": today() + dt.timedelta(days=key != "program.time_zone")},
        )
        assert sent.status_code == 302, key
    assert Program.objects.get(slug="acc").time_zone == "Asia/Dhaka"


def test_a_rung_is_decided(staff, program):
    staff.post(
        url(program, "set_rung", "suspended"),
        {"label": "Suspended", "stops_purchases": "yes", "is_public": "", "valid_from": today()},
    )

    rung = in_program(program, lambda: Rung.objects.get(key="suspended"))
    assert (rung.stops_purchases, rung.is_public) == (True, None)


def test_a_code_is_drafted_written_and_put_in_force(staff, program, director):
    staff.post(url(program, "draft_code"), {"title": "Code"})
    code = in_program(program, CodeVersion.objects.get)
    staff.post(
        url(program, "add_provision", code.pk),
        {"reference": "1", "title": "Pay", "text": "All hours are paid."},
    )
    staff.post(url(program, "add_provision", code.pk), {"reference": "2", "title": "Heat", "text": "Shade."})
    first, second = in_program(program, lambda: list(Provision.objects.order_by("reference")))
    staff.post(url(program, "edit_provision", first.pk), {"title": "Pay", "text": "Every hour is paid."})
    staff.post(url(program, "remove_provision", second.pk))
    staff.post(url(program, "put_in_force", code.pk), {"on": today()})

    assert in_program(program, CodeVersion.objects.get).state == CodeState.IN_FORCE
    assert staff.get(url(program, "edit_provision", first.pk)).status_code == 200
    assert (
        staff.post(url(program, "edit_provision", first.pk), {"title": "x", "text": "x"}).status_code == 422
    )
    assert "not a draft" in staff.post(url(program, "remove_provision", first.pk), follow=True).text
    staff.post(url(program, "draft_code"), {"title": "Code"})
    newest = in_program(program, lambda: CodeVersion.objects.get(number=2))
    assert "What differs from version 1" in staff.get(url(program, "code", newest.pk)).text


def test_only_those_who_may_change_the_code(client, program, director, at):
    with program_scope(program.pk):
        code = codes.draft_version(title="Code", by=director, at=at)
        provision = codes.add_provision(
            code_id=code.pk, reference="1", title="", text="x", severity_id=None, by=director, at=at
        )
    factories.sign_in(client, factories.member(program, "observer"))

    assert client.get(url(program, "code", code.pk)).status_code == 200
    for name, pk in [
        ("put_in_force", code.pk),
        ("add_provision", code.pk),
        ("edit_provision", provision.pk),
        ("remove_provision", provision.pk),
    ]:
        assert client.post(url(program, name, pk)).status_code == 403, name


# ── Starting a program ───────────────────────────────────────────────────────────────────────────

START = {"name": "Farms", "slug": "new-farms", "blueprint": "fair_food", "time_zone": "America/New_York"}


def test_a_director_starts_another_program(staff, director):
    answer = staff.post(reverse("programs:start"), START, follow=True)

    assert "Farms has begun" in answer.text
    assert Program.objects.get(slug="new-farms").time_zone == "America/New_York"
    assert staff.post(reverse("programs:start"), START).status_code == 422


def test_nobody_else_starts_a_program(client, program):
    factories.sign_in(client, factories.member(program, "observer"))
    assert client.get(reverse("programs:start")).status_code == 403


def test_the_first_page_shows_what_is_missing(client, director, at):
    program = starting.start_program(
        name="Farms", slug="fair", blueprint="fair_food", director=director, by=None, at=at
    )
    factories.sign_in(client, director)

    page = client.get(reverse("ui:program", args=[program.slug]))

    assert "missing rules" in page.text
    assert "Put a code of conduct in force" in page.text

"""The pages of inspections in a real browser: narrow and wide, mirrored, without script, by keyboard alone."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.enums import TeamRole
from audits.models import Interview, Response
from audits.operations import questions
from programs.models import Provision
from tests import factories
from tests.audits import making
from tests.ui.browser import (  # noqa: F401 -- fixtures
    WIDTHS,
    assert_no_overflow,
    assert_sound,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.grants import Role

pytestmark = pytest.mark.browser
MIRROR = "() => { document.documentElement.dir = 'rtl'; }"


@pytest.fixture
def shown(transactional_db):
    """Farms in three regions: one inspected, one with an unannounced visit under way, one visit planned, one never looked at."""
    program = factories.program("farms", name="Fair Farms")
    now = timezone.now()
    making.season(program, starts_on=dt.date(now.year, 1, 1), ends_on=dt.date(now.year, 12, 31))
    making.floor(program, "50")
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    lead, other = factories.member(program, Role.AUDITOR), factories.member(program, Role.AUDITOR)
    act = {"planner": planner, "team": [(lead, TeamRole.LEAD)]}
    alder, birch, cedar, _dogwood = (
        factories.workplace(
            program,
            name=name,
            region=region,
            latitude=latitude,
            longitude=longitude,
            country="US",
            worker_count=120,
        )
        for name, region, latitude, longitude in (
            ("Farm Alder", "Florida", "26.4", "-81.4"),
            ("Farm Birch", "Georgia", "32.1", "-83.2"),
            ("Farm Cedar", "Virginia", "37.5", "-78.6"),
            ("Farm Dogwood", "Florida", "27.4", "-81.9"),
        )
    )
    making.submitted(program, workplace=alder, findings=2, interviewed=70, **act)
    visit = making.under_way(program, workplace=birch, at=now, **act)
    making.finding(
        program, visit, title="Drinking water is more than 400 m from the field", workers_affected=40
    )
    making.interview(program, visit, workers=24, language="es")
    soon = now.date() + dt.timedelta(days=2)
    asked = making.inspection(
        program,
        workplace=cedar,
        planner=planner,
        team=[(other, TeamRole.LEAD)],
        at=now,
        starts_on=soon,
        ends_on=soon + dt.timedelta(days=1),
        purpose="Housing and drinking water.",
    )
    with making.as_staff(program, planner):
        provision = Provision.objects.order_by("position").first()
        questions.add(
            provision_id=provision.pk,
            text="Is there drinking water within reach of every row?",
            guidance="Walk from the far end and measure.",
            by=planner,
            at=now,
        )
    return program, planner, lead, other, visit, asked


def _addresses(shown):
    program, planner, lead, other, visit, asked = shown

    def at(name, *args):
        return reverse(f"audits:{name}", args=[program.slug, *args])

    with making.as_staff(program, planner):
        provision = Provision.objects.order_by("-position").first()
    yield (
        planner,
        {
            "board": at("board"),
            "by-state": at("board") + "?by=state",
            "list": at("inspections"),
            "calendar": at("calendar"),
            "due": at("due"),
            "choose": at("choose_workplace"),
            "plan": at("plan", visit.workplace_id),
            "team": at("team", asked.pk),
            "checklist": at("checklist"),
            "bars": at("bars"),
        },
    )
    yield (
        lead,
        {
            "inspection": at("inspection", visit.pk),
            "respond": at("respond", visit.pk, provision.pk),
            "finding": at("add_finding", visit.pk),
            "submit": at("submit", visit.pk),
            "paper": at("paper", visit.pk),
        },
    )
    yield other, {"assignment": at("assignment", asked.pk), "own-board": at("board")}


def test_the_pages_are_accessible_and_fit(shown, watched_page, live_server):  # noqa: F811
    for person, pages in _addresses(shown):
        sign_in(watched_page.context, live_server, person)
        for name, address in pages.items():
            assert watched_page.goto(f"{live_server.url}{address}").status == 200, address
            assert_sound(watched_page, name)
            watched_page.evaluate(MIRROR)
            for width in WIDTHS:
                watched_page.set_viewport_size({"width": width, "height": 900})
                assert_no_overflow(watched_page)


def test_a_line_is_answered_by_keyboard_alone(shown, watched_page, live_server):  # noqa: F811
    program, _planner, lead, _other, visit, _asked = shown
    sign_in(watched_page.context, live_server, lead)
    address = reverse("audits:inspection", args=[program.slug, visit.pk])
    watched_page.goto(f"{live_server.url}{address}")
    watched_page.get_by_role("link", name="Is there drinking water within reach of every row?").focus()
    watched_page.keyboard.press("Enter")
    watched_page.get_by_label("Met", exact=True).focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Tab"):  # Met, partly, not met; then to the note
        watched_page.keyboard.press(key)
    watched_page.keyboard.type("400 m from the last row.")
    watched_page.keyboard.press("Tab")
    watched_page.keyboard.press("Enter")
    watched_page.get_by_text("Noted.").wait_for()
    with making.as_auditor(program, lead):
        row = Response.objects.get(inspection=visit)
    assert (row.answer, row.note) == ("not_met", "400 m from the last row.")


def test_a_visit_is_noted_without_script(shown, browser, live_server):
    program, _planner, lead, _other, visit, _asked = shown
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server, lead)
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('audits:add_interview', args=[program.slug, visit.pk])}")
    page.get_by_label("Workers").fill("40")
    page.get_by_role("button", name="Save").click()
    assert "64 of at least 60 (120 present)" in page.content()
    context.close()
    with making.as_auditor(program, lead):
        assert Interview.objects.filter(inspection=visit).count() == 2

"""One walk through education in a real browser: the educator's phone without script, the supplier's portal, every page sound at both widths."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from programs.models import EducationDue, EducationSession, Workplace
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.models import Person
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


def look(page, live_server, name, path):
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.goto(live_server.url + path).status == 200, name
    assert_accessible(page)
    shoot(page, f"{name}-1280")
    page.set_viewport_size({"width": 360, "height": 740})
    assert_no_overflow(page)
    shoot(page, f"{name}-360")


def shoot(page, name):
    if folder := os.environ.get("WSR_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_education_walk(live_server, context, browser, watched_page, demo_copy):  # noqa: F811
    program = demo_copy["farms-demo"]
    educator = Person.objects.get(email="farms.educator@demo.example")
    manager = Person.objects.get(email="farms.supplier-manager@demo.example")
    with program_scope(program.pk):
        due = EducationDue.objects.filter(state="owed").exclude(due_on=None).order_by("pk").first()
        place = Workplace.objects.get(name="Demo Farm Birch")
        planned = EducationSession.objects.get(state="planned", workplace=place)
        held = EducationSession.objects.get(state="held")
        EducationSession.objects.filter(pk=planned.pk).update(starts_at=held.starts_at)

    def at(name, *args):
        return reverse(f"programs:{name}", args=[program.slug, *args])

    sign_in(context, live_server, educator)
    for name, *args in (
        ("education",),
        ("education_due", due.pk),
        ("education_coverage",),
        ("education_workplace", place.pk),
        ("plan_session", place.pk),
        ("education_sessions",),
        ("education_session", held.pk),
        ("education_session", planned.pk),
        ("report_session", planned.pk),
        ("cancel_session", planned.pk),
        ("education_materials",),
        ("add_material",),
    ):
        look(watched_page, live_server, f"{name}-{len(args) and str(args[0])[-4:]}", at(name, *args))

    phone = browser.new_context(
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        storage_state=context.storage_state(),
    )
    page = phone.new_page()
    page.goto(live_server.url + at("report_session", planned.pk))
    page.get_by_label("Workers who took part").fill("70")
    page.get_by_label("Workers at work there that day").fill("85")
    page.locator("[name=is_paid_time][value=yes]").check()
    page.locator("[name=management_present][value=no]").check()
    page.get_by_role("button", name="Send the report").click()
    assert "70 of 85 workers" in page.inner_text("main")
    assert "somebody else than the reporter" in page.inner_text("main")
    phone.close()

    context.clear_cookies()
    sign_in(context, live_server, manager)
    look(watched_page, live_server, "own_education", at("own_education"))
    look(watched_page, live_server, "own_session", at("own_session", planned.pk))

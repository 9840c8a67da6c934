"""One walk through acts on several rows, files and regular reports: without script on a phone, by keyboard, both widths, both directions."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from programs.models import Workplace
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.models import Person
from wsr.tenancy import program_scope
from wsr.ui.models import SavedView

pytestmark = pytest.mark.browser


def look(page, name):
    """The page as it is, at both widths and from right to left."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert_no_overflow(page)
        if folder := os.environ.get("WSR_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert_accessible(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_overflow(page)
    page.evaluate("document.documentElement.dir = 'ltr'")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_several_rows_files_and_reports(live_server, context, browser, watched_page, demo_copy):  # noqa: F811
    program = demo_copy["farms-demo"]
    director = Person.objects.get(email="farms.director@demo.example")
    with program_scope(program.pk, person_id=director.pk):
        view = SavedView.objects.get(name="Overdue education")
        sectors = dict(Workplace.objects.order_by("name").values_list("name", "sector"))

    def at(name, *args):
        return live_server.url + reverse(name, args=[program.slug, *args])

    page = watched_page
    sign_in(context, live_server, director)
    page.goto(at("programs:workplaces"))
    look(page, "list")
    for key in "jxjx":  # by keyboard alone: down to a row, choose it
        page.keyboard.press(key)
    assert [box.is_checked() for box in page.locator("input[name=row]").all()[:3]] == [True, True, False]
    page.get_by_label("do this").focus()
    page.keyboard.type("Set the sector")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Sector").fill("Greenhouse tomatoes")
    look(page, "form")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Do it with 2 rows").wait_for()
    look(page, "preview")
    preview = page.url

    phone = browser.new_context(
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        storage_state=context.storage_state(),
    )
    plain = phone.new_page()
    plain.goto(preview)
    plain.get_by_role("button", name="Do it with 2 rows").click()
    with program_scope(program.pk):
        assert Workplace.objects.filter(sector="Greenhouse tomatoes").count() == 2
    plain.get_by_role("button", name="Take it back").click()
    assert plain.get_by_role("heading", name="Taken back: 2").is_visible()
    phone.close()
    page.reload()
    look(page, "result")
    with program_scope(program.pk):
        assert dict(Workplace.objects.order_by("name").values_list("name", "sector")) == sectors

    page.goto(at("programs:education"))
    assert page.get_by_role("navigation", name="Pinned views").is_visible()
    look(page, "pinned")
    for name, *args in (("ui:views",), ("ui:rename_view", view.pk), ("ui:schedule_view", view.pk)):
        page.goto(at(name, *args))
        look(page, name[3:])
    page.goto(at("ui:reports"))
    assert page.get_by_role("link", name="Overdue education").is_visible()
    look(page, "reports")
    page.goto(at("ui:exports"))
    look(page, "files")

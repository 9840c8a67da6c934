"""Evidence in a real browser: an auditor's phone sends photos, looks at them, and everything fits; wide, and in axe's eyes."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from audits.enums import TeamRole
from audits.models import Evidence
from tests import factories
from tests.audits import making
from tests.files import making as made_of
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.grants import Role

pytestmark = pytest.mark.browser


def test_a_phone_sends_photos_and_shows_them(transactional_db, live_server, context, watched_page, tmp_path):  # noqa: F811
    program = factories.program("garment")
    lead = factories.member(program, Role.AUDITOR)
    visit = making.under_way(program, team=[(lead, TeamRole.LEAD)])
    with making.as_auditor(program, lead):
        making.finding(program, visit, title="Exit of the second floor blocked by cartons")
    photo, drawing = tmp_path / "IMG_2041.jpg", tmp_path / "plan.svg"
    photo.write_bytes(made_of.jpeg((800, 600), orientation=6))
    drawing.write_bytes(made_of.SVG)
    sign_in(context, live_server, lead)
    page = watched_page

    def look(name: str) -> None:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert_no_overflow(page)
            if folder := os.environ.get("WSR_SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"evidence-{name}-{width}.png", full_page=True)
        assert_accessible(page)

    page.goto(live_server.url + reverse("audits:evidence", args=[program.slug, visit.pk]))
    look("empty")
    page.get_by_role("link", name="Add evidence").click()
    page.get_by_label("What it shows").fill("Cartons before the exit")
    page.get_by_label("Finding").select_option(label="Exit of the second floor blocked by cartons")
    page.set_input_files("[name=files]", [photo])
    look("form")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("1 file added.").wait_for()
    look("list")
    page.get_by_role("link", name="Cartons before the exit").click()
    expect(page.locator("main img")).to_have_js_property("naturalWidth", 600)
    assert "23.810139, 90.403403" in page.content()
    look("one")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    content = Path(download.value.path()).read_bytes()
    assert (download.value.suggested_filename, [s for s in made_of.SECRETS if s in content]) == (
        "IMG_2041.jpg",
        [],
    )
    page.goto(live_server.url + reverse("audits:inspection", args=[program.slug, visit.pk]))
    page.get_by_role("link", name="Cartons before the exit").wait_for()
    page.get_by_role("link", name="Add evidence").click()
    page.wait_for_url("**/evidence/add/")
    page = context.new_page()  # a browser's console notes every refused form
    page.goto(watched_page.url)
    page.set_input_files("[name=files]", [drawing])
    page.get_by_label("What it shows").fill("The plan")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("plan.svg: Web pages, SVG drawings").first.wait_for()
    assert page.get_by_label("What it shows").input_value() == "The plan"
    look("refused")
    with making.as_auditor(program, lead):
        assert Evidence.objects.count() == 1

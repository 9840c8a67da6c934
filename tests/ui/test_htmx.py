"""What htmx adds in a real browser: lists change without a new page, jobs refresh themselves and then rest."""

import pytest

from tests import factories
from tests.conftest import AT
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in
from wsr.jobs.models import Job, State
from wsr.tenancy import program_scope

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.ui.places")]


@pytest.fixture
def garment(live_server, context):
    program = factories.program("garment")
    sign_in(context, live_server, factories.member(program, "director"))
    return program


@pytest.fixture
def places(garment):
    supplier = factories.supplier(garment)
    for name, count in [("Amber", 30), ("Birch", 7), ("Cedar", 3)]:
        factories.workplace(garment, supplier=supplier, name=name, worker_count=count)


def rows(page):
    return page.locator("#table tbody th").all_inner_texts()


def test_a_list_is_filtered_sorted_and_left_by_the_back_button(live_server, watched_page, places):
    page = watched_page
    page.goto(f"{live_server.url}/p/garment/places/")
    page.evaluate("() => { window.stayed = true }")
    page.get_by_role("link", name="Workers", exact=True).click()
    page.wait_for_url("**/places/?sort=workers")
    assert rows(page) == ["Cedar", "Birch", "Amber"]
    page.get_by_label("Search", exact=True).fill("r")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/places/?q=r&sort=workers")
    assert page.evaluate("() => window.stayed") is True
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="Country").check()
    page.locator("details[open]").get_by_role("button", name="Show").click()
    page.wait_for_url("**/places/?q=r&columns=*")
    assert "sort=workers" in page.url
    assert_accessible(page)
    page.get_by_role("link", name="Remove the filter Search").click()
    page.wait_for_url(lambda url: "q=" not in url)
    page.go_back()
    page.get_by_role("link", name="Remove the filter Search").wait_for()
    assert "q=r" in page.url
    page.locator(".side nav").wait_for()


def test_a_view_is_kept_from_the_list(live_server, watched_page, places):
    page = watched_page
    page.goto(f"{live_server.url}/p/garment/places/?q=r")
    page.locator("summary", has_text="Views").click()
    page.get_by_label("Keep this list as").fill("With an r")
    page.get_by_role("button", name="Save the view").click()
    page.get_by_text("is saved").wait_for()
    assert page.url.endswith("/places/?q=r")
    page.locator("summary", has_text="Views").click()
    assert page.get_by_role("link", name="With an r").get_attribute("aria-current") == "true"


def test_a_list_fits_a_phone_in_every_open_menu(live_server, watched_page, places):
    page = watched_page
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{live_server.url}/p/garment/places/?q=r")
    for name in ("Filter", "Columns", "Views", "Export"):
        page.locator(".toolbar summary", has_text=name).click()
        assert_no_overflow(page)
    assert_accessible(page)


def test_an_export_is_downloaded(live_server, page, places):
    page.goto(f"{live_server.url}/p/garment/places/?sort=-name")
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Place", "Cedar", "Birch", "Amber"]


def test_jobs_refresh_themselves_and_then_rest(live_server, watched_page, garment):
    with program_scope(garment.pk):
        job = Job.objects.create(
            kind="test", title="Reading a list", state=State.RUNNING, asked_at=AT, done=1, total=4
        )
    page = watched_page
    page.clock.install()
    page.goto(f"{live_server.url}/p/garment/jobs/")
    assert page.locator("progress").get_attribute("value") == "1"
    with program_scope(garment.pk):
        Job.objects.filter(pk=job.pk).update(done=3)
    page.clock.run_for(2_500)
    page.locator('progress[value="3"]').wait_for()
    with program_scope(garment.pk):
        Job.objects.filter(pk=job.pk).update(state=State.DONE, ended_at=AT, message="4 rows read.")
    page.clock.run_for(2_500)
    page.get_by_text("4 rows read.").wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(30_000)
    assert asked == []

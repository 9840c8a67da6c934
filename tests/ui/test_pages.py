"""The pages of the platform itself, the shell around them, and what they weigh."""

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from tests import factories
from tests.ui.browser import assert_accessible, assert_no_overflow, page_weight, sign_in
from wsr.ui import home as homes
from wsr.ui.home import Step, Tile
from wsr.ui.navigation import entries

CONSOLE_BYTES = 200_000
PUBLIC_BYTES = 60_000


@pytest.fixture
def signed_in(client, director):
    factories.sign_in(client, director)
    return client


@pytest.mark.django_db
def test_home_is_for_everyone_and_sets_no_cookie(client):
    answer = client.get("/")
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert "<script" not in answer.content.decode()


@pytest.mark.django_db
def test_inbox_lists_her_programs(signed_in, program, director, other_program):
    factories.member(other_program, "observer", person=director)
    text = signed_in.get("/inbox/").content.decode()
    assert "/p/garment/" in text
    assert "/p/farms/" in text


@pytest.mark.django_db
def test_switcher_offers_only_ones_own_programs(signed_in, program, other_program):
    assert "/p/farms/" not in signed_in.get("/p/garment/").content.decode()
    assert signed_in.get("/p/farms/").status_code == 404


@pytest.mark.django_db
def test_program_page_shows_what_the_apps_say(signed_in, program, monkeypatch):
    def tile(request):
        return Tile("workplaces", 3351, f"/p/{request.program.slug}/")

    def step(request):
        return Step("Decide 14 possible matches", "/x/", tag="Due Friday", tone="due")

    monkeypatch.setattr(homes, "discover", lambda module, name: [tile, step, lambda request: None])
    text = signed_in.get("/p/garment/").content.decode()
    assert "3,351" in text
    assert "Decide 14 possible matches" in text


@pytest.mark.django_db
def test_navigation_marks_the_page_and_every_entry_has_an_address(signed_in, program):
    from django.urls import reverse

    assert [reverse(entry.url_name, kwargs={"program_slug": "garment"}) for entry in entries()]
    assert (
        '<a href="/p/garment/jobs/" aria-current="page">'
        in signed_in.get("/p/garment/jobs/").content.decode()
    )


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_need_neither_request_nor_database(name):
    text = render_to_string(f"{name}.html")
    assert text.count("<h1>") == 1
    assert "<script" not in text


def test_a_form_names_its_mistakes_at_the_top_and_at_the_field():
    from wsr.ui.style import sample_forms

    with translation.override("en"):
        text = Template("{{ form }}").render(Context({"form": sample_forms()["wrong_form"]}))
    assert (
        '<a href="#id_wrong-workers">Workers – Ensure this value is greater than or equal to 0.</a>' in text
    )
    assert 'aria-describedby="id_wrong-workers_helptext id_wrong-workers_error"' in text
    assert 'id="id_wrong-workers_error"' in text


@pytest.fixture
def browser_person(live_server, context):
    person = factories.member(factories.program("garment"), "director")
    sign_in(context, live_server, person)
    return person


@pytest.mark.browser
def test_weights_stay_within_the_budgets(live_server, page, browser_person):
    console = page_weight(page, f"{live_server.url}/p/garment/")
    assert console["total"] <= CONSOLE_BYTES, console
    public = page_weight(page, f"{live_server.url}/")
    assert public["total"] <= PUBLIC_BYTES, public


@pytest.mark.browser
def test_own_pages_are_accessible_and_fit(live_server, watched_page, browser_person):
    for path in ("/", "/p/garment/", "/p/garment/jobs/", "/p/garment/views/"):
        watched_page.goto(live_server.url + path)
        for width in (320, 1280):
            watched_page.set_viewport_size({"width": width, "height": 800})
            assert_accessible(watched_page)
            assert_no_overflow(watched_page)


@pytest.mark.browser
def test_console_works_without_script_on_a_phone(live_server, browser, browser_person, context):
    phone = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    phone.add_cookies(context.cookies())
    page = phone.new_page()
    page.goto(f"{live_server.url}/p/garment/")
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Jobs").click()
    assert page.url.endswith("/p/garment/jobs/")
    page.locator(".menu.end > summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    phone.close()

"""The worker's pages in a browser without script, as narrow as phones get, written from right to left."""

import pytest

from tests import factories
from tests.complaints.test_worker_pages import STORY
from tests.ui.browser import assert_accessible, assert_no_overflow, page_weight

SMALL = {"viewport": {"width": 320, "height": 640}, "locale": "ur-PK"}


@pytest.fixture
def phone(browser, settings):
    """A cheap phone in Urdu."""
    settings.LANGUAGES = [*settings.LANGUAGES, ("ur", "Urdu")]
    context = browser.new_context(java_script_enabled=False, **SMALL)
    yield context.new_page()
    context.close()


@pytest.fixture
def look(browser, live_server, phone):
    """What the phone shows, looked at in a window with scripts: right to left, readable by machines, nothing sticking out."""
    context = browser.new_context(**SMALL)
    window = context.new_page()
    window.route("**/as-seen", lambda route: route.fulfill(body=phone.content(), content_type="text/html"))

    def see():
        window.goto(f"{live_server.url}/as-seen")
        assert window.locator("html").get_attribute("dir") == "rtl"
        assert_no_overflow(window)
        assert_accessible(window)

    see.window = window
    yield see
    context.close()


def test_a_report_and_the_way_back_on_a_small_phone(live_server, phone, look):
    program = factories.program()
    url = f"{live_server.url}/report/{program.slug}/"
    assert page_weight(look.window, url)["total"] <= 15_000
    phone.goto(url)
    look()
    assert phone.context.cookies() == []
    phone.get_by_role("link", name="Report something").click()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_text("Write what happened").wait_for()
    look()
    phone.get_by_label("What happened?").fill(STORY)
    for number in range(1, 8):
        phone.get_by_role("heading", name=f"Question {number} of 7").wait_for()
        phone.get_by_role("button", name="Next").click()
    phone.get_by_role("heading", name="Look at it once more").wait_for()
    look()
    phone.locator("a[href*='q=7&r=1']").click()
    phone.get_by_label("Your name").fill("Meena")
    look()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_text("Meena").wait_for()
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("button", name="I wrote it down").wait_for()
    look()
    number, secret = phone.locator(".receipt").all_inner_texts()
    phone.get_by_role("button", name="I wrote it down").click()
    phone.get_by_role("link", name="Come back with number and code").click()
    phone.get_by_label("Your number").fill(number)
    phone.get_by_label("Your code").fill(secret)
    phone.get_by_role("button", name="Open").click()
    phone.get_by_text(STORY).wait_for()
    look()

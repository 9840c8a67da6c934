"""The worker's pages in a browser without script, as narrow as phones get, written from right to left."""

import pytest

from tests import factories
from tests.complaints.test_worker_pages import STORY
from tests.ui.browser import assert_accessible, assert_no_overflow, page_weight


@pytest.fixture
def phone(browser, settings):
    """A cheap phone in Urdu."""
    settings.LANGUAGES = [*settings.LANGUAGES, ("ur", "Urdu")]
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="ur-PK"
    )
    yield context.new_page()
    context.close()


def look(page):
    """Right to left, readable by machines, nothing sticking out."""
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert_no_overflow(page)
    assert_accessible(page)


def test_a_report_and_the_way_back_on_a_small_phone(live_server, phone):
    program = factories.program()
    url = f"{live_server.url}/report/{program.slug}/"
    assert page_weight(phone, url)["total"] <= 15_000
    look(phone)
    assert phone.context.cookies() == []
    phone.get_by_role("link", name="Report something").click()
    phone.get_by_role("button", name="Next").click()
    assert "Write what happened" in phone.content()
    look(phone)
    phone.get_by_label("What happened?").fill(STORY)
    for _ in range(7):
        phone.get_by_role("button", name="Next").click()
    look(phone)
    phone.get_by_role("link", name="Change").nth(5).click()
    phone.get_by_label("Your name").fill("Meena")
    look(phone)
    phone.get_by_role("button", name="Next").click()
    assert "Meena" in phone.content()
    phone.get_by_role("button", name="Send").click()
    look(phone)
    number, secret = phone.locator(".receipt").all_inner_texts()
    phone.get_by_role("button", name="I wrote it down").click()
    phone.get_by_role("link", name="Come back with number and code").click()
    phone.get_by_label("Your number").fill(number)
    phone.get_by_label("Your code").fill(secret)
    phone.get_by_role("button", name="Open").click()
    assert STORY in phone.content()
    look(phone)

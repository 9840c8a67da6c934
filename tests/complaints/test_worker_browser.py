"""The worker's pages in a browser without script, as narrow as phones get: written from right to left, and in Spanish."""

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.forms.worker import STEPS
from tests import factories
from tests.complaints.test_worker_languages import STORIES
from tests.ui.browser import assert_accessible, assert_no_overflow, page_weight
from wsr import languages

SMALL = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture(params=["ur", "es"])
def language(request):
    """The language of the phone, and of the words below."""
    with translation.override(request.param):
        yield languages.BY_CODE[request.param]


@pytest.fixture
def phone(browser, language):
    """A cheap phone."""
    context = browser.new_context(java_script_enabled=False, locale=language.code, **SMALL)
    yield context.new_page()
    context.close()


@pytest.fixture
def look(browser, live_server, phone, language):
    """What the phone shows, looked at in a window with scripts: the right way round, readable by machines, nothing sticking out."""
    context = browser.new_context(locale=language.code, **SMALL)
    window = context.new_page()
    window.route("**/as-seen", lambda route: route.fulfill(body=phone.content(), content_type="text/html"))

    def see():
        window.goto(f"{live_server.url}/as-seen")
        assert window.locator("html").get_attribute("dir") == language.direction
        assert_no_overflow(window)
        assert_accessible(window)

    see.window = window
    yield see
    context.close()


def test_a_report_and_the_way_back_on_a_small_phone(live_server, phone, look, language):
    program = factories.program()
    url = f"{live_server.url}/report/{program.slug}/"
    story = STORIES[language.code]
    assert page_weight(look.window, url)["total"] <= 15_000
    phone.goto(url)
    assert phone.locator("nav a").all_inner_texts() == [one.own_name for one in languages.LANGUAGES]
    look()
    assert phone.context.cookies() == []
    phone.get_by_role("link", name=_("Report something")).click()
    phone.get_by_role("button", name=_("Next")).click()
    phone.get_by_text(_("Write what happened, in a few words.")).wait_for()
    look()
    phone.get_by_label(_("What happened?")).fill(story)
    for number in range(1, len(STEPS)):
        title = _("Question %(shown)s of %(of)s") % {"shown": number, "of": len(STEPS) - 1}
        phone.get_by_role("heading", name=title).wait_for()
        look()
        phone.get_by_role("button", name=_("Next")).click()
    phone.get_by_role("heading", name=_("Look at it once more")).wait_for()
    look()
    phone.locator("a[href*='q=7&r=1']").click()
    phone.get_by_label(_("Your name")).fill("Meena")
    phone.get_by_role("button", name=_("Next")).click()
    phone.get_by_text("Meena").wait_for()
    phone.get_by_role("button", name=_("Send")).click()
    phone.get_by_role("button", name=_("I wrote it down")).wait_for()
    look()
    number, secret = phone.locator(".receipt").all_inner_texts()
    phone.get_by_role("button", name=_("I wrote it down")).click()
    phone.get_by_role("link", name=_("Come back with number and code")).click()
    phone.get_by_label(_("Your number")).fill(number)
    phone.get_by_label(_("Your code")).fill(secret)
    phone.get_by_role("button", name=pgettext("worker", "Open")).click()
    phone.get_by_text(story).wait_for()
    look()

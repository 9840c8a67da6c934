"""Journey 10: the public reads, on a phone of 360 pixels without script. A farm is looked up, a list downloaded, a page cited, the principles signed.

On the demo as it is published.
"""

import csv
import io
import re

import pytest
from django.core import mail
from django.utils import timezone

from programs import endorser_mail
from programs.models import Endorsement
from tests.journeys.desk import Desk
from tests.ui.browser import assert_no_overflow
from wsr.accounts.grants import Role
from wsr.registry.models import Listing
from wsr.tenancy import public_scope

pytestmark = pytest.mark.browser
FARM = "Demo Farm Alder"


@pytest.fixture
def phone(demo_copy, browser, live_server):
    """Nobody's phone."""
    made = Desk(browser, live_server, width=360, java_script_enabled=False)
    yield made
    made.close()


def test_somebody_looks_up_a_farm_cites_it_and_signs_the_principles(phone, browser, live_server):
    record = _looks_up_a_farm(phone)
    _reads_how_it_stands(phone, record)
    _downloads(phone)
    _cites(phone, record)
    _endorses(phone)
    _is_listed(phone, Desk.of(browser, live_server, "farms", Role.DIRECTOR))
    assert phone.context.cookies() == []


def _looks_up_a_farm(phone: Desk) -> str:
    """From the front page to the record, by its name."""
    phone.page.goto(phone.site)
    phone.page.get_by_role("link", name="Registry").first.click()
    phone.page.locator("main [name=q]").fill("Alder")
    phone.page.keyboard.press("Enter")
    phone.follow(FARM)
    assert FARM in phone.page.locator("h1").inner_text()
    assert_no_overflow(phone.page)
    return phone.page.url


def _reads_how_it_stands(phone: Desk, record: str) -> None:
    """Its standing with a date, the last inspection, what was found and corrected, sessions held; what is not told says why."""
    page = phone.follow("Everything about it")
    for said in ("Standing", "since", "What is published", "Why is this blank"):
        assert said in page, said
    assert_no_overflow(phone.page)
    for name in (
        "Demo Brand North",
        "Demo Worker",
        "case_handler",
    ):  # who buys there is a number, who complained is nobody's
        assert name not in page
    phone.page.goto(record)


def _downloads(phone: Desk) -> None:
    """The list of workplaces, with the day of its publication and what is withheld."""
    phone.open("/registry/farms-demo/")
    link = phone.page.locator("main a[href*='workplaces.csv']").first.get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(phone.page.request.get(phone.site + link).text())))
    farm = next(row for row in rows if row["name"] == FARM)
    assert farm["published_at"]
    hidden = next(row for row in rows if row["name"] == "Demo Farm Elm")
    assert hidden["latitude"] == ""
    assert hidden["withheld"]


def _cites(phone: Desk, record: str) -> None:
    """An address that stays, the version that was read, and the page as it was on a day."""
    phone.page.goto(record)
    printed = phone.page.locator("main .code").first.inner_text()
    assert phone.page.goto(f"{phone.site}/r/{printed}").url.split("?")[0] == record
    phone.page.locator("main [name=on]").fill(timezone.localdate().isoformat())
    phone.press("Show")
    assert "What the registry said on" in phone.words()
    with public_scope():
        listing = Listing.objects.filter(name="Demo Brand North").order_by("public_id").first()
    phone.page.goto(f"{phone.site}/r/{listing.public_id}")
    assert "Demo Brand North" in phone.words()
    phone.open("/registry/farms-demo/figures/")
    assert_no_overflow(phone.page)


def _endorses(phone: Desk) -> None:
    """She signs, confirms by mail, and waits for somebody to look at it."""
    phone.open("/principles/")
    phone.follow("Endorse them")
    phone.press("Endorse", kind="person", name="Rosa Reader", email="rosa@reader.example", is_listed=True)
    assert "Look into your mailbox" in phone.words()
    mail.outbox.clear()
    endorser_mail.send_due(at=timezone.now())
    sent = next(one for one in mail.outbox if "rosa@reader.example" in one.to)
    phone.open(re.search(r"/endorse/confirm/\S+", sent.body)[0])
    phone.page.locator("main button").first.click()
    assert "Your endorsement is confirmed" in phone.words()
    assert Endorsement.objects.get(name="Rosa Reader").confirmed_at


def _is_listed(phone: Desk, director: Desk) -> None:
    """Somebody of a program looks at it; then it stands in the public list."""
    director.open("/inbox/")
    director.follow("endorsement")
    director.page.locator("main li").filter(has_text="Rosa Reader").get_by_role(
        "button", name="Count it"
    ).click()
    assert "Rosa Reader" in phone.open("/endorse/endorsers/")
    director.close()

"""From a real supplier list to a signed public record, as one person lives it: in a browser, with a real worker."""

import csv
import io
import json
import re
import subprocess
import sys
import time
import zipfile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from programs.models import Participation, Sourcing, Workplace
from programs.operations.starting import start_program
from tests import factories
from wsr.history.models import Event
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser

REASON = "The agreement is signed on paper and will be entered here next month."


def code_of(secret: str) -> str:
    """What an authenticator app would show now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def people(live_server):
    """A garment program with its director, who has no second factor yet, and the director of another program."""
    director, stranger = factories.person("ana@example.org"), factories.person("bela@example.org")
    for person in (director, stranger):
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    for slug, name, person in (
        ("garments", "Garment Program", director),
        ("farms", "Farm Program", stranger),
    ):
        start_program(name=name, slug=slug, blueprint="accord", director=person, by=None, at=factories.AT)
    return director, stranger


@pytest.fixture
def desk(page, live_server, people):
    """The director's browser, signed in through the pages with a second factor set up at the first sign-in."""
    sign_in(page, live_server.url, "ana@example.org")
    return page


def sign_in(page, url: str, email: str) -> None:
    """E-mail and password, then an authenticator app set up on the spot."""
    page.goto(f"{url}/p/garments/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("main a[href$='/totp/activate/']").click()
    page.locator("#totp-key").wait_for()
    page.get_by_label("code").fill(code_of(page.locator("#totp-key").inner_text()))
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


def upload(page, url: str, path, country: str = "") -> str:
    """Upload a list as it is and have its rows checked; returns the address of the import."""
    page.goto(f"{url}/p/garments/imports/upload/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="What the columns mean").wait_for()
    if country:
        page.get_by_label("Country for the whole file").select_option(label=country)
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Apply this import").wait_for()
    return page.url


def decide(page, address: str, *, by_hand: int = 3) -> None:
    """Say that no two are the same: of the first questions one by one, of the others at once after seeing their pairs."""
    page.goto(f"{address}decide/")
    meta = page.locator("#question .meta")
    total = int(meta.inner_text().split()[-1])
    for answered in range(1, by_hand + 1):
        page.locator("#question button[value=different]").click()
        meta.filter(has_text=re.compile(rf" {total - answered}$")).wait_for()
    page.get_by_role("link", name="Several are different").click()
    page.get_by_role("link", name="100 %").click()
    page.get_by_role("button", name="pairs are different").click()
    page.get_by_role("heading", name="Is this the same place?").wait_for()
    while page.locator("button[value=different]").count():  # alike in every letter: one by one
        left = meta.inner_text()
        page.locator("#question button[value=different]").first.click()
        page.wait_for_function(
            "left => document.querySelector('#question .meta')?.innerText !== left", arg=left
        )
    page.get_by_role("heading", name="Nothing left to decide").wait_for()


def apply(page, address: str) -> str:
    """Apply and watch the bar until it is done; returns the closing sentence."""
    page.goto(address)
    page.get_by_role("button", name="Apply this import").click()
    page.get_by_role("link", name="Undo this import").wait_for()
    return page.locator(".notice").first.inner_text()


def source(page, url: str, brand: str, look_for: str) -> None:
    """Add a brand and record that it buys from the first two that a search finds."""
    page.goto(f"{url}/p/garments/brands/add/")
    page.get_by_label("Name", exact=True).fill(brand)
    page.locator("main form button[type=submit]").last.click()
    page.get_by_role("heading", name=brand).wait_for()
    page.locator("a[href$='/sourcing/']").first.click()
    page.locator("main [name=q]").fill(look_for)
    page.get_by_role("button", name="Look").click()
    page.locator("[name=workplaces]").nth(1).wait_for()
    for number in (0, 1):
        page.locator("[name=workplaces]").nth(number).check()
    page.get_by_role("button", name="Record what is ticked").click()
    page.get_by_role("heading", name=brand, exact=True).wait_for()


def publish(page, url: str) -> None:
    """Override each essential that is not met, with a reason, and publish."""
    console = f"{url}/p/garments/registry/"
    page.goto(console)
    addresses = [link.get_attribute("href") for link in page.locator("a[href*='/override/']").all()]
    assert len(addresses) == 5
    for address in addresses:
        page.goto(url + address)
        page.locator("textarea").fill(REASON)
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_url(console)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="Publish the registry", level=1).wait_for()
    page.locator(".tag", has_text="Done").wait_for()


def test_from_a_supplier_list_to_a_signed_public_record(
    desk, browser, live_server, people, worker, sample_data, tmp_path
):
    url = live_server.url

    address = upload(desk, url, sample_data / "bgmea-company-details.csv", country="Bangladesh")
    main = desk.locator("main").inner_text()
    assert "3,351 to create" in main
    assert "1,012 left out" in main
    assert "N/A" in main
    decide(desk, address)
    assert apply(desk, address).startswith("3,3")
    desk.goto(f"{url}/p/garments/workplaces/?q=Asrotex")
    desk.get_by_role("link", name="Asrotex").first.click()
    assert "bgmea-company-details" in desk.locator("main").inner_text()

    nike = upload(desk, url, sample_data / "nike-manufacturing-map-2025-12.csv")
    decide(desk, nike)
    assert "2 brands created, 687 sourcing relationships recorded" in apply(desk, nike)
    hub = upload(desk, url, sample_data / "oshub-facility-list-15.csv")
    decide(desk, hub)
    apply(desk, hub)

    source(desk, url, "Brand North", "Asrotex")
    source(desk, url, "Brand South", "Eastern Garments")
    publish(desk, url)
    desk.goto(f"{url}/p/garments/history/")
    assert "Ana" in desk.locator("main").inner_text()

    check_what_the_public_finds(browser, url, tmp_path)
    check_what_stands_in_history(people[0])
    check_what_a_stranger_sees(browser, url)


def check_what_the_public_finds(browser, url: str, folder) -> None:
    """Without an account: search, a factory, its downloads, and the proof with nothing but the files."""
    visitor = browser.new_context().new_page()
    visitor.goto(f"{url}/registry/?q=Asrotex&kind=workplace")
    visitor.get_by_role("link", name="Asrotex").first.click()
    text = visitor.locator("main").inner_text()
    assert "Bangladesh" in text
    assert "Number of brands" in text
    assert "Brand North" not in text  # the Accord says how many brands buy, not which
    assert visitor.context.cookies() == []
    visitor.goto(f"{url}/registry/garments/")
    assert REASON in visitor.locator("main").inner_text()
    rows = list(
        csv.DictReader(
            io.StringIO(_get(visitor, f"{url}/registry/garments/data/workplaces.csv").decode("utf-8-sig"))
        )
    )
    records = json.loads(_get(visitor, f"{url}/registry/garments/data/workplaces.json"))
    features = json.loads(_get(visitor, f"{url}/registry/garments/data/workplaces.geojson"))["features"]
    with program_scope(_program().pk):
        published = Workplace.objects.count()
    assert published == 3351 + 687 + 351
    assert len(rows) == published
    assert len(records["workplaces"] if isinstance(records, dict) else records) == published
    assert len(features) <= published
    bundle = folder / "bundle"
    zipfile.ZipFile(io.BytesIO(_get(visitor, f"{url}/registry/garments/registry.zip"))).extractall(bundle)
    assert verify(bundle).returncode == 0
    victim = next(bundle.rglob("workplaces.csv"))
    victim.write_bytes(victim.read_bytes().replace(b"Asrotex", b"Asrotexx", 1))
    assert verify(bundle).returncode != 0


def verify(folder) -> subprocess.CompletedProcess[str]:
    """The one command, with nothing but the downloaded files."""
    script = next(folder.rglob("verify.py"))
    return subprocess.run(
        [sys.executable, "-I", script.name, "."],
        cwd=script.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def check_what_stands_in_history(director) -> None:
    """Every act, by her."""
    with program_scope(_program().pk):
        events = list(
            Event.objects.filter(actor_id=director.pk).order_by("pk").values_list("event", flat=True)
        )
        assert Sourcing.objects.filter(brand__name__in=["Brand North", "Brand South"]).count() == 4
    assert events.count("import.applied") == 3
    assert events.count("sourcing.started") == 4
    assert events.count("registry.gate_overridden") == 5
    assert events.count("registry.published") == 1


def check_what_a_stranger_sees(browser, url: str) -> None:
    """The director of another program: nothing."""
    other = browser.new_context().new_page()
    sign_in(other, url, "bela@example.org")
    assert other.goto(f"{url}/p/garments/workplaces/").status == 404
    other.goto(f"{url}/p/farms/workplaces/")
    assert "Asrotex" not in other.locator("main").inner_text()
    with program_scope(_program("farms").pk):
        assert Participation.objects.suppliers().count() == 0


def _get(page, address: str) -> bytes:
    answer = page.request.get(address)
    assert answer.status == 200, f"{address}: {answer.status}"
    return answer.body()


def _program(slug: str = "garments"):
    from wsr.tenancy.models import Program

    return Program.objects.get(slug=slug)

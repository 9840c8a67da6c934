"""The pages of imports in a real browser: accessible, narrow, by keyboard, without script."""

import pytest

from tests import factories
from tests.ui.browser import assert_sound, sign_in
from wsr.imports import operations
from wsr.imports.models import Row
from wsr.jobs.models import Job, State
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser

KNOWN = b"Factory,Address,City,Country,Products,Workers\nDelta Knitwear Ltd.,12 Mill Road,Savar,Bangladesh,Shirts,120\n"
LIST = """Factory,Address,City,Country,Products,Workers,Postal Code
Delta Knit Wear Limited,12 Mill Rd.,Savar,BD,"Shirts, Polo shirts",140,
Delta Knitwears,14 Mill Road,Savar,BD,Shirts,120,
Omega Mills,5 Orchard Road,Fresno,US,Cotton,80,4330
AÃ§Ä±k Giyim,Cadde 4,Bursa,Turkey,Shirts,60,16000
,Nowhere,,,,,
""".encode()


@pytest.fixture
def base(live_server, context):
    """The garment program has one workplace and a checked list that may name it again; the director is signed in."""
    program = factories.program("garment")
    director = factories.member(program, "director")
    with program_scope(program.pk, person_id=director.pk):
        first = _checked(KNOWN, "first.csv", director)
        operations.apply(batch_id=first.pk, by=director, at=factories.AT)
        batch = _checked(LIST, "buyers.csv", director)
    sign_in(context, live_server, director)
    return f"{live_server.url}/p/garment/imports/", first, batch, program


def _checked(content, name, director):
    batch = operations.upload(
        chunks=[content], name=name, media_type="text/csv", by=director, at=factories.AT
    )
    batch = operations.map_columns(
        batch_id=batch.pk, target="workplaces", source=name, columns=batch.mapping, defaults={}, by=director, at=factories.AT
    )  # fmt: skip
    Job.objects.filter(pk=batch.job_id).update(state=State.DONE, ended_at=factories.AT)
    return operations.check(
        batch_id=batch.pk, by=director, at=factories.AT, progress=lambda done, total: None
    )


def pages(base, first, batch):
    one = f"{base}{batch.pk}/"
    return {
        "list": base,
        "upload": base + "upload/",
        "map": one + "map/",
        "detail": one,
        "decide": one + "decide/",
        "different": one + "different/?below=1",
        "letters": one + "repairs/?kind=letters",
        "zeros": one + "repairs/?kind=zeros",
        "rows": one + "rows/",
        "errors": one + "rows/?status=error",
        "undo": f"{base}{first.pk}/undo/",
    }


def test_every_page_is_accessible_and_fits(base, watched_page):
    for address in pages(*base[:3]).values():
        watched_page.goto(address)
        assert_sound(watched_page)


def test_decisions_by_keyboard_alone(base, watched_page):
    url, _first, batch, program = base
    watched_page.goto(f"{url}{batch.pk}/decide/")
    watched_page.get_by_text("1 of 2").wait_for()
    assert watched_page.locator("mark").count() > 0
    assert watched_page.get_by_role("cell", name="Bangladesh").count() > 0

    _press_until(watched_page, "The same")
    watched_page.keyboard.press("Enter")
    watched_page.get_by_text("1 of 1").wait_for()
    _press_until(watched_page, "Different places")
    watched_page.keyboard.press("Enter")
    watched_page.get_by_text("Nothing left to decide").wait_for()

    with program_scope(program.pk):
        assert set(Row.objects.filter(batch=batch).exclude(answer="").values_list("answer", flat=True)) == {
            "same",
            "different",
        }


def _press_until(page, name):
    """Tab on until the button of this name has the focus."""
    for _press in range(60):
        if page.evaluate("() => document.activeElement.textContent.trim()") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached with the Tab key.")


def test_from_upload_to_decision_without_script_on_a_phone(base, browser, context, tmp_path):
    url, _first, batch, _program = base
    (tmp_path / "new.csv").write_bytes(KNOWN)
    phone = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    phone.add_cookies(context.cookies())
    page = phone.new_page()
    page.goto(url + "upload/")
    page.get_by_label("File").set_input_files(tmp_path / "new.csv")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="What the columns mean").wait_for()
    page.get_by_label("Country for the whole file").select_option("BD")
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_text("Check first").first.wait_for()

    page.goto(f"{url}{batch.pk}/")
    page.get_by_role("link", name="Decide on 2 likely matches").click()
    page.get_by_role("button", name="The same").first.click()
    page.get_by_text("1 of 1").wait_for()
    page.get_by_role("link", name="Later").click()
    page.goto(f"{url}{batch.pk}/")
    page.get_by_role("button", name="Apply this import").click()
    page.get_by_text("Import buyers.csv").first.wait_for()
    assert "Waiting" in page.locator("main").inner_text()  # no worker runs here
    phone.close()

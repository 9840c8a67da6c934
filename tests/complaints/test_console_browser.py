"""The hotline console by keyboard alone, narrow and wide, and written from right to left."""

import re

from complaints.models import Complaint
from tests import factories
from tests.complaints.test_console import STORY
from tests.files.making import wav
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in
from wsr.tenancy import program_scope

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}


def at(page) -> str:
    """Name and value of what has the focus."""
    return page.evaluate("() => `${document.activeElement.name || ''}=${document.activeElement.value || ''}`")


def tab_to(page, name: str) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if at(page).startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard; the focus is on {at(page)}")


def digits(page, row: int) -> str:
    return re.sub(r"\D", "", page.locator(".digits").nth(row).inner_text())


def look(page) -> None:
    """Both widths, readable by machines, nothing sticking out."""
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert_no_overflow(page)
    assert_accessible(page)


def test_staff_hear_what_a_worker_hears(live_server, watched_page):
    """Under the policy that production sends; a refusal of it would stand in the browser's console and fail the test."""
    page, program = watched_page, factories.program()
    sign_in(page.context, live_server, factories.member(program, "director"))
    page.goto(f"{live_server.url}/p/{program.slug}/complaints/texts/question_what/es/")
    page.get_by_role("link", name="Add a recording").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "a.wav", "mimeType": "audio/wav", "buffer": wav()}
    )
    page.locator("main form button[type=submit]").click()

    page.locator("audio").evaluate("player => player.play()")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")

    look(page)


def test_a_complaint_is_keyed_in_by_keyboard_alone(live_server, watched_page):
    page = watched_page
    program = factories.program()
    factories.workplace(program, name="Sunrise Ltd")
    operator = factories.member(program, "case_handler")
    sign_in(page.context, live_server, operator)
    page.set_viewport_size(WIDE)
    page.goto(f"{live_server.url}/p/{program.slug}/complaints/hotline/?lang=ur")
    assert page.locator(".aloud").first.get_attribute("dir") == "rtl"
    look(page)

    page.locator("main").focus()
    tab_to(page, "danger=")
    page.keyboard.press("ArrowDown")
    assert at(page) == "danger=yes"
    tab_to(page, "what=")
    page.keyboard.type(STORY)
    tab_to(page, "where=")
    page.keyboard.type("Sunrise")
    tab_to(page, "find=")
    page.keyboard.press("Enter")
    page.get_by_label("Sunrise Ltd").wait_for()
    tab_to(page, "workplace_id=")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    tab_to(page, "phone=")
    page.keyboard.type("+8801711234567")
    tab_to(page, "calls=")
    page.keyboard.press("ArrowDown")
    tab_to(page, "allowed=employer_facts")
    page.keyboard.press("Space")
    tab_to(page, "send=")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show the code, once").wait_for()
    assert at(page) == "show=1"  # the next press is the next step
    look(page)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Her one-time code: read it aloud now").wait_for()
    look(page)

    number, secret = digits(page, 0), digits(page, 1)
    assert len(secret) == 12
    with program_scope(program.pk):
        complaint = Complaint.objects.get()
        assert (complaint.number, complaint.is_urgent, complaint.language) == (number, True, "ur")
    for address in ("paper/", "calls/", "calls/note/", "hotline/check/", f"{complaint.pk}/join/"):
        page.goto(f"{live_server.url}/p/{program.slug}/complaints/{address}")
        look(page)

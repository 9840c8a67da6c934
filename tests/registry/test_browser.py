"""The pages of correcting, redacting, holding back and merging in a real browser: sound, narrow and wide, and by keyboard alone."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.registry.models import Instruction
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


def look(page, name):
    """Sound at both widths, in both directions; kept as pictures where somebody wants to see them."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        if folder := os.environ.get("WSR_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        assert_no_overflow(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert_no_overflow(page)
    page.evaluate("document.documentElement.dir = 'ltr'")
    assert_accessible(page)


def test_a_redaction_by_keyboard_and_all_pages_are_sound(live_server, context, watched_page, office):  # noqa: F811
    office.publish()
    sign_in(context, live_server, office.director)
    slug, page = office.program.slug, watched_page

    def at(name, *args):
        return live_server.url + reverse(f"registry:{name}", args=[slug, *args])

    subject = ("supplier", office.supplier.pk)
    for name, args in [
        ("console", ()),
        ("records", ()),
        ("subject", subject),
        ("correct", subject),
        ("hold_back", subject),
        ("merge", subject),
        ("redact", subject),
    ]:
        assert page.goto(at(name, *args)).status == 200
        look(page, name)

    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("#id_reason_code").focus()
    page.keyboard.type("Removed because")
    page.keyboard.press("Tab")
    page.keyboard.type("She asked us to.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Please read it once more")
    look(page, "confirm")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator("button[name=confirmed]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It disappears with the next publication")
    look(page, "asked")
    with program_scope(office.program.pk):
        assert Instruction.objects.get().reason_code == "privacy"
    office.publish()
    page.goto(at("record", office.listing(office.supplier).public_id))
    assert "Removed because it exposed a person" in page.content()
    look(page, "tombstone")

"""Every page that anybody can open, in a real browser: sound on a phone and a desk, in English and in Urdu, by day, by night and on paper, and light."""

import os
from pathlib import Path

import pytest

from tests.registry.walking import walk
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    page_weight,
)

pytestmark = pytest.mark.browser
# Sheets and letters are the same on every page, and no page is heavy by itself (test_downloads.py): so of each sort one is weighed.
WEIGHED = {
    "ui:home": 60_000,
    "registry:search": 60_000,
    "registry:record": 60_000,
    "registry:map": 150_000,
    "registry:profile": 150_000,
}


def pages(client):
    """{name of the view: an address of it} of everything public that is a page."""
    found = {}
    for visit in walk(client):
        if visit.is_page and visit.response.status_code == 200:
            found.setdefault(visit.name, visit.address)
    return found


def picture(page, name):
    """Kept where somebody wants to look at it."""
    if folder := os.environ.get("WSR_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name.replace(':', '-')}.png", full_page=True)


def in_urdu(address):
    return f"{address}{'&' if '?' in address else '?'}lang=ur"


def test_everything_public_is_sound_and_light(demo_copy, live_server, client, browser):
    found = {**pages(client), "missing": "/nowhere/"}
    assert len(found) > 25
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    page, loaded = context.new_page(), []
    page.on("request", lambda asked: loaded.append(asked.url))
    for name, most in WEIGHED.items():
        assert (name, page_weight(page, live_server.url + found[name])["total"] <= most) == (name, True)
    for name, address in found.items():
        for language, scheme in (("en", "light"), ("ur", "dark")):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(address if language == "en" else in_urdu(address))
            assert_accessible(page)
            for width in (1280, 360, 320):
                page.set_viewport_size({"width": width, "height": 800})
                assert_no_overflow(page)
                picture(page, f"{name}-{language}-{width}")
        page.emulate_media(media="print", color_scheme="light")
        page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
        assert_no_overflow(page)
        page.emulate_media(media="screen")
    context.close()
    assert {url.split("/")[2] for url in loaded if not url.startswith("data:")} == {
        live_server.url.split("/")[2]
    }

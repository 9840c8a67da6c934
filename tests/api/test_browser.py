"""Letting devices in and taking them back, in a real browser: narrow and wide, in both directions, with the keyboard alone."""

import os
from pathlib import Path

import pytest

from tests import factories
from tests.api.letting_in import app_password, let_in
from tests.api.test_access import start
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    assert_sound,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.grants import Role
from wsr.api.models import Grant
from wsr.api.operations.clients import keep_device_client
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(transactional_db, client, live_server, watched_page):  # noqa: F811
    """A director with a phone and an app password, signed in; another device waits with its code."""
    keep_device_client(using="default")
    program = factories.program("garment")
    director = factories.member(program, Role.DIRECTOR)
    sign_in(watched_page.context, live_server, director)
    director.refresh_from_db()
    let_in(director)
    app_password(director)
    return program, director, start(client)["user_code"]


def look(page, name: str, direction: str = "ltr") -> None:
    """As on a phone."""
    page.set_viewport_size({"width": 360, "height": 900})
    page.evaluate("direction => document.documentElement.dir = direction", direction)
    assert_no_overflow(page)
    assert_accessible(page)
    if folder := os.environ.get("WSR_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{direction}.png", full_page=True)


def test_every_page_of_access_is_accessible_and_fits(scene, watched_page, live_server):  # noqa: F811
    program, _director, code = scene
    for name, address in {
        "code": "/device/",
        "let-in": f"/device/?code={code}",
        "devices": "/accounts/devices/",
        "password": "/accounts/devices/passwords/add/",
        "access": f"/p/{program.slug}/api/",
        "client": f"/p/{program.slug}/api/clients/add/",
        "docs": "/api/v1/docs/",
        "problem": "/api/v1/problems/stale/",
        "document": "/registry/verify-document/",
    }.items():
        assert watched_page.goto(f"{live_server.url}{address}").status == 200, address
        assert_sound(watched_page, name)
        look(watched_page, name, "rtl")


def test_a_device_comes_and_goes_by_keyboard_alone(scene, watched_page, live_server):  # noqa: F811
    program, director, code = scene
    page = watched_page
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(f"{live_server.url}/device/")
    page.get_by_label("Code").focus()
    page.keyboard.type(code.lower())
    page.keyboard.press("Enter")
    page.get_by_label("Name of the device").focus()
    page.keyboard.type("Tablet")
    page.get_by_role("button", name="Let it in").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The device is let in").wait_for()

    page.goto(f"{live_server.url}/accounts/devices/passwords/add/")
    page.get_by_label("Name of the phone").focus()
    page.keyboard.type("Field phone 3")
    page.get_by_role("button", name="Make it").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Set up the phone").wait_for()
    assert page.locator("img.qr").evaluate("picture => picture.naturalWidth") > 0
    look(page, "made")

    page.goto(f"{live_server.url}/accounts/devices/")
    page.get_by_role("button", name="Take it back Field phone 3").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Field phone 3 is out, from now on.").wait_for()
    with program_scope(program.pk):
        left = Grant.objects.open().filter(person=director).values_list("name", flat=True)
        assert sorted(left) == ["Phone", "Phone", "Tablet"]

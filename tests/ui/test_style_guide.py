"""The style guide is where access, direction, overflow and the content security policy are tested."""

import pytest

from tests import factories
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def guide(live_server, context, watched_page):
    """Opens the style guide as a signed-in person."""
    person = factories.member(factories.program("garment"), "director")
    sign_in(context, live_server, person)

    def show(*, width=1280, scheme="light", direction="ltr", surface="console"):
        watched_page.set_viewport_size({"width": width, "height": 900})
        watched_page.emulate_media(color_scheme=scheme)
        answer = watched_page.goto(f"{live_server.url}/style/?dir={direction}&surface={surface}")
        assert answer.status == 200
        assert watched_page.evaluate("() => document.fonts.ready.then(() => true)")
        return watched_page

    return show


def test_style_guide_is_accessible_in_light_and_dark_both_ways_and_on_every_surface(guide):
    for surface in ("console", "portal", "public", "plain"):
        page = guide(surface=surface)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no color is on its way
            assert_accessible(page)
    assert_accessible(guide(width=360, scheme="dark", direction="rtl"))


def test_what_is_not_accessible_is_named(page):
    page.set_content(
        "<html lang=en><title>A page</title><main><h1>A page</h1><img src='data:,'></main></html>"
    )
    with pytest.raises(AssertionError, match=r"image-alt: \['img'\] Element does not have an alt attribute"):
        assert_accessible(page)


def test_nothing_sticks_out_at_any_width_in_any_direction(guide):
    for surface in ("console", "public"):
        for direction in ("ltr", "rtl"):
            page = guide(direction=direction, surface=surface)
            for width in (320, 360, 768, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert_no_overflow(page)


def test_open_menus_stay_inside_the_window(guide):
    for direction in ("ltr", "rtl"):
        for width in (320, 1280):
            page = guide(width=width, direction=direction)
            for number in range(page.locator("details.menu").count()):
                menu = page.locator("details.menu").nth(number)
                menu.locator("summary").click()
                assert_no_overflow(page)
                page.keyboard.press("Escape")
                assert not menu.get_attribute("open")


def test_paper_shows_the_content_and_nothing_to_press(guide):
    page = guide()
    page.emulate_media(media="print")
    assert not page.locator(".mast").is_visible()
    assert not page.locator(".toolbar").first.is_visible()
    assert page.locator(".table").is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_focus_is_drawn_in_gold_and_ink(guide):
    page = guide()
    page.locator(".btn.primary").first.focus()
    page.keyboard.press("Tab")
    look = page.evaluate(
        "() => { const look = getComputedStyle(document.activeElement);"
        " return [look.outlineColor, look.outlineWidth, look.boxShadow.includes('rgb(28, 27, 34)')] }"
    )
    assert look == ["rgb(240, 162, 2)", "3px", True]


def test_states_keep_their_shape_in_forced_colors(guide):
    page = guide()
    page.emulate_media(forced_colors="active")
    shapes = page.evaluate(
        "() => [...document.querySelectorAll('.tag.ok, .tag.bad')].map("
        "tag => getComputedStyle(tag, '::before').backgroundColor !== getComputedStyle(tag).backgroundColor)"
    )
    assert all(shapes)
    assert_accessible(page)

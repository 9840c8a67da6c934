"""The public record as people walk through it without a script."""

import pytest

from tests.ui.browser import (  # noqa: F401 -- fixtures
    browser_type_launch_args,
)
from wsr.registry.ids import printed

pytestmark = pytest.mark.browser


def test_everything_works_without_a_script(browser, live_server, office):
    office.publish()
    slug, public_id = office.program.slug, office.listing(office.exact).public_id
    without = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = without.new_page()
    page.goto("/registry/map/?area=0.0.0.16.8")
    page.locator("svg.world a").first.click()
    assert "area=1." in page.url
    page.goto("/registry/check-list/")
    page.fill("textarea", f"Eastern Garments\n{printed(public_id)}\nNobody Mills")
    page.get_by_role("button", name="Compare").click()
    assert "Not in the record" in page.content()
    with page.expect_download() as got:
        page.get_by_role("button", name="Download the signed statement").click()
    assert got.value.suggested_filename == "sourcing-check.zip"
    page.goto(f"/registry/{slug}/changes/")
    page.get_by_role("button", name="Compare").click()
    page.goto(f"/registry/{slug}/{public_id}/profile/")
    page.fill("#on", "2026-03-04")
    page.locator("#on").press("Enter")
    assert "/on/?on=2026-03-04" in page.url
    without.close()

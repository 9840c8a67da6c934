"""Browsers of people in a journey: staff, portals and readers at a desk, a worker with a small phone without script."""

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.demo import person as person_of_demo
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in
from wsr.accounts.grants import Role

MOST_TABS = 150
WHO_HAS_IT = """() => { const node = document.activeElement;
  return [node.tagName, node.getAttribute('name') || '', (node.getAttribute('aria-label') || node.innerText || node.value || '').trim()]; }"""


class Desk:
    """A browser with the session of `person`; nobody's, where there is none. She follows links, fills forms by their names, and presses."""

    def __init__(
        self, browser, live_server, person=None, *, home: str = "/", width: int = 1280, **options: Any
    ):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.page = self.context.new_page()
        self.person, self.site, self.home = person, live_server.url, home
        if person is not None:
            sign_in(self.context, live_server, person)

    @classmethod
    def of(cls, browser, live_server, key: str, role: Role, **options: Any) -> "Desk":
        """That of whoever holds a role in a program of the demo; paths begin there."""
        return cls(browser, live_server, person_of_demo(key, role), home=f"/p/{key}-demo/", **options)

    def close(self) -> None:
        """She shuts it."""
        self.context.close()

    def open(self, path: str) -> str:
        """Type an address of this installation, or of her program where it begins without a slash; returns what the page says."""
        assert (status := self.status(path)) == 200, f"{path}: {status}"
        return self.words()

    def status(self, path: str) -> int:
        """What somebody gets who types this address."""
        return self.page.goto(self.address(path)).status

    def address(self, path: str) -> str:
        """The whole address of what `open` opens."""
        return self.site + (path if path.startswith("/") else self.home + path)

    def words(self) -> str:
        """What the page says, one space between the words."""
        return " ".join(self.page.locator("main").inner_text().split())

    def says(self, words: str) -> None:
        """The page shows this, or soon does."""
        expect(self.page.locator("main")).to_contain_text(words)

    def lacks(self, words: str) -> None:
        """The page does not show this."""
        expect(self.page.locator("main")).not_to_contain_text(words)

    def follow(self, name: str) -> str:
        """The first link of the page with these words in it."""
        before = self.page.url
        self.page.locator("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_url(lambda url: url != before)
        return self.words()

    def press(self, name: str, /, **fields: Any) -> str:
        """Fill fields by their names, then press the button with these words."""
        for field, value in fields.items():
            self._fill(field, value)
        self.page.locator("main").get_by_role("button", name=name).first.click()
        return self.words()

    def fill(self, **fields: Any) -> None:
        """Fill fields by their names, then press the last button of the form."""
        for field, value in fields.items():
            self._fill(field, value)
        self.page.locator("main form .actions button").last.click()

    def step(self, path: str, link: str, **fields: Any) -> None:
        """Go to a page, follow a link of it, fill the form there; it must be taken."""
        self.open(path)
        self.follow(link)
        before = self.page.url
        self.fill(**fields)
        self.page.wait_for_url(lambda address: address != before)

    def _fill(self, name: str, value: Any) -> None:
        fields = self.page.locator(f"main [name={name}]")
        kind = fields.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            (
                fields.first if value is True else self.page.locator(f"main [name={name}][value='{value}']")
            ).check()
        elif fields.first.evaluate("node => node.tagName") == "SELECT":
            fields.first.select_option(**(value if isinstance(value, dict) else {"value": str(value)}))
        elif kind == "file":
            fields.first.set_input_files(value)
        else:
            fields.first.fill(str(value))

    def look(self, name: str) -> None:
        """The page is accessible, and fits a phone and a desk."""
        self.page.wait_for_load_state()  # what a click just opened may have begun without a body
        size = self.page.viewport_size
        assert_accessible(self.page)
        for width in (360, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert_no_overflow(self.page)
            if folder := os.environ.get("WSR_SCREENSHOTS"):
                self.page.screenshot(path=Path(folder) / f"journey-{name}-{width}.png", full_page=True)
        self.page.set_viewport_size(size)

    # ── By keyboard alone ────────────────────────────────────────────────────────────────────────

    def reach(self, *, name: str = "", says: str = "") -> None:
        """Go on with the tabulator until a field of this name, or a link or button that says this, has the focus."""
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            _tag, has, words = self.page.evaluate(WHO_HAS_IT)
            if (name and has == name) or (says and re.search(says, words)):
                return
        raise AssertionError(f"{self.page.url}: the tabulator does not reach {name or says!r}")

    def enter(self, says: str) -> str:
        """Reach a link or button and press Enter; returns what the next page says."""
        self.reach(says=says)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self.words()

    def type(self, name: str, text: str) -> None:
        """Reach a field and type into it, over what it says already."""
        self.reach(name=name)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


class Phone:
    """A worker's small phone, without script, in her language."""

    def __init__(self, browser, live_server, language: str) -> None:
        self.url, self.language = live_server.url, language
        context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
        self.page = context.new_page()

    def report(self, address: str, *, about: str, **said: str) -> list[str]:
        """From the address on her card to the receipt: number and code. `said`: what she types, by field."""
        page = self.page
        page.goto(self.url + address)
        assert page.locator("html").get_attribute("lang") == self.language
        assert page.context.cookies() == []
        page.locator("main a.btn, main form .btn").first.click()
        page.locator(f"input[name=about][value={about}]").check()
        for _question in range(10):
            for name, words in said.items():
                if page.locator(f"[name={name}]").count():
                    page.locator(f"[name={name}]").fill(words)
            page.locator("main form .btn").first.click()
            if page.locator("button[name=send]").count():
                break
        page.locator("button[name=send]").click()
        found = page.locator(".receipt").all_inner_texts()
        page.locator("button[name=done]").click()
        return found

    def come_back(self, number: str, secret: str):
        """Her page, by the number and the code."""
        page = self.page
        page.goto(f"{self.url}/report/case/")
        page.locator("[name=number]").fill(number)
        page.locator("[name=secret]").fill(secret)
        page.locator("main form .btn").first.click()
        return page

    def again(self, query: str = ""):
        """Her page while she is in."""
        self.page.goto(f"{self.url}/report/case/{query}")
        return self.page

"""What browser tests need: the Chromium of this machine, and checks that any page can be put through."""

import functools
import gzip
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_playwright_axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import expect

from tests import factories
from tests.celery_worker import PATIENCE
from wsr import machine

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(pytest_playwright_axe.__file__).parent / "resources" / "axe.min.js").read_text()
RESPONSE_HEAD_BYTES = 300
WIDTHS = (360, 1280)  # a phone and a desk
# Style sheets are read by axe only for a rule that is an experiment and not asked for; frames where there are any.
AXE_OPTIONS = """{
  reporter: 'no-passes', preload: {assets: ['media']}, iframes: document.querySelector('iframe, frame, object') !== null,
}"""
AXE_RUN = f"tags => axe.run(document, {{...{AXE_OPTIONS}, runOnly: {{type: 'tag', values: tags}}}})"
# Another width shows other parts, and sets others at another size: the rest was looked at before.
AXE_WHAT_IS_NEW = """async tags => {
  const shown = [...document.body.querySelectorAll('*')].filter((node) => node.checkVisibility({visibilityProperty: true}));
  const before = window.axeShown || new Set();
  window.axeShown = new Set([...before, ...shown]);
  const fresh = shown.filter((node) => !before.has(node));
  const isFresh = new Set(fresh), tops = fresh.filter((node) => !isFresh.has(node.parentElement));
  const options = OPTIONS;
  const runs = before.size
    ? [[document, ['target-size', 'scrollable-region-focusable']], ...(tops.length ? [[{include: tops}, {type: 'tag', values: tags}]] : [])]
    : [[document, {type: 'tag', values: tags}]];
  const violations = [];
  for (const [where, runOnly] of runs) violations.push(...(await axe.run(where, {...options, runOnly})).violations);
  return {violations};
}""".replace("OPTIONS", AXE_OPTIONS)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

OVERFLOWS = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  const inScroller = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  for (const node of document.body.querySelectorAll('*')) {
    const box = node.getBoundingClientRect(), look = getComputedStyle(node);
    if (!box.width || !box.height || !node.checkVisibility({visibilityProperty: true}) || box.width === 1) continue;
    if ((box.right > wide + 1 || box.left < -1) && !inScroller(node))
      found.push(`${node.tagName}.${node.className} ${Math.round(box.left)}..${Math.round(box.right)} of ${wide}`);
  }
  if (document.documentElement.scrollWidth > wide) found.push(`page is ${document.documentElement.scrollWidth} wide, window ${wide}`);
  return found;
}"""

COVERED = """() => [...document.querySelectorAll('label')].flatMap((label) => {
  const control = label.control;
  if (!control || label.contains(control) || control.type === 'hidden') return [];
  const a = label.getBoundingClientRect(), b = control.getBoundingClientRect();
  if (a.width < 2 || b.width < 2) return [];
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 2 && down > 2 ? [label.textContent.trim()] : [];
})"""


@functools.cache
def chromium() -> str | None:
    """The browser of this machine; None means Playwright's own."""
    return os.environ.get("WSR_CHROMIUM") or machine.find_chromium() or None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Playwright drives the Chromium it finds here."""
    found = chromium()
    return {**browser_type_launch_args, "args": FLAGS, **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def browser(browser):
    """Every window of it waits for long before it gives up: the machine may be busy."""
    plain = browser.new_context

    def patient(**options):
        context = plain(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    browser.new_context = patient
    expect.set_options(timeout=PATIENCE * 1000)
    return browser


@pytest.fixture
def watched_page(page):
    """A page that fails the test when the browser complained: errors of scripts, refused content, missing files."""
    complaints = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def assert_accessible(page, run: str = AXE_RUN) -> None:
    """No rule of WCAG 2.2 AA that axe can check is broken. Runs past the page's own content security policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {AXE} }}")
    result = page.evaluate(run, AXE_TAGS)
    found = [
        f"{rule['id']}: {node['target']} "
        + "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
    assert found == [], "\n".join(found)


def assert_no_overflow(page) -> None:
    """Nothing sticks out of the window on either side, and no label lies on its control."""
    found = page.evaluate(OVERFLOWS) + page.evaluate(COVERED)
    assert found == [], f"{page.url}\n" + "\n".join(found)


def assert_sound(page, picture: str = "") -> None:
    """Accessible and inside the window, narrow and wide. Pictures of that name go to the folder WSR_SCREENSHOTS, where there is one."""
    page.wait_for_load_state()  # what a click just opened may have begun without a body
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert_no_overflow(page)
        assert_accessible(page, AXE_WHAT_IS_NEW)
        if picture and (folder := os.environ.get("WSR_SCREENSHOTS")):
            page.screenshot(path=Path(folder) / f"{picture}-{width}.png", full_page=True)


def page_weight(page, url: str) -> dict[str, int]:
    """Bytes on the wire of a cold first visit, by address, and their sum under "total".

    Sheets, scripts and drawings count as production serves them: compressed by the static files storage when it collects them.
    """
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    names: dict[str, str] = {}
    weights: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]})
    )
    session.on(
        "Network.loadingFinished",
        lambda event: weights.update({names.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    page.goto(url, wait_until="networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    session.detach()
    weights = {address: _compressed(address) or size for address, size in weights.items()}
    return {**weights, "total": sum(weights.values())}


def _compressed(address: str) -> int:
    path = urlsplit(address).path
    name = path.removeprefix(settings.STATIC_URL) if path.startswith(settings.STATIC_URL) else ""
    found = finders.find(name) if name.endswith((".css", ".js", ".svg")) else None
    return len(gzip.compress(Path(found).read_bytes(), 9)) + RESPONSE_HEAD_BYTES if found else 0


def sign_in(context, live_server, person) -> None:
    """Give a browser context the session of a person with a second factor, without the sign-in pages."""
    client = Client()
    factories.sign_in(client, person)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )

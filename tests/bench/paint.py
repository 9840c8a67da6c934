"""When the worker's first page is painted on a slow line: Chromium with nothing cached, slowed down by its own tools, a web process as in production."""

import statistics
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from tests.bench.measure import Result, time_at_most
from tests.bench.web import served
from tests.ui.browser import FLAGS, chromium

ROUND_TRIP = 0.4  # seconds
BYTES = 400_000 / 8  # in a second
BAR = 1.5  # seconds
VISITS = 7
_PAINTED = "() => performance.getEntriesByType('paint').find((one) => one.name == 'first-contentful-paint')?.startTime"


def results(slug: str) -> Iterator[Result]:
    """The median of some visits; the browser's slowing down knows of no line that is opened, so that is reckoned: TCP and TLS 1.3 take a round trip each."""
    with served() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            times = [_painted(browser, f"http://127.0.0.1:{port}/report/{slug}/") for _ in range(VISITS + 1)]
        finally:
            browser.close()
    seconds = statistics.median(times[1:])  # the first one warms the server up, not the browser
    line = "400 kbit/s and 400 ms"
    yield time_at_most(f"worker's first page painted, {line}, on an open line", seconds, BAR)
    yield time_at_most(
        f"worker's first page painted, {line}, TCP and TLS 1.3 reckoned in", seconds + 2 * ROUND_TRIP, BAR
    )


def _painted(browser: Browser, address: str) -> float:
    """Seconds from the press to the first words."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=True)
    try:
        page = context.new_page()
        tools = context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        tools.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": ROUND_TRIP * 1000,
                "downloadThroughput": BYTES,
                "uploadThroughput": BYTES,
            },
        )
        page.goto(address)
        page.wait_for_function(_PAINTED)
        return page.evaluate(_PAINTED) / 1000
    finally:
        context.close()

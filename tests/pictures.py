"""The pictures of the handbook and the README, made from the demo: `make screenshots`. PICTURES is the one list of them.

Not collected with the other tests. The size is fixed, the theme light, the language English; colors are reduced, so that a picture stays small.
"""

import io
from dataclasses import dataclass

import pytest
from django.urls import reverse
from PIL import Image

from tests.demo import person
from tests.ui.browser import sign_in
from wsr.accounts.grants import Role
from wsr.ui.help import PICTURES as FOLDER

WIDTH, HEIGHT, MOST_BYTES, COLORS = 1280, 800, 150_000, 96


@dataclass(frozen=True)
class Picture:
    """A page, and who looks at it: a role in a demo program, or the public. `page`: a view of the program, or an address."""

    name: str
    page: str
    program: str = "farms"
    role: Role | None = None

    @property
    def address(self) -> str:
        """Where it is."""
        return self.page if self.page.startswith("/") else reverse(self.page, args=[f"{self.program}-demo"])


PICTURES = [
    Picture("registry", "/registry/"),
    Picture("map", "/registry/map/"),
    Picture("worker-page", "/report/farms-demo/"),
    Picture("work-of-today", "/inbox/", role=Role.DIRECTOR),
    Picture("calendar", "/calendar/month/", role=Role.DIRECTOR),
    Picture("rules", "programs:rules", role=Role.DIRECTOR),
    Picture("who-is-away", "handover:away", role=Role.DIRECTOR),
    Picture("agreements", "agreements:agreements", role=Role.DIRECTOR),
    Picture("visits", "audits:board", role=Role.INSPECTOR_IN_CHARGE),
    Picture("corrective-actions", "audits:action_board", role=Role.DIRECTOR),
    Picture("education", "programs:education", role=Role.EDUCATOR),
    Picture("portal", "ui:program", role=Role.BRAND_OFFICER),
]


@pytest.mark.browser
def test_make_the_pictures(demo_copy, live_server, browser):
    for picture in PICTURES:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            reduced_motion="reduce",
            locale="en-US",
        )
        if picture.role:
            sign_in(context, live_server, person(picture.program, picture.role))
        page = context.new_page()
        answer = page.goto(f"{live_server.url}{picture.address}")
        assert answer.status == 200, (picture.name, answer.status)
        page.evaluate("document.fonts.ready")
        content = small(page.screenshot(animations="disabled"))
        assert len(content) <= MOST_BYTES, (picture.name, len(content))
        (FOLDER / f"{picture.name}.png").write_bytes(content)
        context.close()


def small(content: bytes) -> bytes:
    """The same picture in few colors."""
    with Image.open(io.BytesIO(content)) as full:
        reduced = full.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
        kept = io.BytesIO()
        reduced.save(kept, "PNG", optimize=True)
    return kept.getvalue()

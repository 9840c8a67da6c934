"""The pages of clocks in a real browser: narrow and wide, no sideways scrolling, no accessibility problem."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from tests import factories
from tests.ui.browser import assert_sound, sign_in
from wsr.deadlines import operations
from wsr.deadlines.lengths import Length
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


@pytest.fixture
def clock(live_server, context):
    """A signed-in director and a few clocks."""
    program = factories.program("garment", name="Garment program", time_zone="Asia/Dhaka")
    director = factories.member(program, "director")
    sign_in(context, live_server, director)
    mill = factories.supplier(program, name="Padma River Mill")
    now = timezone.now()
    with program_scope(program.pk):
        for days, title, responsible in [
            (40, "Report of the inspection in March", None),
            (9, "Answer to the letter of May 3", mill.pk),
            (2, "Petition about the purchase report", None),
        ]:
            found = operations.start(
                kind="test.acting",
                subject=("test.thing", uuid.uuid4()),
                started_at=now - dt.timedelta(days=days),
                at=now,
                title=title,
                calendar_country="BD",
                responsible_participation_id=responsible,
                length=Length(5, "working_days", source="Clause 7.2 of the agreement"),
            )
        operations.set_day(
            country="BD", day=now.date(), is_working=False, reason="General strike", by=director, at=now
        )
    operations.sweep(at=now)
    return found


def test_the_pages_of_clocks_are_calm_and_accessible(live_server, page, clock):
    paths = {
        "inbox": "/inbox/",
        "list": "/p/garment/clocks/",
        "clock": f"/p/garment/clocks/{clock.pk}/",
        "lengths": "/p/garment/clocks/lengths/",
        "calendar": "/p/garment/clocks/calendar/?country=BD",
        "day": "/p/garment/clocks/calendar/day/",
        "week": "/p/garment/clocks/calendar/week/",
        "try": "/p/garment/clocks/try/",
        "feed": "/calendar/",
        "seasons": "/p/garment/seasons/",
    }
    for name, path in paths.items():
        page.goto(live_server.url + path)
        assert_sound(page, name)

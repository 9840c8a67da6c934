"""The pages of daily work as people meet them: a phone, a desk, mirrored; handing over by hand."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.audits import making
from tests.notices.telling import tell_people
from tests.ui.browser import assert_no_overflow, assert_sound, sign_in
from wsr.accounts.models import Membership
from wsr.handover import operations
from wsr.notices.relay import relay
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
MIRRORED = "document.documentElement.dir = 'rtl'"


def test_handing_over_being_away_the_month_and_how_one_is_told(
    transactional_db, live_server, context, watched_page
):
    program = factories.program("garment")
    director = factories.member(program, "director")
    leaver = factories.member(program, "inspector_in_charge")
    heir = factories.member(program, "inspector_in_charge")
    making.action(program, state="reported", title="Unlock the exits")
    making.accepted(program, planner=leaver, at=timezone.now(), is_announced=True)
    now = timezone.now()
    tell_people(program, [director], now - dt.timedelta(days=1), key="one")
    relay(at=now)
    with program_scope(program.pk, person_id=director.pk):
        held = Membership.objects.get(person=leaver)
        said = {"starts_on": now.date(), "ends_on": now.date() + dt.timedelta(days=5)}
        operations.be_away(person_id=heir.pk, stand_in_id=leaver.pk, by=director, at=now, **said)
    sign_in(context, live_server, director)
    page = watched_page
    page.goto(f"{live_server.url}/p/garment/members/{held.pk}/hand-over/")
    page.locator("select[name=audits-actions-all]").select_option(str(heir.pk))
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_role("heading", name="This would happen")).to_be_visible()
    assert_sound(page, "hand-over")
    page.evaluate(MIRRORED)
    assert_no_overflow(page)
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.get_by_text("1 thing was handed over.")).to_be_visible()
    for address, name in (
        ("/p/garment/hand-over/given/", "given"),
        ("/p/garment/away/", "away"),
        ("/calendar/month/", "month"),
    ):
        page.goto(f"{live_server.url}{address}")
        page.get_by_text("Words on this page").click()
        assert_sound(page, name)
        page.evaluate(MIRRORED)
        assert_no_overflow(page)
    page.goto(f"{live_server.url}/accounts/notices/")
    page.get_by_role("button", name="Show last week like this").click()
    expect(page.get_by_role("heading", name="Last week, if you were told like this")).to_be_visible()
    assert_sound(page, "told")

"""The board, one action and the supplier's page in a real browser, narrow and wide."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audits.models import CorrectiveAction
from audits.operations import extensions, milestones
from tests import factories
from tests.agreements import climbing
from tests.audits import acting
from tests.audits.acting import agreed, as_staff, as_supplier, place, proposed, reported
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_sound,
    browser_type_launch_args,
    sign_in,
    watched_page,
)

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)


@pytest.fixture
def made(transactional_db):
    """Actions at every stage, one overdue, and a supplier on the ladder."""
    made = place(factories.program("garment"), name="Demo Factory North")
    acting.rule(made.program, "scoring", "remediation", "scoring")
    acting.rule(made.program, "finance_signed", True)
    now = timezone.now()
    today = now.date()
    proposed(made, title="No fire drill was held this year", at=now)
    agreed(
        made,
        title="Emergency exit of the second floor is locked",
        due_on=today + 5 * DAY,
        at=now,
        cost=300,
        currency="USD",
    )
    late = agreed(made, title="Boiler without inspection", due_on=today - 5 * DAY, at=now - 30 * DAY)
    slow = agreed(made, title="One day off a week for everybody", due_on=today + 80 * DAY, at=now)
    reported(made, title="Extinguishers were empty", due_on=today + 9 * DAY, at=now)
    climbing.start(made.program, made.supplier, "probation", by=made.agreer, at=now)
    with as_staff(made):
        milestones.add(
            action_id=slow.pk, title="Two days a month", due_on=today + 20 * DAY, by=made.agreer, at=now
        )
    with as_supplier(made):
        extensions.ask(
            action_id=late.pk,
            due_on=today + 10 * DAY,
            reason="The inspector of boilers is ill.",
            by=made.manager,
            at=now,
        )
    return made, late, slow


def test_every_page_is_accessible_and_fits(made, watched_page, live_server):  # noqa: F811
    place_, late, slow = made
    staff = [
        ("action_board",),
        ("actions",),
        ("progress",),
        ("action", late.pk),
        ("action", slow.pk),
        ("agree_action", late.pk),
    ]
    supplier = [("own_actions",), ("action", late.pk), ("report_action", slow.pk), ("ask_time", slow.pk)]
    for who, person, pages in (("staff", place_.agreer, staff), ("supplier", place_.manager, supplier)):
        sign_in(watched_page.context, live_server, person)
        for name, *args in pages:
            address = reverse(f"audits:{name}", args=[place_.program.slug, *args])
            assert watched_page.goto(f"{live_server.url}{address}").status == 200, address
            assert_sound(watched_page, f"{who}-{name}-{str(args[0])[-4:] if args else ''}")


def test_a_supplier_reports_by_keyboard_alone(made, watched_page, live_server):  # noqa: F811
    place_, late, _slow = made
    sign_in(watched_page.context, live_server, place_.manager)
    watched_page.goto(f"{live_server.url}{reverse('audits:own_actions', args=[place_.program.slug])}")
    watched_page.get_by_role("link", name=f"Report as fixed {late.number}", exact=True).focus()
    watched_page.keyboard.press("Enter")
    watched_page.get_by_label("What was done").focus()
    watched_page.keyboard.type("The boiler was inspected on Friday.")
    watched_page.keyboard.press("Tab")  # to the files
    watched_page.keyboard.press("Tab")  # to the button
    watched_page.keyboard.press("Enter")
    watched_page.wait_for_url(f"**/actions/{late.pk}/")
    assert "The boiler was inspected on Friday." in watched_page.content()
    with as_staff(place_):
        assert CorrectiveAction.objects.get(pk=late.pk).state == "reported"

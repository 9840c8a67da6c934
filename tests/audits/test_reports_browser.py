"""Review, reply and report in a real browser: as staff, supplier and brand, narrow and wide."""

import pytest
from django.urls import reverse

from audits.operations import visits
from tests import factories
from tests.audits import making
from tests.audits.reported import rule, send_back, share, submit_again
from tests.factories import AT
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_sound,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.models import OrganizationKind

pytestmark = pytest.mark.browser

DESCRIPTION = (
    "The exit on the second floor of the sewing section was locked during the night shift. "
    "The key hung in the guard's room."
)


@pytest.fixture
def shown(transactional_db):
    """An inspection that was sealed twice, its report with the supplier; a second one, issued."""
    from tests.audits.reported import issue

    program = factories.program("garment", name="Demo Garments")
    rule(program, "clocks.report_reply", 14, unit="days")
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(program, name="Demo Textiles", organization=organization)
    brand = factories.brand(program, organization=factories.organization())
    factories.sourcing(program, brand=brand, supplier=supplier)
    made = []
    for place in ("Demo Plant North", "Demo Plant South"):
        workplace = factories.workplace(program, supplier=supplier, name=place)
        visit = making.under_way(program, workplace=workplace, kind="fire")
        making.finding(program, visit, title="A locked exit", description=DESCRIPTION, workers_affected=80)
        making.finding(program, visit, title="Unpaid overtime", remedy="Pay it with the next wages.")
        making.interview(program, visit, workers=62)
        making.response(program, visit, answer="not_met")
        with making.as_auditor(program, visit.lead):
            visits.submit(inspection_id=visit.pk, by=visit.lead, at=AT)
        made.append(making.fresh(program, visit))
    first, second = made
    send_back(program, first)
    making.finding(program, first, title="No drinking water")
    submit_again(program, first)
    rule(program, "clocks.report_reply", None, unit="days")
    waiting = share(program, first)
    issued = issue(program, second)
    people = {
        "staff": first.planner,
        "supplier": factories.member(program, "supplier_manager", organization=organization),
        "brand": factories.member(program, "brand_officer", organization=brand.organization),
    }
    return program, first, waiting, issued, people


def test_every_page_is_accessible_and_fits(shown, watched_page, live_server):  # noqa: F811
    program, first, waiting, issued, people = shown
    pages = {
        "staff": [
            ("review", first.pk),
            ("issue_report", first.pk),
            ("report", issued.pk),
            ("record_reply", waiting.pk),
        ],
        "supplier": [("reports",), ("reply", waiting.pk), ("report", waiting.pk)],
        "brand": [("reports",), ("report", issued.pk)],
    }
    for who, visited in pages.items():
        sign_in(watched_page.context, live_server, people[who])
        for name, *args in visited:
            watched_page.goto(live_server.url + reverse(f"audits:{name}", args=[program.slug, *args]))
            assert_sound(watched_page, f"{who}-{name}")

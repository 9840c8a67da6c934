"""The pages of signing and of money in a real browser: each audience, narrow and wide, and written from right to left."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.models.money import Difference, Invoice, Payment, Purchase
from agreements.operations.money import invoices, payments
from agreements.queries.money_terms import money_rules
from tests import factories
from tests.agreements import money_rows as rows
from tests.agreements.signing import table
from tests.audits.reported import rule
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_accessible,
    assert_no_overflow,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
AT = rows.AT


@pytest.fixture
def shown(transactional_db):
    """A proposed version that a brand may sign; a premium invoiced and paid, one earned, and a difference. {who: (person, pages)}."""
    program = factories.program("garment")
    director = factories.member(program, "director")
    here = table(program, director)
    version = here.proposed()
    brand = rows.partner(program, "brand_finance", "Demo Brand South with a long name")
    supplier = rows.partner(program, "supplier_manager", "Demo Growers of the Northern Valley")
    factories.sourcing(program, brand=brand.part, supplier=supplier.part, tier="1")
    factories.workplace(program, supplier=supplier.part, closed_on=timezone.now().date())
    rows.premium(program, brand.part, pay_within={"value": 30, "unit": "days"})
    rule(program, "buyers.tier_1_share", "30", unit="percent")
    rule(program, "money.closure_income", 6, unit="months")
    rows.bought(brand, supplier.part, "1234567")
    rows.settle(program)
    with program_scope(program.pk, person_id=director.pk):
        issued = invoices.issue(
            brand_id=brand.part.pk,
            supplier_id=supplier.part.pk,
            currency="USD",
            rules=money_rules(on=AT.date()),
            by=director,
            at=AT,
        )
    with brand.scope():
        payments.claim(
            invoice_id=issued.pk,
            amount=issued.amount,
            paid_on=AT.date(),
            way="direct",
            reference="W-1",
            by=brand.person,
            at=AT,
        )
    rows.bought(brand, supplier.part, "999999", start="2026-02-01", end="2026-02-28")
    rows.sold(supplier, brand.part, "888888", start="2026-02-01", end="2026-02-28")
    rows.settle(program)
    with program_scope(program.pk):
        invoice, payment = ("invoice", Invoice.objects.get().pk), ("payment", Payment.objects.get().pk)
        difference = ("difference", Difference.objects.first().pk)
        purchase = ("purchase", Purchase.objects.bought().first().pk)
    return program, {
        "signatory": (here.signatory, [("version", version.pk), ("sign", version.pk)]),
        "brand": (brand.person, [("money",), ("tiers",), invoice, difference, purchase]),
        "supplier": (supplier.person, [("money",), payment, ("report_payroll",)]),
        "staff": (director, [("money",), ("issue_fee",)]),
    }


def test_every_page_is_accessible_and_fits_in_both_directions(shown, watched_page, live_server):  # noqa: F811
    program, people = shown
    folder = os.environ.get("WSR_SCREENSHOTS")
    for who, (person, pages) in people.items():
        sign_in(watched_page.context, live_server, person)
        for name, *args in pages:
            address = reverse(f"agreements:{name}", args=[program.slug, *args])
            watched_page.set_viewport_size({"width": 1280, "height": 900})
            assert watched_page.goto(f"{live_server.url}{address}").status == 200, address
            assert_no_overflow(watched_page)
            if folder:
                watched_page.screenshot(path=Path(folder) / f"{who}-{name}-1280.png", full_page=True)
            watched_page.set_viewport_size({"width": 360, "height": 740})
            assert_no_overflow(watched_page)
            assert_accessible(watched_page)
            if folder:
                watched_page.screenshot(path=Path(folder) / f"{who}-{name}-360.png", full_page=True)
            watched_page.evaluate("() => { document.documentElement.dir = 'rtl' }")
            assert_no_overflow(watched_page)
            if folder:
                watched_page.screenshot(path=Path(folder) / f"{who}-{name}-rtl.png", full_page=True)

"""The pages of the ladder and of duties in a real browser: as staff, brand and supplier, narrow and wide."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.models import Letter, StopDuty
from agreements.operations import letters, meetings
from programs.queries import today
from tests import factories
from tests.agreements import climbing
from tests.agreements.climbing import say
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_sound,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.accounts.models import OrganizationKind
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(transactional_db):
    """A suspended supplier, from which three brands buy, with letters and a meeting; another on an early rung."""
    program = factories.program("garment")
    director = factories.member(program, "director")
    organization = factories.organization(OrganizationKind.SUPPLIER)
    supplier = factories.supplier(
        program, name="Demo Growers Three", rung="good_standing", organization=organization
    )
    early = factories.supplier(program, name="Demo Growers Two", rung="good_standing")
    factories.workplace(program, supplier=supplier, languages=["en", "bn"])
    say(program, "suspended", "at_once", True)
    say(program, "suspended", "limit", 3)
    say(program, "suspended", "return_condition", "A re-entry audit has confirmed the corrective action")
    for to in ("supplier", "brands", "workers"):
        say(program, "suspended", f"letter_{to}", True)
    brands = [
        climbing.brand(
            program, within=within, acknowledge=3, prove=10, supplier=supplier, name=f"Demo Brand {name}"
        )
        for name, within in (("North", 30), ("South", 20), ("West", None))
    ]
    climbing.brand(program, supplier=early)
    at = timezone.now()
    with program_scope(program.pk):
        day = today(at)
    reason = "A supervisor who was found to have harassed workers was not dismissed."
    case = climbing.start(program, supplier, "suspended", by=director, at=at, effective_on=day, reason=reason)
    climbing.start(program, early, "probation", by=director, at=at, effective_on=day)
    with program_scope(program.pk, person_id=director.pk):
        step = case.steps.get()
        list(letters.print_and_send(step_id=step.pk, by=director, at=at))
        meetings.plan(escalation_id=case.pk, planned_for=day, place="Office", by=director, at=at)
        duty = StopDuty.objects.get(brand=brands[0])
        letter = Letter.objects.get(participation=brands[0])
    return program, director, supplier, early, brands[0], case, duty, letter


def test_every_page_is_accessible_and_fits(shown, watched_page, live_server):  # noqa: F811
    program, director, supplier, early, brand, case, duty, letter = shown
    people = {
        "staff": director,
        "brand": factories.member(program, "brand_officer", organization=brand.organization),
        "supplier": factories.member(program, "supplier_manager", organization=supplier.organization),
    }
    pages = {
        "staff": [
            ("escalations",),
            ("escalation", case.pk),
            ("step_down", case.pk),
            ("prove_condition", case.pk),
            ("duties",),
            ("duty", duty.pk),
            ("letter", letter.pk),
            ("letter_texts",),
            ("set_text", "suspended", "workers", "bn"),
        ],
        "brand": [
            ("duties",),
            ("duty", duty.pk),
            ("acknowledge_duty", duty.pk),
            ("prove_duty", duty.pk),
            ("letter", letter.pk),
        ],
        "supplier": [("escalations",), ("escalation", case.pk)],
    }
    for who, person in people.items():
        sign_in(watched_page.context, live_server, person)
        for name, *args in pages[who]:
            address = reverse(f"agreements:{name}", args=[program.slug, *args])
            assert watched_page.goto(f"{live_server.url}{address}").status == 200, address
            assert_sound(watched_page, f"ladder-{who}-{name}")
    sign_in(watched_page.context, live_server, director)
    with program_scope(program.pk):
        second = early.escalations.get()
    address = reverse("agreements:climb", args=[program.slug, second.pk])
    watched_page.goto(f"{live_server.url}{address}")
    watched_page.get_by_label("Reason").fill("Nothing was repaired.")
    watched_page.get_by_role("button", name="See what follows").click()
    watched_page.get_by_role("button", name="Confirm this step").wait_for()
    assert_sound(watched_page, "ladder-staff-preview")

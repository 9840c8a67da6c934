"""The pages of obligations and breaches in a real browser, as staff and as the brand, narrow and wide; one answer by keyboard alone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.enums import Choice
from agreements.models import Obligation
from agreements.operations import arbitration, breaches, disputes, obligations, schedules
from tests import factories
from tests.agreements.obliged import DISPUTES, REPORTING, bound
from tests.ui.browser import (  # noqa: F401 -- fixtures
    assert_sound,
    browser_type_launch_args,
    sign_in,
    watched_page,
)
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser


@pytest.fixture
def shown(transactional_db):
    """A brand with an open, a returned and an accepted obligation, one breach in cure and one that was decided."""
    program = factories.program("garment")
    director = factories.member(program, "director")
    member = factories.member(program, "committee_member")
    now = timezone.now()
    made = bound(program, REPORTING, DISPUTES, name="Demo Brand North", starts_on=now.date().replace(day=1))
    act = {"by": director, "at": now}
    with program_scope(program.pk):
        schedules.begin(version=made.version, at=now)
        schedule = made.version.clauses.get(kind="reporting").schedules.get()
        schedules._open(schedule, at=now, through=now.date().replace(year=now.year + 1))
        first, second, *_more = Obligation.objects.order_by("period_start")
        for one in (first, second):
            obligations.answer(
                obligation_id=one.pk, note="The list of all purchases.", by=made.officer, at=now
            )
        obligations.accept(obligation_id=first.pk, **act)
        obligations.return_answer(
            obligation_id=second.pk, reason="Two suppliers are missing.", again_within_days=7, **act
        )
        in_cure, decided = (
            breaches.open_breach(
                agreement_id=made.agreement.pk,
                participation_id=made.brand.pk,
                clause_id=made.version.clauses.get(kind="reporting").pk,
                title=title,
                facts="The report had not been received by the day it was due.",
                at=now,
            )
            for title in ("Report of purchases not sent", "Report of purchases sent without suppliers")
        )
        for breach in (in_cure, decided):
            breaches.serve_notice(breach_id=breach.pk, letter=b"%PDF-1.7", **act)
        dispute = disputes.file_petition(breach_id=decided.pk, petition="Find that it is a breach.", **act)
        disputes.cast_vote(dispute_id=dispute.pk, choice=Choice.FOR, by=member, at=now)
        disputes.decide(
            dispute_id=dispute.pk,
            decision="As the records show.",
            remedy="Send the report.",
            by=member,
            at=now,
        )
        arbitration.appeal(dispute_id=dispute.pk, grounds="The amount is disputed.", **act)
    return made, director, first, second, in_cure, decided


def _addresses(shown):
    made, _director, first, second, in_cure, decided = shown
    for name, *args in [
        ("obligations",),
        ("obligation", first.pk),
        ("obligation", second.pk),
        ("breaches",),
        ("breach", in_cure.pk),
        ("breach", decided.pk),
        ("file_petition", in_cure.pk),
    ]:
        yield (
            f"{name}-{args[-1] if args else ''}"[:22],
            reverse(f"agreements:{name}", args=[made.program.slug, *args]),
        )
    yield "inbox", reverse("ui:inbox")


def test_every_page_is_accessible_and_fits(shown, watched_page, live_server):  # noqa: F811
    made, director, _first, second, in_cure, _decided = shown
    slug = made.program.slug
    staff = [("open_breach", reverse("agreements:open_breach", args=[slug]))]
    brand = [
        (name, reverse(f"agreements:{name}", args=[slug, row.pk]))
        for name, row in (("answer_obligation", second), ("claim_cure", in_cure))
    ]
    for who, person, more in (("staff", director, staff), ("brand", made.officer, brand)):
        sign_in(watched_page.context, live_server, person)
        for name, address in [*_addresses(shown), *more]:
            assert watched_page.goto(f"{live_server.url}{address}").status == 200, address
            assert_sound(watched_page, f"{who}-{name}")


def test_a_brand_answers_by_keyboard_alone(shown, watched_page, live_server):  # noqa: F811
    made, _director, _first, second, _in_cure, _decided = shown
    sign_in(watched_page.context, live_server, made.officer)
    page = reverse("agreements:obligation", args=[made.program.slug, second.pk])
    watched_page.goto(f"{live_server.url}{page}")
    watched_page.get_by_role("link", name="Answer", exact=True).focus()
    watched_page.keyboard.press("Enter")
    watched_page.get_by_label("What was done").focus()
    watched_page.keyboard.type("Both suppliers are in the list now.")
    watched_page.keyboard.press("Tab")  # to the files
    watched_page.keyboard.press("Tab")  # to the button
    watched_page.keyboard.press("Enter")
    watched_page.wait_for_url(f"**{page}")
    assert "Both suppliers are in the list now." in watched_page.content()
    with program_scope(made.program.pk):
        second.refresh_from_db()
    assert second.state == "submitted"

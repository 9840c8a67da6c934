"""A binding agreement as three people live it, each in a browser of her own: two brands and the program's director.

Proposed, signed with the second factor shown again, countersigned, checked by anyone; a supplier climbs the ladder, both brands must
stop buying and say so; one buys all the same, and the breach goes by notice and petition to the committee and on to arbitration.
"""

import datetime as dt
import hashlib
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.sessions.models import Session
from django.utils import timezone

from agreements.enums import ClauseKind, Side
from agreements.models import Agreement, Arbitration, Breach, Obligation, StopDuty
from agreements.operations import agreements as drafting
from agreements.operations.money import settling
from programs.models import Rung
from programs.operations.starting import start_program
from tests import factories
from tests.agreements.signing import COMPLETE
from tests.journeys.desk import Desk
from wsr.accounts.models import OrganizationKind
from wsr.deadlines import operations as clocks
from wsr.history.models import Event
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser

SAYS = {
    **COMPLETE,
    "stop_purchase": {
        "acknowledge_within": {"value": 2, "unit": "days"},
        "stop_within": {"value": 14, "unit": "days"},
    },
    "dispute_resolution": {
        "cure_within": {"value": 30, "unit": "days"},
        "decide_within": {"value": 21, "unit": "days"},
        "appeal_within": {"value": 14, "unit": "days"},
    },
}


def code_of(person) -> str:
    """What her authenticator app shows now."""
    kept = Authenticator.objects.get(user=person, type="totp").data["secret"]
    return format_hotp_value(hotp_value(decrypt(kept), int(time.time()) // 30))


class Signer(Desk):
    """One person's browser; where she signs, her second factor is asked for again."""

    def forget_the_second_factor(self) -> None:
        """An hour has passed since she signed in."""
        cookie = next(one for one in self.context.cookies() if one["name"] == "sessionid")
        session = Session.objects.get(session_key=cookie["value"])
        store = session.get_decoded()
        for shown in store["account_authentication_methods"]:
            shown["at"] -= 3600
        session.session_data = Session.objects.encode(store)
        session.save()

    def show_the_second_factor(self, address: str) -> None:
        """An hour after sign-in a signature asks for it again; then it counts for five minutes."""
        self.forget_the_second_factor()
        self.page.goto(address)
        self.follow("Sign")
        self.follow("Show my second factor")
        self.page.locator("[name=code]").fill(code_of(self.person))
        self.page.locator("main form button").first.click()
        self.page.get_by_role("heading", name=re.compile("^Sign ")).wait_for()

    def sign(self, address: str, title: str) -> None:
        """Read and sign."""
        self.page.goto(address)
        self.follow("Sign")
        self.press("Sign", title=title, has_read=True)
        self.page.locator("main").get_by_text(re.compile("You have signed|Everyone has signed")).wait_for()


class Case:
    """A program with a supplier that two brands buy from, and a draft for each brand."""

    def __init__(self):
        self.director = factories.person("ana@example.org", name="Ana")
        self.program = start_program(
            name="Fair Work Program",
            slug="fair",
            blueprint="accord",
            director=self.director,
            by=None,
            at=timezone.now(),
        )
        self.member = factories.member(self.program, "committee_member")
        self.union = factories.participation(self.program, "worker_organization", name="Garment Union")
        self.supplier = factories.supplier(self.program, name="Padma Mills", rung="eligible")
        self.brands, self.signers, self.drafts = [], [], []
        for name in ("Brand North", "Brand South"):
            organization = factories.organization(OrganizationKind.BRAND, name=name)
            brand = factories.brand(self.program, name=name, organization=organization)
            factories.sourcing(self.program, brand=brand, supplier=self.supplier)
            signer = factories.member(self.program, "brand_signatory", organization=organization)
            factories.member(self.program, "brand_officer", person=signer, organization=organization)
            self.brands.append(brand)
            self.signers.append(signer)
            self.drafts.append(self._draft(brand))

    def _draft(self, brand):
        act = {"by": self.director, "at": timezone.now()}
        with program_scope(self.program.pk, person_id=self.director.pk):
            made = drafting.start_from_template(template="own", title=f"Agreement with {brand.name}", **act)
            for one, side in ((self.union, Side.PROGRAM), (brand, Side.BRAND)):
                drafting.add_party(agreement_id=made.pk, participation_id=one.pk, side=side, **act)
            version = made.versions.get()
            for clause in version.clauses.filter(kind__in=SAYS):
                drafting.change_clause(
                    clause_id=clause.pk,
                    reference=clause.reference,
                    title=clause.title,
                    text=clause.text,
                    is_public=clause.kind == ClauseKind.STOP_PURCHASE,
                    parameters=SAYS[clause.kind],
                    **act,
                )
            return version

    def scope(self):
        """The program's own."""
        return program_scope(self.program.pk, person_id=self.director.pk)


@pytest.fixture
def case(live_server):
    """Rows only; everything after is done in browsers."""
    return Case()


@pytest.fixture
def desks(case, browser, live_server):
    """The director's browser, one for each brand and the committee member's, open at the same time."""
    people = (case.director, *case.signers, case.member)
    opened = [Signer(browser, live_server, person, home="/p/fair/") for person in people]
    yield opened
    for desk in opened:
        desk.close()


def test_two_brands_sign_stop_and_answer_for_a_breach(case, desks, live_server, tmp_path):
    director, *brands, member = desks
    _sign_both(case, director, brands)
    _check_the_document(case, brands[0], live_server, tmp_path)
    _see_obligations(case, director, brands)
    _climb(case, director)
    _acknowledge(case, brands)
    _breach(case, director, brands[1], member)


def _sign_both(case, director, brands) -> None:
    addresses = []
    for draft in case.drafts:
        director.open(f"agreements/versions/{draft.pk}/")
        director.press("Propose to the parties")
        director.page.get_by_text("Proposed").first.wait_for()
        addresses.append(director.page.url)
    for desk, address, other in zip(brands, addresses, reversed(addresses), strict=True):
        desk.show_the_second_factor(address)
        desk.sign(address, "Head of sourcing")
        assert desk.page.goto(other).status == 404  # the other brand's agreement does not exist here
    director.show_the_second_factor(addresses[0])
    for address in addresses:
        director.sign(address, "Director")
    with case.scope():
        assert set(Agreement.objects.values_list("state", flat=True)) == {"in_force"}


def _check_the_document(case, brand, live_server, tmp_path) -> None:
    """The brand downloads the complete document, and somebody without an account checks it."""
    brand.open(f"agreements/versions/{case.drafts[0].pk}/")
    with brand.page.expect_download() as download:
        brand.page.get_by_role("link", name="Complete PDF").first.click()
    path = tmp_path / "complete.pdf"
    download.value.save_as(path)
    with case.scope():
        assert (
            hashlib.sha256(path.read_bytes()).hexdigest()
            == case.drafts[0].agreement.versions.get().complete_sha256
        )
    page = brand.context.browser.new_context().new_page()
    page.goto(f"{live_server.url}/registry/verify-document/")
    page.locator("[name=document]").set_input_files(path)
    page.locator("main form button").first.click()
    page.get_by_text("Fair Work Program").first.wait_for()
    path.write_bytes(path.read_bytes() + b" ")
    page.goto(f"{live_server.url}/registry/verify-document/")
    page.locator("[name=document]").set_input_files(path)
    page.locator("main form button").first.click()
    page.locator(".notice.bad, .notice.warn").first.wait_for()
    page.context.close()


def _see_obligations(case, director, brands) -> None:
    """Each with its date and the reason for it, in both inboxes."""
    clocks.sweep(at=timezone.now())
    with case.scope():
        first = Obligation.objects.get(participation=case.brands[0], clause__kind="sourcing_disclosure")
        assert Obligation.objects.filter(participation=case.brands[1]).exists()
    assert "14 days" in brands[0].open(f"obligations/{first.pk}/")
    assert brands[1].status(f"obligations/{first.pk}/") == 404
    assert "Fair Work Program" in brands[0].open("/inbox/")
    assert "Brand North" in director.open(f"obligations/{first.pk}/")


def _climb(case, director) -> None:
    """Stage by stage, seeing first what follows; the last one stops purchases."""
    director.open(f"ladder/suppliers/{case.supplier.pk}/start/")
    with case.scope():
        last = Rung.objects.filter(stops_purchases=True).order_by("position").first().key
    for number in range(10):
        said = {"trigger": "The fire doors were not repaired"} if number == 0 else {}
        director.press("See what follows", reason="Nothing was repaired by the agreed day.", **said)
        director.press("Confirm this step")
        director.page.get_by_role("heading", name="What happened").wait_for()
        with case.scope():
            case.supplier.refresh_from_db()
        if case.supplier.rung == last:
            break
        if case.supplier.rung == "stage_2":
            _hold_the_meeting(director)
        director.follow("Next rung")
    with case.scope():
        assert case.supplier.rung == last
        assert StopDuty.objects.count() == 2


def _hold_the_meeting(director) -> None:
    """Stage 2 has a mandatory meeting: without its record nobody climbs on."""
    today = timezone.now().date().isoformat()
    director.follow("Plan a meeting")
    director.fill(planned_for=today, place="Dhaka")
    director.follow("Record what came of it")
    director.fill(held_on=today, participants="Nobody came.", outcome="Nothing was agreed.")


def _acknowledge(case, brands) -> None:
    """Both brands, each its own duty; nobody sees the other's."""
    with case.scope():
        duties = [StopDuty.objects.get(brand=brand) for brand in case.brands]
    for desk, duty, other in zip(brands, duties, reversed(duties), strict=True):
        assert "Padma Mills" in desk.open(f"duties/{duty.pk}/")
        desk.follow("Acknowledge")
        desk.fill(name="Bea Buyer")
        desk.page.get_by_text("Acknowledged").first.wait_for()
        assert desk.status(f"duties/{other.pk}/") == 404
    with case.scope():
        assert set(StopDuty.objects.values_list("state", flat=True)) == {"acknowledged"}


def _breach(case, director, brand, member) -> None:
    """A purchase after the day is flagged; notice, cure, petition, committee, arbitration."""
    _buy_all_the_same(case, brand)
    settling.settle_program(case.program.pk, at=timezone.now())  # as beat does
    with case.scope():
        breach = Breach.objects.get()
        assert breach.participation_id == case.brands[1].pk
    path = f"breaches/{breach.pk}/"
    director.open(path)
    director.follow("Serve the notice")
    director.fill()
    brand.open(path)
    brand.press("Acknowledge the notice")
    clocks.sweep(at=timezone.now() + dt.timedelta(days=31))  # the time to cure passes, and nobody cured
    director.open(path)
    director.follow("Petition the committee")
    director.fill(petition="The brand bought after the day on which it had to stop.")
    with case.scope():
        petition = breach.disputes.get()
    member.open(f"committee/petitions/{petition.pk}/")
    member.follow("Vote")
    member.fill(choice=True)
    director.open(path)
    director.follow("Record the decision")
    director.fill(decision="The reports of the brand show the purchase.")
    brand.open(path)
    brand.follow("Ask for arbitration")
    brand.fill(grounds="The goods were on their way already.")
    director.open(path)
    director.follow("Record the filing")
    director.fill(rules="UNCITRAL", seat="The Hague", filed_on=timezone.now().date().isoformat())
    with case.scope():
        assert Arbitration.objects.get().seat == "The Hague"
        assert {"breach.noticed", "dispute.filed", "dispute.decided"} <= set(
            Event.objects.values_list("event", flat=True)
        )


def _buy_all_the_same(case, brand) -> None:
    """The day to stop has come and gone; then the brand reports a purchase dated after it."""
    today = timezone.now().date()
    with case.scope():
        StopDuty.objects.filter(brand=case.brands[1]).update(stop_by=today - dt.timedelta(days=10))
    brand.open("money/purchases/report/")
    brand.fill(
        partner={"label": "Padma Mills"},
        unit={"index": 1},
        product="Shirts",
        volume="1200",
        starts_on=(today - dt.timedelta(days=5)).isoformat(),
        ends_on=(today - dt.timedelta(days=2)).isoformat(),
    )

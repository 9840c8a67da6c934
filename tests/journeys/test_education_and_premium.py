"""Journey 8: the worker organization runs education and premium. On the demo, the educator with a phone, finance at a desk.

A session is planned, answered, held, reported from a field, confirmed by somebody else, and counts. A brand's purchase becomes premium,
an invoice, a payment, and a line on the payroll; where both ends differ, somebody explains it and somebody else decides.
"""

import datetime as dt

import pytest
from django.utils import timezone

from agreements.models.money import Difference, Payment
from agreements.operations.money import settling
from programs.models import EducationDue, EducationSession
from programs.operations.education import sessions
from tests.demo import person
from tests.journeys.demo_program import trading
from tests.journeys.desk import Desk
from wsr.accounts.grants import Role
from wsr.deadlines import operations as clocks
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
FARM = "Demo Farm Birch"


@pytest.fixture
def farms(demo_copy):
    """The farm program of the demo."""
    trading(demo_copy["farms-demo"], person("farms", Role.DIRECTOR))
    return demo_copy["farms-demo"]


@pytest.fixture
def desk(browser, live_server):
    """Somebody's browser, by her role."""
    opened = []

    def sit_down(role: Role, **options) -> Desk:
        opened.append(Desk.of(browser, live_server, "farms", role, **options))
        return opened[-1]

    yield sit_down
    for one in opened:
        one.close()


def test_a_session_from_the_plan_to_the_coverage(farms, desk):
    educator = desk(Role.EDUCATOR, width=360)
    session = _plan(educator, farms)
    _supplier_answers(desk(Role.SUPPLIER_MANAGER), session)
    with program_scope(farms.pk):  # the day comes
        EducationSession.objects.filter(pk=session.pk).update(
            starts_at=timezone.now() - dt.timedelta(hours=3)
        )
    _report(educator, session)
    _confirm(desk(Role.DIRECTOR), educator, farms, session)


def _plan(educator: Desk, farms) -> EducationSession:
    """From what a workplace is owed to a session with a sheet to sign and a card to hand out."""
    with program_scope(farms.pk):
        for other in EducationSession.objects.filter(workplace__name=FARM, state="planned"):
            said = {"reason": "The day was needed elsewhere.", "by": person("farms", Role.DIRECTOR)}
            sessions.cancel(session_id=other.pk, at=timezone.now(), **said)
        rows = EducationDue.objects.filter(workplace__name=FARM, kind="session", state="owed")
        due = rows.order_by("due_on").first()
    educator.open(f"education/owed/{due.pk}/")
    educator.follow("Plan")
    tomorrow = (timezone.now() + dt.timedelta(days=1)).date()
    said = {
        "day": tomorrow,
        "hour": "09:00",
        "minutes": "60",
        "place": "Packing house",
        "languages": "Spanish",
    }
    page = educator.press("Save", **said)
    assert "Packing house" in page
    educator.look("education-session")
    sheet = educator.page.get_by_role("link", name="sheet").first.get_attribute("href")
    assert educator.page.request.get(educator.site + sheet).body()[:5] == b"%PDF-"
    educator.open("education/materials/")
    cards = educator.page.locator("main a[href*='/cards/']").first.get_attribute("href")
    assert educator.page.request.get(educator.site + cards).body()[:5] == b"%PDF-"
    with program_scope(farms.pk):
        return EducationSession.objects.get(workplace__name=FARM, state="planned")


def _supplier_answers(manager: Desk, session: EducationSession) -> None:
    """Time and place are possible; it stands in the supplier's work until it says so."""
    assert f"session at {FARM}" in manager.open("/inbox/")
    manager.open(f"education/own/{session.pk}/")
    assert "Your answer is on record." in manager.press("Send the answer", agrees="yes")
    clocks.sweep(at=timezone.now())  # as beat does: what a portal did meets its clock with the next tick
    assert f"session at {FARM}" not in manager.open("/inbox/")


def _report(educator: Desk, session: EducationSession) -> None:
    """In a field, on a phone: numbers, never names."""
    educator.open("/inbox/")
    educator.follow(f"session at {FARM}")
    educator.follow("Report it")
    educator.look("education-report")
    said = {"is_paid_time": "yes", "management_present": "no", "languages": "Spanish"}
    refused = educator.press("Send the report", attended="86", workers_present="85", **said)
    assert "More workers took part than were there." in refused
    assert "81 of 85 workers" in educator.press("Send the report", attended="81", workers_present="85")
    assert "somebody else than the reporter" in educator.words()


def _confirm(director: Desk, educator: Desk, farms, session: EducationSession) -> None:
    """Somebody else confirms it; the workplace is no longer owed it, and the coverage says so."""
    director.open("/inbox/")
    director.follow(f"session at {FARM}")
    director.press("Confirm the report")
    with program_scope(farms.pk):
        session.refresh_from_db()
        settled = EducationDue.objects.get(sessions=session)
    assert (session.state, settled.state) == ("confirmed", "met")
    page = educator.open("education/coverage/")
    assert FARM in page
    educator.look("education-coverage")


def test_a_purchase_becomes_a_line_on_the_payroll(farms, desk):
    buyer, finance = desk(Role.BRAND_FINANCE), desk(Role.FINANCE)
    manager = desk(Role.SUPPLIER_MANAGER)
    with program_scope(farms.pk):
        others = Difference.objects.open().count()

    _both_ends_report(buyer, manager)
    settling.settle_program(farms.pk, at=timezone.now())  # as beat does
    _difference(buyer, finance, farms)
    _invoice_and_pay(finance, buyer, manager, farms)
    _pass_on(manager, farms)
    settling.settle_program(farms.pk, at=timezone.now())
    assert f"{others} Differences not decided" in finance.open("money/")


def _both_ends_report(buyer: Desk, manager: Desk) -> None:
    """The brand says 100,000 pounds of peppers, the supplier 104,000."""
    last = timezone.now().date().replace(day=1) - dt.timedelta(days=1)
    said = {"product": "Peppers", "unit": "lb", "starts_on": last.replace(day=1), "ends_on": last}
    for who, partner, volume in (
        (buyer, "Demo Growers One", "100000"),
        (manager, "Demo Brand North", "104000"),
    ):
        who.open("money/purchases/report/")
        page = who.press("Save", partner={"label": partner}, volume=volume, **said)
        assert "eppers" in page


def _difference(buyer: Desk, finance: Desk, farms) -> None:
    """It is work for both sides; one explains it, another decides, and it is work no more."""
    with program_scope(farms.pk):
        row = Difference.objects.get(product__iexact="Peppers", state="open")
    link = f"main a[href*='{row.pk}']"
    buyer.open("/inbox/")
    buyer.page.locator(link).first.click()
    assert "104,000" not in buyer.words()
    buyer.look("premium-difference")
    buyer.follow("Explain")
    buyer.press("Save", text="Four truckloads were weighed a day later.")
    finance.open("/inbox/")
    finance.page.locator(link).first.click()
    assert "100,000" in finance.words()
    assert "104,000" in finance.words()
    finance.follow("Settle")
    finance.press("Settle", reason="The scale notes show it.")
    finance.open("/inbox/")
    assert finance.page.locator(link).count() == 0


def _invoice_and_pay(finance: Desk, buyer: Desk, manager: Desk, farms) -> None:
    """What was earned is asked for, paid, and confirmed by whoever has the money."""
    assert "Ask Demo Brand North for premium" in finance.open("/inbox/")
    finance.follow("Ask Demo Brand North for premium")
    finance.look("premium-money")
    finance.press("Issue invoice for Demo Brand North, Demo Growers One")
    number = finance.page.locator("h1").inner_text().split()[-1]
    buyer.open("money/")
    buyer.follow(number)
    buyer.look("premium-invoice")
    buyer.follow("Record a payment")
    buyer.press("Save", paid_on=timezone.now().date(), reference="Transfer 7")
    assert "Confirm a payment" in manager.open("/inbox/")
    manager.follow("Confirm a payment")
    manager.follow("It was received")
    manager.press("It was received")
    with program_scope(farms.pk):
        payment = Payment.objects.latest("claimed_at")
        assert (payment.state, payment.supplier.name) == ("received", "Demo Growers One")


def _pass_on(manager: Desk, farms) -> None:
    """What came for workers stands in the supplier's portal until its payroll passed it on; nothing is left to reconcile."""
    with program_scope(farms.pk):
        payment = Payment.objects.latest("claimed_at")
    page = manager.open("money/")
    assert f"{payment.workers_part:,.2f}" in page
    manager.look("premium-pass-on")
    manager.follow("Report a payroll")
    day = timezone.now().date()
    manager.press(
        "Save",
        starts_on=day,
        ends_on=day,
        paid_on=day,
        worker_count="60",
        currency="USD",
        total_paid=payment.workers_part,
        share_kept=payment.supplier_part,
    )
    assert "In USD 0.00 USD Still to pass on to workers" in manager.open("money/")
    assert manager.status("money/invoices/") == 404  # they tell what the brand bought

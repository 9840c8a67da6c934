"""One cause through all rooms of the demo: a session teaches a worker a number, and in the end five brands must stop buying.

Each person acts in a browser of her own; the auditor's phone is the generated client. Days pass by clocks that are moved, and nobody waits.
"""

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone

from agreements.models import Breach, Escalation, FlaggedPurchase, StopDuty
from agreements.operations.money import settling
from audits.models import CorrectiveAction, Inspection
from complaints.handouts import words as words_on_cards
from complaints.models import Complaint, RemedyShare
from programs.models import EducationSession
from tests.demo import person
from tests.journeys.demo_program import days_pass, digits, publish, workplace
from tests.journeys.demo_program import today as today_there
from tests.journeys.desk import Desk, Phone
from tests.journeys.phone import Phone as Auditor
from tests.journeys.phone import models
from wsr.accounts.grants import Role
from wsr.deadlines.operations import sweep
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
STORY = "Chèf ekip la koupe repo nou epi li pa janm peye nou pou lè sa yo."
NAME, TELEPHONE = "Marie-Ange Destin", "+12395550177"
TITLE = "Rest breaks are not paid (demo)"


class Cause:
    """The farms of the demo, and whoever has sat down at a desk there."""

    def __init__(self, programs, browser, live_server):
        self.program = programs["farms-demo"]
        self.browser, self.live = browser, live_server
        self.farm = workplace(self.program, "Demo Farm Alder")
        self.desks: dict[Role, Desk] = {}
        self.her = Phone(browser, live_server, "ht")
        self.number = self.secret = ""
        self.today = today_there().isoformat()

    def desk(self, role: Role) -> Desk:
        """The browser of whoever holds a role."""
        if role not in self.desks:
            self.desks[role] = Desk.of(self.browser, self.live, "farms", role)
        return self.desks[role]

    def scope(self, role: Role = Role.DIRECTOR):
        """The scope of one of the staff."""
        return program_scope(self.program.pk, person_id=person("farms", role).pk)


@pytest.fixture
def cause(demo_copy, browser, live_server):
    """The demo as `make run` shows it."""
    made = Cause(demo_copy, browser, live_server)
    yield made
    for page in (made.her.page, *(desk.page for desk in made.desks.values())):
        page.context.close()


def test_a_single_cause_through_all_rooms(cause):
    _a_session_teaches_the_number(cause)
    _she_complains(cause)
    case = _triage(cause)
    visit = _a_visit_is_asked_for(cause, case)
    _inspect(cause, visit)
    action = _put_on_record(cause, visit, case)
    _her_wages(cause, case)
    _the_date_passes(cause, action)
    _suspended(cause)
    _brands_must_stop(cause)
    _what_the_public_reads(cause)


def _a_session_teaches_the_number(cause) -> None:
    """The educator finds the session that was held there, and the card that was handed out."""
    educator = cause.desk(Role.EDUCATOR)
    with cause.scope():
        held = EducationSession.objects.filter(workplace=cause.farm, state="confirmed").latest("starts_at")
    educator.open(f"education/sessions/{held.pk}/")
    educator.says("Demo Farm Alder")
    with cause.scope():
        (card,) = [one for one in words_on_cards(cause.program) if one.code == "ht"]
    cause.card = card.address.partition("/report/")[2]


def _she_complains(cause) -> None:
    """In Haitian Creole, on a small phone, by the address on her card."""
    cause.number, cause.secret = cause.her.report(
        f"/report/{cause.card}",
        about="wages",
        what=STORY,
        where="Demo Farm Alder",
        name=NAME,
        phone=TELEPHONE,
    )


def _triage(cause) -> Complaint:
    """The handler finds it in her work of today, takes it, answers, and accepts it."""
    handler = cause.desk(Role.CASE_HANDLER)
    with cause.scope():
        case = Complaint.objects.get(number=digits(cause.number))
    handler.open("/inbox/")
    handler.follow(cause.number)
    handler.lacks(STORY)
    page = f"complaints/{case.pk}/"
    handler.step(page, "Take it and read")
    handler.open(page)
    handler.says(STORY)
    handler.page.get_by_label("Your words").fill("Nou li sa ou ekri a. N ap gade peman an.")
    handler.press("Send to the worker")
    handler.open(f"{page}accept/?q=Alder")
    handler.fill(workplace_id=str(cause.farm.pk))
    handler.page.wait_for_url(f"**/{page}")
    cause.her.come_back(cause.number, cause.secret).get_by_text("N ap gade peman an.").wait_for()
    handler.step(page, "Begin the investigation", way="monitor")
    return case


def _a_visit_is_asked_for(cause, case) -> Inspection:
    """The inspector reads what to look at and nothing of the complaint; she plans a visit that nobody knows of."""
    handler, inspector = cause.desk(Role.CASE_HANDLER), cause.desk(Role.INSPECTOR_IN_CHARGE)
    handler.step(f"complaints/{case.pk}/", "Ask for a visit", words="Payroll of all crews: breaks and hours.")
    inspector.open("/inbox/")
    inspector.follow("Visit asked for: Demo Farm Alder")
    inspector.lacks(cause.number)
    inspector.press("I see to it")
    inspector.follow("Plan an inspection")
    auditor = str(person("farms", Role.AUDITOR).pk)
    inspector.fill(kind="follow_up", starts_on=cause.today, announced="no", lead=auditor)
    inspector.page.get_by_text("Only the team knows").first.wait_for()
    handler.open(f"complaints/{case.pk}/")
    handler.lacks("Inspection ")
    with cause.scope(Role.INSPECTOR_IN_CHARGE):
        return Inspection.objects.filter(workplace=cause.farm).latest("planned_at")


def _inspect(cause, visit) -> None:
    """By the API: she declares her independence, reads what was found before, and writes one finding down."""
    said, phone = models(), Auditor(cause.live.url, "farms-demo", person("farms", Role.AUDITOR))
    assigned = phone.get("assignments.assignments_list", state=said.AssignmentsListState.ASKED).items
    (mine,) = [one for one in assigned if one.inspection_id == visit.pk]
    phone.get("assignments.accept_create", mine.id, body=said.AcceptIn(ties=[], statement="No ties."))
    assert phone.get("inspections.earlier_findings_list", visit.pk).items
    assert phone.get("inspections.actions_there_list", visit.pk).items
    arrived = phone.get("inspections.arrive_create", visit.pk, body=said.ArriveIn(workers_present=140))
    line = phone.get("inspections.checklist_read", visit.pk).lines[0]
    fields = {
        "interview": said.InterviewFields(
            workers=arrived.interviews_needed, place=said.PlaceEnum.HOUSING, held_on=today_there()
        ),
        "finding": said.FindingFields(
            provision_id=line.provision_id, title=TITLE, remedy="Pay the breaks.", workers_affected=25
        ),
    }
    items = [
        said.BatchItem(
            type_=said.TypeEnum(kind),
            id=uuid.uuid4(),
            inspection_id=visit.pk,
            noted_at=timezone.now(),
            **{kind: one},
        )
        for kind, one in fields.items()
    ]
    assert {result.outcome for result in phone.batch(items)} == {"applied"}
    phone.get("inspections.submit_create", visit.pk, body=said.SubmitIn())


def _put_on_record(cause, visit, case) -> CorrectiveAction:
    """Shared, replied to, issued; the finding becomes a corrective action with a date. The handler finds the visit at the complaint."""
    inspector, manager = cause.desk(Role.INSPECTOR_IN_CHARGE), cause.desk(Role.SUPPLIER_MANAGER)
    review = f"inspections/{visit.pk}/review/"
    inspector.step(review, "Share with the supplier", checked=True)
    manager.open("/inbox/")
    manager.follow("Reply to the report of inspection")
    manager.fill(whole="We pay what the law asks.")
    inspector.step(review, "Issue the report", checked=True)
    with cause.scope():
        action = CorrectiveAction.objects.get(inspection=visit)
    inspector.open(f"actions/{action.pk}/")
    inspector.follow("Record what was agreed")
    inspector.fill(action="Pay the breaks of this season.", due_on=cause.today, payer="supplier")
    manager.open("actions/own/")
    manager.says(TITLE)
    handler = cause.desk(Role.CASE_HANDLER)
    handler.open("/inbox/")
    handler.says("Begin the watch")
    handler.step(f"complaints/{case.pk}/", "Begin the watch", act="visit")
    return action


def _her_wages(cause, case) -> None:
    """What she lost is owed to her, paid with the wages, and she says herself that she has it."""
    handler, page = cause.desk(Role.CASE_HANDLER), f"complaints/{case.pk}/"
    handler.step(
        page, "Make a finding", provision_id={"index": 1}, outcome="upheld", reasons="The payroll lacks it."
    )
    handler.step(page, "Conclude the investigation")
    handler.step(
        page,
        "Set a remedy",
        kind="money",
        owed_by="employer",
        words="Breaks of six weeks.",
        due_on=(today_there() + dt.timedelta(days=20)).isoformat(),
        worker_count="11",
        complainant_ids=True,
        amount="1240.50",
        currency="USD",
    )
    handler.step(page, "Paid or done")
    cause.her.again().locator("button[value=got]").click()
    cause.her.again()
    with cause.scope(Role.CASE_HANDLER):
        assert RemedyShare.objects.filter(complaint=case, got="yes").count() == 1


def _the_date_passes(cause, action) -> None:
    """Nobody did it: the supplier climbs by the program's rule, once, and whoever decides finds it."""
    with cause.scope():
        CorrectiveAction.objects.filter(pk=action.pk).update(due_on=today_there() - dt.timedelta(days=2))
    days_pass(cause.program, "audits.action_due", action, 2)
    for _tick in range(2):
        sweep(at=timezone.now())
    with cause.scope():
        case = Escalation.objects.open().get(supplier=cause.farm.supplier_id)
        assert case.rung.key == "probation"
    manager = cause.desk(Role.SUPPLIER_MANAGER)
    manager.open("actions/own/")
    manager.says("Probation")


def _suspended(cause) -> None:
    """The director sees first which brands will have to stop, then confirms."""
    director = cause.desk(Role.DIRECTOR)
    with cause.scope():
        case = Escalation.objects.open().get(supplier=cause.farm.supplier_id)
    director.open(f"ladder/{case.pk}/")
    director.follow("Next rung")
    director.page.locator("[name=reason]").fill("The breaks were not paid by the agreed day.")
    director.press("See what follows")
    for brand in ("Demo Brand North", "Demo Caterers Lake", "Demo Grocers West", "Demo Kitchens East"):
        director.says(brand)
    director.press("Confirm this step")
    director.page.get_by_role("heading", name="What happened").wait_for()
    with cause.scope():
        duties = StopDuty.objects.active().filter(supplier=cause.farm.supplier_id)
        assert len({duty.brand_id for duty in duties}) == 5
        assert all(duty.clause_id and duty.stop_by for duty in duties)


def _brands_must_stop(cause) -> None:
    """One brand acknowledges its duty, and buys all the same after the day: flagged as a breach, which it and the program find."""
    officer = cause.desk(Role.BRAND_OFFICER)
    officer.open("/inbox/")
    officer.follow("Acknowledge: stop buying from Demo Growers One")
    officer.page.wait_for_url("**/duties/**")
    officer.follow("Acknowledge")
    officer.fill(name="Bea Buyer")
    officer.page.get_by_text("Acknowledged").first.wait_for()
    today = today_there()
    with cause.scope():
        duty = StopDuty.objects.get(brand__name="Demo Brand North", supplier=cause.farm.supplier_id)
        assert duty.state == "acknowledged"
        StopDuty.objects.filter(pk=duty.pk).update(stop_by=today - dt.timedelta(days=20))
    officer.open("money/purchases/report/")
    officer.page.locator("[name=partner]").select_option(label="Demo Growers One")
    officer.fill(
        product="Tomatoes",
        unit="lb",
        volume="1200",
        starts_on=(today - dt.timedelta(days=5)).isoformat(),
        ends_on=(today - dt.timedelta(days=2)).isoformat(),
    )
    settling.settle_program(cause.program.pk, at=timezone.now())  # as the worker does
    with cause.scope():
        assert FlaggedPurchase.objects.filter(duty=duty).exists()
        breach = Breach.objects.latest("pk")
    director = cause.desk(Role.DIRECTOR)
    director.open(f"breaches/{breach.pk}/")
    director.says("Purchase from Demo Growers One after the stop")


def _what_the_public_reads(cause) -> None:
    """Nothing of her and no word of what she said; that the employer is suspended, as the program has decided to show."""
    _publish_nothing_of_her(cause)
    visitor = cause.browser.new_context().new_page()
    visitor.goto(f"{cause.live.url}/registry/?q=Demo+Farm+Alder&kind=workplace")
    visitor.get_by_role("link", name="Demo Farm Alder").first.click()
    assert _reads(visitor, "Standing").startswith("Suspended")
    assert visitor.context.cookies() == []
    visitor.context.close()


def _publish_nothing_of_her(cause) -> None:
    served = publish(cause.program)
    said = (
        STORY,
        NAME,
        NAME.split()[0],
        TELEPHONE,
        cause.number,
        digits(cause.number),
        "Payroll of all crews",
    )
    assert [words for words in said if words in served] == []


def _reads(visitor, label: str) -> str:
    """What stands under a label of a public record."""
    return visitor.locator("main dt", has_text=re.compile(f"^{label}$")).locator("xpath=../dd").inner_text()

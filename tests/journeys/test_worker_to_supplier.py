"""The first five journeys on the demo, each as its own person lives it: a worker, a handler, an investigator, an auditor, a supplier."""

import datetime as dt
import hashlib
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from audits.models import CorrectiveAction, Evidence, Inspection
from complaints.enums import Act, OwedBy, RemedyKind, Way
from complaints.enums import Outcome as Found
from complaints.models import Complainant, Complaint, Measure, Referral
from complaints.operations import (
    answering,
    findings,
    inquiry,
    parts,
    reading,
    remedies,
    resolutions,
    triage,
    watch,
)
from programs.models import Provision
from programs.queries import code_in_force, today
from tests.demo import person
from tests.files.making import jpeg
from tests.journeys.demo_program import days_pass, digits, workplace
from tests.journeys.demo_program import today as today_there
from tests.journeys.desk import Desk, Phone
from tests.journeys.phone import Phone as Device
from tests.journeys.phone import Photo, models
from tests.ui.browser import assert_accessible, assert_no_overflow
from wsr.accounts.grants import Role
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
STORY = "রাতে দরজা বন্ধ করে রাখে, আর ওভারটাইমের টাকা দেয় না।"
WORSE = "ওরা আমার কাজের ঘণ্টা কমিয়ে দিয়েছে।"
DAY = dt.timedelta(days=1)


@pytest.fixture
def sit(demo_copy, browser, live_server):
    """`sit(key, role)`: that person's browser; `sit.phone(language)`: a worker's. All are closed afterwards."""

    class House:
        programs = demo_copy
        opened: list = []

        def __call__(self, key: str, role: Role) -> Desk:
            self.opened.append(Desk.of(browser, live_server, key, role))
            return self.opened[-1]

        def phone(self, language: str) -> Phone:
            self.opened.append(Phone(browser, live_server, language))
            return self.opened[-1]

        def device(self, key: str, role: Role) -> Device:
            return Device(live_server.url, f"{key}-demo", person(key, role))

        def scope(self, key: str, role: Role):
            return program_scope(self.programs[f"{key}-demo"].pk, person_id=person(key, role).pk)

    house = House()
    yield house
    for one in house.opened:
        one.page.context.close()


# ── 1. A worker complains ────────────────────────────────────────────────────────────────────────


def test_a_worker_complains_in_bengali_hears_back_and_says_what_they_do_to_her(sit):
    phone = sit.phone("bn")
    number, secret = phone.report("/report/garment-demo/?lang=bn", about="hours", what=STORY)
    page = phone.come_back(number, secret)
    page.get_by_text(STORY).wait_for()
    with sit.scope("garment", Role.CASE_HANDLER):
        case = Complaint.objects.get(number=digits(number))
    _work_on(sit, case)

    page = phone.again()
    page.get_by_text("আমরা দেখছি।").wait_for()
    page.get_by_text("112.7").first.wait_for()
    page.locator("button[value=got]").click()
    phone.again("?p=answer")
    page.locator("input[value=agrees]").check()
    page.locator("button[value=reply]").click()

    with sit.scope("garment", Role.CASE_HANDLER):
        ago = timezone.now() - 8 * DAY
        watch.employer_can_see(case, Act.VISIT, at=ago, by=person("garment", Role.CASE_HANDLER))
    phone.again().locator("a[href='?p=worse']").first.click()
    page.locator("input[name=harms]").first.check()
    page.locator("textarea[name=words]").fill(WORSE)
    page.locator("button[value=worse]").click()
    assert_no_overflow(page)
    sweep(at=timezone.now())  # what a worker's act asks of a clock begins with the tick
    handler = sit("garment", Role.CASE_HANDLER)
    with sit.scope("garment", Role.CASE_HANDLER):
        linked = Complaint.objects.get(is_retaliation=True)
        clock = Clock.objects.of(linked).get(kind="complaints.acknowledged")
    assert (linked.continues_id, linked.is_urgent) == (case.pk, True)
    handler.open(f"complaints/{linked.pk}/")
    handler.says(WORSE)
    sweep(at=clock.due_at + dt.timedelta(minutes=1))  # nobody answers
    handler.open("/inbox/")
    assert "Overdue" in handler.page.locator("main").inner_text()


def _work_on(sit, case: Complaint) -> None:
    """What journeys 2 and 3 do at their desks, by the operations."""
    handler, at = person("garment", Role.CASE_HANDLER), timezone.now()
    act = {"complaint_id": case.pk, "by": handler, "at": at}
    mill = workplace(sit.programs["garment-demo"], "Demo Mill Coral")
    with sit.scope("garment", Role.CASE_HANDLER):
        parts.take(**act)
        reading.read(**act)
        answering.answer(**act, text="আমরা দেখছি।")
        triage.accept(**act, severity_id=None, workplace_id=mill.pk, is_urgent=False)
        inquiry.begin(**act, way=Way.MONITOR)
        provision = Provision.objects.filter(code=code_in_force()).order_by("position").first()
        findings.find(
            **act, provision_id=provision.pk, outcome=Found.UPHELD, workers_affected=11, reasons="Seen."
        )
        findings.conclude(**act)
        owed = remedies.owe(
            **act,
            kind=RemedyKind.MONEY,
            words="Overtime.",
            owed_by=OwedBy.EMPLOYER,
            due_on=today(at) + 20 * DAY,
            worker_count=11,
            complainant_ids=[Complainant.objects.get(complaint=case).pk],
            money=remedies.Money(Decimal("1240.50"), "USD"),
        )
        remedies.pay(remedy_id=owed.pk, by=handler, at=at)
        resolutions.propose(**act, text="দরজা খোলা থাকবে।")


# ── 2. A handler triages ─────────────────────────────────────────────────────────────────────────


def test_a_handler_accepts_one_complaint_and_refers_another(sit):
    handler = sit("farms", Role.CASE_HANDLER)
    with sit.scope("farms", Role.CASE_HANDLER):
        new = Complaint.objects.get(state="received", language="es")
    handler.open("/inbox/")
    handler.says("Nobody has it yet: take it and read.")
    page = f"complaints/{new.pk}/"
    handler.open(page)
    handler.lacks("Nos descontaron")
    handler.step(page, "Take it and read")
    handler.open(page)
    handler.says("Nos descontaron")
    handler.step(page, "Accept", workplace_id=str(new.workplace_id))
    handler.open(page)
    handler.says("Complaint received, to the first answer")  # its limits, with their days
    handler.step(page, "Ask somebody", person_id=str(person("farms", Role.DIRECTOR).pk), part="investigator")
    director = sit("farms", Role.DIRECTOR)
    director.open("/inbox/")
    director.says("asks you to take a part")

    outside = sit("garment", Role.CASE_HANDLER)
    with sit.scope("garment", Role.CASE_HANDLER):
        wages = Complaint.objects.get(state="received", language="es")
    page = f"complaints/{wages.pk}/"
    outside.step(page, "Take it and read")
    outside.step(page, "Refer")
    with sit.scope("garment", Role.CASE_HANDLER):
        assert Complaint.objects.get(pk=wages.pk).state == "referred"
        gone = Referral.objects.get(complaint=wages)
    outside.open(page)
    outside.says(gone.partner)


# ── 3. An investigator closes a case ─────────────────────────────────────────────────────────────


def test_an_investigator_finds_out_agrees_a_remedy_and_a_second_person_closes(sit):
    ana, director = sit("farms", Role.CASE_HANDLER), sit("farms", Role.DIRECTOR)
    with sit.scope("farms", Role.CASE_HANDLER):
        case = Complaint.objects.get(state="accepted")
    page, soon = f"complaints/{case.pk}/", (today_there() + 20 * DAY).isoformat()
    now = today_there().isoformat()
    ana.step(page, "Begin the investigation", way="monitor")
    ana.step(page, "Plan a step", words="Read the payroll of three months.", due_on=soon)
    ana.step(page, "Keep an interview", held_on=now, notes="They confirm it.")
    ana.step(
        page, "Make a finding", provision_id={"index": 1}, outcome="upheld", reasons="The payroll lacks it."
    )
    ana.step(page, "Conclude the investigation")
    owed = {
        "kind": "money",
        "owed_by": "employer",
        "words": "Three weeks.",
        "due_on": soon,
        "worker_count": "11",
    }
    ana.step(page, "Set a remedy", **owed, complainant_ids=True, amount="1240.50", currency="USD")
    ana.step(page, "Propose a solution", text="Breaks count, and you get your pay.")
    ana.step(page, "Paid or done")
    ana.step(page, "Write down her answer", reply="agrees")
    ana.step(page, "Ask somebody", person_id=str(director.person.pk), part="reviewer")
    ana.step(page, "Hand to a second person")
    ana.open(page)
    assert not ana.page.get_by_role("link", name="Approve and close").count()
    director.step(page, "Accept the part")
    director.step(page, "Approve and close")
    ana.step(
        page,
        "Ask the employer to put something right",
        title="Hours are not counted as worked",
        action="Count every hour.",
    )
    with sit.scope("farms", Role.CASE_HANDLER):
        case.refresh_from_db()
        assert (case.state, Measure.objects.get(complaint=case).state) == ("closed", "sent")
    ana.open(page)
    assert_accessible(ana.page)
    with sit.scope("farms", Role.INSPECTOR_IN_CHARGE):
        sent = CorrectiveAction.objects.latest("number")
    inspector = sit("farms", Role.INSPECTOR_IN_CHARGE)
    inspector.open(f"actions/{sent.pk}/")
    text = inspector.page.content()
    assert "Hours are not counted as worked" in text
    assert [
        word for word in ("Demo Worker", case.number, str(case.pk), ana.person.name) if word in text
    ] == []


# ── 4. An auditor inspects ───────────────────────────────────────────────────────────────────────


def test_an_auditor_inspects_with_her_phone_and_her_colleague_reviews(sit):
    said, phone = models(), sit.device("farms", Role.AUDITOR)
    (asked,) = phone.get("assignments.assignments_list", state=said.AssignmentsListState.ASKED).items
    visit = asked.inspection_id
    director = sit("farms", Role.DIRECTOR)
    director.open("inspections/list/")
    director.lacks("Demo Farm Birch")  # unannounced
    phone.get("assignments.accept_create", asked.id, body=said.AcceptIn(ties=[], statement="No ties."))
    arrived = phone.get("inspections.arrive_create", visit, body=said.ArriveIn(workers_present=85))
    assert arrived.interviews_needed == 43
    lines = phone.get("inspections.checklist_read", visit).lines
    finding = uuid.uuid4()
    fields = [
        (
            "interview",
            uuid.uuid4(),
            said.InterviewFields(workers=43, place=said.PlaceEnum.HOUSING, held_on=today_there()),
        ),
        (
            "finding",
            finding,
            said.FindingFields(provision_id=lines[0].provision_id, title="A gate is locked (demo)"),
        ),
    ]
    items = [
        said.BatchItem(
            type_=said.TypeEnum(kind), id=key, inspection_id=visit, noted_at=timezone.now(), **{kind: one}
        )
        for kind, key, one in fields
    ]
    assert {result.outcome for result in phone.batch(items)} == {"applied"}
    photo = jpeg(salt="gate")
    phone.send_photo(visit, Photo(uuid.uuid4(), timezone.now(), finding, photo))
    sealed = phone.get("inspections.submit_create", visit, body=said.SubmitIn())
    assert sealed is not None

    inspector = sit("farms", Role.INSPECTOR_IN_CHARGE)
    inspector.open("/inbox/")
    inspector.follow("Follow-up inspection of Demo Farm Birch")
    inspector.says("A gate is locked (demo)")
    inspector.step(f"inspections/{visit}/review/", "Share with the supplier", checked=True)
    with sit.scope("farms", Role.INSPECTOR_IN_CHARGE):
        made = Inspection.objects.get(pk=visit)
        assert (made.state, made.is_secret) == ("with_supplier", False)
        assert (
            Evidence.objects.get(inspection=made).file.sha256 != hashlib.sha256(photo).hexdigest()
        )  # cleaned
        assert CorrectiveAction.objects.filter(inspection=made).count() == 1
    director.open("inspections/list/")
    director.says("Demo Farm Birch")


# ── 5. A supplier remedies ───────────────────────────────────────────────────────────────────────


def test_a_supplier_says_what_is_fixed_asks_for_time_and_reads_where_it_stands(sit, tmp_path):
    manager = sit("farms", Role.SUPPLIER_MANAGER)
    with sit.scope("farms", Role.INSPECTOR_IN_CHARGE):
        rows = CorrectiveAction.objects.filter(supplier__name="Demo Growers One", state="agreed")
        first, second = rows.order_by("number")
    days_pass(sit.programs["farms-demo"], "audits.action_due", first, (first.due_on - today_there()).days - 5)
    manager.open("/inbox/")
    manager.says(f"{first.number}. {first.title}")
    manager.open("actions/own/")
    manager.says("You are on no rung of the program's ladder.")
    manager.says("The supplier")  # who pays
    proof = tmp_path / "shade.jpg"
    proof.write_bytes(jpeg(salt="shade"))
    manager.step(
        f"actions/{first.pk}/", "Report as fixed", note="Each worker clocks in herself.", files=str(proof)
    )
    manager.step(
        f"actions/{second.pk}/",
        "Ask for more time",
        due_on=(second.due_on + 14 * DAY).isoformat(),
        reason="The shade is ordered and comes late.",
    )
    manager.open("actions/own/")
    manager.says("Somebody of the program verifies it.")

    phone = sit.device("farms", Role.AUDITOR)
    seen = phone.get("actions.verify_create", first.pk, body=models().NoteIn(note="Seen."))
    assert seen.state == "verified"
    inspector = sit("farms", Role.INSPECTOR_IN_CHARGE)
    inspector.step(f"actions/{second.pk}/", "Answer the request", decision="grant", answer="Two weeks.")
    manager.open(f"actions/{first.pk}/")
    manager.says("Verified as fixed")
    with sit.scope("farms", Role.INSPECTOR_IN_CHARGE):
        due = second.due_on
        second.refresh_from_db()
        assert second.due_on == due + 14 * DAY

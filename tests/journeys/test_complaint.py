"""A complaint as everybody lives it: a frightened call, a handler, a remedy, a second person, and somebody who asks afterwards.

The worker has a small phone without script, in Urdu; the staff has a browser. Clocks and publications are moved by days that pass in arguments.
"""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.enums import Act, ComplaintState, MeasureState, Part, Scope
from complaints.models import Complaint, Measure, Referral, RemedyShare
from complaints.operations import parts, watch
from programs.enums import CodeState
from programs.models import CodeVersion
from programs.operations import rules
from programs.operations.starting import start_program
from programs.queries import today
from tests import factories
from tests.complaints.test_console import SAID, hidden, shown
from tests.ui.browser import assert_accessible, assert_no_overflow, sign_in
from wsr.accounts.models import OrganizationKind
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope

pytestmark = pytest.mark.browser
STORY = "وہ ہر رات دروازہ بند کر دیتے ہیں اور اوور ٹائم کے پیسے نہیں دیتے۔"
WAGES = "Nos pagaron los salarios de marzo con seis semanas de atraso."
WORSE = "انہوں نے میرے گھنٹے کم کر دیے۔"


class Life:
    """The program, its people, and their browsers."""

    def __init__(self, browser, live_server):
        self.live = live_server
        self.director = factories.person(name="Dina Director")
        self.program = start_program(
            name="Mill Safety",
            slug="mills",
            blueprint="accord",
            director=self.director,
            by=self.director,
            at=timezone.now(),
            time_zone="Asia/Dhaka",
        )
        factories.second_factor(self.director)
        self.ana = factories.member(self.program, "case_handler")
        self.ben = factories.member(self.program, "case_handler")
        organization = factories.organization(OrganizationKind.SUPPLIER)
        self.supplier = factories.supplier(self.program, name="Sunrise Ltd", organization=organization)
        self.workplace = factories.workplace(self.program, supplier=self.supplier, name="Sunrise Mill")
        self.manager = factories.member(self.program, "supplier_manager", organization=organization)
        with self.as_(self.director):
            CodeVersion.objects.update(state=CodeState.IN_FORCE, in_force_on=dt.date(2026, 1, 1))
            for key, value in (("clocks.complaint_acknowledged", 3), ("clocks.complaint_closed", 30)):
                rules.set_rule(
                    key=key,
                    value=value,
                    valid_from=today(timezone.now()),
                    source="Minute 1",
                    note="",
                    by=self.director,
                    at=timezone.now(),
                )
        narrow = {"viewport": {"width": 320, "height": 640}}
        self.phone = browser.new_context(java_script_enabled=False, locale="ur-PK", **narrow).new_page()
        self.desks = {}
        for person in (self.ana, self.ben):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            sign_in(context, live_server, person)
            self.desks[person.pk] = context.new_page()

    def as_(self, person):
        """The scope of a member of the staff."""
        return program_scope(self.program.pk, person_id=person.pk)

    def row(self, **found) -> Complaint:
        """The complaint as the handler sees it."""
        with self.as_(self.ana):
            return Complaint.objects.select_related("severity").get(**found)

    def open(self, person, complaint):
        """The page of a complaint in her browser."""
        page = self.desks[person.pk]
        page.goto(self.live.url + reverse("complaints:complaint", args=[self.program.slug, complaint.pk]))
        return page

    def press(self, person, complaint, link, *, search="", **fields) -> None:
        """Follow a link of the case page, fill the form by the names of its fields, press."""
        page = self.open(person, complaint)
        page.get_by_role("link", name=link).first.click()
        if search:
            page.locator("main [name=q]").fill(search)
            page.keyboard.press("Enter")
            page.get_by_text(search).first.wait_for()
        for name, value in fields.items():
            field = page.locator(f"[name={name}]").first
            if value is True:  # the first mark
                page.locator(f"[name={name}]").first.check()
            elif (kind := field.get_attribute("type")) in ("radio", "checkbox"):
                page.locator(f"[name={name}][value='{value}']").check()
            elif kind is None and field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(**({"index": value} if isinstance(value, int) else {"value": value}))
            else:
                field.fill(value)
        page.locator("main form .actions button").last.click()
        page.wait_for_url(re.compile(r"/complaints/[0-9a-f-]{36}/$"))


@pytest.fixture
def life(transactional_db, browser, live_server):
    """Everybody, and their browsers."""
    made = Life(browser, live_server)
    yield made
    for page in (made.phone, *made.desks.values()):
        page.context.close()


def test_from_a_frightened_call_to_a_remedy_on_time(life, browser):
    number, secret = _report(life)
    complaint = _accept(life)
    _come_back(life, life.phone, number, secret)
    life.phone.get_by_text(STORY).wait_for()
    life.phone.get_by_text("We have it open.").wait_for()
    _find_out(life, complaint)
    _worker_agrees(life)
    _close(life, complaint)
    _correct(life, complaint)
    _retaliation(life, complaint)
    _late(life)
    _another_calls_about_wages(life, browser)
    with life.as_(life.ana):
        states = sorted(Complaint.objects.values_list("state", flat=True))
    assert states == [ComplaintState.CLOSED, ComplaintState.RECEIVED, ComplaintState.REFERRED]


def _report(life) -> list[str]:
    """One question a page, a review, the receipt; in Urdu, 320 pixels wide, without script."""
    phone = life.phone
    phone.goto(f"{life.live.url}/report/mills/?lang=ur")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    assert phone.context.cookies() == []
    phone.goto(f"{life.live.url}/report/mills/?lang=ur&q=1")
    phone.locator("input[value=hours]").check()
    for _question in range(8):
        if phone.locator("textarea[name=what]").count():
            phone.locator("textarea[name=what]").fill(STORY)
        phone.locator("main form .btn").first.click()
        if phone.locator("button[name=send]").count():
            break
    phone.locator("button[name=send]").click()
    found = phone.locator(".receipt").all_inner_texts()
    phone.locator("button[name=done]").click()
    return found


def _come_back(life, phone, number, secret) -> None:
    phone.goto(f"{life.live.url}/report/case/")
    phone.locator("[name=number]").fill(number)
    phone.locator("[name=secret]").fill(secret)
    phone.locator("main form .btn").first.click()


def _accept(life) -> Complaint:
    """Ana takes it, reads it, answers, and accepts it."""
    complaint = life.row(state=ComplaintState.RECEIVED)
    assert (complaint.language, complaint.scope) == ("ur", Scope.WITHIN)
    page = life.open(life.ana, complaint)
    assert STORY not in page.content()
    life.press(life.ana, complaint, "Take it and read")
    page = life.open(life.ana, complaint)
    page.get_by_text(STORY).wait_for()
    page.get_by_label("Your words").fill("We have it open.")
    page.get_by_role("button", name="Send to the worker").click()
    life.press(life.ana, complaint, "Accept", search="Sunrise", workplace_id=str(life.workplace.pk))
    with life.as_(life.ana):
        clocks = dict(Clock.objects.of(complaint).values_list("kind", "state"))
    assert clocks["complaints.closed"] == "running"
    return complaint


def _find_out(life, complaint) -> None:
    """A plan, an interview, a finding, money for eleven workers, a proposal."""
    soon = (timezone.now() + dt.timedelta(days=20)).date().isoformat()
    today = timezone.now().date().isoformat()
    ana, press = life.ana, life.press
    press(ana, complaint, "Begin the investigation", way="monitor")
    press(ana, complaint, "Plan a step", words="Read the payroll of three months.", due_on=soon)
    press(ana, complaint, "Keep an interview", held_on=today, notes="They confirm it.")
    press(ana, complaint, "Make a finding", provision_id=6, outcome="upheld", reasons="The payroll lacks it.")
    press(ana, complaint, "Conclude the investigation")
    press(
        ana,
        complaint,
        "Set a remedy",
        kind="money",
        owed_by="employer",
        words="Overtime of three weeks.",
        due_on=soon,
        worker_count="11",
        complainant_ids=True,
        amount="1240.50",
        currency="USD",
    )
    press(ana, complaint, "Propose a solution", text="The door stays open; you get your pay.")
    press(ana, complaint, "Paid or done")
    page = life.open(ana, complaint)
    assert "1,240.50" in page.content()
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 900})
    assert_no_overflow(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def _worker_agrees(life) -> None:
    """She got her share, and agrees."""
    phone = life.phone
    phone.goto(f"{life.live.url}/report/case/")
    phone.get_by_text("112.7").first.wait_for()
    phone.locator("button[value=got]").click()
    phone.goto(f"{life.live.url}/report/case/?p=answer")
    phone.locator("input[value=agrees]").check()
    phone.locator("button[value=reply]").click()
    with life.as_(life.ana):
        assert RemedyShare.objects.filter(got="yes").count() == 1


def _close(life, complaint) -> None:
    """Ben looks at it with other eyes; until then nobody closes it."""
    with life.as_(life.ana):
        parts.ask(
            complaint_id=complaint.pk,
            person_id=life.ben.pk,
            part=Part.REVIEWER,
            by=life.ana,
            at=timezone.now(),
        )
    life.press(life.ana, complaint, "Hand to a second person")
    assert not life.open(life.ana, complaint).get_by_role("link", name="Approve and close").count()
    life.press(life.ben, complaint, "Accept the part")
    life.press(life.ben, complaint, "Approve and close")
    assert life.row(pk=complaint.pk).state == ComplaintState.CLOSED
    life.phone.goto(f"{life.live.url}/report/case/")
    assert life.phone.locator("a[href='?p=appeal']").count() == 1


def _correct(life, complaint) -> None:
    """The employer is asked to put it right, and reads nothing that points to her."""
    life.press(
        life.ana,
        complaint,
        "Ask the employer to put something right",
        title="Exit doors are locked at night",
        action="Keep every exit open while people work.",
    )
    with life.as_(life.ana):
        assert Measure.objects.get().state == MeasureState.SENT
    client = Client()
    factories.sign_in(client, life.manager)
    page = client.get(reverse("audits:actions", args=[life.program.slug])).content.decode()
    assert "Exit doors are locked at night" in page
    assert [word for word in (STORY, complaint.number, str(complaint.pk), "Ana") if word in page] == []


def _retaliation(life, complaint) -> None:
    """Eight days after a visit she is asked, and says what they do to her."""
    with life.as_(life.ana):
        watch.employer_can_see(complaint, Act.VISIT, at=timezone.now() - dt.timedelta(days=8), by=life.ana)
    phone = life.phone
    phone.goto(f"{life.live.url}/report/case/")
    phone.locator("a[href='?p=worse']").first.click()
    phone.locator("input[name=harms]").first.check()
    phone.locator("textarea[name=words]").fill(WORSE)
    phone.locator("button[value=worse]").click()
    linked = life.row(is_retaliation=True)
    assert (linked.continues_id, linked.is_urgent, linked.severity.position) == (complaint.pk, True, 0)
    page = life.open(life.ana, linked)
    page.get_by_text(WORSE).wait_for()
    with life.as_(life.director):
        assert Outbox.objects.filter(kind="retaliation_reported").exists()


def _late(life) -> None:
    """Nobody answers the second complaint: its clock tells by itself."""
    sweep(at=timezone.now())  # what a worker's act asked for begins with the tick
    linked = life.row(is_retaliation=True)
    with life.as_(life.ana):
        clock = Clock.objects.of(linked).get(kind="complaints.acknowledged")
    sweep(at=clock.due_at + dt.timedelta(minutes=1))
    with life.as_(life.ana):
        clock.refresh_from_db()
    assert clock.state == "missed"


def _another_calls_about_wages(life, browser) -> None:
    """Keyed in on the hotline; the operator's code opens one page alone. Wages are outside of this program: referred, and on record."""
    operator = factories.member(life.program, "case_handler")
    desk = Client()
    factories.sign_in(desk, operator)
    console = reverse("complaints:console", args=[life.program.slug])
    carried = hidden(desk.get(f"{console}?lang=es"))
    said = {**SAID, "about": "wages", "danger": "no", "what": WAGES, "call_back": ""}
    desk.post(
        reverse("complaints:keep", args=[life.program.slug]), {**said, **carried, "send": "1"}, follow=True
    )
    number, heard = shown(desk.post(console, {"show": "1"}))

    phone = browser.new_context(
        java_script_enabled=False, locale="es-MX", viewport={"width": 320, "height": 640}
    ).new_page()
    _come_back(life, phone, number, heard)
    assert phone.locator("html").get_attribute("lang") == "es"
    hers = phone.locator(".receipt").all_inner_texts()[-1]
    assert WAGES not in phone.content()
    phone.locator("main form .btn").first.click()
    assert re.sub(r"\D", "", hers) != heard
    _come_back(life, phone, number, hers)
    phone.get_by_text(WAGES).wait_for()
    phone.context.close()

    complaint = life.row(number=number)
    life.press(life.ana, complaint, "Take it and read")
    life.press(life.ana, complaint, "Refer")
    with life.as_(life.ana):
        row, gone = Complaint.objects.get(pk=complaint.pk), Referral.objects.get()
        assert (row.state, row.scope) == (ComplaintState.REFERRED, Scope.OUTSIDE)
        assert gone.partner == "The signatories and labor partners"
        assert not Clock.objects.open().of(row).exists()

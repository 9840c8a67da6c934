"""The check values of the field (`domain.md` 5.6) as the pages say them: forms are sent, pages are read, no function of ours is asked.

What a row starts from - a program of its blueprint, who takes part, a visit that is planned - are rows and acts; the value itself is the page's.
"""

import datetime as dt
import html
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agreements.models import Escalation, Letter, StopDuty
from audits.enums import InspectionKind, InspectionState
from audits.models import CorrectiveAction, Inspection
from complaints.models import Complaint
from programs.enums import CodeState
from programs.models import CodeVersion, Provision, Rung, Workplace
from programs.operations.starting import start_program
from programs.queries import rule_value
from tests import factories
from tests.agreements import money_rows
from tests.agreements.climbing import bind
from tests.audits import making
from tests.complaints.test_worker_pages import receipt_on
from wsr.deadlines import operations as clocks
from wsr.deadlines.models import Clock
from wsr.registry import gates, publishing
from wsr.registry import operations as registry
from wsr.registry.models import Listing
from wsr.tenancy import engine_scope, program_scope, public_scope
from wsr.tenancy.models import OPEN

rolled_back = pytest.mark.django_db
DAY = dt.timedelta(days=1)


class Room:
    """A program started from a blueprint, its director, and a browser for whoever comes."""

    def __init__(self, blueprint: str, *, since: dt.timedelta = dt.timedelta()):
        self.now = timezone.now()
        self.today = self.now.date()
        self.director = factories.person(f"director@{blueprint.replace('_', '-')}.example")
        self.program = start_program(
            name="Check values",
            slug="check",
            blueprint=blueprint,
            director=self.director,
            by=None,
            at=self.now - since,
        )
        with self.scope():
            CodeVersion.objects.update(state=CodeState.IN_FORCE, in_force_on=self.today - 400 * DAY)
        self.browser = Client()
        self.enter(self.director)

    def scope(self):
        """The program's own."""
        return program_scope(self.program.pk, person_id=self.director.pk)

    def enter(self, person) -> None:
        """She signs in."""
        self.browser.logout()
        factories.sign_in(self.browser, person)

    def url(self, name: str, *args) -> str:
        """The address of a page of the program."""
        return reverse(name, args=[self.program.slug, *args])

    def read(self, name: str, /, *args, **query) -> str:
        """The words of a page, one space between them."""
        return words(self.browser.get(self.url(name, *args), query))

    def send(self, name: str, /, *args, **said) -> str:
        """Send the form of a page; it is taken, and the next page is read."""
        answer = self.browser.post(self.url(name, *args), said)
        assert answer.status_code == 302, words(answer)
        return words(self.browser.get(answer["Location"]))


def words(answer) -> str:
    """What a page says, without its markup."""
    body = answer.content.decode()
    main = re.search(r"<main.*</main>", body, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0] if main else body)).split())


@rolled_back
@pytest.mark.parametrize(
    ("volume", "fee"), [("30000000", "37,500"), ("600000000", "500,000"), ("500000", "1,000")]
)
def test_the_fee_of_the_accord_of_2013_by_yearly_volume(volume, fee):
    """Source: A10."""
    room = Room("accord")
    brand = factories.brand(room.program, name="Brand North")
    with room.scope():
        bands = [
            {"from": band["volume_from"], "to": band["volume_to"], "fee": band["fee"]}
            for band in rule_value("money.program_fee", on=room.today)
        ]
    money_rows.premium(room.program, brand, kind="program_fee", bands=bands, currency="USD", boundary="upper")
    assert fee in room.read("agreements:issue_fee")  # the table stands beside the form

    page = room.send("agreements:issue_fee", brand=brand.pk, year=room.today.year, volume=volume)

    assert f"{fee}.00 USD" in page


@rolled_back
def test_a_bucket_of_32_pounds_at_a_cent_a_pound():
    """0.32 USD; 0.50 becomes 0.82, 64 % more. Source: F15."""
    room = Room("fair_food")
    brand = money_rows.partner(room.program, "brand_finance", "Brand North")
    grower = factories.supplier(room.program, name="Grower")
    factories.sourcing(room.program, brand=brand.part, supplier=grower)
    money_rows.premium(room.program, brand.part)
    room.enter(brand.person)
    month = room.today.replace(day=1) - DAY
    said = money_rows.line("Grower", "1", start=str(month.replace(day=1)), end=str(month), unit="bucket")

    room.send("agreements:report_purchase", **{**said, "partner": str(grower.pk)})
    room.enter(room.director)
    page = room.send("agreements:settle_money")

    assert "0.32 USD" in room.read("agreements:premium")
    assert "32 lb 0.50 USD 0.32 USD 0.82 USD (+64 %)" in page


@rolled_back
def test_28_percent_from_suppliers_of_tier_1_is_a_breach():
    """At least 30 % are asked for. Source: A14."""
    room = Room("accord")
    brand = money_rows.partner(room.program, "brand_finance", "Brand North")
    room.enter(brand.person)
    year = room.today.year - 1
    for tier, volume in (("1", "28"), ("2", "40"), ("3", "32")):
        mill = factories.supplier(room.program, name=f"Mill {tier}")
        factories.sourcing(room.program, brand=brand.part, supplier=mill, tier=f"Tier {tier}")
        said = money_rows.line("", volume, start=f"{year}-05-01", end=f"{year}-05-31", unit="piece")
        room.send("agreements:report_purchase", **{**said, "partner": str(mill.pk)})

    page = room.read("agreements:tiers", year=year)

    assert "Tier 1 28.0 % at least 30 % Outside the limit" in page
    assert "Tiers 1 and 2 68.0 % at least 65 % Within the limit" in page
    assert "Tier 3 32.0 % at most 35 % Within the limit" in page


@rolled_back
def test_ten_findings_one_date_missed_and_all_ten_corrected():
    """6 corrected, 2 pending verification, 2 in progress, one date missed: 60 %, behind schedule; all 10: completed. Source: A18, A19."""
    room = Room("accord")
    place = Mill(room)
    rows = _agreed_actions(room, place, 10)
    room.enter(place.manager)
    for row in rows[:8]:
        room.send("audits:report_action", row, note="It is repaired.")
    room.enter(place.engineer)
    for row in rows[:6]:
        room.send("audits:verify_action", row, note="Seen on the second visit.")

    assert "Padma Mill Padma Ltd Behind schedule 60.00 % 6 2 2 PDF" in room.read("audits:progress")

    room.enter(place.manager)
    for row in rows[8:]:
        room.send("audits:report_action", row, note="It is repaired.")
    room.enter(place.engineer)
    for row in rows[6:]:
        room.send("audits:verify_action", row, note="Seen on the third visit.")
    assert "Padma Mill Padma Ltd Initial CAP completed 100.00 % 10 0 0 PDF" in room.read("audits:progress")


class Mill:
    """A mill, its manager, a brand that signs the finance plan, and an engineer who verifies."""

    def __init__(self, room: Room):
        organization = factories.organization("supplier", name="Padma Ltd")
        self.supplier = factories.supplier(
            room.program, name="Padma Ltd", organization=organization, rung="eligible"
        )
        self.workplace = factories.workplace(room.program, supplier=self.supplier, name="Padma Mill")
        self.manager = factories.member(room.program, "supplier_manager", organization=organization)
        self.brand = money_rows.partner(room.program, "brand_officer", "Brand North")
        factories.sourcing(room.program, brand=self.brand.part, supplier=self.supplier)
        self.engineer = factories.member(room.program, "inspector_in_charge")


def _agreed_actions(room: Room, place: Mill, number: int) -> list[uuid.UUID]:
    """Original findings, each with a date and a finance plan signed by both sides; the day of the last one has passed."""
    soon = room.today + 30 * DAY
    for _one in range(number):
        making.action(room.program, workplace=place.workplace, is_original=True)
    with room.scope():
        rows = list(CorrectiveAction.objects.order_by("number").values_list("pk", flat=True))
    for row in rows:
        room.send("audits:agree_action", row, action="Repair it.", due_on=soon, payer="supplier")
    for person in (place.manager, place.brand.person):
        room.enter(person)
        for row in rows:
            plan = room.browser.get(room.url("audits:sign_paying", row)).context["form"].initial["plan"]
            room.send("audits:sign_paying", row, name="Signed", plan=plan)
    with room.scope():
        CorrectiveAction.objects.filter(pk=rows[-1]).update(due_on=room.today - DAY)
    return rows


@rolled_back
def test_income_after_a_closure_has_ended_on_day_184():
    """Six months. Source: A11."""
    room = Room("accord")
    supplier = factories.supplier(room.program, name="Padma Ltd")
    for name, days in (("Mill one", 184), ("Mill two", 180)):
        place = factories.workplace(room.program, supplier=supplier, name=name)
        room.send("programs:close_workplace", place.pk, closed_on=room.today - days * DAY, reason="Repairs.")

    page = room.read("agreements:money")

    assert re.search(r"Mill two Padma Ltd .{10,60} Owed Mill one Padma Ltd .{10,60} Ended", page)


@rolled_back
def test_58_of_120_workers_interviewed_are_below_the_floor():
    """Half of those present: 60. Source: F10."""
    room = Room("fair_food")
    visit = making.accepted(room.program, at=room.now, starts_on=room.today, ends_on=room.today)
    room.enter(visit.lead)
    room.send("audits:arrive", visit.pk, workers_present="120")

    def interview(workers: int) -> str:
        said = {"record_id": uuid.uuid4(), "place": "workplace", "held_on": room.today}
        return room.send("audits:add_interview", visit.pk, workers=workers, **said)

    assert "58 of at least 60 (120 present) Below the floor" in interview(58)
    assert "60 of at least 60 (120 present) Floor reached" in interview(2)


@rolled_back
def test_a_wage_complaint_under_a_program_for_safety_is_non_osh_forwarded_and_off_the_clock():
    """Source: A34."""
    room = Room("accord")
    handler = factories.member(room.program, "case_handler")
    for name in ("complaint_acknowledged", "complaint_closed"):
        said = {"value": "10", "unit": "days", "valid_from": room.today, "source": "Minute 1", "note": ""}
        room.send("programs:set_rule", f"clocks.{name}", **said)
    worker, form = Client(), f"/report/{room.program.slug}/"
    worker.post(form, {"q": 1, "about": "wages"})
    worker.post(form, {"q": 2, "what": "The wages of March came six weeks late."})
    assert len(receipt_on(worker.post(form, {"send": "1"}, follow=True))) == 2
    with room.scope():
        complaint = Complaint.objects.get()
    room.enter(handler)
    room.send("complaints:take", complaint.pk)
    offered = room.browser.get(room.url("complaints:refer", complaint.pk)).context["form"].initial["partner"]

    page = room.send("complaints:refer", complaint.pk, partner=offered, words="Late wages.")

    assert offered == "The signatories and labor partners"
    assert "Referred" in page
    assert "Scope Outside the scope Non OSH" in page
    assert f"Referred to {offered}" in page
    with room.scope():
        assert not Clock.objects.open().of(complaint).exists()


@rolled_back
def test_inspected_and_waiting_are_all_that_is_covered():
    """RSC, January 2023: 1,693 inspected and 135 waiting are 1,828. Source: A48."""
    room = Room("rsc")
    planner = factories.member(room.program, "inspector_in_charge")
    supplier = factories.supplier(room.program, name="Mills of the list", rung="eligible")
    stamp = {"created_at": room.now, "updated_at": room.now, "country": "BD"}
    with room.scope():
        code = CodeVersion.objects.get()
        places = Workplace.objects.bulk_create(
            Workplace(
                program=room.program,
                supplier=supplier,
                name=f"Mill {number}",
                name_key=f"MILL {number}",
                region=f"District {number % 64}",
                **stamp,
            )
            for number in range(1828)
        )
        Inspection.objects.bulk_create(
            Inspection(
                id=uuid.uuid4(),
                program=room.program,
                kind=InspectionKind.BASELINE,
                is_announced=True,
                secret_of=OPEN,
                supplier=supplier,
                workplace=place,
                code=code,
                supplier_name=supplier.name,
                workplace_name=place.name,
                country="BD",
                starts_on=room.today - 30 * DAY,
                ends_on=room.today - 30 * DAY,
                planned_by=planner,
                planned_at=room.now,
                updated_at=room.now,
            )
            for place in places[:1693]
        )
        Inspection.objects.update(state=InspectionState.IN_PROGRESS, arrived_at=room.now)
        Inspection.objects.update(state=InspectionState.SUBMITTED, submitted_at=room.now)

    page = room.read("audits:due")

    assert "135 Waiting for the first inspection" in page
    assert "1,693 Inspected" in page
    assert "1,828 Covered: inspected and waiting" in page


def test_seven_months_on_stage_1_are_due_for_stage_2_and_a_month_later_for_stage_3(transactional_db):
    """The plan of November 2018: six months, then one; it was made while suppliers stood there. Source: A25."""
    room = Room("accord", since=300 * DAY)
    supplier = factories.supplier(room.program, name="Padma Ltd", rung="eligible")
    seven, one = room.today - 214 * DAY, room.today - 32 * DAY
    step = {"reason": "Nothing was repaired.", "confirmed": "1"}
    page = room.send(
        "agreements:start_escalation",
        supplier.pk,
        trigger="No repairs",
        rung_key="warned",
        effective_on=seven,
        **step,
    )
    with room.scope():
        case = Escalation.objects.get().pk
    page = room.send("agreements:climb", case, rung_key="stage_1", effective_on=seven, **step)
    assert "No time is set for this rung, so no clock runs." in page
    assert "The program has set no time for" in room.send("agreements:apply_limit", case)
    for rung, months in (("stage_1", "6"), ("stage_2", "1")):
        said = {"value": months, "unit": "months", "valid_from": room.today, "source": "Plan", "note": ""}
        room.send("programs:set_rule", f"ladder.{rung}.limit", **said)
    assert "Count it from" in room.read("agreements:escalation", case)

    assert "is counted from" in room.send("agreements:apply_limit", case)
    clocks.sweep(at=timezone.now())

    assert "It is due for the next rung: Stage 2: mandatory meeting" in room.read(
        "agreements:escalation", case
    )
    assert "Stage 2: mandatory meeting" in room.read("agreements:escalations")
    room.send("agreements:climb", case, rung_key="stage_2", effective_on=one, **step)
    room.send("agreements:apply_limit", case)
    clocks.sweep(at=timezone.now())
    assert "It is due for the next rung: Stage 3: ineligible" in room.read("agreements:escalation", case)


def test_stage_3_under_the_rsc_binds_every_signatory_is_public_and_tells_the_workers(transactional_db):
    """Source: A18, A20."""
    room = Room("rsc")
    supplier = factories.supplier(room.program, name="Padma Ltd", rung="stage_2")
    factories.workplace(room.program, supplier=supplier, name="Padma Mill", languages=["en"])
    brands = [factories.brand(room.program, name=f"Brand {name}") for name in ("East", "North", "South")]
    for brand in brands:
        bind(room.program, brand, {"stop_within": {"value": 30, "unit": "days"}})
    factories.sourcing(room.program, brand=brands[0], supplier=supplier)  # the others do not buy there
    said = {"trigger": "No repairs", "rung_key": "ineligible", "effective_on": room.today, "reason": "None."}
    seen = words(room.browser.post(room.url("agreements:start_escalation", supplier.pk), said))
    assert "3 duties open" in seen
    assert "The next publication shows this standing in public." in seen

    page = room.send("agreements:start_escalation", supplier.pk, confirmed="1", **said)

    assert all(f"{brand.name} Not acknowledged" in page for brand in brands)
    assert all(brand.name in room.read("agreements:duties") for brand in brands)
    with room.scope():
        assert StopDuty.objects.count() == 3
        letter = Letter.objects.get(to="workers")
    assert "Padma" in room.read("agreements:letter", letter.pk)
    _publish(room)
    with public_scope():
        listing = Listing.objects.get(name="Padma Ltd")
    shown = words(Client().get(f"/r/{listing.public_id}", follow=True))
    with room.scope():
        assert Rung.objects.get(key="ineligible").label in shown


def _publish(room: Room) -> None:
    """All that is served to the public, as the worker does it."""
    with room.scope():
        for state in gates.states(room.program.pk):
            if not state.is_open:
                why = "A check value is looked at; nobody relies on this record."
                registry.override_gate(gate=state.key, reason=why, by=room.director, at=room.now)
    with engine_scope(room.program.pk):
        publishing.publish(program=room.program, at=room.now, by=room.director)


@rolled_back
def test_a_farm_without_a_full_day_of_rest_that_pays_monthly_has_two_breaches():
    """Source: M5."""
    room = Room("milk_with_dignity")
    visit = making.accepted(room.program, at=room.now, starts_on=room.today, ends_on=room.today)
    with room.scope():
        code = dict(Provision.objects.values_list("reference", "pk"))
        asked = dict(Provision.objects.values_list("reference", "text"))
    assert "24 hours" in asked["T.1"]
    assert "twice a month" in asked["P.3"]
    room.enter(visit.lead)
    room.send("audits:arrive", visit.pk, workers_present="5")
    for reference, line in code.items():
        answer = "not_met" if reference in ("T.1", "P.3") else "met"
        page = room.send("audits:respond", visit.pk, line, answer=answer, record_id=uuid.uuid4())

    assert "Breaches 2 provisions not met, or only in part: P.3, T.1" in page

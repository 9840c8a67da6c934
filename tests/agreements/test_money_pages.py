"""The pages of money: each audience does its part in the browser's words, and sees only its own."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements.models.money import (
    Accrual,
    Difference,
    Invoice,
    Payment,
    PayrollReport,
    Purchase,
    PurchaseFile,
    Support,
)
from agreements.queries import money_overview
from programs.models import Sourcing
from tests import factories
from tests.agreements import money_rows as rows
from tests.audits.reported import rule
from wsr.tenancy import program_scope

HEADER = "Supplier,Crop,Quantity,Unit,From,To,Value,Currency\n"
BAD = HEADER + "\n".join(
    [
        "Grower,Tomatoes,1000,lb,2026-01-01,2026-01-31,,",
        "Nobody Farms,Tomatoes,1000,lb,2026-01-01,2026-01-31,,",
        "Grower,Tomatoes,-5,lb,2026-02-01,2026-02-28,,",
        "Grower,Tomatoes,0,lb,2026-02-01,2026-02-28,,",
        "Grower,Tomatoes,10,stone,2026-02-01,2026-02-28,,",
        "Grower,Tomatoes,10,lb,2026-02-01,31/02/2026,,",
        "Grower,Tomatoes,10,lb,2026-02-01,2026-02-28,5,EUR",
        "Grower,Tomatoes,10,lb,2026-01-15,2026-02-14,,",
        "Grower,Tomatoes,1000,lb,2026-01-01,2026-01-31,,",
        "Grower,Peppers,7,lb,2026-02-01,2026-02-28,,",
    ]
)


@pytest.fixture
def trade(program):
    """Two brands that buy from one supplier."""
    brand, supplier = (
        rows.partner(program, "brand_finance", "Ours"),
        rows.partner(program, "supplier_manager", "Grower"),
    )
    other = rows.partner(program, "brand_finance", "Theirs")
    for one in (brand, other):
        factories.sourcing(program, brand=one.part, supplier=supplier.part)
        rows.premium(program, one.part)
    return brand, supplier, other


@pytest.fixture
def as_(client):
    """Sign somebody in and go somewhere."""

    def sign_in(person):
        client.logout()
        factories.sign_in(client, person)
        return client

    return sign_in


def at(program, path: str = "") -> str:
    return f"/p/{program.slug}/money/{path}"


def send(client, program, content: str, name="purchases.csv"):
    answer = client.post(at(program, "purchases/send/"), {"file": SimpleUploadedFile(name, content.encode())})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_bad_file_says_why_line_by_line_and_records_the_rest(program, trade, as_):
    brand, _supplier, _other = trade
    client = as_(brand.person)
    page = send(client, program, BAD)
    with program_scope(program.pk):
        assert Purchase.objects.count() == 0
        said = {row.line: row.errors for row in PurchaseFile.objects.get().rows.all()}
    assert {line: list(errors) for line, errors in said.items()} == {
        2: [], 3: ["partner"], 4: ["volume"], 5: ["volume"], 6: ["unit"], 7: ["ends_on"], 8: ["currency"], 9: ["starts_on"], 10: ["starts_on"], 11: [],
    }  # fmt: skip
    assert said[10]["starts_on"] == "The same as line 2."
    assert said[7]["ends_on"] == "“31/02/2026” is not a day of the calendar."

    shown = client.get(page).content.decode()
    assert "“Nobody Farms” is no supplier you are on record" in shown
    errors = b"".join(client.get(page + "errors.csv").streaming_content).decode()
    assert errors.count("\n") == 9
    assert "Nobody Farms" in errors

    assert client.post(page + "apply/").status_code == 302
    with program_scope(program.pk):
        assert sorted(Purchase.objects.values_list("product", "volume")) == [
            ("Peppers", 7),
            ("Tomatoes", 1000),
        ]
    client.post(page + "apply/")
    with program_scope(program.pk):
        assert Purchase.objects.count() == 2


def test_a_file_sent_again_shows_what_changes_and_can_be_taken_back(program, trade, as_):
    brand, _supplier, _other = trade
    client = as_(brand.person)
    first = (
        HEADER
        + "Grower,Tomatoes,1000,lb,2026-01-01,2026-01-31,,\nGrower,Tomatoes,500,lb,2026-02-01,2026-02-28,,\n"
    )
    client.post(send(client, program, first) + "apply/")
    page = send(client, program, first.replace("500", "600") + "Grower,Kale,1,lb,2026-01-01,2026-01-31,,\n")
    with program_scope(program.pk):
        file = PurchaseFile.objects.order_by("-pk").first()
        assert file.counts == {"unchanged": 1, "changed": 1, "new": 1}
    client.post(page + "apply/")
    with program_scope(program.pk):
        assert sorted(Purchase.objects.current().values_list("volume", flat=True)) == [1, 600, 1000]
    client.post(page + "undo/")
    with program_scope(program.pk):
        assert sorted(Purchase.objects.current().values_list("volume", flat=True)) == [500, 1000]
        assert Purchase.objects.count() == 5


def test_a_file_with_strange_headers_is_mapped_by_hand(program, trade, as_):
    brand, _supplier, _other = trade
    client = as_(brand.person)
    page = send(client, program, "A,B,C,D\nGrower,1000,2026-01,x\nGrower,900,2026-02,x\n")
    answer = client.post(
        page,
        {
            "column_0": "partner",
            "column_1": "volume",
            "column_2": "period",
            "unit": "lb",
            "product": "Tomatoes",
        },
    )
    assert answer.status_code == 302
    client.post(page + "apply/")
    with program_scope(program.pk):
        assert Purchase.objects.filter(ends_on=dt.date(2026, 2, 28)).get().volume == 900


def test_what_is_recorded_meanwhile_stops_a_file(program, trade, as_):
    brand, supplier, _other = trade
    client = as_(brand.person)
    page = send(client, program, HEADER + "Grower,Tomatoes,1000,lb,2026-01-01,2026-01-31,,\n")
    rows.bought(brand, supplier.part, "999")
    answer = client.post(page + "apply/", follow=True)
    assert "has changed since these lines were shown" in answer.content.decode()
    with program_scope(program.pk):
        assert Purchase.objects.count() == 1


def test_the_form_keeps_what_was_typed_and_says_why(program, trade, as_):
    brand, supplier, _other = trade
    client = as_(brand.person)
    values = {**rows.line(str(supplier.part.pk)), "volume": "-3"}
    answer = client.post(at(program, "purchases/report/"), values)
    assert answer.status_code == 422
    assert "The volume must be above 0" in answer.content.decode()
    assert 'value="-3"' in answer.content.decode()
    assert client.post(at(program, "purchases/report/"), {**values, "volume": "1,000"}).status_code == 302


def test_the_chain_from_purchase_to_payroll_by_its_pages(program, trade, as_):
    brand, supplier, _other = trade
    finance, second = factories.member(program, "finance"), factories.member(program, "finance")
    as_(brand.person).post(at(program, "purchases/report/"), rows.line(str(supplier.part.pk), "100000"))
    client = as_(finance)
    client.post(at(program, "settle/"))
    answer = client.post(at(program, f"invoices/issue/{brand.part.pk}/{supplier.part.pk}/USD/"))
    with program_scope(program.pk):
        invoice = Invoice.objects.get()
    assert answer["Location"] == at(program, f"invoices/{invoice.pk}/")

    client = as_(brand.person)
    overview = client.get(at(program)).content.decode()
    assert "What you owe and why" in overview
    assert "1,000.00\u00a0USD" in overview
    paper = client.get(at(program, f"invoices/{invoice.pk}/invoice.pdf"))
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    paid = {"amount": "1000", "paid_on": "2026-03-02", "way": "direct", "reference": "W1"}
    assert client.post(at(program, f"invoices/{invoice.pk}/pay/"), paid).status_code == 302
    with program_scope(program.pk):
        payment = Payment.objects.get()

    client = as_(supplier.person)
    assert client.get(at(program, f"invoices/{invoice.pk}/")).status_code == 404
    assert client.post(at(program, f"payments/{payment.pk}/received/")).status_code == 302
    assert "870.00\u00a0USD" in client.get(at(program)).content.decode()
    report = {"starts_on": "2026-02-01", "ends_on": "2026-02-28", "paid_on": "2026-03-01", "worker_count": "40", "currency": "usd", "total_paid": "800", "share_kept": "130"}  # fmt: skip
    named = SimpleUploadedFile("p.csv", b"Worker name,Total\nA,1\nB,2\n")
    answer = client.post(at(program, "payroll/report/"), {**report, "file": named})
    assert answer.status_code == 422
    assert "is about single workers" in answer.content.decode()
    totals = SimpleUploadedFile("p.csv", b"Crew,Total premium\nNorth,400\nSouth,400\n")
    assert client.post(at(program, "payroll/report/"), {**report, "file": totals}).status_code == 302
    with program_scope(program.pk):
        made = PayrollReport.objects.get()
    assert client.get(at(program, f"payroll/{made.pk}/")).status_code == 200
    assert client.get(at(program, f"payroll/{made.pk}/proof/")).status_code == 200

    rows.sold(supplier, brand.part, "90000")
    client = as_(finance)
    client.post(at(program, "settle/"))
    with program_scope(program.pk):
        row = Difference.objects.get(kind="volume")
    page = at(program, f"differences/{row.pk}/")
    assert "10,000" in client.get(page).content.decode()
    client.post(page + "explain/", {"text": "Culls"})
    client.post(page + "decide/settle/", {"reason": "Mine"})
    as_(second).post(page + "decide/write-off/", {"reason": "Below what is worth a visit"})
    with program_scope(program.pk):
        row.refresh_from_db()
        assert row.state == "written_off"


def test_support_is_recorded_by_one_side_and_confirmed_by_the_other(program, trade, as_):
    brand, supplier, other = trade
    values = {"supplier": str(supplier.part.pk), "form": "loan", "amount": "5000", "currency": "USD", "terms": "Fire doors", "starts_on": "2026-03-01"}  # fmt: skip
    assert as_(brand.person).post(at(program, "support/record/"), values).status_code == 302
    with program_scope(program.pk):
        made = Support.objects.get()
    client = as_(supplier.person)
    client.post(at(program, f"support/{made.pk}/confirm/"))
    assert "By both sides" in client.get(at(program, "support/")).content.decode()
    assert as_(other.person).get(at(program, f"support/{made.pk}/")).status_code == 404


@pytest.mark.parametrize("path", ["", "purchases/", "purchases/files/", "premium/", "invoices/", "payments/", "escrow/", "payroll/", "differences/", "support/", "purchases/report/", "purchases/send/", "payroll/report/", "support/record/", "invoices/fee/", "tiers/"])  # fmt: skip
@pytest.mark.parametrize("who", ["brand", "supplier", "finance"])
def test_every_page_opens_for_its_audience(program, trade, as_, path, who):
    brand, supplier, _other = trade
    rows.bought(brand, supplier.part)
    rows.sold(supplier, brand.part, "900")
    rows.settle(program)
    people = {"brand": brand.person, "supplier": supplier.person}
    client = as_(people.get(who) or factories.member(program, "finance"))
    hidden = {
        ("supplier", "premium/"),
        ("supplier", "invoices/"),
        ("supplier", "tiers/"),
        ("brand", "escrow/"),
        ("brand", "payroll/"),
        ("brand", "payroll/report/"),
    }
    expected = 404 if (who, path) in hidden else 403 if path == "invoices/fee/" and who != "finance" else 200
    assert client.get(at(program, path)).status_code == expected


def test_a_list_costs_the_same_with_more_rows(program, trade, as_, django_assert_max_num_queries):
    brand, supplier, _other = trade
    client = as_(brand.person)
    for number in range(1, 4):
        rows.bought(brand, supplier.part, start=f"2026-01-0{number}", end=f"2026-01-0{number}")
    client.get(at(program, "purchases/"))
    with django_assert_max_num_queries(22):
        client.get(at(program, "purchases/"))


def test_what_is_earned_has_a_date_before_any_invoice_and_the_fee_of_the_year_is_asked_for(program, as_):
    """In the work of who keeps the money, and on the pages of both sides; an invoice takes it from there."""
    brand = rows.partner(program, "brand_finance", "Brand")
    supplier = rows.partner(program, "supplier_manager", "Grower")
    factories.sourcing(program, brand=brand.part, supplier=supplier.part)
    rows.premium(program, brand.part, pay_within={"value": 30, "unit": "days"})
    rows.premium(program, brand.part, kind="program_fee", bands=[], currency="USD")
    rows.bought(brand, supplier.part, "100000")
    rows.settle(program)
    finance = factories.member(program, "finance")

    client = as_(finance)
    work = client.get("/inbox/").content.decode()
    assert "Earned until Jan. 31, 2026 for workers of Grower, and on no invoice yet." in work
    assert "Ask Brand for the program fee" in work
    assert "March 2, 2026" in client.get(at(program)).content.decode()  # 30 days after January 31
    assert "March 2, 2026" in as_(brand.person).get(at(program)).content.decode()

    client = as_(finance)
    client.post(at(program, f"invoices/issue/{brand.part.pk}/{supplier.part.pk}/USD/"))
    assert "on no invoice yet" not in client.get("/inbox/").content.decode()


def test_what_is_earned_later_moves_neither_the_date_nor_its_period(program):
    brand = rows.partner(program, "brand_finance", "Brand")
    supplier = rows.partner(program, "supplier_manager", "Grower")
    factories.sourcing(program, brand=brand.part, supplier=supplier.part)
    rows.premium(program, brand.part, pay_within={"value": 30, "unit": "days"})
    rows.bought(brand, supplier.part, "100000")
    rows.settle(program)

    with program_scope(program.pk):
        first = Accrual.objects.get()
        again = {field.attname: getattr(first, field.attname) for field in first._meta.concrete_fields}
        again |= {"id": uuid4(), "starts_on": dt.date(2026, 2, 1), "ends_on": dt.date(2026, 2, 28)}
        Accrual.objects.create(**again)
        [row] = money_overview.uninvoiced()

    assert (row.first_until, row.earned_until) == (dt.date(2026, 1, 31), dt.date(2026, 2, 28))
    assert row.payable_on == dt.date(2026, 3, 2)


def test_tiers_against_the_limits_and_income_while_closed(program, trade, as_):
    brand, supplier, other = trade
    second, third = (factories.supplier(program, name=f"Grower {tier}") for tier in (2, 3))
    for key, value, unit in (
        ("buyers.tier_1_share", "30", "percent"),
        ("buyers.tier_1_2_share", "65", "percent"),
        ("buyers.tier_3_share", "35", "percent"),
        ("money.closure_income", 6, "months"),
    ):
        rule(program, key, value, unit=unit)
    with program_scope(program.pk):
        Sourcing.objects.filter(brand=brand.part).update(tier="Tier 1")
    for maker, tier in ((second, "2"), (third, "T3")):
        factories.sourcing(program, brand=brand.part, supplier=maker, tier=tier)
    for maker, volume in ((supplier.part, "28"), (second, "40"), (third, "32")):
        rows.bought(brand, maker, volume)
    rows.bought(other, supplier.part, "5")
    today = timezone.now().date()
    for name, days in (("Closed mill", 30), ("Long closed mill", 290)):
        factories.workplace(
            program, supplier=supplier.part, name=name, closed_on=today - dt.timedelta(days=days)
        )

    page = as_(factories.member(program, "finance")).get(at(program, "tiers/?year=2026"))
    [ours, theirs] = page.context["volumes"]
    assert [(share.percent, share.is_breach) for share in ours.shares] == [
        (28, True),
        (68, False),
        (32, False),
    ]
    assert (theirs.untiered, theirs.shares) == (5, [])
    text = page.content.decode()
    assert text.count("Outside the limit") == 1
    assert "at least 30 %" in text
    assert [one.brand for one in as_(brand.person).get(at(program, "tiers/?year=2026")).context["volumes"]] == ["Ours"]  # fmt: skip
    for person in (brand.person, supplier.person):
        shown = as_(person).get(at(program)).content.decode()
        assert ("Closed mill" in shown, "Long closed mill" in shown) == (True, False)

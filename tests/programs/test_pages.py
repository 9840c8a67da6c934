"""The staff pages of programs: who may see them, what they do, what they refuse."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programs.models import (
    Participation,
    Rule,
    Sourcing,
    StandingEvent,
    Workplace,
)
from programs.operations import participations
from tests import factories
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db
LISTS = ["suppliers", "brands", "workplaces", "bodies", "codes", "rules"]


def today():
    return timezone.now().date()


@pytest.fixture
def staff(client, program, director):
    """A browser in which the director of `program` is signed in."""
    factories.sign_in(client, director)
    return client


def url(program, name, *args):
    return reverse(f"programs:{name}", args=[program.slug, *args])


def in_program(program, read):
    with program_scope(program.pk):
        return read()


@pytest.fixture
def chain(program):
    """One row of each kind."""
    place = factories.workplace(program, address="12 Road", products=["Shirts"])
    row = factories.sourcing(program, supplier=place.supplier, workplace=place)
    rule = in_program(
        program,
        lambda: Rule.objects.create(
            section="clocks",
            key="clocks.answer",
            label="Answer",
            unit="days",
            certainty="unknown",
            valid_from=today(),
            set_at=timezone.now(),
        ),
    )
    return {"workplace": place, "supplier": place.supplier, "brand": row.brand, "sourcing": row, "rule": rule}


def every_page(program, chain):
    """(name, args, roles that may) of every page that shows or changes a row."""
    everyone = {"director", "observer", "inspector_in_charge", "publisher"}
    keepers = {"director", "inspector_in_charge"}
    yield from ((name, (), everyone) for name in LISTS)
    yield "supplier", (chain["supplier"].pk,), everyone
    yield "brand", (chain["brand"].pk,), everyone
    yield "workplace", (chain["workplace"].pk,), everyone
    yield "rule", (chain["rule"].key,), everyone
    for name in ("add_supplier", "add_brand"):
        yield name, (), keepers
    for name in ("edit_participation", "end_participation", "add_workplace", "change_standing"):
        yield name, (chain["supplier"].pk,), keepers
    for name in ("edit_workplace", "close_workplace"):
        yield name, (chain["workplace"].pk,), keepers
    yield "add_sourcing", (chain["brand"].pk,), keepers
    yield "end_sourcing", (chain["sourcing"].pk,), keepers
    for name in ("add_body", "draft_code"):
        yield name, (), {"director"}
    yield "set_rule", (chain["rule"].key,), {"director"}
    yield "set_rung", ("suspended",), {"director"}


@pytest.mark.parametrize("role", ["director", "inspector_in_charge", "publisher", "observer"])
def test_each_page_is_open_to_its_roles_only(client, program, chain, role):
    factories.sign_in(client, factories.member(program, role))

    for name, args, may in every_page(program, chain):
        answer = client.get(url(program, name, *args))
        assert answer.status_code == (200 if role in may else 403), name


@pytest.mark.parametrize("role", ["brand_officer", "supplier_manager", "auditor"])
def test_brands_suppliers_and_auditors_reach_no_staff_page(client, program, chain, role):
    """The lists that a portal shows are there, without a row that is not its own; all other pages are refused."""
    factories.sign_in(client, factories.member(program, role))
    lists = {"suppliers", "workplaces", "codes"} if role != "auditor" else set()
    found = {"supplier": 404, "workplace": 404, "code": 200} if role != "auditor" else {}

    for name, args, _may in every_page(program, chain):
        expected = 200 if name in lists else found.get(name, 403)
        assert client.get(url(program, name, *args)).status_code == expected, name


def test_another_programs_director_finds_nothing(client, program, other_program, chain):
    factories.sign_in(client, factories.member(other_program, "director"))

    for name, args, _may in every_page(program, chain):
        assert client.get(url(program, name, *args)).status_code == 404, name
        if args and name != "set_rung":  # every program has rungs of its own
            assert client.get(url(other_program, name, *args)).status_code == 404, name
            assert client.post(url(other_program, name, *args)).status_code in (404, 405), name


@pytest.mark.parametrize("name", ["suppliers", "brands", "workplaces"])
def test_a_list_needs_the_same_queries_for_one_row_and_for_three(staff, program, name):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert staff.get(url(program, name)).status_code == 200
        return len(captured)

    factories.sourcing(program, workplace=factories.workplace(program))
    count()
    one = count()
    for _ in range(2):
        factories.sourcing(program, workplace=factories.workplace(program))

    assert count() == one


@pytest.mark.parametrize("name", ["supplier", "brand"])
def test_a_detail_page_needs_the_same_queries_for_more_rows(staff, program, name, director):
    brand, supplier = factories.brand(program), factories.supplier(program)

    def add():
        factories.sourcing(program, brand=brand, supplier=factories.supplier(program))
        place = factories.workplace(program, supplier=supplier)
        factories.sourcing(program, supplier=supplier, workplace=place)

    def count():
        row = brand if name == "brand" else supplier
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(url(program, name, row.pk)).status_code == 200
        return len(captured)

    add()
    count()
    one = count()
    add()
    add()
    assert count() == one


def test_an_empty_list_says_the_next_step(staff, program):
    assert reverse("programs:add_supplier", args=[program.slug]) in staff.get(url(program, "suppliers")).text
    assert "No brands yet" in staff.get(url(program, "brands")).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "padma"}, {"Padma"}),
        ({"q": "12 road"}, {"Padma"}),
        ({"country": "IN"}, {"Ganga"}),
        ({"product": "shirt"}, {"Padma"}),
        ({"region": "Gujarat"}, {"Ganga"}),
        ({"standing": "suspended"}, {"Ganga"}),
        ({"closed": "true"}, {"Old"}),
    ],
)
def test_workplaces_are_narrowed_down(staff, program, query, found):
    factories.workplace(program, name="Padma", address="12 Road", products=["Shirts", "Pants"])
    factories.workplace(
        program,
        name="Ganga",
        country="IN",
        region="Gujarat",
        supplier=factories.supplier(program, rung="suspended"),
    )
    factories.workplace(program, name="Old", closed_on=today())

    answer = staff.get(url(program, "workplaces"), query)

    assert {row.name for row in answer.context["table"].page.rows} == found


def test_workplaces_of_a_brand_include_those_of_suppliers_it_buys_from_as_a_whole(staff, program):
    brand = factories.brand(program)
    whole, single = factories.workplace(program), factories.workplace(program)
    factories.workplace(program)
    factories.sourcing(program, brand=brand, supplier=whole.supplier)
    factories.sourcing(program, brand=brand, supplier=single.supplier, workplace=single)

    answer = staff.get(url(program, "workplaces"), {"brand": brand.pk})

    assert {row.pk for row in answer.context["table"].page.rows} == {whole.pk, single.pk}
    assert {row.brand_total for row in answer.context["table"].page.rows} == {1}


# ── Changing things ──────────────────────────────────────────────────────────────────────────────


def test_a_supplier_is_added_edited_and_leaves(staff, program):
    answer = staff.post(url(program, "add_supplier"), {"name": "Padma Ltd.", "country": "BD"}, follow=True)
    assert "Padma Ltd. is on record." in answer.text
    supplier = in_program(program, Participation.objects.get)

    twin = staff.post(url(program, "add_supplier"), {"name": "PADMA LIMITED", "country": "BD"})
    assert twin.status_code == 422
    assert "already in the program" in twin.text
    assert staff.post(url(program, "add_supplier"), {"name": "X", "lei": "123"}).status_code == 422
    staff.post(
        url(program, "edit_participation", supplier.pk),
        {"name": "Padma Ltd.", "country": "BD", "lei": "5493001KJTIIGC8Y1R12"},
    )
    staff.post(url(program, "end_participation", supplier.pk), {"ended_on": today()})

    supplier = in_program(program, Participation.objects.get)
    assert (supplier.lei, supplier.ended_on) == ("5493001KJTIIGC8Y1R12", today())


def test_a_brand_and_a_worker_organization_are_added(staff, program):
    staff.post(url(program, "add_brand"), {"name": "North"})
    staff.post(url(program, "add_body"), {"name": "Union", "part": "worker_organization"})

    assert set(in_program(program, lambda: list(Participation.objects.values_list("name", "part")))) == {
        ("North", "brand"),
        ("Union", "worker_organization"),
    }
    assert "Union" in staff.get(url(program, "bodies")).text


def test_standing_is_changed_with_a_reason(staff, program):
    supplier = factories.supplier(program, rung="good_standing")
    page = url(program, "change_standing", supplier.pk)

    assert (
        staff.post(page, {"rung_key": "suspended", "effective_on": today(), "reason": ""}).status_code == 422
    )
    answer = staff.post(
        page, {"rung_key": "suspended", "effective_on": today(), "reason": "Retaliation."}, follow=True
    )

    assert "Brands must stop buying." in answer.text
    assert "Retaliation." in answer.text
    assert in_program(program, StandingEvent.objects.count) == 1


WORKPLACE = {
    "name": "Unit 1",
    "country": "BD",
    "disclosure_precision": "county",
    "products": "Shirts\n Pants ",
}


def test_a_workplace_is_added_edited_and_closed(staff, program):
    supplier = factories.supplier(program)
    staff.post(
        url(program, "add_workplace", supplier.pk), {**WORKPLACE, "address": "12 Road", "region": "Dhaka"}
    )
    place = in_program(program, Workplace.objects.get)
    assert place.products == ["Shirts", "Pants"]

    page = staff.get(url(program, "workplace", place.pk))
    assert page.context["seen"] == [("Region", "Dhaka"), ("Country", "Bangladesh")]
    assert {label: origin for label, _value, origin in page.context["facts"]}["Address"].label
    wrong = staff.post(
        url(program, "edit_workplace", place.pk), {**WORKPLACE, "latitude": "91", "longitude": "1"}
    )
    assert wrong.status_code == 422
    staff.post(url(program, "edit_workplace", place.pk), {**WORKPLACE, "worker_count": "40"})
    staff.post(url(program, "close_workplace", place.pk), {"closed_on": today()})

    place = in_program(program, Workplace.objects.get)
    assert (place.worker_count, place.closed_on) == (40, today())


@pytest.mark.parametrize(
    ("precision", "seen"),
    [
        ("exact", {"Address", "City", "Region", "Postal code", "Country", "Coordinates"}),
        ("rounded", {"City", "Region", "Country", "Coordinates"}),
        ("county", {"Region", "Country"}),
        ("withheld", {"Country"}),
    ],
)
def test_the_page_says_what_the_public_sees_of_the_place(staff, program, precision, seen):
    place = factories.workplace(
        program,
        address="12 Road",
        city="Savar",
        region="Dhaka",
        postal_code="1340",
        latitude="23.847312",
        longitude="90.257541",
        disclosure_precision=precision,
    )

    shown = dict(staff.get(url(program, "workplace", place.pk)).context["seen"])

    assert set(shown) == seen
    assert shown.get("Coordinates") in {"exact": {"23.847312, 90.257541"}, "rounded": {"23.8, 90.3"}}.get(
        precision, {None}
    )


def test_a_brand_sources_from_several_after_two_searches(staff, program):
    brand = factories.brand(program)
    supplier, place = factories.supplier(program, name="Padma"), factories.workplace(program, name="Ganga")
    page = url(program, "add_sourcing", brand.pk)

    looked = staff.post(page, {"q": "ganga", "suppliers": [supplier.pk], "look": "1"})
    assert [(option.name, option.is_chosen) for option in looked.context["found"].options] == [
        ("Padma", True),
        ("Ganga", False),
    ]
    assert not in_program(program, Sourcing.objects.exists)
    staff.post(page, {"suppliers": [supplier.pk], "workplaces": [place.pk], "started_on": today()})

    rows = in_program(program, lambda: set(Sourcing.objects.values_list("supplier__name", "workplace__name")))
    assert rows == {("Padma", None), (place.supplier.name, "Ganga")}
    row = in_program(program, Sourcing.objects.first)
    assert url(program, "end_sourcing", row.pk) in staff.get(url(program, "brand", brand.pk)).text


def test_sourcing_refuses_nothing_and_foreign_rows(staff, program, other_program):
    brand, theirs = factories.brand(program), factories.supplier(other_program)
    page = url(program, "add_sourcing", brand.pk)

    assert staff.post(page, {}).status_code == 422
    assert staff.post(page, {"suppliers": ["no id"]}).status_code == 422
    assert staff.post(page, {"suppliers": [theirs.pk]}).status_code == 404


def test_sourcing_ends(staff, program):
    row = factories.sourcing(program)

    staff.post(url(program, "end_sourcing", row.pk), {"ended_on": today()})

    assert in_program(program, Sourcing.objects.get).ended_on == today()


def test_staff_without_the_right_see_no_buttons(client, program, director, at):
    with program_scope(program.pk):
        supplier = participations.add(part="supplier", name="Padma", by=director, at=at)
    factories.sign_in(client, factories.member(program, "observer"))

    page = client.get(url(program, "supplier", supplier.pk)).text

    assert url(program, "change_standing", supplier.pk) not in page
    assert url(program, "edit_participation", supplier.pk) not in page

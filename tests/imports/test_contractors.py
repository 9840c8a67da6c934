"""Contractors of sites from a list: the tree as on the page of the site, messy rows answered by sentences, all of it taken back."""

import datetime as dt

import pytest
from django.db import transaction

from agreements.models import StopDuty
from agreements.operations import breaches, duties
from programs.models import Engagement, Participation, Rule, Workplace
from programs.operations import participations, sites, workplaces
from tests.factories import AT
from tests.programs import building
from wsr.deadlines import operations as deadlines
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.imports import operations, undoing
from wsr.imports.enums import Status
from wsr.imports.models import Change, Row
from wsr.imports.names import name_key

pytestmark = pytest.mark.django_db
HEAD = "Contractor;Site;Hired by;Role;Start date;End date"
TREE = (
    "Sub One LLC;Tower;General Inc;;2026-02-05;",  # below a later row
    "General Inc;Tower;;GC;2026-02-02;",
    "Hands;TOWER ;Sub One LLC;Labor Broker;2026-02-10;",
)


def supplier(name, *, country="US", rung=""):
    """Who takes part already."""
    return Participation.objects.create(
        part="supplier",
        name=name,
        name_key=name_key(name),
        country=country,
        rung=rung,
        created_at=AT,
        updated_at=AT,
    )


def at_site(office, **said):
    """A site, run by its builders; inside the scope of the office."""
    return sites.open_site(
        **{
            "supplier_id": supplier("Tower builders").pk,
            "name": "Tower",
            "country": "US",
            "opened_on": building.FIRST,
            "ends_on": building.LAST,
            "by": office.person,
            "at": AT,
            **said,
        }
    )


def hire(office, place, contractor, role, hirer=None, *, on=building.FIRST):
    """Somebody works on a site."""
    return sites.engage(
        site_id=place.pk,
        contractor_id=contractor.pk,
        role=role,
        hired_by_id=hirer.pk if hirer else None,
        started_on=on,
        by=office.person,
        at=AT,
    )


@pytest.fixture
def tower(office):
    return at_site(office)


@pytest.fixture
def listed(office, tmp_path):
    """The file checked as it stands."""

    def make(*rows, name="contractors.csv", **said):
        path = tmp_path / name
        path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
        batch = office.upload(path)
        assert batch.target == "contractors"
        return office.check(batch, source="Tower list", country="US", **said)

    return make


def told(batch):
    """{line: (status, reason)}"""
    return {row.line: (row.status, row.reason) for row in Row.objects.filter(batch=batch).order_by("line")}


def tree(site):
    rows = Engagement.objects.filter(site=site).order_by("contractor__name")
    return [
        (row.contractor.name, row.hired_by.name if row.hired_by else "", row.role, row.ended_on)
        for row in rows.select_related("contractor", "hired_by")
    ]


def test_a_tree_is_tried_then_made_and_known_again(office, tower, listed):
    batch = listed(*TREE)
    assert {status for status, _reason in told(batch).values()} == {Status.CREATE}
    assert not Engagement.objects.exists()  # the dry run took everything back

    assert office.apply(batch) == {"suppliers": 3, "places": 3, "ended_places": 0}

    assert tree(tower) == [
        ("General Inc", "", "general_contractor", None),
        ("Hands", "Sub One LLC", "labor_broker", None),
        ("Sub One LLC", "General Inc", "subcontractor", None),
    ]
    assert set(Participation.objects.filter(name="Hands").values_list("part", "rung", "country")) == {
        ("supplier", "", "US")
    }
    again = listed(*TREE, name="again.csv")
    assert {status for status, _reason in told(again).values()} == {Status.UNCHANGED}
    assert sum(office.apply(again).values()) == 0


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (";Tower;;;2026-02-02;", "names no contractor"),
        ("General Inc;;;;2026-02-02;", "names no site"),
        ("General Inc;Tower;;;;", "since when"),
        ("General Inc;Tower;;;soon;", "not a date"),
        ("General Inc;Tower;;Cook;2026-02-02;", "none of: developer"),
        ("General Inc;Towre;;;2026-02-02;", "Is “Tower” meant"),
        ("General Inc;Elsewhere;;;2026-02-02;", "No running site"),
        ("Sub;Tower;Genral One;;2026-02-06;", "Is “General One” meant"),
        ("Sub;Tower;Nobody;;2026-02-06;", "not on this site"),
        ("Sub;Tower;;sub;2026-02-06;", "Say who hired it"),
        ("Sub;Tower;General One;developer;2026-02-06;", "Nobody hires the developer"),
        ("Sub;Tower;General One;;2020-01-01;", "The site runs from"),
        ("General One;Tower;;GC;2026-02-20;", "has a place on this site"),
        ("Sub;Tower;General One;;2026-02-06;2026-02-03", "ends before it begins"),
        ("Sub;Tower;General One;;2026-02-06;2999-01-01", "still ahead"),
    ],
)
def test_messy_rows_are_answered_by_sentences_and_the_rest_is_imported(office, tower, listed, row, sentence):
    general = supplier(name="General One", country="US")
    hire(office, tower, general, "general_contractor")
    batch = listed(row, "Good;Tower;General One;;2026-02-06;")
    found = told(batch)
    assert (found[2][0], sentence in found[2][1]) == (Status.ERROR, True), found[2]
    assert office.apply(batch) == {"suppliers": 1, "places": 1, "ended_places": 0}
    assert Engagement.objects.get(contractor__name="Good").hired_by == general


def test_ends_take_along_whom_they_hired_and_undo_gives_everything_back(office, tower, listed):
    general = supplier(name="General One", country="US")
    sub = supplier(name="Sub", country="US")
    hire(office, tower, general, "general_contractor")
    hire(office, tower, sub, "subcontractor", general)
    before = list(Engagement.objects.order_by("pk").values())
    batch = listed(
        "General One;Tower;;GC;2026-02-02;2026-02-20",
        "Short;Tower;Sub;;2026-02-05;2026-02-10",
        "Long;Tower;Short;broker;2026-02-06;2026-02-15",
    )
    assert [status for status, _reason in told(batch).values()] == [
        Status.UPDATE,
        Status.CREATE,
        Status.CREATE,
    ]
    assert office.apply(batch) == {"suppliers": 2, "places": 2, "ended_places": 2}
    day = {name: ended for name, _above, _role, ended in tree(tower)}
    assert day == {
        "General One": dt.date(2026, 2, 20), "Sub": dt.date(2026, 2, 20), "Short": dt.date(2026, 2, 10), "Long": dt.date(2026, 2, 10),
    }  # fmt: skip

    assert office.undo(batch) == {"removed": 4, "restored": 2, "kept": 0}

    assert list(Engagement.objects.order_by("pk").values()) == before
    assert not Participation.objects.filter(name__in=["Short", "Long"]).exists()


def test_undo_leaves_those_above_whom_somebody_was_hired_since(office, tower, listed):
    batch = listed(*TREE, "Alone;Tower;General Inc;;2026-02-05;")
    office.apply(batch)
    late = supplier(name="Late")
    hire(
        office,
        tower,
        late,
        "subcontractor",
        Participation.objects.get(name="Sub One LLC"),
        on=dt.date(2026, 2, 20),
    )

    done = office.undo(batch)

    assert [name for name, *_rest in tree(tower)] == ["General Inc", "Late", "Sub One LLC"]
    assert (done["removed"], done["kept"]) == (4, 4)
    assert {str(one.kept) for one in Change.objects.filter(batch=batch).exclude(kept="")} == {
        "Something in the program depends on it."
    }


def test_a_contractor_that_is_likely_known_is_asked_about(office, tower, listed):
    supplier(name="Northern Concrete Works", country="US")
    batch = listed(
        "Northern Concrete Work;Tower;;GC;2026-02-02;", "Sub;Tower;Northern Concrete Work;;2026-02-03;"
    )
    row = Row.objects.get(batch=batch, line=2)
    assert (row.status, row.candidates[0]["name"]) == (Status.ASK, "Northern Concrete Works")
    operations.decide(batch_id=batch.pk, line=2, candidate=row.candidates[0]["id"], answer="same", by=office.person, at=AT)  # fmt: skip
    assert office.apply(batch)["places"] in (1, 2)
    assert Engagement.objects.filter(contractor__name="Northern Concrete Works").exists()


def test_two_sites_of_one_name_are_told_apart_by_people(office, tower, listed):
    at_site(office, supplier_id=supplier(name="Other").pk, address="Other Street 1")
    assert "Several running sites" in told(listed("General Inc;Tower;;;2026-02-02;"))[2][1]


@pytest.fixture
def caused(office, tower, listed):
    """An import of contractors that gave General Inc a duty, and the duty."""
    Rule.objects.create(
        section="buyers", key="buyers.stops_hirer", label="x", value=True, unit="yes_no",
        certainty="set_by_program", valid_from=building.FIRST, set_at=AT,
    )  # fmt: skip
    bad = supplier(name="Bad", country="US", rung="good_standing")
    participations.change_standing(
        participation_id=bad.pk, rung_key="suspended", effective_on=AT.date(), reason="Found.", by=office.person, at=AT
    )  # fmt: skip
    batch = listed("General Inc;Tower;;GC;2026-02-02;", "Bad;Tower;General Inc;;2026-02-03;")
    office.apply(batch)
    batch.refresh_from_db()
    return batch, StopDuty.objects.select_related("brand").get()


def test_whoever_hires_a_suspended_one_has_the_duty_as_from_the_page(caused):
    assert caused[1].brand.name == "General Inc"


def test_an_undo_withdraws_the_duty_that_the_import_caused(office, caused):
    batch, duty = caused
    seen = undoing.preview(batch, AT)
    assert (seen.withdrawn, StopDuty.objects.active().count()) == (1, 1)
    assert not [why for why, _count in seen.kept if "acted" in why]

    office.undo(batch)

    duty.refresh_from_db()
    assert (duty.state, duty.over_reason) == (
        "withdrawn",
        f"The import “{batch.source}” that caused it was undone.",
    )


def test_an_undo_leaves_a_duty_that_was_acted_on_and_says_so_before(office, caused):
    batch, duty = caused
    duties.acknowledge(duty_id=duty.pk, name="Gail", by=office.person, at=AT)
    seen = undoing.preview(batch, AT)
    said = "A duty to stop purchases that the import caused stays, because somebody has acted on it."
    assert (seen.withdrawn, (said, 1) in seen.kept) == (0, True)

    office.undo(batch)

    duty.refresh_from_db()
    assert duty.state == "acknowledged"


def test_an_undo_leaves_a_duty_that_something_else_asks_for(office, caused, tower):
    batch, duty = caused
    bad, general = duty.supplier, duty.brand
    hire(office, at_site(office, name="Mill", supplier_id=tower.supplier_id), general, "general_contractor")
    mill = Workplace.objects.get(name="Mill")
    hire(office, mill, bad, "subcontractor", general)

    office.undo(batch)

    duty.refresh_from_db()
    assert duty.state == "open"


def test_a_suspected_breach_of_such_a_duty_goes_with_it_and_a_noticed_one_keeps_it(office, caused):
    batch, duty = caused
    length = Length(3, Unit.DAYS, Basis.AGREEMENT, "documented", "the clause")
    clock = deadlines.start(kind=duties.STOP, subject=duty, started_at=AT, at=AT, length=length)
    breach = breaches.open_breach(
        agreement_id=None,
        participation_id=duty.brand_id,
        subject=("deadlines.clock", clock.pk),
        title="Work goes on",
        facts="Nothing was said.",
        at=AT,
    )
    assert undoing.preview(batch, AT).withdrawn == 1
    sid = transaction.savepoint_create()
    breaches.serve_notice(breach_id=breach.pk, letter=b"%PDF-1.7", by=office.person, at=AT)
    assert undoing.preview(batch, AT).withdrawn == 0
    transaction.savepoint_rollback(sid)

    office.undo(batch)

    breach.refresh_from_db()
    assert breach.state == "withdrawn"


def test_sites_that_closed_take_nobody(office, tower, listed):
    workplaces.close(workplace_id=tower.pk, closed_on=AT.date(), reason="Done.", by=office.person, at=AT)
    assert "No running site" in told(listed("General Inc;Tower;;;2026-02-02;"))[2][1]
    assert not sites.queries.of_site(tower).exists()

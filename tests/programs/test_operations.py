"""Suppliers, brands, workplaces, sourcing and the code: what may be recorded, what is refused, what history says."""

import datetime as dt

import pytest

from programs import queries
from programs.enums import Certainty, CodeState, Part
from programs.models import CodeVersion, Participation, Provision, Sourcing, StandingEvent, Workplace
from programs.operations import codes, participations, sourcing, workplaces
from tests import factories
from wsr.history.models import Event
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
DAY = dt.timedelta(days=1)


@pytest.fixture
def inside(program, director):
    """Within `program`."""
    with program_scope(program.pk):
        yield


def happened():
    return list(Event.objects.order_by("pk").values_list("event", flat=True))


# ── Taking part ──────────────────────────────────────────────────────────────────────────────────


def test_a_new_supplier_stands_on_the_first_rung(inside, director, at):
    supplier = participations.add(
        part=Part.SUPPLIER, name="Padma Ltd.", country="BD", joined_on=None, by=director, at=at
    )

    assert (supplier.rung, supplier.name_key) == ("good_standing", "PADMA")
    event = StandingEvent.objects.get()
    assert (event.rung.key, event.effective_on) == ("good_standing", TODAY)
    assert happened() == ["participation.added"]


def test_a_brand_has_no_standing(inside, director, at):
    brand = participations.add(part=Part.BRAND, name="North", by=director, at=at)

    assert brand.rung == ""
    assert not StandingEvent.objects.exists()


def test_the_same_supplier_twice_is_refused(inside, director, at):
    participations.add(part=Part.SUPPLIER, name="Padma Ltd.", country="BD", by=director, at=at)

    with pytest.raises(participations.CannotTakePart, match="already in the program"):
        participations.add(part=Part.SUPPLIER, name="PADMA LIMITED", country="BD", by=director, at=at)
    participations.add(part=Part.SUPPLIER, name="Padma Ltd.", country="IN", by=director, at=at)


def test_a_change_writes_only_what_differs(inside, program, director, at):
    supplier = factories.supplier(program, name="Old")

    participations.change(participation_id=supplier.pk, by=director, at=at, name="New", country="BD")
    participations.change(participation_id=supplier.pk, by=director, at=at, name="New", country="BD")

    assert Participation.objects.get().name_key == "NEW"
    assert happened() == ["participation.changed"]


def test_leaving_is_dated(inside, program, director, at):
    supplier = factories.supplier(program, joined_on=TODAY - DAY)
    leave = {"participation_id": supplier.pk, "reason": "Closed.", "by": director, "at": at}

    with pytest.raises(participations.CannotTakePart, match="on its day"):
        participations.end(ended_on=TODAY + DAY, **leave)
    with pytest.raises(participations.CannotTakePart, match="before it began"):
        participations.end(ended_on=TODAY - 2 * DAY, **leave)
    participations.end(ended_on=TODAY, **leave)
    with pytest.raises(participations.CannotTakePart, match="left already"):
        participations.end(ended_on=TODAY, **leave)
    assert happened() == ["participation.ended"]


# ── Standing ─────────────────────────────────────────────────────────────────────────────────────


def move(supplier, rung, day, by, at, reason="Retaliation was found."):
    return participations.change_standing(
        participation_id=supplier.pk, rung_key=rung, effective_on=day, reason=reason, by=by, at=at
    )


def test_standing_is_known_for_every_day(inside, director, at):
    supplier = participations.add(
        part=Part.SUPPLIER, name="Padma", joined_on=TODAY - 30 * DAY, by=director, at=at
    )

    move(supplier, "suspended", TODAY, director, at)
    move(supplier, "probation", TODAY - 10 * DAY, director, at)

    supplier.refresh_from_db()
    assert supplier.rung == "suspended"
    events = queries.standing_events(supplier).values_list("effective_on", "rung__key")
    assert list(events) == [
        (TODAY, "suspended"),
        (TODAY - 10 * DAY, "probation"),
        (TODAY - 30 * DAY, "good_standing"),
    ]
    assert happened() == ["participation.added", "standing.changed", "standing.changed"]


def test_standing_needs_a_reason_and_a_day_that_has_come(inside, program, director, at):
    supplier = factories.supplier(program, rung="good_standing")

    with pytest.raises(participations.CannotChangeStanding, match="reason"):
        move(supplier, "suspended", TODAY, director, at, reason=" ")
    with pytest.raises(participations.CannotChangeStanding, match="today or earlier"):
        move(supplier, "suspended", TODAY + DAY, director, at)
    with pytest.raises(participations.CannotChangeStanding, match="already stands there"):
        move(supplier, "good_standing", TODAY, director, at)
    participations.end(participation_id=supplier.pk, ended_on=TODAY, reason="", by=director, at=at)
    with pytest.raises(participations.CannotChangeStanding, match="no longer takes part"):
        move(supplier, "suspended", TODAY, director, at)


def test_standing_of_a_brand_or_of_another_programs_supplier_cannot_change(inside, program, director, at):
    brand = factories.brand(program)
    with pytest.raises(Participation.DoesNotExist):
        move(brand, "suspended", TODAY, director, at)


def test_another_programs_rows_are_not_there(program, other_program, director, at):
    theirs = factories.workplace(other_program)
    brand = factories.brand(program)

    with program_scope(program.pk):
        with pytest.raises(Participation.DoesNotExist):
            move(theirs.supplier, "suspended", TODAY, director, at)
        with pytest.raises(Participation.DoesNotExist):
            participations.change(participation_id=theirs.supplier_id, by=director, at=at, name="Mine")
        with pytest.raises(Participation.DoesNotExist):
            participations.end(
                participation_id=theirs.supplier_id, ended_on=TODAY, reason="", by=director, at=at
            )
        with pytest.raises(Workplace.DoesNotExist):
            workplaces.change(workplace_id=theirs.pk, by=director, at=at, name="Mine")
        with pytest.raises(Workplace.DoesNotExist):
            workplaces.close(workplace_id=theirs.pk, closed_on=TODAY, reason="", by=director, at=at)
        with pytest.raises(Participation.DoesNotExist):
            workplaces.add(supplier_id=theirs.supplier_id, by=director, at=at, name="Mine", country="BD")
        for chosen in ({"supplier_ids": [theirs.supplier_id]}, {"workplace_ids": [theirs.pk]}):
            with pytest.raises(Participation.DoesNotExist):
                sourcing.start(brand_id=brand.pk, started_on=TODAY, by=director, at=at, **chosen)


# ── Workplaces ───────────────────────────────────────────────────────────────────────────────────


def test_a_workplace_is_added_changed_and_closed(inside, program, director, at):
    supplier = factories.supplier(program)
    place = workplaces.add(
        supplier_id=supplier.pk, by=director, at=at, name="Unit 1", address="12 Road", country="BD"
    )

    workplaces.change(workplace_id=place.pk, by=director, at=at, worker_count=40, name="Unit 1")
    workplaces.change(workplace_id=place.pk, by=director, at=at, worker_count=40)
    workplaces.close(workplace_id=place.pk, closed_on=TODAY, reason="Moved.", by=director, at=at)

    place.refresh_from_db()
    assert (place.name_key, place.address_key, place.worker_count) == ("UNIT 1", "12 ROAD", 40)
    assert happened() == ["workplace.added", "workplace.changed", "workplace.closed"]
    with pytest.raises(workplaces.CannotKeepWorkplace, match="closed already"):
        workplaces.close(workplace_id=place.pk, closed_on=TODAY, reason="", by=director, at=at)


def test_a_workplace_that_makes_no_sense_is_refused(inside, program, director, at):
    supplier = factories.supplier(program)
    add = {"supplier_id": supplier.pk, "by": director, "at": at, "name": "Unit 1", "country": "BD"}
    place = workplaces.add(address="12 Road", opened_on=TODAY, **add)

    with pytest.raises(workplaces.CannotKeepWorkplace, match="already on the list"):
        workplaces.add(address="12, Road", **add)
    with pytest.raises(workplaces.CannotKeepWorkplace, match="both latitude and longitude"):
        workplaces.change(workplace_id=place.pk, by=director, at=at, latitude=1)
    with pytest.raises(workplaces.CannotKeepWorkplace, match="before it opened"):
        workplaces.close(workplace_id=place.pk, closed_on=TODAY - DAY, reason="", by=director, at=at)


# ── Sourcing ─────────────────────────────────────────────────────────────────────────────────────


def test_a_brand_sources_from_suppliers_and_single_workplaces(inside, program, director, at):
    brand, supplier, place = (
        factories.brand(program),
        factories.supplier(program),
        factories.workplace(program),
    )
    chosen = {"supplier_ids": [supplier.pk], "workplace_ids": [place.pk]}

    first = sourcing.start(brand_id=brand.pk, started_on=TODAY, by=director, at=at, **chosen)
    again = sourcing.start(brand_id=brand.pk, started_on=TODAY, by=director, at=at, **chosen)

    assert {(row.supplier_id, row.workplace_id) for row in first} == {
        (supplier.pk, None),
        (place.supplier_id, place.pk),
    }
    assert again == []
    assert happened() == ["sourcing.started", "sourcing.started"]


def test_sourcing_ends_once_and_not_before_it_began(inside, program, director, at):
    row = factories.sourcing(program, started_on=TODAY)

    with pytest.raises(sourcing.CannotSource, match="before it began"):
        sourcing.end(sourcing_id=row.pk, ended_on=TODAY - DAY, by=director, at=at)
    sourcing.end(sourcing_id=row.pk, ended_on=TODAY, by=director, at=at)
    with pytest.raises(sourcing.CannotSource, match="ended already"):
        sourcing.end(sourcing_id=row.pk, ended_on=TODAY, by=director, at=at)
    assert not Sourcing.objects.current(on=TODAY).exists()


def test_sourcing_needs_a_choice_and_a_present_brand(inside, program, director, at):
    brand = factories.brand(program)

    with pytest.raises(sourcing.CannotSource, match="at least one"):
        sourcing.start(brand_id=brand.pk, started_on=None, by=director, at=at)
    participations.end(participation_id=brand.pk, ended_on=TODAY, reason="", by=director, at=at)
    with pytest.raises(sourcing.CannotSource, match="no longer takes part"):
        sourcing.start(brand_id=brand.pk, supplier_ids=[brand.pk], started_on=None, by=director, at=at)


# ── The code ─────────────────────────────────────────────────────────────────────────────────────


def test_a_new_version_copies_and_replaces_the_one_in_force(inside, director, at):
    first = codes.draft_version(title="Code", by=director, at=at)
    add = {"code_id": first.pk, "title": "Pay", "severity_id": None, "by": director, "at": at}
    codes.add_provision(reference="1", text="Every hour is paid.", **add)
    codes.put_in_force(code_id=first.pk, on=TODAY, by=director, at=at)

    second = codes.draft_version(title="Code", by=director, at=at)
    copy = second.provisions.get()
    codes.change_provision(
        provision_id=copy.pk,
        title="Pay",
        text="Every hour is paid twice.",
        severity_id=None,
        by=director,
        at=at,
    )
    diff = queries.compared(queries.provisions_of(first), queries.provisions_of(second))
    codes.put_in_force(code_id=second.pk, on=TODAY + DAY, by=director, at=at)

    first.refresh_from_db()
    assert (first.state, first.replaced_on) == (CodeState.REPLACED, TODAY + DAY)
    assert queries.code_in_force() == second
    assert [(change.kind, change.reference) for change in diff] == [("changed", "1")]
    assert [(piece.kind, piece.text) for piece in diff[0].pieces] == [
        ("same", "Pay. Every hour is"),
        ("removed", "paid."),
        ("added", "paid twice."),
    ]
    assert Provision.objects.get(code=first).text == "Every hour is paid."
    assert Provision.objects.get(code=second).certainty == Certainty.SET_BY_PROGRAM


def test_a_code_in_force_is_never_edited(inside, director, at):
    code = codes.draft_version(title="Code", by=director, at=at)
    with pytest.raises(codes.CannotChangeCode, match="without provisions"):
        codes.put_in_force(code_id=code.pk, on=TODAY, by=director, at=at)
    with pytest.raises(codes.CannotChangeCode, match="a draft already"):
        codes.draft_version(title="Code", by=director, at=at)
    add = {
        "code_id": code.pk,
        "reference": "1",
        "title": "",
        "text": "x",
        "severity_id": None,
        "by": director,
        "at": at,
    }
    provision = codes.add_provision(**add)
    with pytest.raises(codes.CannotChangeCode, match="provision 1 already"):
        codes.add_provision(**add)
    codes.put_in_force(code_id=code.pk, on=TODAY, by=director, at=at)

    with pytest.raises(codes.CannotChangeCode, match="not a draft"):
        codes.add_provision(**{**add, "reference": "2"})
    with pytest.raises(codes.CannotChangeCode, match="not a draft"):
        codes.remove_provision(provision_id=provision.pk, by=director, at=at)
    with pytest.raises(codes.CannotChangeCode, match="Only a draft"):
        codes.put_in_force(code_id=code.pk, on=TODAY, by=director, at=at)


def test_a_version_cannot_begin_before_the_one_it_replaces(inside, director, at):
    first = codes.draft_version(title="Code", by=director, at=at)
    codes.add_provision(
        code_id=first.pk, reference="1", title="", text="x", severity_id=None, by=director, at=at
    )
    codes.put_in_force(code_id=first.pk, on=TODAY, by=director, at=at)
    second = codes.draft_version(title="Code", by=director, at=at)

    with pytest.raises(codes.CannotChangeCode, match="in force from"):
        codes.put_in_force(code_id=second.pk, on=TODAY - DAY, by=director, at=at)
    codes.remove_provision(provision_id=second.provisions.get().pk, by=director, at=at)
    assert not CodeVersion.objects.get(pk=second.pk).provisions.exists()

"""What people decide, what is remembered, what changes with the next file."""

import pytest

from programs.models import Citation, Participation, Sourcing, StandingEvent, Workplace
from tests.factories import AT
from wsr import said
from wsr.history.models import Event
from wsr.imports import operations, queries, undoing
from wsr.imports.models import Change, Link, Row
from wsr.imports.operations import CannotImport

HEADER = "Factory,Address,City,Country,Workers,Postal Code\n"


@pytest.fixture
def listed(tmp_path, office):
    """A checked import of the given rows."""

    def make(rows, name="buyers.csv", **said):
        (tmp_path / name).write_text(HEADER + rows)
        return office.check(office.upload(tmp_path / name), **said)

    return make


def snapshot():
    """Everything an import can touch, row by row."""
    return {
        model: sorted(map(str, model.objects.values_list()))
        for model in (Participation, Workplace, Sourcing, StandingEvent, Citation, Link)
    }


def test_likely_match_is_asked_and_the_answer_is_remembered(office, listed):
    office.apply(listed("Delta Knitwear Ltd.,12 Mill Road,Savar,Bangladesh,100,\n", name="first.csv"))
    known = Workplace.objects.get()

    batch = listed("Delta Knit Wear Limited,12 Mill Rd,Savar,BD,120,\n")
    row = Row.objects.get(batch=batch)
    assert (row.status, row.candidates[0]["id"]) == ("ask", str(known.pk))

    operations.decide(
        batch_id=batch.pk, line=2, answer="same", candidate=str(known.pk), by=office.person, at=AT
    )
    office.apply(batch)

    known.refresh_from_db()
    assert (Workplace.objects.count(), known.worker_count, known.name, known.also_known_as) == (
        1,
        120,
        "Delta Knitwear Ltd.",
        ["Delta Knit Wear Limited"],
    )
    again = listed("Delta Knit Wear Limited,12 Mill Rd,Savar,BD,120,\n")
    assert (again.counts["unchanged"], again.counts["questions"]) == (1, 0)
    assert Event.objects.filter(event="import.decided").count() == 1


def test_different_is_remembered_too(office, listed):
    office.apply(listed("Delta Knitwear Ltd.,12 Mill Road,Savar,Bangladesh,100,\n", name="first.csv"))
    batch = listed("Delta Knit Wear Limited,12 Mill Rd,Savar,BD,120,\n")
    operations.all_different(batch_id=batch.pk, below=1.0, by=office.person, at=AT)
    batch.refresh_from_db()

    assert (batch.counts["create"], batch.counts["questions"]) == (1, 0)
    again = listed("Delta Knit Wear Limited,12 Mill Rd,Savar,BD,120,\n")
    assert (again.counts["create"], again.counts["ask"]) == (1, 0)
    office.apply(again)
    assert Workplace.objects.count() == 2


def test_undecided_rows_wait(office, listed):
    office.apply(listed("Delta Knitwear Ltd.,12 Mill Road,Savar,Bangladesh,100,\n", name="first.csv"))
    batch = listed("Delta Knit Wear Limited,12 Mill Rd,Savar,BD,120,\nOmega Mills,1 Hill,Dhaka,BD,,\n")
    assert office.apply(batch)["workplaces"] == 1
    assert list(queries.error_rows(batch)) == [
        ["Delta Knit Wear Limited", "12 Mill Rd", "Savar", "BD", "120", "", "May be known already"]
    ]


def test_a_shared_address_never_merges(office, listed):
    batch = listed("Alpha Garments,12 Mill Road,Savar,BD,1,\nZenith Sweaters,12 Mill Road,Savar,BD,2,\n")
    assert (batch.counts["create"], batch.counts["questions"]) == (2, 0)


def test_same_inside_the_file(office, listed):
    batch = listed("Delta Knitwear Ltd.,12 Mill Road,Savar,BD,1,\nDelta Knitwears,12 Mill Road,Savar,BD,2,\n")
    (question,) = queries.open_questions(batch)
    operations.decide(
        batch_id=batch.pk,
        line=question.line,
        answer="same",
        candidate=question.candidates[0]["id"],
        by=office.person,
        at=AT,
    )
    office.apply(batch)
    assert Workplace.objects.count() == 1
    again = listed("Delta Knitwear Ltd.,12 Mill Road,Savar,BD,1,\nDelta Knitwears,12 Mill Road,Savar,BD,2,\n")
    assert (again.counts["create"], again.counts["questions"]) == (0, 0)


def test_a_changed_file_shows_added_changed_and_gone(office, listed):
    office.apply(
        listed("Alpha,1 A Street,Dhaka,BD,10,\nBeta,2 B Street,Dhaka,BD,20,\nGamma,3 C Street,Dhaka,BD,30,\n")
    )
    batch = listed(
        "Alpha,1 A Street,Dhaka,BD,10,\nBeta,2 B Street,Dhaka,BD,25,\nOmega,4 D Street,Dhaka,BD,40,\n"
    )

    assert {key: batch.counts[key] for key in ("create", "update", "unchanged", "missing")} == {
        "create": 1,
        "update": 1,
        "unchanged": 1,
        "missing": 1,
    }
    batch.defaults["end_missing"] = "1"
    batch.save()
    office.apply(batch)
    assert Workplace.objects.count() == 4
    assert Link.objects.exclude(ended_at=None).count() == 1


def test_undo_restores_exactly(office, listed):
    office.apply(listed("Alpha,1 A Street,Dhaka,BD,10,\nBeta,2 B Street,Dhaka,BD,20,\n"))
    before = snapshot()
    batch = listed(
        "Alpha,1 A Street,Dhaka,BD,99,\nOmega,4 D Street,Dhaka,BD,40,\nSigma,5 E Street,Dhaka,BD,40,\n",
        name="other.csv",
    )
    office.apply(batch)
    assert snapshot() != before

    assert undoing.preview(batch, AT).done == office.undo(batch)

    assert snapshot() == before
    assert Change.objects.filter(batch=batch).exclude(kept="").count() == 0
    assert office.undo(batch) == office.undo(batch)


def test_undo_keeps_what_others_built_on(office, listed):
    batch = listed("Alpha,1 A Street,Dhaka,BD,10,\nBeta,2 B Street,Dhaka,BD,20,\n")
    office.apply(batch)
    alpha = Workplace.objects.get(name="Alpha")
    brand = Participation.objects.create(
        part="brand", name="Buyer", name_key="BUYER", created_at=AT, updated_at=AT
    )
    Sourcing.objects.create(
        brand=brand, supplier=alpha.supplier, workplace=alpha, created_at=AT, updated_at=AT
    )

    done = office.undo(batch)

    assert list(Workplace.objects.values_list("name", flat=True)) == ["Alpha"]
    reasons = {reason for reason, _rows in queries.kept_reasons(batch)}
    assert (done["kept"], reasons) == (
        2,
        {"Something in the program depends on it."},
    )


def test_being_on_a_list_gives_no_standing(office, listed):
    office.apply(listed("Alpha,1 A Street,Dhaka,BD,10,\n"))
    assert Participation.objects.suppliers().get().rung == ""
    assert not StandingEvent.objects.exists()


def test_applying_twice_does_nothing_more(office, listed):
    batch = listed("Alpha,1 A Street,Dhaka,BD,10,\n")
    assert office.apply(batch) == office.apply(batch)
    assert Workplace.objects.count() == 1
    with pytest.raises(CannotImport):
        operations.ask_apply(batch_id=batch.pk, by=office.person, at=AT)


def test_bad_rows_are_left_out_with_their_reason(office, listed):
    batch = listed(
        "Alpha,1 A Street,Dhaka,BD,10,\n,2 B Street,Dhaka,BD,5,\nGamma,3 C,Paris,Atlantis,5,\n=cmd,4 D,Dhaka,BD,many,\n"
    )

    assert (batch.counts["create"], batch.counts["error"]) == (2, 2)
    assert [line[-1] for line in queries.error_rows(batch)] == [
        "The row has no name.",
        "“Atlantis” is not a country this program knows.",
    ]
    remarks = Row.objects.get(batch=batch, line=5).remarks
    assert {name: said.read(text) for name, text in remarks.items()} == {
        "worker_count": "“many” is not one whole number and is left out."
    }


def test_repairs_are_made_only_when_accepted(office, listed, tmp_path):
    batch = listed("Åžirin Tekstil,NÂ° 5,Bursa,Turkey,10,1600\n")
    row = Row.objects.get(batch=batch)
    assert {(offer["kind"], offer["after"]) for offer in row.offers} == {
        ("letters", "Şirin Tekstil"),
        ("letters", "N° 5"),
        ("zeros", "01600"),
    }
    assert row.cleaned["name"] == "Åžirin Tekstil"

    operations.accept_repairs(
        batch_id=batch.pk, kind="letters", cells=["2:workplace_name"], by=office.person, at=AT
    )
    office.end_job(batch)
    operations.check(batch_id=batch.pk, by=office.person, at=AT, progress=lambda done, total: None)

    cleaned = Row.objects.get(batch=batch).cleaned
    assert (cleaned["name"], cleaned["address"], cleaned["postal_code"]) == ("Şirin Tekstil", "NÂ° 5", "1600")


def test_mapping_is_remembered_for_the_same_headers(office, listed, tmp_path):
    listed(
        "Alpha,1 A Street,Dhaka,BD,10,\n",
        source="Buyer A",
        columns={"Factory": "workplace_name", "Country": "country"},
    )
    (tmp_path / "next.csv").write_text(HEADER + "Beta,2 B Street,Dhaka,BD,20,\n")
    batch = office.upload(tmp_path / "next.csv")
    assert (batch.mapping, batch.source, batch.reading["remembered"]) == (
        {"Factory": "workplace_name", "Country": "country"},
        "Buyer A",
        True,
    )


def test_columns_of_private_persons_are_refused(office, tmp_path):
    (tmp_path / "a.csv").write_text("Factory,Country,Contact Person\nAlpha,BD,Jane Doe\n")
    batch = office.upload(tmp_path / "a.csv")
    with pytest.raises(CannotImport, match="private persons"):
        office.check(batch, columns={"Factory": "workplace_name", "Contact Person": "address"})


def test_citation_is_matched_by_a_person(office, tmp_path, program):
    (tmp_path / "c.csv").write_text(
        'Citation Number,Business Name,Citation Date,Citation Amount,Paid\nWC-1,"TFL, Inc. DBA Mega Saver",2014-09-10,500,1\nWC-2,John Miller,2014-09-11,100,0\n'
    )
    supplier = Participation.objects.create(
        part="supplier", name="Mega Saver", name_key="MEGA SAVER", country="US", created_at=AT, updated_at=AT
    )
    batch = office.check(office.upload(tmp_path / "c.csv"), country="US", currency="USD")
    assert Row.objects.get(batch=batch, line=2).status == "ask"
    operations.decide(
        batch_id=batch.pk, line=2, answer="same", candidate=str(supplier.pk), by=office.person, at=AT
    )
    office.apply(batch)

    first, second = Citation.objects.order_by("number")
    assert (first.supplier_id, first.legal_name, first.trade_name, first.is_paid) == (
        supplier.pk,
        "TFL, Inc.",
        "Mega Saver",
        True,
    )
    assert (second.supplier_id, second.legal_name) == (None, "Private person")
    assert "John Miller" not in str(Row.objects.get(batch=batch, line=3).raw)
    again = office.check(office.upload(tmp_path / "c.csv"), country="US", currency="USD")
    assert (again.counts["create"], again.counts["unchanged"], again.counts["questions"]) == (0, 2, 0)

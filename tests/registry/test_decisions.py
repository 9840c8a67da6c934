"""What the program decides about something public holds in every record, and a change of mind reaches all of them."""

import json

import pytest

from tests import factories
from tests.registry.test_redaction import files_saying, tables_saying
from wsr.errors import DomainError
from wsr.registry import verify


def _records(office):
    rows = json.loads((office.public / "data/workplaces.json").read_bytes())
    rows = rows["workplaces"] if isinstance(rows, dict) else rows
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize(
    ("said", "brands", "count"),
    [("published", ["Levi"], 1), ("count", [], 1), ("withheld", [], None), (None, [], None)],
)
def test_which_brands_buy_where_is_the_programs_decision(office, said, brands, count):
    factories.decide(office.program, "brand_supplier_pairs", said)
    office.publish()

    one = _records(office)["Asrotex Unit 1"]
    assert ([brand["name"] for brand in one["brands"]], one["brand_count"]) == (brands, count)
    text = (office.public / "data/workplaces.csv").read_text()
    assert ("Levi" in text) == bool(brands)


def test_sizes_are_held_back_unless_the_program_publishes_them(office):
    factories.decide(office.program, "workplace_size", None)
    office.publish()

    assert {row["worker_count"] for row in _records(office).values()} == {None}


def _kinds(office):
    rows = {}
    for name in ("suppliers", "workplaces", "brands", "summaries"):
        rows[name] = len(json.loads((office.public / f"data/{name}.json").read_bytes()))
    return rows


@pytest.mark.parametrize("said", ["count", "withheld", None])
def test_suppliers_that_are_not_named_are_nowhere(office, client, said):
    factories.decide(office.program, "supplier_names", said)
    office.override_all()
    office.publish()

    assert _kinds(office) == {"suppliers": 0, "workplaces": 0, "brands": 1, "summaries": int(said == "count")}
    assert files_saying(office, "asrotex", "eastern", "gazipur") == []
    assert tables_saying("asrotex", "eastern", "gazipur") == []
    assert "Asrotex Unit" not in client.get("/registry/?q=asrotex").text
    if said == "count":
        row = json.loads((office.public / "data/summaries.json").read_bytes())[0]
        assert (row["supplier_count"], row["workplace_count"], row["brand_count"]) == (2, 4, 1)
    verify.verify(office.public)


@pytest.mark.parametrize("said", ["count", "withheld", None])
def test_brands_that_are_not_named_are_nowhere(office, said):
    factories.decide(office.program, "brand_names", said)
    office.override_all()
    office.publish()

    one = _records(office)["Asrotex Unit 1"]
    assert (one["brands"], one["brand_count"], one["withheld"]["brands"]) == ([], 1, "not_public")
    assert files_saying(office, "levi") == tables_saying("levi") == []
    assert _kinds(office)["brands"] == 0


def test_names_that_are_withheld_later_are_withdrawn_and_the_gate_closes(office):
    office.publish()
    factories.decide(office.program, "supplier_names", "withheld")
    with pytest.raises(DomainError, match="Names and locations"):
        office.publish()
    office.override_all()

    publication = office.publish()
    assert publication.counts == {"supplier": {"withdrawal": 2}, "workplace": {"withdrawal": 4}}
    verify.verify(office.public)


def test_a_change_of_mind_reaches_every_record(office):
    office.publish()
    factories.decide(office.program, "brand_supplier_pairs", "count")
    publication = office.publish()

    assert publication.counts == {"workplace": {"update": 4}}
    verify.verify(office.public)

"""What the program decides about something public holds in every record, and a change of mind reaches all of them."""

import json

import pytest

from tests import factories
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


def test_a_change_of_mind_reaches_every_record(office):
    office.publish()
    factories.decide(office.program, "brand_supplier_pairs", "count")
    publication = office.publish()

    assert publication.counts == {"workplace": {"update": 4}}
    verify.verify(office.public)

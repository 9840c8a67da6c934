"""How exactly an imported place becomes public is asked, remembered, careful by default, and never exceeded."""

import pytest
from django.urls import reverse

from programs.location import suggested_precision
from programs.models import Rule, Workplace
from tests import factories
from tests.imports.conftest import AT
from wsr.errors import DomainError
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

LIST = b"Farm name,Address,City,State,Country,Latitude,Longitude\nGreen Acres,1 Farm Road,Immokalee,Florida,US,26.4185,-81.4173\n"
MORE = b"Farm name,Address,City,State,Country\nOld Oak,2 Oak Lane,Naples,Florida,US\n"


def write(tmp_path, data=LIST, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def places():
    return dict(Workplace.objects.values_list("name", "disclosure_precision"))


@pytest.mark.parametrize(
    ("blueprint", "kind", "expected"),
    [
        ("accord", "", "exact"),
        ("fair_food", "", "rounded"),
        ("milk_with_dignity", "", "county"),
        ("empty", "Dairy farms in the north", "county"),
        ("empty", "Garment factories", "rounded"),
        ("empty", "", "rounded"),
    ],
)
def test_the_suggestion_follows_the_kind_of_program_and_says_why(office, blueprint, kind, expected):
    Program.objects.filter(pk=office.program.pk).update(blueprint=blueprint)
    if kind:
        Rule.objects.create(
            key="program.kind", section="program", label="Kind", value=kind, unit="text", certainty="set_by_program",
            valid_from=AT.date(), set_at=AT,
        )  # fmt: skip
    value, why = suggested_precision()
    assert (value, len(str(why)) > 40) == (expected, True)


@pytest.mark.parametrize("chosen", ["exact", "rounded", "county", "withheld"])
def test_places_are_as_exact_as_the_person_chose(office, tmp_path, chosen):
    office.apply(office.check(office.upload(write(tmp_path)), country="US", precision=chosen))
    assert places() == {"Green Acres": chosen}


def test_nothing_said_is_never_exact_without_a_reason(office, tmp_path):
    office.apply(office.check(office.upload(write(tmp_path)), country="US"))
    assert places() == {"Green Acres": "rounded"}
    with pytest.raises(DomainError, match="How exactly"):
        office.check(office.upload(write(tmp_path)), country="US", precision="to the meter")


def test_a_list_never_makes_a_known_place_more_exact_than_was_chosen_for_it(office, tmp_path):
    office.apply(office.check(office.upload(write(tmp_path, MORE)), country="US", precision="exact"))
    Workplace.objects.update(city="")
    office.apply(
        office.check(office.upload(write(tmp_path, MORE, "again.csv")), country="US", precision="county")
    )

    found = Workplace.objects.get(name="Old Oak")
    assert (found.city, found.disclosure_precision) == ("Naples", "county")


def test_a_list_that_adds_nothing_about_the_place_changes_nothing(office, tmp_path):
    office.apply(office.check(office.upload(write(tmp_path, MORE)), country="US", precision="withheld"))
    office.apply(
        office.check(office.upload(write(tmp_path, MORE, "again.csv")), country="US", precision="exact")
    )
    assert places() == {"Old Oak": "withheld"}


def test_the_mapping_page_asks_and_remembers(client, program, tmp_path):
    with program_scope(program.pk):
        Program.objects.filter(pk=program.pk).update(blueprint="fair_food")
    director = factories.member(program, "director")
    factories.sign_in(client, director)
    from tests.imports.conftest import Office

    office = Office(program, director)
    with program_scope(program.pk, person_id=director.pk):
        batch = office.upload(write(tmp_path))
    page = client.get(reverse("imports:map", args=[program.slug, batch.pk])).text
    assert "How exactly the public may know" in page
    assert "strangers to where people live" in page
    assert "checked" in page.split('value="rounded"')[1].split(">")[0]
    with program_scope(program.pk, person_id=director.pk):
        office.apply(office.check(batch, country="US", precision="county"))
        other = office.upload(write(tmp_path, MORE, "other.csv"))
    again = client.get(reverse("imports:map", args=[program.slug, other.pk])).text
    assert "checked" in again.split('value="county"')[1].split(">")[0]

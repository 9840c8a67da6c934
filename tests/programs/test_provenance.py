"""Each field of a workplace says which list or which person it comes from, and the page agrees with what is published."""

import datetime as dt

import pytest

from programs import disclosure, provenance
from programs.enums import Precision
from programs.location import seen_in_public
from programs.models import Workplace
from programs.operations import workplaces
from tests import factories
from tests.imports.conftest import Office
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


def test_fields_name_the_list_or_the_person_that_said_them_last(tmp_path, program, director, at):
    office = Office(program, director)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(
        "name,address,country\nPadma Sweaters,12 Mill Road Savar,BD\nJamuna Knits,3 Lake Road Gazipur,BD\n"
    )
    second.write_text(
        "name,address,country,workers\nPadma Sweaters,12 Mill Road Savar,BD,140\nJamuna Knits,3 Lake Road Gazipur,BD,90\n"
    )
    with office.scope():
        for path in (first, second):
            batch = office.upload(path)
            office.check(batch, source=path.stem)
            office.apply(batch)
        place = Workplace.objects.get(name="Padma Sweaters")
        workplaces.change(workplace_id=place.pk, city="Savar", by=director, at=at + dt.timedelta(days=1))
        place.refresh_from_db()

        origins = provenance.of_workplace(place)

    assert "first" in origins["address"].label
    assert "second" in origins["worker_count"].label
    assert origins["worker_count"].batch_id == batch.pk
    assert (origins["city"].label, origins["city"].batch_id) == (director.name, None)
    assert "region" not in origins


@pytest.mark.parametrize("precision", Precision.values)
def test_the_page_shows_of_the_place_what_the_registry_publishes(program, at, precision):
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
    with program_scope(program.pk):
        place.refresh_from_db()
        published = next(iter(disclosure.records("workplace", at.date(), {place.pk}))).content

    shown = {value for _label, value in seen_in_public(place)}

    names = {name for name in ("address", "city", "region", "postal_code") if published[name]}
    assert {getattr(place, name) for name in names} <= shown
    assert len(shown) == len(names) + 1 + (published["latitude"] is not None)
    if published["latitude"] is not None:
        assert f"{published['latitude']}, {published['longitude']}" in shown

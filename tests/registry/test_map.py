"""The map: every place as exactly as it is published and no closer, drawn without a script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from wsr.registry.grid import COLUMNS, FINEST, ROWS, WORLD, Area, around_all

MAP = "/registry/map/"


@pytest.fixture
def published(office):
    office.publish()
    return office


def test_a_circle_for_each_place_that_has_a_point_and_none_for_the_others(client, published):
    page = client.get(MAP).text
    answer = client.get("/registry/map/cells/").json()

    assert (
        sum(cell[2] for cell in answer["cells"]) == 2
    )  # exact and rounded; the county and the camp have no point
    assert "2 workplaces in this view." in page
    assert "2 more are published without a point" in page
    assert "Eastern Camp" not in page
    assert "<script" not in page
    assert len(page.encode()) < 60_000


def test_a_rounded_place_never_shows_closer_than_it_is_published(client, office):
    place = {"latitude": "12.34567", "longitude": "45.6789", "disclosure_precision": "rounded"}
    factories.workplace(office.program, supplier=office.supplier, name="Hill Farm", **place)
    office.publish()
    near = around_all([(45.7, 12.3)])
    while near.zoom < FINEST:
        near = near.around(int((45.7 + 180) / near.degrees), int((90 - 12.3) / near.degrees))
    found = client.get("/registry/map/cells/", {"area": str(near), "q": "Hill"}).json()

    [[column, row, count, _number]] = found["cells"]
    west, north = found["west"] + column * found["degrees"], found["north"] - row * found["degrees"]
    assert (count, found["degrees"] > 0.1) == (1, True)
    assert west <= 45.7 < west + found["degrees"]
    assert north - found["degrees"] < 12.3 <= north


def test_a_circle_leads_closer_and_at_last_to_the_record(client, published):
    public_id = published.listing(published.exact).public_id
    page = client.get(MAP, {"q": "Mill Road"}).text
    assert f'href="/r/{public_id}"' in page
    together = client.get(MAP, {"area": str(WORLD)}).text
    assert re.search(r'<a href="/registry/map/[?][^"]*area=1[.]', together)


def test_filters_and_the_list_are_those_of_search(client, published):
    other = factories.workplace(
        published.program,
        supplier=published.supplier,
        name="Far Away",
        country="US",
        latitude="26.4",
        longitude="-81.4",
    )
    published.publish()
    page = client.get(MAP, {"country": "US"}).text
    assert other.name in page
    assert "Asrotex" not in page
    answer = client.get("/registry/map/cells/", {"country": "US"}).json()
    [[column, row, _count, number]] = answer["cells"]
    assert number == published.listing(other).public_id
    zoom, x, y, *_size = map(int, answer["area"].split("."))
    listed = client.get("/registry/", {"area": f"{zoom}.{x + column}.{y + row}.1.1"}).text
    assert other.name in listed
    for wrong in ("", "x", "9.0.0.1.1", "1.2.3", "1.-1.0.1.1", "0.0.0.99.1"):
        assert client.get(MAP, {"area": wrong}).status_code == 200


AREAS = st.builds(
    lambda zoom, x, y: Area(zoom, x, y).on_the_map(),
    st.integers(0, FINEST),
    st.integers(-5, COLUMNS << FINEST),
    st.integers(-5, ROWS << FINEST),
)


@given(AREAS, st.integers(-FINEST, FINEST), st.integers(0, COLUMNS - 1), st.integers(0, ROWS - 1))
def test_every_view_lies_on_the_map_and_its_address_leads_back(area, steps, column, row):
    assert Area.read(str(area)) == area
    near = area.around(area.x + column, area.y + row, steps)
    for view in (area, near, area.moved(steps, -steps), area.zoomed(steps)):
        assert view.west >= -180
        assert view.west + COLUMNS * view.degrees <= 180
        assert view.north <= 90
        assert view.north - ROWS * view.degrees >= -90
    middle = area.west + (column + 0.5) * area.degrees
    assert near.west <= middle <= near.west + COLUMNS * near.degrees


@given(st.lists(st.tuples(st.floats(-180, 179.9), st.floats(-89.9, 90)), min_size=1, max_size=5))
def test_the_first_view_holds_every_place(places):
    area = around_all(places)
    for longitude, latitude in places:
        assert area.west <= longitude <= area.west + COLUMNS * area.degrees
        assert area.north - ROWS * area.degrees <= latitude <= area.north

"""Downloads of every kind, read by programs that are not ours."""

import csv
import io
import json
import sqlite3

import feedparser
import geojson
import pytest
from defusedxml import ElementTree

from tests import factories
from wsr.registry.ids import printed
from wsr.tenancy import program_scope


@pytest.fixture
def published(office):
    with program_scope(office.program.pk):
        type(office.exact).objects.filter(pk=office.exact.pk).update(
            os_id="BD2019083ABCDEX", name="=Asrotex, <Unit> 1"
        )
    office.publish()
    return office


def got(client, address, **asked):
    response = client.get(address, asked)
    assert response.status_code == 200, address
    return b"".join(response) if response.streaming else response.content


def test_every_download_is_read_by_an_outside_reader(client, published, tmp_path):
    base = f"/registry/{published.program.slug}"
    schema = json.loads(got(client, f"{base}/schema.json"))
    (tmp_path / "r.sqlite").write_bytes(got(client, f"{base}/registry.sqlite"))
    database = sqlite3.connect(tmp_path / "r.sqlite")
    for kind in schema["kinds"].values():
        names = [column["name"] for column in kind["columns"]]
        text = got(client, f"{base}/data/{kind['plural']}.csv").decode()
        dialect = csv.Sniffer().sniff(text.splitlines()[0])
        rows = list(csv.DictReader(io.StringIO(text), dialect=dialect))
        count = database.execute(f"SELECT count(*) FROM {kind['plural']}").fetchone()[0]
        said = json.loads(got(client, f"{base}/data/{kind['plural']}.json"))
        assert (len(rows), len(said)) == (count, count)
        assert csv.DictReader(io.StringIO(text), dialect=dialect).fieldnames == names
    assert {
        row["name"]
        for row in csv.DictReader(io.StringIO(got(client, f"{base}/data/workplaces.csv").decode()))
    } >= {"'=Asrotex, <Unit> 1"}

    places = geojson.loads(got(client, f"{base}/data/workplaces.geojson"))
    assert (places.is_valid, len(places.features)) == (True, 4)
    assert sum(place.geometry is not None for place in places.features) == 2

    public_id = published.listing(published.exact).public_id
    for address in (f"{base}/feed.atom", f"{base}/{public_id}.atom", f"{base}/{public_id}/profile.atom"):
        feed = feedparser.parse(got(client, address))
        assert (feed.bozo, feed.version, bool(feed.entries)) == (False, "atom10", True), address
        assert all(entry.id and entry.title and entry.updated_parsed for entry in feed.entries)


def test_columns_of_others_hold_what_is_published_and_no_more(client, published):
    base = f"/registry/{published.program.slug}"
    hub = list(csv.DictReader(io.StringIO(got(client, f"{base}/columns/open-supply-hub.csv").decode())))
    assert [(row["name"], row["country"], row["lat"], row["parent_company"]) for row in hub] == [
        ("'=Asrotex, <Unit> 1", "Bangladesh", "23.999612", "Asrotex Ltd.")
    ]
    assert hub[0]["address"] == "12 Mill Road, Gazipur, Dhaka, 1700"
    pledge = {
        row["name"]: row
        for row in csv.DictReader(io.StringIO(got(client, f"{base}/columns/odsas.csv").decode()))
    }
    assert len(pledge) == 4
    assert (pledge["Asrotex Unit 2"]["latitude"], pledge["Eastern Camp"]["address"]) == ("", "")
    assert client.get(f"{base}/columns/other.csv").status_code == 404


def test_pages_are_found_and_say_what_they_are(client, published):
    base = f"/registry/{published.program.slug}"
    public_id = published.listing(published.exact).public_id
    assert "sitemap.xml" in got(client, "/robots.txt").decode()
    index = ElementTree.fromstring(got(client, "/sitemap.xml"))
    [part] = [loc.text for loc in index.iter() if loc.tag.endswith("loc")]
    urls = [
        loc.text
        for loc in ElementTree.fromstring(got(client, part[part.index("/registry") :])).iter()
        if loc.tag.endswith("}loc")
    ]
    assert len(urls) == 1 + 7
    assert any(url.endswith(f"{base}/{public_id}/") for url in urls)
    assert client.get(f"{base}/sitemap-2.xml").status_code == 404

    page = got(client, f"{base}/{public_id}/").decode()
    data = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(data)["name"] == "=Asrotex, <Unit> 1"
    assert json.loads(data)["address"]["addressCountry"] == "BD"
    camp = got(client, f"{base}/{published.listing(published.hidden).public_id}/").decode()
    assert json.loads(camp.split('ld+json">')[1].split("</script>")[0]).keys().isdisjoint({"geo"})
    about = got(client, f"{base}/").decode()
    assert json.loads(about.split('ld+json">')[1].split("</script>")[0])["@type"] == "Dataset"
    assert "creativecommons.org" in got(client, f"{base}/license.txt").decode()
    dictionary = got(client, f"{base}/dictionary/").decode()
    assert "location_precision" in dictionary
    assert "withheld_for_safety" in dictionary
    assert len(dictionary.encode()) < 60_000


def test_two_publications_and_a_day_are_compared(client, published):
    from programs.models import Participation

    base = f"/registry/{published.program.slug}"
    with program_scope(published.program.pk):
        Participation.objects.filter(pk=published.supplier.pk).update(rung="suspended")
    factories.workplace(published.program, supplier=published.supplier, name="Asrotex Unit 3")
    published.publish()

    rows = list(
        csv.DictReader(
            io.StringIO(got(client, f"{base}/changes/", **{"from": 1, "to": 2, "format": "csv"}).decode())
        )
    )
    standing = {(row["name"], row["before"], row["after"]) for row in rows if row["field"] == "standing"}
    assert ("Asrotex Ltd.", "In good standing", "Suspended") in standing
    assert [(row["name"], row["act"]) for row in rows if row["field"] == ""] == [("Asrotex Unit 3", "first")]
    assert json.loads(got(client, f"{base}/changes/", **{"from": 2, "to": 1, "format": "json"}))["from"] == 1
    page = got(client, f"{base}/changes/").decode()
    assert "<del>In good standing</del>" in page
    assert "Workplace · " in page
    assert client.get(f"{base}/changes/", {"from": 1, "to": 9}).status_code == 404

    def on(day, way):
        text = got(client, f"{base}/on/", on=day, kind="workplace", format="csv", **{"as": way}).decode()
        return {row["name"]: row["standing"] for row in csv.DictReader(io.StringIO(text))}

    assert on("2026-03-03", "known")["Asrotex Unit 2"] == "In good standing"
    assert on("2026-03-04", "known")["Asrotex Unit 2"] == "Suspended"
    assert on("2026-03-02", "known") == {}
    assert "Asrotex Unit 3" not in on("2026-03-03", "true")
    assert "Asrotex Unit 3" in on("2026-03-04", "true")
    assert "Suspended" in got(client, f"{base}/on/", on="2026-03-04").decode()


def test_openrefine_matches_a_table(client, published):
    address = "/registry/reconcile/"
    said = client.get(address).json()
    assert said["versions"] == ["0.2"]
    assert {one["id"] for one in said["defaultTypes"]} >= {"workplace", "supplier", "brand"}
    public_id = published.listing(published.rounded).public_id
    assert said["view"]["url"].endswith("/r/{{id}}")

    queries = {
        "a": {
            "query": "asrotex unit 2",
            "type": "workplace",
            "properties": [{"pid": "country", "v": "Bangladesh"}],
        },
        "b": {"query": "bd2019083-abcdex", "limit": 3},
        "c": {"query": "Asrotex Limited", "type": "supplier"},
        "d": {"query": "asrotex unit 2", "properties": [{"pid": "country", "v": "Vietnam"}]},
        "e": {"query": printed(public_id)},
    }
    answers = client.post(address, {"queries": json.dumps(queries)}).json()
    first = {key: one["result"][0] for key, one in answers.items() if one["result"]}
    assert (first["a"]["id"], first["a"]["match"], first["a"]["type"][0]["id"]) == (
        public_id,
        True,
        "workplace",
    )
    assert (first["b"]["match"], first["c"]["name"], first["c"]["match"]) == (True, "Asrotex Ltd.", True)
    assert "d" not in first
    assert first["e"]["id"] == public_id


def test_openrefine_is_given_columns_of_what_it_matched(client, published):
    address, public_id = "/registry/reconcile/", published.listing(published.rounded).public_id
    extend = {"ids": [public_id], "properties": [{"id": "standing"}, {"id": "supplier"}, {"id": "latitude"}]}
    rows = client.post(address, {"extend": json.dumps(extend)}).json()["rows"][public_id]
    assert rows["standing"] == [{"str": "In good standing"}]
    assert rows["supplier"][0]["name"] == "Asrotex Ltd."
    assert rows["latitude"] == [{"float": 24.0}]
    assert client.get(f"{address}preview/", {"id": public_id}).status_code == 200
    assert client.get(f"{address}suggest/", {"prefix": "eastern"}).json()["result"]
    assert {
        one["id"] for one in client.get(f"{address}properties/", {"type": "brand"}).json()["properties"]
    } >= {"lei"}


def test_openrefine_is_refused_what_it_cannot_mean(client, published):
    address = "/registry/reconcile/"
    for wrong in (
        "nonsense",
        "[]",
        '{"a": 1}',
        json.dumps({str(n): {"query": "x"} for n in range(51)}),
        '{"a": {"query": "x", "limit": 1e999}}',
        "[" * 100_000,
    ):
        assert client.post(address, {"queries": wrong}).status_code == 400
    assert client.post(address, {"queries": '{"a": {"query": "x", "type": "\\u0000"}}'}).status_code == 200
    strange = {"ids": ["\0", "\ud800"], "properties": [{"id": "name"}]}
    assert client.post(address, {"extend": json.dumps(strange)}).status_code == 400
    assert client.get(f"{address}preview/", {"id": "\0"}).status_code == 404

"""The public side: what a person without an account sees, byte for byte what was published."""

import gzip
import json
import re

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.models import Workplace
from tests import factories
from tests.registry.conftest import AT, Office
from wsr.registry import operations
from wsr.registry.enums import Reason, Wish
from wsr.registry.ids import printed
from wsr.tenancy import program_scope


@pytest.fixture
def published(office):
    office.publish()
    return office


def url(name, *args):
    return reverse(f"registry:{name}", args=args)


def page_of(office, subject):
    return url("record", office.program.slug, office.listing(subject).public_id)


def static_paths(office):
    """{address: file} of every published page."""
    slug = office.program.slug
    found = {}
    for path in office.public.rglob("*.html.gz", recurse_symlinks=True):
        name = path.relative_to(office.public).as_posix()
        record = re.fullmatch(r"r/../(\w+)[.]html[.]gz", name)
        found[
            url("record", slug, record[1])
            if record
            else f"/registry/{slug}/{name.removesuffix('index.html.gz')}"
        ] = path
    return found


def test_every_page_is_the_file_that_was_published(client, published):
    paths = static_paths(published)
    assert len(paths) == 7 + 4

    for address, path in paths.items():
        response = client.get(address)
        assert (address, response.status_code, response.content) == (
            address,
            200,
            gzip.decompress(path.read_bytes()),
        )
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (packed.content, packed["Content-Encoding"]) == (path.read_bytes(), "gzip")
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies
        assert "public" in response["Cache-Control"]
        assert len(path.read_bytes()) < 60_000


def test_every_other_file_is_served_as_it_lies_on_the_disk(client, published):
    slug = published.program.slug
    for path in published.public.rglob("*", recurse_symlinks=True):
        name = path.relative_to(published.public).as_posix()
        if path.is_file() and not name.endswith(".html.gz"):
            response = client.get(url("file", slug, name))
            assert (name, b"".join(response.streaming_content)) == (name, path.read_bytes())
    assert client.get(url("bundle", slug))["Content-Type"] == "application/zip"
    for bad in ("../../current/registry.zip", "r/../checksums", ".hidden", "data//workplaces.csv", "data"):
        assert client.get(f"/registry/{slug}/{bad}").status_code == 404


def test_a_page_in_another_language_says_the_same(client, published):
    from django.utils import translation

    from wsr.registry import documents, pages
    from wsr.tenancy import public_scope

    address = page_of(published, published.exact)
    public_id = published.listing(published.exact).public_id
    with public_scope(), translation.override("en"):
        rendered = pages.record_page(
            documents.documents([public_id], published.program.slug)[public_id], published.program
        )

    assert rendered == client.get(address).content
    spanish = client.get(address + "?lang=es")
    assert '<html lang="es"' in spanish.text
    assert "Asrotex Unit 1" in spanish.text
    assert "12 Mill Road" in spanish.text


def test_a_record_says_what_is_blank_and_why(client, published):
    text = client.get(page_of(published, published.hidden)).text

    assert "Eastern Camp" in text
    assert "Withheld for safety" in text
    assert "Not collected" in text
    assert "12 Mill Road" not in text
    assert "Gazipur" not in text


def test_json_by_address_or_by_wish(client, published):
    public_id = published.listing(published.exact).public_id
    address = page_of(published, published.exact)
    by_wish = b"".join(client.get(address, headers={"Accept": "application/json"}).streaming_content)

    assert by_wish == b"".join(
        client.get(url("record_json", published.program.slug, public_id)).streaming_content
    )
    assert json.loads(by_wish)["public_id"] == public_id


def test_feeds(client, published):
    public_id = published.listing(published.exact).public_id

    assert (
        "Publication 1"
        in b"".join(client.get(url("file", published.program.slug, "feed.atom")).streaming_content).decode()
    )
    response = client.get(url("record_feed", published.program.slug, public_id))
    assert (response["Content-Type"], "First published" in response.text) == ("application/atom+xml", True)


def test_as_it_was_on_a_day(client, published):
    with program_scope(published.program.pk):
        Workplace.objects.filter(pk=published.exact.pk).update(name="Asrotex Unit One")
    published.publish()
    address = url("as_of", published.program.slug, published.listing(published.exact).public_id)

    before = client.get(address, {"on": "2026-03-03"}).text
    assert "What the registry said on March 3, 2026" in before
    assert "said nothing about it yet" in client.get(address, {"on": "2026-03-01"}).text
    assert client.get(address, {"on": "nonsense"}).status_code == 302


def test_a_tombstone_says_why_and_shows_nothing(client, published):
    address = page_of(published, published.exact)
    with program_scope(published.program.pk):
        operations.instruct(
            kind="workplace",
            subject_id=published.exact.pk,
            wish=Wish.REDACTION,
            note="A court said so.",
            reason_code=Reason.COURT_ORDER,
            by=published.director,
            at=AT,
        )
    published.publish()
    response = client.get(address)

    assert response.status_code == 200
    assert "Removed by order of a court" in response.text
    assert "Asrotex" not in response.text
    assert "A court said so" not in response.text
    assert "Asrotex Unit 1<" not in client.get(url("search"), {"q": "Asrotex"}).text


def test_the_program_page_names_each_overridden_gate(client, published):
    text = client.get(url("program", published.program.slug)).text

    assert text.count("Reason given by the director: This program is being set up") == 5
    assert "registry.zip" in text
    assert "Levi" in client.get(url("search"), {"program": "garment", "kind": "brand"}).text


def test_verify_pages_show_the_key_and_the_command(client, published):
    key = (published.public / "key").read_text().strip()

    assert key in client.get(url("verify_program", published.program.slug)).text.replace("&#x27;", "'")
    assert published.program.name in client.get(url("verify")).text


# ── Search ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("parameters", "names"), [
    ({"q": "unit"}, ["Asrotex Unit 1", "Asrotex Unit 2"]),
    ({"q": "MILL road"}, ["Asrotex Unit 1"]),
    ({"q": "asrotex", "kind": "supplier"}, ["Asrotex Ltd."]),
    ({"kind": "brand"}, ["Levi"]),
    ({"standing": "Suspended", "kind": "workplace"}, ["Eastern Camp", "Eastern Dormitory"]),
    ({"product": "Shirts"}, ["Asrotex Unit 1"]),
    ({"region": "Dhaka"}, ["Asrotex Unit 1", "Asrotex Unit 2", "Eastern Dormitory"]),
    ({"country": "US"}, []),
    ({"program": "farms"}, []),
    ({"after": "nonsense", "kind": "brand"}, ["Levi"]),
    ({"q": "a\x00srotex ltd", "kind": "supplier"}, ["Asrotex Ltd."]),
])  # fmt: skip
def test_search_and_facets(client, published, parameters, names):
    text = client.get(url("search"), parameters).text

    assert re.findall(r"<strong>([^<]+)</strong></a>", text) == names


def test_the_first_page_offers_each_kind(client, published):
    link = f'href="{url("search")}?kind=workplace">Workplaces</a>'
    assert link in client.get(url("search")).text
    assert link not in client.get(url("search"), {"q": "unit"}).text


def test_a_misspelled_name_finds_its_neighbors(client, published):
    text = client.get(url("search"), {"q": "asrotx"}).text

    assert "Did you mean" in text
    assert "Asrotex Unit 1" in text


def test_typing_an_id_leads_to_the_record(client, published):
    public_id = published.listing(published.exact).public_id
    address = page_of(published, published.exact)

    assert client.get(url("search"), {"q": printed(public_id).lower()})["Location"] == address
    assert client.get(f"/r/{printed(public_id)}")["Location"] == address
    assert client.get("/r/7K3M-9QXB-5Z").status_code == 404


def test_what_every_brand_sources_from(client, published):
    text = client.get(url("search"), {"related": published.listing(published.brand).public_id}).text

    assert re.findall(r"<strong>([^<]+)</strong></a>", text) == ["Asrotex Unit 1", "Asrotex Unit 2"]


def test_search_asks_the_same_number_of_queries_for_any_number_of_rows(client, published, monkeypatch):
    from wsr.registry import search

    def queries(**parameters):
        with CaptureQueriesContext(connections["public"]) as captured:
            client.get(url("search"), parameters)
        return len(captured)

    few = queries(q="levi")
    assert few == queries(q="unit") <= 14  # four of them reads, the others settings of the transaction
    assert queries(kind="brand") == queries(kind="workplace") == queries()
    monkeypatch.setattr(search, "PAGE_SIZE", 2)
    first = client.get(url("search"), {"kind": "workplace"}).text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(url("search") + following).text
    seen = [re.findall(r"<strong>([^<]+)</strong></a>", text) for text in (first, second)]
    assert seen == [["Asrotex Unit 1", "Asrotex Unit 2"], ["Eastern Camp", "Eastern Dormitory"]]


def test_what_is_frequent_is_walked_by_name_and_tells_the_same(client, published, monkeypatch):
    from wsr.registry import search

    def names(parameters):
        return re.findall(r"<strong>([^<]+)</strong></a>", client.get(url("search") + parameters).text)

    asked = ["?q=unit", "?q=mill+road", "?kind=workplace", "?product=Shirts", ""]
    sorted_ = [names(parameters) for parameters in asked]
    monkeypatch.setattr(search, "SORTED", 0)
    assert [names(parameters) for parameters in asked] == sorted_
    monkeypatch.setattr(search, "PAGE_SIZE", 2)
    first = client.get(url("search"), {"kind": "workplace"}).text
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    assert names(following) == ["Eastern Camp", "Eastern Dormitory"]


def test_the_most_frequent_values_can_be_chosen_and_the_chosen_one_given_up(published, monkeypatch):
    from wsr.registry import search
    from wsr.tenancy import public_scope

    def facets(**chosen):
        with public_scope():
            found = search.search(search.Query(**chosen)).facets
        return {name: [(c.value, c.count, c.is_chosen) for c in choices] for name, choices in found.items()}

    everything = facets()
    assert everything["kind"] == sorted(everything["kind"], key=lambda choice: -choice[1])
    assert ("workplace", 4, False) in everything["kind"]
    assert facets(program="farms") == {name: [] for name in everything}
    assert facets(kind="brand")["kind"] == [(v, n, v == "brand") for v, n, _ in everything["kind"]]
    assert facets(kind="brand")["products"] == []
    rare = everything["kind"][-1][0]
    monkeypatch.setattr(search, "FACET_VALUES", 1)
    assert facets(kind=rare)["kind"] == [everything["kind"][0], (*everything["kind"][-1][:2], True)]


def test_the_public_reads_nothing_but_the_registry(published):
    from django.db import ProgrammingError

    from wsr.tenancy import public_scope

    for table in (
        "programs_workplace",
        "registry_identity",
        "registry_instruction",
        "registry_override",
        "accounts_person",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), public_scope():
            connections["public"].cursor().execute(f"SELECT * FROM {table}")


# ── Console ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def signed_in(client, office):
    factories.sign_in(client, office.director)
    return client


def test_the_console_shows_what_would_change(signed_in, published):
    with program_scope(published.program.pk):
        Workplace.objects.filter(pk=published.exact.pk).update(name="Asrotex Unit One")
    text = signed_in.get(url("console", published.program.slug)).text

    assert "Asrotex Unit One" in text
    assert "Publication 1" in text
    assert text.count("Overridden") == 5


def test_the_director_overrides_publishes_and_takes_back(signed_in, office):
    slug = office.program.slug
    address = url("override", slug, "education")

    assert signed_in.post(address, {"end": "1"}).status_code == 302
    assert "The program cannot publish yet" in signed_in.post(url("publish", slug), follow=True).text
    refused = signed_in.post(address, {"reason": "because"})
    assert (refused.status_code, "full sentence" in refused.text) == (422, True)
    assert signed_in.post(address, {"reason": "The first sessions are held in April."}).status_code == 302
    started = signed_in.post(url("publish", slug))
    assert started["Location"].startswith(f"/p/{slug}/jobs/")
    assert "running already" in signed_in.post(url("publish", slug), follow=True).text


def test_who_may_not_publish(client, office):
    for role, pages in {
        "publisher": {"console": 200, "publish": 302, "override": 403},
        "observer": {"console": 200, "publish": 403, "override": 403},
        "brand_officer": {"console": 403, "publish": 403, "override": 403},
    }.items():
        factories.sign_in(client, factories.member(office.program, role))
        for name, status in pages.items():
            address = url(name, office.program.slug, *(["education"] if name == "override" else []))
            response = client.get(address) if name == "console" else client.post(address)
            assert (role, name, response.status_code) == (role, name, status)


def test_a_stranger_finds_no_console(client, office):
    factories.sign_in(client, factories.person())

    assert client.get(url("console", office.program.slug)).status_code == 404


def test_a_worker_without_an_address_finds_the_form_of_her_program(office, client):
    """From the home page and the program's public page; languages go along, and no cookie comes before an answer."""
    office.publish()
    other = Office("other")
    form = reverse("complaints:report", args=[office.program.slug])
    assert client.get("/report/?lang=es").headers["Location"] == f"{form}?lang=es"

    other.override_all()
    other.publish()
    home, door = client.get("/").content.decode(), client.get("/report/?lang=es")
    assert 'href="/report/"' in home
    assert (
        f'href="{form}"'
        in client.get(reverse("registry:program", args=[office.program.slug])).content.decode()
    )
    text = door.content.decode()
    assert f'href="{form}?lang=es"' in text
    assert office.program.name in text
    assert other.program.name in text
    assert "/report/case/?lang=es" in text
    assert "<script" not in text
    assert not door.cookies
    assert door.headers["Cache-Control"] == "no-store"

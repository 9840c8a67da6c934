"""The statement of principles as data, and what its pages show from published records alone."""

import re
from html import unescape

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from agreements import principles as of_agreements
from programs import showing, statement
from programs.showing import GATES, Published, Said
from tests import factories
from tests.registry.conftest import office  # noqa: F401 -- a fixture
from wsr.registry import gates
from wsr.registry.models import Publication
from wsr.tenancy import public_scope
from wsr.tenancy.models import Program


def test_each_version_is_whole_and_its_principles_are_known_to_the_gates():
    newest = statement.current()
    assert [one.version for one in statement.versions()] == list(range(newest.version, 0, -1))
    assert [one.number for one in newest.principles] == [1, 2, 3, 4, 5, 6]
    assert {one.key for one in newest.principles} == set(GATES)
    assert {key for keys in GATES.values() for key in keys} == set(gates.ESSENTIALS)
    assert {one.code: one.direction for one in newest.languages}["ur"] == "rtl"
    assert newest.source.startswith("https://wsr-network.org/")
    assert (newest.principle(7), statement.version(99)) == (None, None)


def test_a_version_that_does_not_hold_together_is_refused(tmp_path):
    whole = (statement.FOLDER / "1.yaml").read_text()
    (tmp_path / "2.yaml").write_text(whole)
    with pytest.raises(statement.StatementProblem, match=r"2.yaml holds version 1"):
        statement.read(tmp_path / "2.yaml")
    (tmp_path / "1.yaml").write_text(re.sub(r"      ur:\n.*\n.*\n", "", whole, count=1))
    with pytest.raises(statement.StatementProblem, match="principle 1 is not in all languages"):
        statement.read(tmp_path / "1.yaml")


def test_the_principles_are_read_in_every_language_without_a_cookie(transactional_db, client):
    page = client.get("/principles/")
    assert (page.status_code, page.cookies) == (200, {})
    for words in ("Workers drive it", "wsr-network.org", 'href="/principles/6/"', "বাংলা"):
        assert words in page.content.decode()
    urdu = client.get("/principles/?version=1&text=ur").content.decode()
    assert 'lang="ur" dir="rtl"' in urdu
    assert "a speaker has not reviewed it yet" in urdu
    assert "Lo dirigen los trabajadores" in client.get("/principles/?lang=es").content.decode()
    refused = ("/principles/?version=9", "/principles/?version=x", "/principles/0/", "/principles/7/")
    assert [client.get(path).status_code for path in refused] == [404] * 4
    assert "No program has published yet" in client.get("/principles/1/").content.decode()


def test_a_principle_shows_what_each_program_has_published(office, client):  # noqa: F811
    office.publish()
    four = client.get("/principles/4/").content.decode()
    assert "In good standing: 1, Suspended: 1" in four
    assert "Published all the same. Reason given by the director" in four
    assert f"/registry/?program={office.program.slug}&amp;kind=supplier" in four
    six = client.get("/principles/6/").content.decode()
    assert re.search(r"Names and locations of everyone.*?Met", six)
    assert six.count("The program has published nothing of this") == 5  # inspections, complaints, education


def test_every_page_of_the_network_keeps_the_language(office, client):  # noqa: F811
    office.publish()
    waiting, seen = {"/principles/?lang=es"}, set()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        page = client.get(address)
        assert (address, page.status_code, '<html lang="es"' in page.text) == (address, 200, True)
        links = {unescape(link) for link in re.findall(r'<a [^>]*?href="([^"]+)"', page.text)}
        ours = {link for link in links if re.match(r"/(principles|endorse|news)/[^.]*$", link)}
        waiting |= ours - seen
    assert len(seen) > 12


def test_agreements_are_told_by_what_was_published_of_them():
    def said(**content):
        return Said("1" * 10, content, {}, None, None)

    rows = [
        said(state="in_force", brands=[{"name": "B"}, {"name": "A"}], for_the_program=["Union"],
             in_force_on="2026-01-05", public_clauses=[["1", "Stop", "Text"]]),
        said(state="expired", brands=[{"name": "Old"}], for_the_program=["Gone"]),
    ]  # fmt: skip
    published = Published(Program(), Publication(), {"agreement": rows})
    published.__dict__["_facets"] = {}
    facts = {str(fact.label): fact for fact in of_agreements._binding(published)}
    assert facts["Agreements in force"].values == ("1",)
    assert facts["Brands bound by them"].values == ("A", "B")
    assert facts["Clauses that the parties made public"].values == ("1",)
    assert facts["Breaches on record"].blank == published.nothing_of("breach")
    published.__dict__["_facets"] = {("kind", "agreement"): {"agreement": showing.MOST + 1}}
    facts = {str(fact.label): fact for fact in of_agreements._binding(published)}
    assert facts["Agreements in force"].values == ("at least 1",)  # more than a page reads
    (side,) = of_agreements._worker_driven(published)
    assert side.values == ("Union",)


def test_a_page_of_a_principle_asks_as_often_for_one_record_as_for_many(office):  # noqa: F811
    def queries():
        with public_scope(), CaptureQueriesContext(connections["public"]) as asked:
            showing.practices(statement.current().principles[3])
        return len(asked)

    office.publish()
    before = queries()
    for _number in range(3):
        factories.supplier(office.program, rung="probation")
    office.publish()
    assert queries() == before <= 6

"""News of a program: draft, published with the registry, corrected, withdrawn with a reason; public pages and the feed."""

import json
from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import ProgrammingError

from programs.models import NewsItem
from programs.operations import news
from tests import factories
from tests.registry.conftest import AT, office  # noqa: F401 -- a fixture
from wsr.history.models import Event
from wsr.registry.models import Listing
from wsr.tenancy import program_scope, public_scope

SAID = {
    "title": "An agreement is signed",
    "dated_on": "2026-03-01",
    "kind": "agreement",
    "language": "en",
    "text": "First paragraph <b>plain</b>.\r\n\r\n\r\nSecond\r\nparagraph.  ",
}
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_an_item_goes_from_a_draft_to_the_public_and_back(office, client):  # noqa: F811
    slug = office.program.slug
    console = f"/p/{slug}/news/"
    factories.sign_in(client, office.director)
    assert "No news yet" in client.get(console).content.decode()
    page = client.post(f"{console}add/", SAID | {"title": ""})
    assert (page.status_code, "Second" in page.content.decode()) == (422, True)
    where = client.post(f"{console}add/", SAID)["Location"]
    office.publish()
    assert client.get(f"/news/{slug}/").content.decode().count("No news yet") == 1  # a draft is nobody's
    assert client.post(f"{where}publish/").status_code == 302
    office.publish()
    with public_scope():
        public_id = Listing.objects.get(kind="news_item").public_id
    client.logout()
    page = client.get(f"/news/{slug}/{public_id}/")
    assert (page.status_code, page.cookies) == (200, {})
    assert "<p>First paragraph &lt;b&gt;plain&lt;/b&gt;.</p>" in page.content.decode()
    assert "<p>Second<br>paragraph.</p>" in page.content.decode()
    for path in ("/news/", f"/news/{slug}/", f"/registry/{slug}/{public_id}/"):
        assert "An agreement is signed" in client.get(path).content.decode(), path
    said = json.loads((office.public / "data" / "news.json").read_bytes())
    assert [row["text"] for row in said] == ["First paragraph <b>plain</b>.\n\nSecond\nparagraph."]

    factories.sign_in(client, office.director)
    assert client.post(f"{where}edit/", SAID | {"title": "Two agreements are signed"}).status_code == 302
    assert (
        client.post(f"{where}delete/", follow=True).content.decode().count("Only a draft can be deleted") == 1
    )
    assert client.post(f"{where}withdraw/", {"reason": " "}).status_code == 422
    assert client.post(f"{where}withdraw/", {"reason": "The second was not signed."}).status_code == 302
    refused = client.post(f"{where}edit/", SAID)
    assert (refused.status_code, "What is withdrawn stays as it is" in refused.content.decode()) == (
        422,
        True,
    )
    assert "“Withdrawn” by now" in client.post(f"{where}publish/", follow=True).content.decode()
    office.publish()
    page = client.get(f"/news/{slug}/{public_id}/").content.decode()
    assert "The second was not signed." in page
    assert "First paragraph" not in page
    with program_scope(office.program.pk):
        events = (
            Event.objects.filter(event__startswith="news.").order_by("pk").values_list("event", flat=True)
        )
        assert list(events) == ["news.written", "news.published", "news.changed", "news.withdrawn"]


def test_the_feed_tells_what_is_newest_first(office, client):  # noqa: F811
    def tell(title, day):
        with program_scope(office.program.pk, person_id=office.director.pk):
            said = {"kind": "report", "language": "es", "text": "Una & dos."}
            item = news.write(title=title, dated_on=date(2026, 1, day), by=office.director, at=AT, **said)
            news.publish(news_id=item.pk, by=office.director, at=AT)
            return item

    tell("Uno", 5)
    office.publish()
    two = tell("Dos", 3)
    office.publish()
    feed = client.get(f"/news/{office.program.slug}/feed.atom")
    root = ElementTree.fromstring(feed.content)
    assert feed["Content-Type"] == "application/atom+xml"
    assert [one.text for one in root.findall("a:entry/a:title", ATOM)] == ["Dos", "Uno"]
    assert [one.text for one in root.findall("a:entry/a:summary", ATOM)] == ["Una & dos."] * 2
    page = client.get(f"/news/{office.program.slug}/").content.decode()
    assert page.index("Uno") < page.index("Dos")  # by their day
    with program_scope(office.program.pk, person_id=office.director.pk):
        news.withdraw(news_id=two.pk, reason="No.", by=office.director, at=AT)
    office.publish()
    root = ElementTree.fromstring(client.get(f"/news/{office.program.slug}/feed.atom").content)
    assert root.find("a:entry/a:summary", ATOM).text == "Withdrawn: No."
    for path in ("/news/nobody/", "/news/nobody/feed.atom", f"/news/{office.program.slug}/x/"):
        assert client.get(path).status_code == 404
    assert client.get("/news/?after=x&lang=es").status_code == 200


def test_who_may_write_and_who_only_reads(program, client):
    reader = factories.sign_in(client, factories.member(program, "observer"))
    with program_scope(program.pk, person_id=reader.pk):
        item = news.write(
            **SAID | {"dated_on": date(2026, 3, 1)}, by=reader, at=AT
        )  # operations do not check; doors do
        with pytest.raises(NewsItem.DoesNotExist):
            news.publish(news_id=program.pk, by=reader, at=AT)
    where = f"/p/{program.slug}/news/{item.pk}/"
    page = client.get(where).content.decode()
    assert "An agreement is signed" in page
    assert f"{where}publish/" not in page
    assert {
        client.post(f"{where}{act}/").status_code for act in ("publish", "delete", "edit", "withdraw")
    } == {403}
    factories.sign_in(client, factories.member(program, "publisher"))
    assert client.post(f"{where}delete/", follow=True).content.decode().count("The draft is deleted.") == 1
    assert client.get(where).status_code == 404


def test_the_public_login_reads_no_news_but_what_was_published(transactional_db):
    with pytest.raises(ProgrammingError), public_scope():
        NewsItem.objects.model._base_manager.count()

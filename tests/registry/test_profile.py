"""The profile of a record, what follows it, and what others show of it."""

import datetime as dt

import pytest
from defusedxml import ElementTree as etree

from tests import factories
from tests.registry.conftest import Office
from wsr.registry.ids import printed
from wsr.tenancy import program_scope

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def published(office):
    office.publish()
    return office


def at(office, subject, name):
    return f"/registry/{office.program.slug}/{office.listing(subject).public_id}/{name}"


def test_a_brand_is_shown_with_what_names_it_and_what_does_not(client, published):
    page = client.get(at(published, published.brand, "profile/")).text

    assert "Asrotex Unit 1" in page
    assert "Nothing is published about it of these kinds" in page
    assert "Agreements" in page
    assert len(page.encode()) < 60_000
    assert client.get(at(published, published.brand, "profile/"), {"lang": "es"}).status_code == 200


def test_a_profile_says_every_standing_with_its_days_and_why_a_field_is_blank(client, published):
    from programs.models import Participation

    with program_scope(published.program.pk):
        Participation.objects.filter(pk=published.supplier.pk).update(rung="suspended")
    published.publish()
    page = client.get(at(published, published.exact, "profile/")).text

    assert page.index("Suspended") < page.index("In good standing")
    assert "published March 3, 2026" in page
    assert "published March 4, 2026" in page
    assert "Brands must stop buying" in page
    assert "Why is this blank" in page
    camp = client.get(at(published, published.hidden, "profile/")).text
    assert "Withheld for safety" in camp
    assert 'class="locator"' not in camp
    assert 'class="locator"' in page


def test_one_site_in_two_programs_is_found_from_either_side(client, published):
    with program_scope(published.program.pk):
        type(published.exact).objects.filter(pk=published.exact.pk).update(os_id="BD2019083ABCDEX")
    published.publish()
    other = Office("safety")
    supplier = factories.supplier(other.program, name="Asrotex Group", rung="suspended")
    twin = factories.workplace(other.program, supplier=supplier, name="Asrotex One", os_id="bd2019083-ABCDEX")
    other.override_all()
    other.publish()

    here = client.get(at(published, published.exact, "profile/")).text
    there = client.get(at(other, twin, "profile/")).text
    assert "The same site in other programs" in here
    assert "Asrotex One" in here
    assert "Asrotex Unit 1" in there
    assert "in other programs" not in client.get(at(published, published.hidden, "profile/")).text


def test_who_follows_a_brand_hears_of_every_record_that_names_it(client, published):
    with program_scope(published.program.pk):
        type(published.exact).objects.filter(pk=published.exact.pk).update(name="Asrotex Unit One")
    published.publish()
    answer = client.get(at(published, published.brand, "profile.atom"))
    feed = etree.fromstring(answer.content)

    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}title") == "Workplace: Asrotex Unit One"
    assert {entry.findtext(f"{ATOM}title") for entry in entries} >= {
        "Brand: Levi",
        "Workplace: Asrotex Unit 2",
    }
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    for entry in entries:
        assert dt.datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo


def test_a_card_is_shown_in_frames_of_others_and_nothing_else_is(client, published):
    number = printed(published.listing(published.exact).public_id)
    card = client.get(at(published, published.exact, "card/"))

    assert "X-Frame-Options" not in card
    assert "frame-ancestors *" in card["Content-Security-Policy"]
    assert "In good standing" in card.text
    assert number in card.text
    assert "<script" not in card.text
    assert (
        "frame-ancestors 'none'"
        in client.get(at(published, published.exact, "profile/"))["Content-Security-Policy"]
    )
    picture = etree.fromstring(client.get(at(published, published.exact, "card.svg")).content)
    assert number in "".join(picture.itertext())
    assert etree.fromstring(client.get(at(published, published.exact, "qr.svg")).content).tag.endswith("svg")
    assert number in client.get(at(published, published.exact, "share/")).text


def test_a_redacted_record_has_no_profile_and_its_card_no_name(client, published):
    from wsr.registry import operations
    from wsr.registry.enums import Reason, Wish

    with program_scope(published.program.pk):
        operations.instruct(
            kind="workplace", subject_id=published.exact.pk, wish=Wish.REDACTION, note="She asked us to.",
            reason_code=Reason.PRIVACY, by=published.director, at=dt.datetime(2026, 3, 4, tzinfo=dt.UTC),
        )  # fmt: skip
    paths = [
        at(published, published.exact, name)
        for name in ("profile/", "card/", "card.svg", "share/", "profile.atom")
    ]
    published.publish()

    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [404, 200, 200, 200, 200]
    assert not any("Asrotex Unit 1" in answer.text for answer in answers)

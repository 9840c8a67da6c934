"""The committee's pages as each person, the pack and the minutes as PDF, inbox, calendar and what the public reads."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agreements import disclosure
from agreements.disclosure.minutes import MINUTES
from agreements.enums import ItemKind
from agreements.models import AgendaItem, Minutes, Obligation, Resolution, Sitting, Vote
from agreements.operations.committee import sittings, voting
from agreements.tasks import settle_minutes
from tests import factories
from tests.agreements.seated import DAY, LATER, scene


@pytest.fixture
def sat(program):
    return scene(program)


def _url(sat, name, *args):
    return reverse(f"agreements:{name}", args=[sat.program.slug, *args])


def _planned(client, sat):
    """The meeting and its petition, as the director prepares them."""
    factories.sign_in(client, sat.director)
    said = {"day": "2026-03-05", "hour": "10:00", "place": "https://call.example.org/42", "note": ""}
    assert client.post(_url(sat, "plan_sitting"), said | {"day": ""}).status_code == 422
    page = client.post(_url(sat, "plan_sitting"), said)
    with sat.inside():
        sitting = Sitting.objects.get()
        petition = AgendaItem.objects.get(kind=ItemKind.PETITION)
    assert page.url == _url(sat, "sitting", sitting.pk)
    client.post(_url(sat, "add_item", sitting.pk), {"title": "Budget of the year", "text": "Adopt it."})
    return sitting, petition


def _answered_by_all(client, sat, minutes):
    """An objection needs words; then everybody approves."""
    client.post(_url(sat, "circulate_minutes", minutes.pk))
    for person in (sat.people["ana"], *(brand.officer for brand in sat.brands)):
        factories.sign_in(client, person)
        assert client.post(_url(sat, "answer_minutes", minutes.pk), {"answer": "object"}).status_code == 422
        client.post(_url(sat, "answer_minutes", minutes.pk), {"answer": "approve"})


def _nothing_of_her_own_matter(client, sat, sitting, petition):
    """The brand that the petition is about sees that there is an item, and nothing of it."""
    factories.sign_in(client, sat.brands[0].officer)
    page = client.get(_url(sat, "sitting", sitting.pk)).content.decode()
    assert "interest in it" in page
    assert "Petition about" not in page
    assert client.get(_url(sat, "item", petition.pk)).status_code == 404


def test_the_whole_way_on_pages(client, sat):
    """Prepared, called, read, voted on, held, decided, drafted, approved, public, corrected, withdrawn."""
    sitting, petition = _planned(client, sat)
    member = sat.people["ana"]
    factories.sign_in(client, member)
    assert client.get(_url(sat, "sitting", sitting.pk)).status_code == 404  # nobody is called yet
    factories.sign_in(client, sat.director)
    client.post(_url(sat, "call_sitting", sitting.pk))

    factories.sign_in(client, member)
    assert "Budget of the year" in client.get(_url(sat, "sitting", sitting.pk)).content.decode()
    client.post(_url(sat, "answer_call", sitting.pk), {"comes": "yes"})
    assert client.get(_url(sat, "item", petition.pk)).status_code == 200
    assert client.post(_url(sat, "vote_item", petition.pk), {"choice": "for"}).status_code == 302
    for name in ("breaches", "agreements", "obligations"):
        assert client.get(_url(sat, name)).status_code == 403  # nothing of single brands
    assert not client.get(_url(sat, "petition", sat.petition.pk)).context["may_vote"]

    _nothing_of_her_own_matter(client, sat, sitting, petition)
    factories.sign_in(client, sat.brands[1].officer)
    assert client.post(_url(sat, "vote_item", petition.pk), {"choice": "for"}).status_code == 302

    factories.sign_in(client, sat.director)
    present = [str(seat.pk) for name, seat in sat.seats.items() if name != "bea"]
    client.post(_url(sat, "hold_sitting", sitting.pk), {"present": present, "opening": "The chair opens."})
    answer = client.post(
        _url(sat, "decide_item", petition.pk), {"text": "It bought.", "effective_on": "2026-03-05"}
    )
    assert answer.status_code == 302
    with sat.inside():
        budget = AgendaItem.objects.get(title="Budget of the year")
        votes = {f"seat-{sat.seats[name].pk}": "for" for name in ("ana", "north")}
    client.post(_url(sat, "enter_votes", budget.pk), votes)
    soon = (timezone.now() + dt.timedelta(days=20)).date().isoformat()
    said = {
        "text": "The budget is adopted.",
        "discussion": "Nobody spoke against.",
        "effective_on": "2026-03-05",
    }
    answer = client.post(_url(sat, "decide_item", budget.pk), said | {"due_on": soon})
    assert (answer.status_code, "Say who must act" in answer.content.decode()) == (422, True)
    client.post(_url(sat, "decide_item", budget.pk), said | {"due_on": soon, "actor": "The monitor"})
    client.post(_url(sat, "close_sitting", sitting.pk))
    with sat.inside():
        minutes = Minutes.objects.get()
        assert Resolution.objects.count() == 2
        assert Vote.objects.count() == 4
    _answered_by_all(client, sat, minutes)
    _approved(client, sat, minutes, budget)


def _approved(client, sat, minutes, budget):
    settle_minutes(program_id=str(sat.program.pk), minutes_id=str(minutes.pk))
    assert _public(sat) == []
    factories.decide(sat.program, "minutes", "decisions")
    [record] = _public(sat)
    assert (record.content["items"], record.withheld) == ([], {"items": "not_public"})
    assert [line.split(":")[0] for line in record.content["decisions"]] == [
        "D-2, adopted, effective 2026-03-05"
    ]
    factories.decide(sat.program, "minutes", "published")
    [record] = _public(sat)
    assert any(line.endswith("Budget of the year: Nobody spoke against.") for line in record.content["items"])
    assert not any("Brand North" in str(value) or "Ana" in str(value) for value in record.content.values())
    assert record.content["present"] == ["workers: 1 of 2", "brands: 2 of 2"]
    assert record.content["left_out"] == 1  # the petition
    factories.sign_in(client, sat.director)
    said = {"discussion": "One member spoke against.", "public_text": "", "is_withheld": ""}
    assert client.post(_url(sat, "write_minutes", budget.pk), said).status_code == 422
    client.post(_url(sat, "write_minutes", budget.pk), said | {"correction": "One did speak."})
    [record] = _public(sat)
    assert record.content["correction"] == "One did speak."
    client.post(_url(sat, "withdraw_minutes", minutes.pk), {"reason": "A name stood in them."})
    [record] = _public(sat)
    assert (record.content["items"], record.content["decisions"]) == ([], [])
    assert record.content["withdrawn_because"] == "A name stood in them."


def _public(sat):
    with sat.inside():
        return list(disclosure.records(MINUTES, timezone.now().date()))


def test_the_pack_and_the_minutes_tell_each_reader_what_is_hers(client, sat):
    sitting = sat.called()
    people = {"director": sat.director, "north": sat.brands[0].officer, "south": sat.brands[1].officer}
    read = {}
    for name, person in people.items():
        factories.sign_in(client, person)
        answer = client.get(_url(sat, "meeting_pack", sitting.pk))
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
        read[name] = _text(answer.content)
    for name in ("director", "south"):
        assert "Petition about B-1" in read[name]
        assert "Find the breach." in read[name]
    assert "Find the breach." not in read["north"]
    assert "left out of this copy" in read["north"]
    assert "Copy of Officer north" in read["north"]
    assert "Figures" in read["north"]
    outsider = factories.member(sat.program, "finance")
    factories.sign_in(client, outsider)
    assert client.get(_url(sat, "meeting_pack", sitting.pk)).status_code == 403


def test_what_a_decision_asks_stands_on_the_pages_of_obligations(client, sat):
    sitting = sat.held()
    with sat.inside():
        item = sat.add(sitting)
        sat.votes(item, ana="for", north="for")
        said = {"text": "Train the buyers.", "effective_on": DAY, "participation": sat.brands[0].brand}
        made = voting.decide(item_id=item.pk, by=sat.director, at=LATER, **said)
        asked = Obligation.objects.get(about_id=made.pk)
    page, decision = _url(sat, "obligation", asked.pk), _url(sat, "resolution", made.pk)
    for person in (sat.brands[0].officer, sat.director):
        factories.sign_in(client, person)
        assert str(asked) in client.get(_url(sat, "obligations")).content.decode()
        assert "Train the buyers." in client.get(page).content.decode()
        assert page in client.get(decision).content.decode()
    assert _url(sat, "carry_out", made.pk) not in client.get(decision).content.decode()
    assert client.get(_url(sat, "obligations"), {"export": "csv"}).status_code == 200
    factories.sign_in(client, sat.brands[0].officer)
    assert str(asked) in client.get("/inbox/").content.decode()
    client.post(_url(sat, "answer_obligation", asked.pk), {"note": "All were trained."})
    factories.sign_in(client, sat.brands[1].officer)
    assert client.get(page).status_code == 404
    factories.sign_in(client, sat.director)
    client.post(_url(sat, "accept_obligation", asked.pk), {"reason": ""})
    assert "All were trained." in client.get(decision).content.decode()


def test_the_call_stands_in_inbox_and_calendar(client, sat):
    now = timezone.now()
    with sat.inside():
        made = sittings.plan(starts_at=now + dt.timedelta(days=5), place="Call", by=sat.director, at=now)
        sittings.call(sitting_id=made.pk, by=sat.director, at=now)
    for person in (sat.people["ana"], sat.brands[1].officer):
        factories.sign_in(client, person)
        page = client.get(reverse("ui:inbox")).content.decode()
        assert "say whether you come" in page
        assert "waits for your vote" in page
    factories.sign_in(client, sat.people["ana"])
    page = client.get(reverse("ui:inbox")).content.decode()
    assert _url(sat, "petition", sat.petition.pk) in page


def _text(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())

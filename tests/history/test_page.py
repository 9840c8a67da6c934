"""The page of history: directors only, in words, narrowed down, page by page."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.operations import participations, workplaces
from tests import factories
from wsr.history import queries
from wsr.history.operations import record
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(program):
    return reverse("history:list", args=[program.slug])


def test_the_director_reads_who_did_what_and_why(client, program, director, at, page):
    with program_scope(program.pk):
        supplier = participations.add(part="supplier", name="Padma", country="BD", by=director, at=at)
        participations.change_standing(
            participation_id=supplier.pk,
            rung_key="suspended",
            effective_on=at.date(),
            reason="Retaliation.",
            by=director,
            at=at,
        )
    factories.sign_in(client, director)

    text = client.get(page).text

    assert "Standing changed" in text
    assert "Padma" in text
    assert director.name in text
    assert "Reason: Retaliation." in text
    assert "<del>good_standing</del>" in text
    assert "<ins>suspended</ins>" in text


def test_only_directors_read_it(client, program, other_program, page):
    for role in ("observer", "publisher", "inspector_in_charge", "brand_officer"):
        factories.sign_in(client, factories.member(program, role))
        assert client.get(page).status_code == 403
    factories.sign_in(client, factories.member(other_program, "director"))
    assert client.get(page).status_code == 404


def test_another_programs_acts_are_not_shown(client, program, other_program, director, at):
    with program_scope(program.pk):
        participations.add(part="supplier", name="Padma", by=director, at=at)
    factories.sign_in(client, factories.member(other_program, "director"))

    assert "Padma" not in client.get(reverse("history:list", args=[other_program.slug])).text


def test_it_is_narrowed_down_by_kind_subject_and_day(client, program, director, at, page):
    with program_scope(program.pk):
        first = participations.add(part="supplier", name="First", by=director, at=at)
        participations.add(part="supplier", name="Second", by=director, at=at + dt.timedelta(days=3))
        workplaces.add(supplier_id=first.pk, name="Unit", country="BD", by=director, at=at)
    factories.sign_in(client, director)

    def shown(**query):
        return [entry.subject for entry in client.get(page, query).context["page"].entries]

    assert shown() == ["Second", "Unit", "First"]
    assert shown(event="workplace.added") == ["Unit"]
    assert shown(subject_type="programs.participation", subject_id=first.pk) == ["First"]
    assert shown(since=at.date() + dt.timedelta(days=1)) == ["Second"]
    assert shown(until=at.date()) == ["Unit", "First"]
    assert client.get(page, {"since": "soon"}).status_code == 422


def test_pages_follow_one_another_without_gap(program, director, at):
    with program_scope(program.pk):
        for number in range(7):
            record("thing.done", ("test.thing", None), by=director, at=at, after={"number": number})
        seen, cursor = [], None
        while True:
            page = queries.page_of(zone=dt.UTC, before=cursor, size=3)
            seen += [entry.changes[0].after for entry in page.entries]
            cursor = page.before
            if cursor is None:
                break

    assert seen == [6, 5, 4, 3, 2, 1, 0]
    assert page.entries[0].what == "Thing done"


def test_the_number_of_queries_does_not_grow(client, program, director, at, page):
    def add(count):
        with program_scope(program.pk):
            for _ in range(count):
                record("thing.done", ("test.thing", None), by=director, at=at)

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    factories.sign_in(client, director)
    add(1)
    count()
    one = count()
    add(3)
    assert count() == one

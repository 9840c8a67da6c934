"""The watch on both pages: hers, without a script, and that of whoever handles the complaint."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.enums import Act
from complaints.models import CheckIn, Complaint
from complaints.operations import parts, watch
from programs.models import Severity
from tests import factories
from tests.complaints.test_worker_pages import CASE, receipt_on, tell
from tests.factories import sign_in
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db
DAYS = dt.timedelta(days=1)


@pytest.fixture
def office():
    """A worker with a code, whose complaint Ana handles."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.hers = Client()
    place = f"/report/{program.slug}/"
    tell(office.hers, place)
    office.number, office.secret = receipt_on(office.hers.post(place, {"send": "1"}, follow=True))
    office.hers = Client()
    office.hers.post(CASE, {"number": office.number, "secret": office.secret})
    with program_scope(program.pk, person_id=office.ana.pk):
        Severity.objects.create(key="zero", label="Zero tolerance", position=0, certainty="set_by_program")
        office.complaint = Complaint.objects.get()
        parts.take(complaint_id=office.complaint.pk, by=office.ana, at=timezone.now())
    return office


def seen(office, *, days_ago):
    with program_scope(office.program.pk, person_id=office.ana.pk):
        watch.employer_can_see(
            office.complaint, Act.VISIT, at=timezone.now() - days_ago * DAYS, by=office.ana
        )


def page(office, query="") -> str:
    return office.hers.get(CASE + query).content.decode()


def url(office, name="complaint", *more):
    return reverse(f"complaints:{name}", args=[office.program.slug, office.complaint.pk, *more])


def test_she_is_asked_on_her_day_and_says_that_all_is_well(office):
    seen(office, days_ago=6)
    assert "Nothing bad happened" not in page(office)
    assert "They treat me worse because I came to you" in page(office)
    seen(office, days_ago=7)
    asked = page(office)
    assert "Has anybody treated you worse since you came to us?" in asked
    assert all(mark not in asked for mark in ("<script", "style=", "onclick"))

    office.hers.post(CASE, {"act": "fine"})
    assert "We will ask you again" in page(office, "?done=fine")
    assert "Nothing bad happened" not in page(office)


def test_she_says_that_they_treat_her_worse_and_reaches_both(office, client):
    seen(office, days_ago=7)
    assert "They cut my hours or my pay" in page(office, "?p=worse")
    empty = office.hers.post(CASE, {"act": "worse"})
    assert (empty.status_code, "one mark is enough" in empty.content.decode()) == (422, True)
    kept = office.hers.post(CASE, {"act": "worse", "words": f"my code is {office.secret}"})
    assert (kept.status_code, office.secret in kept.content.decode()) == (422, True)
    assert office.hers.post(CASE, {"act": "worse", "harms": ["hours", "dismissed"]}).status_code == 302

    both = page(office)
    assert "we opened a second complaint" in both
    [linked_id] = re.findall(r'name="go" value="([^"]+)"', both)
    office.hers.post(CASE, {"go": linked_id})
    second = page(office)
    assert "They cut my hours or my pay; They dismissed me" in second
    assert "Your first complaint" in second
    assert "Make a new code" not in second
    assert page(office, "?p=code") == second
    assert office.hers.post(CASE, {"act": "say", "text": "I stay at my sister's."}).status_code == 302
    office.hers.post(CASE, {"go": str(office.program.pk)})
    office.hers.post(CASE, {"go": str(office.complaint.pk)})
    assert "we opened a second complaint" in page(office)

    sign_in(client, office.ana)
    seen(office, days_ago=30)
    assert client.get(reverse("ui:inbox")).content.decode().count("Ask her how she is treated") == 1
    linked = client.get(
        reverse("complaints:complaint", args=[office.program.slug, linked_id])
    ).content.decode()
    assert all(
        words in linked
        for words in ("Retaliation", "Zero tolerance", "I stay at my sister", "It follows from complaint")
    )
    first = client.get(url(office)).content.decode()
    assert "Treated worse" in first
    assert "follows from this one" in first
    sign_in(client, office.ben)
    shut = client.get(url(office)).content.decode()
    assert "Treated worse" not in shut


def test_the_handler_begins_the_watch_and_keys_in_the_answer(office, client):
    sign_in(client, office.ana)
    assert "begins with the first thing" in client.get(url(office)).content.decode()
    assert client.post(url(office, "seen"), {"act": "unasked"}).status_code == 422
    assert client.post(url(office, "seen"), {"act": "contact"}).status_code == 302
    shown = client.get(url(office)).content.decode()
    assert shown.count("First contact with the employer") == 3
    said = {"complainant_id": office.complaint.pk, "channel": "hotline", "words": ""}
    early = client.post(url(office, "check_in"), {**said, "answer": "fine"})
    assert (early.status_code, "Nothing is to be asked yet" in early.content.decode()) == (422, True)
    worse = {**said, "answer": "harm", "harms": ["threatened"]}
    assert client.post(url(office, "check_in"), worse).status_code == 302
    with program_scope(office.program.pk, person_id=office.ana.pk):
        assert Complaint.objects.filter(is_retaliation=True, entered_by=office.ana).count() == 1
        assert CheckIn.objects.filter(act=Act.UNASKED, answer="harm").count() == 1
    sign_in(client, office.ben)
    for name, data in (("seen", {"act": "contact"}), ("check_in", worse)):
        assert client.get(url(office, name)).status_code == 200
        assert client.post(url(office, name), data).status_code == 422

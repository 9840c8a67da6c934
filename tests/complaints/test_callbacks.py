"""Calling back: in the safe hours alone, by one person, every try on record, and nobody else reads the number."""

import datetime as dt
import re
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from complaints.deadlines import KINDS
from complaints.enums import CallbackState, Heard
from complaints.models import Callback, CallTry, Complainant
from complaints.operations import callbacks, drafts, flood, parts
from complaints.operations.callbacks import CannotCall, Wish, is_within, next_moment
from complaints.views import calls
from programs import blueprints
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from tests.complaints.test_outcome import rule
from tests.complaints.test_worker_pages import CASE, enter
from tests.factories import sign_in
from wsr.deadlines.models import Asked
from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope, program_scope, worker_scope
from wsr.vault import operations as vault
from wsr.vault.models import CaseKey

PHONE = "+8801711234567"
hours = st.integers(0, 24 * 60 - 1).map(lambda minutes: dt.time(minutes // 60, minutes % 60))


@given(
    minutes=st.integers(0, 366 * 24 * 60),
    begins=hours,
    ends=hours,
    zone=st.sampled_from(["Asia/Dhaka", "UTC", "America/Port-au-Prince"]),
)
def test_the_next_moment_is_always_safe_and_soon(minutes, begins, ends, zone):
    if begins == ends:
        begins = ends = None
    at, zone = AT + dt.timedelta(minutes=minutes), ZoneInfo(zone)

    moment = next_moment(at, begins, ends, zone)

    assert at <= moment <= at + dt.timedelta(hours=49)
    assert is_within(moment.astimezone(zone).time(), begins, ends)


@pytest.fixture
def line(db):
    """A hotline with two people, and somebody who wants to be called now, at any hour."""
    made = type("Line", (), {})()
    made.program = program = factories.program(time_zone="Asia/Dhaka")
    made.ana, made.ben = (factories.member(program, "hotline_operator") for _ in range(2))
    made.token = drafts.Token.new(program.pk)
    made.id = ask(made, made.token)
    return made


def ask(line, token, *, at=AT, is_set_aside=False, **wish):
    new = token.made_id("callback")
    wish = Wish(**{"phone": PHONE, "code_word": "mango", **wish})
    with worker_scope(line.program.pk, new):
        return callbacks.ask(callback_id=new, wish=wish, is_set_aside=is_set_aside, at=at).pk


def does(line, person, act, *, at=AT, **more):
    with program_scope(line.program.pk, person_id=person.pk):
        return act(callback_id=line.id, by=person, at=at, **more)


def test_who_takes_it_reads_the_number_and_nobody_else(line):
    with program_scope(line.program.pk, person_id=line.ben.pk):
        row = Callback.objects.get()
        with pytest.raises(CaseKey.DoesNotExist):
            callbacks.whom(row)
        assert Outbox.objects.get(kind="callback_wanted").context == {}
        assert Asked.objects.get().kind == callbacks.CALLBACK
    does(line, line.ana, callbacks.take)
    with program_scope(line.program.pk, person_id=line.ana.pk):
        assert callbacks.whom(row).phone == PHONE
    with program_scope(line.program.pk, person_id=line.ben.pk), pytest.raises(CaseKey.DoesNotExist):
        callbacks.whom(row)
    with pytest.raises(CannotCall, match="is calling"):
        does(line, line.ben, callbacks.take)
    with pytest.raises(CannotCall, match="Take this call"):
        does(line, line.ben, callbacks.heard, heard=Heard.REACHED)

    late = AT + callbacks.HELD
    does(line, line.ben, callbacks.take, at=late)  # she forgot it; a colleague goes on
    with program_scope(line.program.pk, person_id=line.ana.pk), pytest.raises(CaseKey.DoesNotExist):
        callbacks.whom(row)
    does(line, line.ben, callbacks.heard, heard=Heard.REACHED, at=late)
    with program_scope(line.program.pk, person_id=line.ben.pk):
        with pytest.raises(CaseKey.DoesNotExist):
            callbacks.whom(row)
        assert Callback.objects.get().state == CallbackState.REACHED
        assert CallTry.objects.get().by == line.ben
    with pytest.raises(CannotCall, match="done"):
        does(line, line.ana, callbacks.take, at=late)


def test_nobody_answers_and_somebody_else_answers(line):
    zone = ZoneInfo(line.program.time_zone)
    does(line, line.ana, callbacks.take)
    row = does(line, line.ana, callbacks.heard, heard=Heard.NO_ANSWER)
    assert (row.next_at, row.tries, row.caller) == (AT + callbacks.AGAIN, 1, None)
    with pytest.raises(CannotCall, match="Not now"):
        does(line, line.ana, callbacks.take)
    at = row.next_at
    does(line, line.ana, callbacks.take, at=at)
    row = does(line, line.ana, callbacks.heard, heard=Heard.WRONG_PERSON, at=at)
    assert row.next_at.astimezone(zone).date() == at.astimezone(zone).date() + dt.timedelta(days=1)
    while row.state == CallbackState.WAITING:
        at = row.next_at
        does(line, line.ana, callbacks.take, at=at)
        row = does(line, line.ana, callbacks.heard, heard=Heard.NO_ANSWER, at=at)
    assert (row.state, row.tries) == (CallbackState.GIVEN_UP, callbacks.MOST_TRIES)


def test_never_outside_the_safe_hours(line):
    zone = ZoneInfo(line.program.time_zone)
    local = AT.astimezone(zone)
    begins, ends = ((local + dt.timedelta(hours=hours)).time().replace(minute=0) for hours in (3, 5))
    line.id = ask(line, drafts.Token.new(line.program.pk), call_from=begins, call_until=ends)
    with pytest.raises(CannotCall, match=f"{begins:%H:%M}"):
        does(line, line.ana, callbacks.take)
    with program_scope(line.program.pk, person_id=line.ana.pk):
        row = Callback.objects.get(pk=line.id)
    does(line, line.ana, callbacks.take, at=row.next_at)
    with pytest.raises(CannotCall, match="Not now"):  # taken, and the hour is over
        does(line, line.ana, callbacks.take, at=row.next_at + dt.timedelta(hours=3))
    row = does(line, line.ana, callbacks.never_again, at=row.next_at)
    assert row.state == CallbackState.CANCELLED
    with pytest.raises(CannotCall, match="whole telephone number"):
        ask(line, drafts.Token.new(line.program.pk), phone="12")


def test_a_callback_is_no_way_into_another_matter(line):
    complaint = making.complaint(line.program)
    with pytest.raises(DatabaseError), transaction.atomic(), worker_scope(line.program.pk, complaint.pk):
        callbacks.ask(callback_id=complaint.pk, wish=Wish(phone=PHONE), at=AT)
    with program_scope(line.program.pk, person_id=line.ana.pk):
        with pytest.raises(DatabaseError), transaction.atomic():
            Callback.objects.update(caller=line.ben)
        with pytest.raises(DatabaseError), transaction.atomic():
            Callback.objects.update(matter_id=complaint.pk)
    director = factories.member(line.program, "director")
    new = drafts.Token.new(line.program.pk).made_id("callback")
    with worker_scope(line.program.pk, new):
        callbacks.ask(callback_id=new, matter_id=complaint.pk, wish=Wish(phone=PHONE), at=AT)
    with program_scope(line.program.pk, person_id=director.pk):
        parts.wall_off(person_id=line.ana.pk, complaint_id=complaint.pk, reason="x", by=director, at=AT)
    with program_scope(line.program.pk, person_id=line.ana.pk):
        assert not Callback.objects.filter(pk=new).exists()


def test_she_asks_on_her_pages_and_takes_it_back(line, client, monkeypatch):
    first = f"/report/{line.program.slug}/"
    assert "call-me/" in client.get(first).content.decode()
    page = client.get(f"{first}call-me/")
    assert not client.cookies
    once = re.search(r'name="once" value="([^"]+)"', page.content.decode()).group(1)
    wrong = client.post(f"{first}call-me/", {"once": once, "phone": "12", "hours": "any"})
    assert (wrong.status_code, 'value="12"' in wrong.content.decode()) == (422, True)
    for _ in range(2):
        done = client.post(f"{first}call-me/", {"once": once, "phone": PHONE, "hours": "evening"})
    assert "We will call you" in done.content.decode()
    monkeypatch.setattr(flood, "FREE", 0)
    client.post(f"{first}call-me/", {"phone": PHONE, "hours": "any"})
    with program_scope(line.program.pk):
        rows = Callback.objects.exclude(pk=line.id).order_by("asked_at")
        assert [(row.call_from, row.is_set_aside) for row in rows] == [(dt.time(17), False), (None, True)]

    token = drafts.Token.new(line.program.pk)
    receipt = send(token)
    worker = Client()
    enter(worker, receipt.number, receipt.secret)
    assert "Do not call me" in worker.get(f"{CASE}?p=call").content.decode()
    thanks = worker.post(CASE, {"act": "call", "phone": PHONE, "hours": "any"}, follow=True)
    assert "We will call you" in thanks.content.decode()
    with program_scope(line.program.pk):
        hers = Callback.objects.get(matter_id=token.case_id)
        assert hers.complainant_id == token.case_id
    line.id = hers.pk
    later = hers.next_at
    does(line, line.ana, callbacks.take, at=later)
    worker.post(CASE, {"act": "nocall"})
    with program_scope(line.program.pk, person_id=line.ana.pk):
        hers.refresh_from_db()
        assert (hers.state, hers.caller) == (CallbackState.CANCELLED, None)
        with pytest.raises(CaseKey.DoesNotExist):
            callbacks.whom(hers)
    with worker_scope(line.program.pk, token.case_id):
        assert not Complainant.objects.get().may_call


def test_the_queue_and_the_page_of_a_call(line, client):
    factories.sign_in(client, line.ana)
    queue = reverse("complaints:calls", args=[line.program.slug])
    page = reverse("complaints:call", args=[line.program.slug, line.id])
    with program_scope(line.program.pk):
        Callback.objects.update(next_at=AT)
    listed = client.get(queue).content.decode()
    assert page in listed
    assert "March 2, 2026, 3:30 p.m." in listed  # of her clock, not 9:30 of the server's
    assert PHONE not in listed
    assert PHONE not in client.get(page).content.decode()
    taken = client.post(page, {"take": "1"}, follow=True).content.decode()
    assert PHONE in taken
    assert "mango" in taken
    assert "Never say who is calling" in taken
    other = Client()
    factories.sign_in(other, line.ben)
    assert PHONE not in other.get(page).content.decode()
    assert other.post(page, {"heard": "reached"}).status_code == 409
    client.post(page, {"heard": "reached"})
    assert PHONE not in client.get(page).content.decode()

    note = reverse("complaints:note_callback", args=[line.program.slug])
    once = re.search(r'name="once" value="([^"]+)"', client.get(note).content.decode()).group(1)
    said = {"once": once, "phone": PHONE, "language": "bn", "call_from": "", "call_until": ""}
    assert client.post(note, {**said, "phone": "1"}).status_code == 422
    for _ in range(2):
        client.post(note, said)
    with program_scope(line.program.pk):
        assert Callback.objects.filter(asked_by=line.ana).count() == 1
    stranger = Client()
    factories.sign_in(stranger, factories.member(line.program, "finance"))
    assert {stranger.get(address).status_code for address in (queue, page, note)} == {403}


def test_a_flood_of_wishes_hides_none_and_fills_no_mailbox(line, client, monkeypatch):
    monkeypatch.setattr(calls, "MOST", 2)
    for _ in range(3):
        ask(line, drafts.Token.new(line.program.pk), is_set_aside=True, at=AT - dt.timedelta(minutes=9))
    factories.sign_in(client, line.ana)

    listed = client.get(reverse("complaints:calls", args=[line.program.slug])).content.decode()

    assert reverse("complaints:call", args=[line.program.slug, line.id]) in listed
    with program_scope(line.program.pk):
        assert Outbox.objects.filter(kind="callback_wanted").count() == 2


def test_erased_with_the_complaint_that_it_is_about(transactional_db):
    program, wish = factories.program(), uuid4()
    complaint = making.complaint(program)
    with worker_scope(program.pk, wish):
        callbacks.ask(callback_id=wish, wish=Wish(phone=PHONE), matter_id=complaint.pk, at=AT)

    with engine_scope(program.pk):
        vault.destroy(complaint.pk, by=None, at=AT, reason="Retention.")
        erased = set(CaseKey.objects.filter(wrapped=None).values_list("pk", flat=True))
    assert erased == {complaint.pk, wish}


def test_what_limits_a_call_is_the_programs_to_set_and_the_queue_says_so(line, client):
    """No published source sets it: every blueprint carries it empty, and until the program has set it no clock runs."""
    for key in blueprints.KEYS:
        carried = {rule.key: rule.leaf.value for rule in blueprints.load(key).rules}
        wanted = {kind.length_key for kind in KINDS if kind.length_key}
        assert wanted <= carried.keys(), key
        assert carried["clocks.callback"] is carried["targets.callback"] is None
    page = reverse("complaints:calls", args=[line.program.slug])
    sign_in(client, line.ana)
    assert "has not set how soon a worker is called" in client.get(page).content.decode()
    rule(line.program, "clocks.callback", 24)
    assert "has not set how soon" not in client.get(page).content.decode()

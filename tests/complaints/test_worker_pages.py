"""A worker reports and comes back on a cheap phone: no script, no cookie too early, nothing lost, nothing told."""

import datetime as dt
import re
import time

import pytest
from django.test import Client

from complaints.enums import ComplaintState, Direction, Scope
from complaints.models import Complaint, Consent, Draft, Message, TriageRule, WorkerKey
from complaints.operations import drafts, flood
from complaints.views import case, report
from complaints.views.worker import NEUTRAL
from programs.models import Rule
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from wsr.tenancy import program_scope, worker_scope
from wsr.vault import operations as vault

STORY = "They lock the fire door every night."
BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
CASE = "/report/case/"


@pytest.fixture
def place(program):
    """The address of the form of a program with one line in its table and a telephone."""
    with program_scope(program.pk):
        TriageRule.objects.create(
            key="fire",
            label={"en": "Fire safety"},
            scope=Scope.WITHIN,
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )
        Rule.objects.create(
            key="complaints.phone",
            section="complaints",
            label="x",
            value="+880 1711 000000",
            unit="text",
            certainty="set_by_program",
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )
    return f"/report/{program.slug}/"


def tell(client, place, **more):
    """Answer every question; returns the pages that came between."""
    answers = [
        {"about": "fire"},
        {"what": STORY},
        {"where": "Sunrise Ltd"},
        {"when": "Every night"},
        {"danger": "yes"},
        {"how_many": "many"},
        {"name": "Meena", "phone": "01711234567", "may_call": "on"},
        {"allowed": ["employer_facts"]},
    ]
    return [
        client.post(place, {"q": number, **answer, **more}, follow=True)
        for number, answer in enumerate(answers, 1)
    ]


def receipt_on(page) -> list[str]:
    return re.findall(r'class="receipt"><bdi dir="ltr">([\d-]+)<', page.content.decode())


def sent(client, place) -> list[str]:
    tell(client, place)
    return receipt_on(client.post(place, {"send": "1"}, follow=True))


def test_the_whole_way_of_a_report(client, program, place):
    first = client.get(place)
    assert not first.cookies
    assert (first["Cache-Control"], first["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert b"+880 1711 000000" in first.content
    assert NEUTRAL.encode() in first.content
    pages = [first, client.get(f"{place}?q=1")]
    assert not client.cookies

    short = client.post(place, {"q": 2, "what": "Fire"})
    assert (short.status_code, client.cookies) == (422, {})
    assert "a few words more" in short.content.decode()
    assert ">\nFire</textarea>" in short.content.decode()
    pages += [short, *tell(client, place)]
    cookie = client.cookies[report.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (place, True, "Lax")
    review = pages[-1].content.decode()
    assert all(text in review for text in (STORY, "Fire safety", "You may call me", "?q=2&amp;r=1"))
    changed = client.post(place, {"q": 4, "r": 1, "when": "Since May"}, follow=True)
    assert "Since May" in changed.content.decode()

    pages += [changed, client.post(place, {"send": "1"}, follow=True)]
    number, secret = receipt_on(pages[-1])
    assert receipt_on(client.post(place, {"send": "1"}, follow=True)) == [number, secret]
    done = client.post(place, {"done": "1"})
    assert done.cookies[report.COOKIE].value == ""
    assert "tel:+880 1711 000000" in done.content.decode()
    assert receipt_on(client.get(place)) == []

    assert all(b"<script" not in page.content and b"style=" not in page.content for page in pages)
    assert len(first.content) < 12_000
    assert sum(len(page.content) for page in [*pages, done]) < 57_000  # and the sheet, once
    with program_scope(program.pk):
        complaint = Complaint.objects.get()
        assert (complaint.number, complaint.is_urgent) == (number.replace("-", ""), True)
        assert (complaint.filed_by, complaint.is_anonymous, complaint.rule.key) == ("group", False, "fire")
    with worker_scope(program.pk, complaint.pk):
        assert not Draft.objects.exists()
        assert list(Message.objects.values_list("question", flat=True)) == [
            "about", "what", "where", "when", "danger", "how_many",
        ]  # fmt: skip
        assert Consent.objects.get().recipient == "employer"


def test_leaving_forgets_what_was_typed_and_keeps_a_receipt_that_was_not_written_down(client, program, place):
    tell(client, place)
    gone = client.post(place, {"leave": "1"})
    assert gone["Refresh"] == f"0; url={NEUTRAL}"
    assert "cookies" in gone["Clear-Site-Data"]
    assert STORY not in client.get(f"{place}?q=9", follow=True).content.decode()

    receipt = sent(client, place)
    client.post(place, {"leave": "1"})
    assert receipt_on(client.get(place)) == receipt
    assert client.post(place, {"q": 2}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_flood_is_set_aside_and_nobody_is_refused(place, program, monkeypatch):
    monkeypatch.setattr(flood, "FREE", 2)
    for _ in range(4):
        assert len(sent(Client(), place)) == 2
    with program_scope(program.pk):
        states = list(Complaint.objects.order_by("pk").values_list("state", flat=True))
    assert sorted(states) == ["received", "received", "set_aside", "set_aside"]
    assert len(sent(Client(REMOTE_ADDR="203.0.113.9"), place)) == 2


@pytest.fixture
def hers(program):
    """A complaint that was sent: (its id, number, secret)."""
    token = drafts.Token.new(program.pk)
    receipt = send(token)
    return token.case_id, receipt.number, receipt.secret


def enter(client, number, secret, **more):
    return client.post(CASE, {"number": number, "secret": secret, **more}, follow=True)


def test_she_comes_back_reads_and_writes(client, program, hers):
    case_id, number, secret = hers
    complaint = Complaint(pk=case_id, program_id=program.pk)
    ana = factories.member(program, "case_handler")
    making.take(program, complaint, ana)
    with program_scope(program.pk, person_id=ana.pk):
        for direction, text in (
            (Direction.TO_WORKER, "We visit on Monday."),
            (Direction.NOTE, "CANARY-NOTE"),
        ):
            row = Message.objects.create(complaint_id=case_id, direction=direction, by=ana, at=AT)
            vault.seal(case_id, "complaints_message", "text", row.pk, text, reader=vault.EVERY_WORKER)

    page = enter(client, " ".join(number).translate(BENGALI), secret.translate(BENGALI)).content.decode()

    assert "We have it. Somebody will read it." in page
    assert "first visit" in page
    assert "We visit on Monday." in page
    assert "CANARY-NOTE" not in page
    cookie = client.cookies[case.COOKIE]
    assert (cookie["path"], cookie["max-age"], cookie["httponly"]) == (CASE, 1800, True)
    spaced = f"My code is {secret[:6]} {secret[6:]}, is it?"
    refused = client.post(CASE, {"act": "say", "text": spaced})
    assert refused.status_code == 422
    assert "Take it out" in refused.content.decode()
    assert spaced in refused.content.decode()
    answer = "Call me at 880171123456 on Sunday."
    assert answer in client.post(CASE, {"act": "say", "text": answer}, follow=True).content.decode()

    client.post(CASE, {"act": "allow", "allowed": ["employer_name"]})
    client.post(CASE, {"act": "stop"})
    assert "You took it back" in client.get(CASE).content.decode()
    with worker_scope(program.pk, case_id):
        given = Consent.objects.order_by("given_at").values_list("said", "withdrawn_at")
        assert [(said, end is None) for said, end in given] == [("facts", False), ("name", False)]
        assert Complaint.objects.get().state == ComplaintState.WITHDRAWN
    assert "We have it" in client.post(CASE, {"act": "again"}, follow=True).content.decode()

    gone = client.post(CASE, {"leave": "1"})
    assert (gone.cookies[case.COOKIE].value, gone["Refresh"]) == ("", f"0; url={NEUTRAL}")
    assert "Your code" in client.get(CASE).content.decode()
    assert "You were here before on" in enter(client, number, secret).content.decode()


def test_wrong_unknown_and_ended_look_alike_and_waiting_is_all_that_happens(client, program, hers):
    case_id, number, secret = hers
    with worker_scope(program.pk, case_id):
        WorkerKey.objects.update(ended_at=AT)
    token = drafts.Token.new(program.pk)
    other = send(token)

    answers = {
        kind: enter(Client(), *tried)
        for kind, tried in {
            "ended": (number, secret),
            "wrong": (other.number, "000000000000"),
            "unknown": ("100000009", secret),
            "nonsense": ("abc", "def"),
        }.items()
    }
    said = {re.search(r'role="alert">(.*?)<', page.content.decode()).group(1) for page in answers.values()}
    assert len(said) == 1
    assert {page.status_code for page in answers.values()} == {422}

    for _ in range(3):
        waits = enter(client, other.number, "111111111111")
    assert (waits.status_code, waits["Retry-After"]) == (429, "1")
    assert 'value="111111111111"' in waits.content.decode()
    assert 'name="ticket"' in waits.content.decode()


def test_a_code_that_an_operator_saw_opens_nothing_but_a_new_one(client, program):
    token = drafts.Token.new(program.pk)
    receipt = send(token, entered_by=factories.member(program, "case_handler"))

    page = enter(client, receipt.number, receipt.secret).content.decode()
    again = client.post(CASE, {"act": "say", "text": "Can anybody read this?"}).content.decode()
    assert STORY not in page
    assert "only you know" in page
    assert "only you know" in again
    offer = re.search(r'name="new" value="([^"]+)"', again).group(1)
    new = receipt_on(type("Page", (), {"content": again.encode()}))[0]
    made = client.post(CASE, {"new": offer})

    assert made.cookies[case.COOKIE].value == ""
    assert "do not fit" in enter(Client(), receipt.number, receipt.secret).content.decode()
    assert "We have it" in enter(client, receipt.number, new).content.decode()


def test_her_code_is_found_beside_her_number_and_another(client, hers):
    """Numbers with a space between them look like one."""
    _case_id, number, secret = hers
    enter(client, number, secret)
    for text in (
        f"{number} {secret}",
        f"{secret} {number}",
        f"my number and my code: {number} {secret} 01711234567",
        f"call 01711234567 {secret}",
    ):
        refused = client.post(CASE, {"act": "say", "text": text})
        assert (refused.status_code, "Take it out" in refused.content.decode()) == (422, True), text


def test_the_quick_exit_closes_her_case(client, hers):
    """Whoever takes the phone from her and goes back finds the question for number and code."""
    _case_id, number, secret = hers
    assert f'class="leave" href="{NEUTRAL}"' in client.get(CASE).content.decode()
    enter(client, number, secret)
    for page in ("", "?p=allow", "?p=call", "?p=worse", "?p=files", "?p=code"):
        assert 'class="leave" href="?leave=1"' in client.get(CASE + page).content.decode()

    gone = client.get(f"{CASE}?leave=1")

    assert (gone.cookies[case.COOKIE].value, gone["Refresh"]) == ("", f"0; url={NEUTRAL}")
    assert "Your code" in client.get(CASE).content.decode()
    assert client.get(f"{CASE}?leave=1")["Refresh"] == f"0; url={NEUTRAL}"  # half an hour later


def test_a_visit_ends_however_much_is_pressed(client, hers, monkeypatch):
    """Whoever took her phone and goes on pressing is out, too."""
    _case_id, number, secret = hers
    begun = time.time()
    enter(client, number, secret)
    for half_hours in range(1, 9):
        now = begun + half_hours * (case.SECONDS - 10)
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert "first visit" in client.get(CASE).content.decode()

    monkeypatch.setattr(time, "time", lambda: begun + case.LONGEST + 60)  # she needed some seconds to sign in

    assert "Your code" in client.get(CASE).content.decode()


def test_the_case_whose_code_was_entered_is_shown_though_another_is_open(client, program, hers):
    _case_id, number, secret = hers
    other = send(drafts.Token.new(program.pk), answers={"what": STORY})
    assert "two months" in enter(client, number, secret).content.decode()

    page = enter(client, other.number, other.secret).content.decode()
    assert STORY in page
    assert "two months" not in page

    assert enter(client, number, "000000000000").status_code == 422
    assert "Your code" in client.get(CASE).content.decode()


def test_hours_and_days_are_those_of_the_program(client, db):
    """A visit at another hour than hers would be a stranger's, and a limit a day off would cost her the appeal."""
    program = factories.program(time_zone="America/Port-au-Prince")
    late = dt.datetime(2026, 3, 3, 3, 30, tzinfo=dt.UTC)  # still March 2 in Haiti
    token = drafts.Token.new(program.pk)
    receipt = send(token, at=late)
    with worker_scope(program.pk, token.case_id):
        WorkerKey.objects.update(visited_at=late)

    page = enter(client, receipt.number, receipt.secret).content.decode()

    assert "March 2, 2026 at 10:30 p.m." in page
    assert "You wrote, March 2, 2026" in page

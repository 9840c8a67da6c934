"""Text messages of workers: in whose thread they end, what is sent back, and what never is."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints import short_texts
from complaints.enums import Act, Channel, CheckInAnswer, ComplaintState, Harm
from complaints.keywords import Keyword, keyword_in
from complaints.models import CheckIn, Complainant, Complaint, Message, WorkerKey
from complaints.operations import text_intake, texting, watch
from complaints.operations.drafts import Token
from complaints.operations.intake import Facts, Who, receive
from complaints.operations.states import NotInvolved
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.factories import sign_in
from tests.notices.texting import arrive, bring, connect, listening
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.notices.relay import relay
from wsr.notices.webhooks.signing import signed_headers
from wsr.tenancy import engine_scope, program_scope, worker_scope
from wsr.vault import secrets
from wsr.vault.operations import unseal

PHONE, AT_HOME = "+8801755512345", "01755-512345"
STORY = "CANARYTEXT they lock the gate at night"


@pytest.fixture
def fake(program):
    return connect(program.slug)


def complain(program, *, phone=AT_HOME, may_text=True, text="They lock the fire door.", language="en"):
    """A complaint through the pages; returns its token."""
    token = Token.new(program.pk)
    with worker_scope(program.pk, token.case_id):
        who = Who(phone=phone, may_text=may_text)
        receive(
            token=token,
            facts=Facts(Channel.WEB, language=language),
            answers={"what": text},
            complainants=[who],
            at=timezone.now(),
        )
    return token


def said(program, complaint_id):
    """What stands in a thread, oldest first."""
    with worker_scope(program.pk, complaint_id):
        rows = Message.objects.filter(complaint_id=complaint_id).order_by("at", "pk")
        return [unseal(complaint_id, "complaints_message", "text", row.pk) for row in rows]


def complaints(program, **fields):
    with program_scope(program.pk):
        return list(Complaint.objects.filter(**fields).order_by("received_at", "pk"))


def may_text(program, complaint_id):
    with worker_scope(program.pk, complaint_id):
        return Complainant.objects.get(complaint_id=complaint_id).may_text


def test_an_unknown_number_begins_a_complaint_and_goes_on_with_it(program, fake, client):
    for _ in range(2):  # the gateway did not hear the first answer
        assert arrive(client, fake, PHONE, STORY, message_id="m1") == 204
    arrive(client, fake, PHONE, "and they took my card", message_id="m2")

    [made] = complaints(program)
    assert (made.channel, made.state, made.is_anonymous) == (Channel.TEXT, ComplaintState.RECEIVED, True)
    assert said(program, made.pk) == [STORY, "and they took my card"]
    with worker_scope(program.pk, made.pk):
        her = Complainant.objects.get()
        assert unseal(made.pk, "complaints_complainant", "phone", her.pk) == PHONE
        assert (her.may_text, her.may_call, her.has_phone) == (True, False, True)


@pytest.mark.parametrize("typed", [AT_HOME, "+880 1755 512345", "8801755512345", "1755512345"])
def test_a_number_that_is_known_is_a_line_in_her_thread(program, fake, client, typed):
    token = complain(program, phone=typed)
    for _ in range(2):
        assert arrive(client, fake, PHONE, "it happened again", message_id="m1") == 204

    assert said(program, token.case_id) == ["They lock the fire door.", "it happened again"]
    with worker_scope(program.pk, token.case_id):
        assert Message.objects.filter(channel=Channel.TEXT).count() == 1
    assert len(complaints(program)) == 1


def test_two_who_share_a_phone_do_not_read_each_other(program, fake, client):
    first, second = complain(program), complain(program)
    arrive(client, fake, PHONE, "one of us", message_id="a")
    arrive(client, fake, PHONE, "and more", message_id="b")

    assert (len(said(program, first.case_id)), len(said(program, second.case_id))) == (1, 1)
    [made] = complaints(program, channel=Channel.TEXT)
    assert said(program, made.pk) == ["one of us", "and more"]


def test_another_program_knows_nothing_of_her(program, other_program, fake, client):
    token = complain(other_program)
    arrive(client, fake, PHONE, STORY)
    assert len(said(other_program, token.case_id)) == 1
    assert len(complaints(program)) == 1


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Alto", "SISPANN", "বন্ধ", "بند", "Arrêt"])
def test_stop_ends_texts_at_once_and_is_not_answered(program, fake, client, word):
    token = complain(program)
    other = complain(program, phone="01811-000000")
    assert arrive(client, fake, PHONE, word) == 204
    assert not may_text(program, token.case_id)
    assert may_text(program, other.case_id)
    assert len(said(program, token.case_id)) == 1
    with program_scope(program.pk):
        assert Event.objects.filter(event="complaint.texts_stopped").count() == 1
    assert len(complaints(program)) == 2


def test_stop_ends_texts_of_all_her_complaints_however_many(program, fake, client, monkeypatch):
    monkeypatch.setattr(text_intake, "_MOST", 1)
    tokens = [complain(program) for _ in range(3)]
    arrive(client, fake, PHONE, "STOP")
    assert [may_text(program, token.case_id) for token in tokens] == [False] * 3


def test_what_begins_after_stop_allows_no_texts(program, fake, client):
    arrive(client, fake, PHONE, "STOP", message_id="a")
    arrive(client, fake, PHONE, STORY, message_id="b")
    [made] = complaints(program)
    assert not may_text(program, made.pk)


def test_stop_of_nobody_is_taken_and_begins_nothing(program, fake, client):
    assert arrive(client, fake, PHONE, "STOP") == 204
    assert complaints(program) == []


def test_help_is_kept_too(program, fake, client):
    token = complain(program)
    arrive(client, fake, PHONE, "সাহায্য")
    assert said(program, token.case_id)[1:] == ["সাহায্য"]


def test_a_text_that_was_cut_inside_a_sign_is_kept(program, fake, client):
    """Gateways that join parts badly, and phones that cut, leave half a sign at the end."""
    body = json.dumps({"type": "text", "from": PHONE, "to": fake.gateway.number, "text": f"{STORY} \ud83d"})
    headers = signed_headers("m1", timezone.now(), body, fake.gateway.secrets[:1])

    assert bring(client, body.encode(), headers) == 204
    [made] = complaints(program)
    assert said(program, made.pk) == [f"{STORY} ?"]


def test_words_that_are_keywords_only_alone():
    assert keyword_in("１") == keyword_in("১.") == keyword_in("1") == Keyword.ONE
    assert keyword_in("۲") == keyword_in("2\ufe0f\u20e3") == Keyword.TWO
    assert keyword_in("ＳＴＯＰ") == keyword_in("stop \u26d4\ufe0f") == Keyword.STOP
    assert [keyword_in(text) for text in ("stop hitting us", "12", "", "no", "end")] == [None] * 5


def test_her_code_is_not_kept_in_a_text(program, fake, client):
    token = Token.new(program.pk)
    with worker_scope(program.pk, token.case_id):
        receipt = receive(
            token=token,
            facts=Facts(Channel.WEB),
            answers={"what": STORY},
            complainants=[Who(phone=PHONE)],
            at=timezone.now(),
        )
    arrive(client, fake, PHONE, f"my code is {secrets.shown(receipt.secret)}")
    [kept] = said(program, token.case_id)[1:]
    assert kept == "my code is •••-•••-•••-•••"


def test_what_one_phone_sends_beyond_its_share_is_set_aside_and_kept(program, fake, client, monkeypatch):
    monkeypatch.setattr(text_intake, "FREE", 2)
    token = complain(program)
    answers = [arrive(client, fake, PHONE, f"no {n}", message_id=str(n)) for n in range(5)]
    assert answers == [204] * 5
    assert said(program, token.case_id)[1:] == ["no 0", "no 1"]
    [aside] = complaints(program, state=ComplaintState.SET_ASIDE)
    assert said(program, aside.pk) == ["no 2", "no 3", "no 4"]
    arrive(client, fake, "+8801811111111", "another phone", message_id="x")
    assert len(complaints(program, state=ComplaintState.RECEIVED)) == 2


def test_a_sender_that_is_no_phone_is_set_aside(program, fake, client):
    assert arrive(client, fake, "OFFERS", "Buy now") == 204
    [aside] = complaints(program)
    assert aside.state == ComplaintState.SET_ASIDE
    with worker_scope(program.pk, aside.pk):
        assert not Complainant.objects.get().may_text


def test_many_at_once_are_told_to_come_again(program, fake, client, monkeypatch):
    def busy(number, secret):
        raise secrets.TooBusy("later")

    body, headers = fake.text(PHONE, STORY)
    with monkeypatch.context() as patched:
        patched.setattr(secrets, "hash_secret", busy)
        assert bring(client, body, headers) == 503
    assert complaints(program) == []
    assert bring(client, body, headers) == 204
    assert len(complaints(program)) == 1


def asked(program, complaint, at):
    """An employer saw something of it eight days ago, and it has a handler."""
    ana = factories.member(program, "case_handler")
    making.take(program, complaint, ana)
    with program_scope(program.pk, person_id=ana.pk):
        watch.employer_can_see(complaint, Act.VISIT, at=at - dt.timedelta(days=8), by=ana)
    return ana


def test_one_and_two_answer_the_question_how_she_is(program, fake, client):
    token = complain(program)
    [complaint] = complaints(program)
    arrive(client, fake, PHONE, "1", message_id="a")  # nobody has asked yet: a line and no more
    ana = asked(program, complaint, timezone.now())

    arrive(client, fake, PHONE, "১", message_id="b")
    with program_scope(program.pk, person_id=ana.pk):
        first = CheckIn.objects.get(days=7)
        assert (first.answer, first.channel) == (CheckInAnswer.FINE, Channel.TEXT)
        day = timezone.now() - dt.timedelta(days=9)
        watch.employer_can_see(complaint, Act.CLOSED, at=day, by=ana)
    for message_id in ("c", "c"):
        arrive(client, fake, PHONE, "2", message_id=message_id)
    [linked] = complaints(program, continues=complaint)
    assert (linked.is_retaliation, linked.is_urgent, linked.channel) == (True, True, Channel.TEXT)

    arrive(client, fake, PHONE, "he came to my house", message_id="d")  # both are hers: the newer one
    assert said(program, linked.pk)[-1] == "he came to my house"
    assert said(program, token.case_id)[1:] == ["1", "১", "2"]
    assert len(complaints(program)) == 2


# ── To workers ───────────────────────────────────────────────────────────────────────────────────


def url(program, name, *ids):
    return reverse(f"complaints:{name}", args=[program.slug, *ids])


def complainant_of(program, complaint_id):
    with worker_scope(program.pk, complaint_id):
        return Complainant.objects.get(complaint_id=complaint_id)


def test_staff_texts_one_who_allowed_it(program, client):
    ana, token = factories.member(program, "case_handler"), complain(program)
    her = complainant_of(program, token.case_id)
    with program_scope(program.pk):
        complaint = Complaint.objects.get()
    sign_in(client, ana)
    page, where = url(program, "text", complaint.pk), url(program, "complaint", complaint.pk)
    post = {"complainant_id": str(her.pk), "kind": short_texts.ANSWER}
    assert client.post(page, post).status_code == 422  # she has no part: nobody is offered

    making.take(program, complaint, ana)
    shown = client.get(page).content.decode()
    assert "45" in shown
    assert "512345" not in shown
    assert client.post(page, post).status_code == 302
    again = client.post(page, post)
    assert (again.status_code, "within the hour" in again.content.decode()) == (422, True)
    assert "There is an answer on the page" in client.get(where).content.decode()
    with program_scope(program.pk, person_id=ana.pk):
        [row] = Outbox.objects.filter(kind=short_texts.ANSWER)
        assert (row.phone, row.email, row.secret_of) == ("", "", complaint.pk)
        assert set(row.context) == {"complaint", "complainant"}
    with worker_scope(program.pk, complaint.pk):
        Complainant.objects.filter(pk=her.pk).update(may_text=False)
    ben = factories.member(program, "case_handler")
    of = {"complaint_id": complaint.pk, "complainant_id": her.pk, "kind": short_texts.CALL, "at": AT}
    with program_scope(program.pk, person_id=ana.pk), pytest.raises(texting.MayNotText):
        texting.text(by=ana, **of)
    with program_scope(program.pk, person_id=ben.pk), pytest.raises(NotInvolved):
        texting.text(by=ben, **of)


def test_a_number_is_masked_and_shown_for_a_reason_that_stays(program, client):
    ana, token = factories.member(program, "case_handler"), complain(program)
    her = complainant_of(program, token.case_id)
    with program_scope(program.pk):
        complaint = Complaint.objects.get()
    sign_in(client, ana)
    page = url(program, "number", complaint.pk, her.pk)
    assert client.get(page).status_code == 404
    making.take(program, complaint, ana)

    before = client.get(url(program, "complaint", complaint.pk)).content.decode()
    asked = client.get(page).content.decode()
    refused = client.post(page, {"reason": " "})
    assert refused.status_code == 422
    assert AT_HOME not in before + asked + refused.content.decode()
    told = client.post(page, {"reason": f"To call {AT_HOME}"})
    assert (told.status_code, "stays in history" in told.content.decode()) == (422, True)
    shown = client.post(page, {"reason": "She asked for a call"})
    assert AT_HOME in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    with program_scope(program.pk, person_id=ana.pk):
        [event] = Event.objects.filter(event="complaint.number_shown")
        assert (event.actor_id, event.subject_id) == (ana.pk, complaint.pk)


def test_hours_are_kept_or_refused(program, client):
    ana, token = factories.member(program, "case_handler"), complain(program)
    her = complainant_of(program, token.case_id)
    with program_scope(program.pk):
        complaint = Complaint.objects.get()
    making.take(program, complaint, ana)
    sign_in(client, ana)
    page = url(program, "text_hours", complaint.pk, her.pk)
    assert client.post(page, {"begin": "20:00"}).status_code == 422
    assert client.post(page, {"begin": "20:00", "end": "20:00"}).status_code == 422
    assert client.post(page, {"begin": "20:00", "end": "22:30"}).status_code == 302
    kept = complainant_of(program, token.case_id)
    assert (kept.call_from, kept.call_until) == (dt.time(20), dt.time(22, 30))


@pytest.mark.usefixtures("transactional_db")
def test_the_whole_way_and_back(settings, client):
    """A stranger writes, is answered at once; a text by staff waits for the morning; STOP drops what waits."""
    program = factories.program("garment")
    ana = factories.member(program, "case_handler")
    with listening("garment", settings) as fake:
        arrive(client, fake, PHONE, STORY, message_id="m1")
        relay(at=timezone.now())
        [answer] = fake.sent.values()
        assert (answer["to"], answer["text"]) == (PHONE, str(short_texts.TEXTS[short_texts.RECEIVED]))

        [complaint] = complaints(program)
        making.take(program, complaint, ana)
        her = complainant_of(program, complaint.pk)
        night = dt.datetime(2027, 3, 2, 23, 0, tzinfo=dt.UTC)
        morning = dt.datetime(2027, 3, 3, 9, 0, tzinfo=dt.UTC)
        for kind in (short_texts.CALL, short_texts.CHECK_IN):
            with program_scope(program.pk, person_id=ana.pk):
                texting.text(complaint_id=complaint.pk, complainant_id=her.pk, kind=kind, by=ana, at=night)
        relay(at=night)
        assert len(fake.sent) == 1
        relay(at=morning)
        assert [row["text"] for row in fake.sent.values()][1:] == [
            str(short_texts.TEXTS[kind]) for kind in (short_texts.CALL, short_texts.CHECK_IN)
        ]

        with program_scope(program.pk, person_id=ana.pk):
            texting.text(
                complaint_id=complaint.pk,
                complainant_id=her.pk,
                kind=short_texts.ANSWER,
                by=ana,
                at=morning,
            )
        arrive(client, fake, PHONE, "STOP")
        relay(at=morning)
        assert len(fake.sent) == 3
    with engine_scope(program.pk):
        assert Outbox.objects.get(kind=short_texts.ANSWER).dropped_at == morning
        assert not Outbox.objects.exclude(phone="").exists()


@pytest.mark.usefixtures("transactional_db")
def test_nobody_who_writes_from_her_phone_learns_whether_it_is_known(settings, client):
    """Known, unknown, allowed or never allowed, shared, in whatever language: the same answers, and after STOP none."""
    program = factories.program("garment")
    phones = [f"+88017555123{n}" for n in range(40, 45)]
    _unknown, allowed, never, shared, bengali = phones
    complain(program, phone=allowed)
    complain(program, phone=never, may_text=False)
    complain(program, phone=shared, may_text=False)
    complain(program, phone=shared, may_text=False)
    complain(program, phone=bengali, may_text=False, language="bn")
    with listening("garment", settings) as fake:
        for number, text in enumerate(["Hello", "help", "1", "more", "STOP", "Hello", "help"]):
            for phone in phones:
                assert arrive(client, fake, phone, text, message_id=f"{phone}:{number}") == 204
            relay(at=timezone.now())
    answers = {phone: [row["text"] for row in fake.sent.values() if row["to"] == phone] for phone in phones}
    received, helped = (str(short_texts.TEXTS[kind]) for kind in (short_texts.RECEIVED, short_texts.HELP))
    assert answers == {phone: [received, helped] for phone in phones}


def test_two_of_one_complaint_who_share_a_phone_do_not_read_each_other_after_harm(program, fake, client):
    token = Token.new(program.pk)
    with worker_scope(program.pk, token.case_id):
        both = [Who(phone=PHONE, may_text=True), Who(phone=PHONE, may_text=True)]
        receive(
            token=token,
            facts=Facts(Channel.WEB),
            answers={"what": "They lock the door."},
            complainants=both,
            at=timezone.now(),
        )
        first = WorkerKey.objects.select_related("complaint").get(complainant_id=token.case_id)
        of_first = watch.tell_worse(
            key=first, harms=[Harm.HOURS], words="", channel=Channel.TEXT, at=timezone.now()
        )
    before = said(program, of_first)

    arrive(client, fake, PHONE, "I am the second one", message_id="a")

    assert said(program, of_first) == before
    assert len(complaints(program)) == 3

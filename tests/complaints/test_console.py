"""The hotline console: a whole complaint keyed in, nothing lost, the one-time code shown once and of no use to whoever gave it."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from complaints.enums import Channel, FiledBy, Scope
from complaints.models import Callback, Complainant, Complaint, Consent, Draft, Message, TriageRule
from complaints.operations import drafts, parts
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from tests.complaints.test_worker_pages import CASE, enter
from wsr.deadlines.models import Asked
from wsr.history.models import Event
from wsr.tenancy import program_scope, worker_scope

STORY = "CONSOLESTORY they lock the fire door"
SAID = {
    "language": "es",
    "danger": "yes",
    "what": STORY,
    "about": "fire",
    "where": "Sunrise",
    "when": "Every night",
    "how_many": "many",
    "name": "Rosa",
    "phone": "+8801711234567",
    "calls": "may",
    "texts": "never",
    "call_from": "18:00",
    "call_until": "21:00",
    "code_word": "mango",
    "safe_contact": "Ask for my sister",
    "allowed": ["employer_facts"],
    "call_back": "on",
}


@pytest.fixture
def desk(program, client):
    """An operator at the console: operator, client, addresses."""
    made = type("Desk", (), {})()
    made.program, made.client = program, client
    made.operator = factories.sign_in(client, factories.member(program, "hotline_operator"))
    made.page = reverse("complaints:console", args=[program.slug])
    made.paper = reverse("complaints:paper", args=[program.slug])
    made.keep = reverse("complaints:keep", args=[program.slug])
    made.workplace = factories.workplace(program, name="Sunrise Ltd")
    with program_scope(program.pk):
        TriageRule.objects.create(
            key="fire",
            label={"en": "Fire safety", "es": "Incendios"},
            scope=Scope.WITHIN,
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )
    return made


def hidden(page) -> dict[str, str]:
    """What the form carries."""
    text = page.content.decode()
    return {
        name: re.search(f'name="{name}" value="([^"]*)"', text).group(1)
        for name in ("call", "kind", "others")
        if f'name="{name}"' in text
    }


def press(desk, carried, button, client=None, **more):
    return (client or desk.client).post(desk.keep, {**SAID, **carried, **more, button: "1"}, follow=True)


def shown(page) -> list[str]:
    """The rows of digits that are read aloud."""
    rows = re.findall(r'class="digits" dir="ltr">(.*?)</p>', page.content.decode())
    return [re.sub(r"\D", "", re.sub(r"<[^>]+>", "", row)) for row in rows]


def test_a_whole_complaint_and_a_code_that_is_shown_once(desk):
    page = desk.client.get(f"{desk.page}?lang=es")
    carried = hidden(page)
    assert 'lang="es"' in page.content.decode()
    found = press(desk, carried, "find").content.decode()
    assert f'value="{desk.workplace.pk}"' in found
    assert STORY in found

    sent = press(desk, carried, "send", workplace_id=str(desk.workplace.pk))
    [number] = shown(sent)
    assert "Somebody is in danger" in sent.content.decode()
    assert shown(press(desk, carried, "send")) == [number]  # pressed twice: the same receipt
    code = desk.client.post(desk.page, {"show": "1"})
    assert code["Cache-Control"].count("no-store") == 1
    _same, secret = shown(code)
    again = desk.client.post(desk.page, {"show": "1"})
    assert shown(again) == [number]
    assert secret not in re.sub(r"\D", "", again.content.decode())

    with program_scope(desk.program.pk, person_id=desk.operator.pk):
        complaint = Complaint.objects.get()
        assert (complaint.number, complaint.channel, complaint.filed_by) == (
            number,
            Channel.HOTLINE,
            FiledBy.GROUP,
        )
        assert (complaint.workplace, complaint.language, complaint.rule.key) == (desk.workplace, "es", "fire")
        assert (complaint.is_urgent, complaint.entered_by) == (True, desk.operator)
        assert not Complainant.objects.exists()  # she keyed it in and cannot read it
        callback = Callback.objects.get()
        assert (callback.matter_id, callback.call_from) == (complaint.pk, dt.time(18))
    assert (
        STORY
        not in desk.client.get(
            reverse("complaints:complaint", args=[desk.program.slug, complaint.pk])
        ).content.decode()
    )
    with worker_scope(desk.program.pk, complaint.pk):
        row = Complainant.objects.get()
        assert (row.may_call, row.may_text, row.call_until) == (True, False, dt.time(21))
        assert Consent.objects.get().asked_by_id == desk.operator.pk

    renewed = desk.client.post(desk.page, {"renew": str(complaint.pk)})
    _same, second = shown(renewed)
    assert second != secret
    assert "do not fit" in enter(Client(), number, secret).content.decode()
    over = desk.client.post(desk.page, {"over": "1"})
    assert over.cookies["wsr-call"].value == ""
    with worker_scope(desk.program.pk, complaint.pk):
        assert not Draft.objects.exists()
    assert (
        "sent before" in press(desk, carried, "send").content.decode()
    )  # from an old window: never a second one
    with program_scope(desk.program.pk):
        assert Complaint.objects.count() == 1

    mine = enter(desk.client, number, second)  # whoever gave it out cannot use it where she is signed in
    assert mine.status_code == 403
    assert enter(Client(), number, second).status_code == 200
    with program_scope(desk.program.pk):
        assert Event.objects.filter(
            event="complaint.code_refused_to_staff", actor_id=desk.operator.pk
        ).exists()


def test_what_is_typed_outlives_the_session_an_error_and_another_person(desk):
    carried = hidden(desk.client.get(desk.page))
    refused = press(desk, carried, "send", what="", code_word="papaya")
    assert refused.status_code == 422
    assert "papaya" in refused.content.decode()
    quiet = desk.client.post(
        desk.keep, {**SAID, **carried, "code_word": "guava"}, headers={"HX-Request": "true"}
    )
    assert (quiet.status_code, quiet.content) == (204, b"")

    desk.client.cookies.pop("sessionid")
    lost = press(desk, carried, "send", code_word="lychee")
    assert "/accounts/login" in lost.redirect_chain[-1][0]
    assert "lychee" not in str(lost.redirect_chain)
    factories.sign_in(desk.client, desk.operator)
    back = desk.client.get(desk.page).content.decode()
    assert all(text in back for text in ("lychee", STORY, 'value="18:00"'))

    factories.sign_in(desk.client, factories.member(desk.program, "case_handler"))
    assert "lychee" not in desk.client.get(desk.page).content.decode()
    with program_scope(desk.program.pk):
        assert not Complaint.objects.exists()


def test_refusals_of_the_form_keep_everything(desk):
    carried = hidden(desk.client.get(desk.page))
    for wrong, words in (
        ({"phone": ""}, "Write the number, or choose never"),
        ({"calls": "never"}, "She may not be called"),
        ({"call_until": ""}, "Write both hours"),
        ({"call_until": "18:00"}, "These hours are empty"),
    ):
        page = press(desk, carried, "send", **wrong)
        assert page.status_code == 422
        assert words in page.content.decode()
        assert STORY in page.content.decode()
    assert desk.client.post(desk.keep, {"call": "forged", "kind": "console"}).status_code == 404
    assert desk.client.post(desk.keep, {**carried, "kind": "other"}).status_code == 404
    other = Client()
    factories.sign_in(other, factories.member(desk.program, "finance"))
    assert {other.get(address).status_code for address in (desk.page, desk.paper)} == {403}


def test_on_paper_the_clocks_run_from_its_day_and_everyone_gets_a_slip(desk):
    carried = hidden(desk.client.get(desk.paper))
    one = press(desk, carried, "more")
    carried = hidden(one)
    assert carried["others"] == "1"
    said = {
        **carried,
        "channel": "paper",
        "received_on": "2026-03-01",
        "filed_by": "union",
        "call_back": "",
        "o1-name": "OTHERNAME",
        "o1-phone": "",
        "o1-calls": "never",
        "o1-texts": "never",
        "o1-has_slip": "on",
    }
    early = press(desk, {**said, "received_on": "2999-01-01"}, "send")
    assert "still to come" in early.content.decode()
    press(desk, said, "send")
    slips = desk.client.post(desk.paper, {"show": "1"}).content.decode()

    codes = re.findall(r'class="receipt"><bdi dir="ltr">([\d-]+)<', slips)
    assert [len(code) for code in codes] == [11, 15, 11, 15]
    assert "<title>Form" in slips
    printed = re.sub(r"<[^>]+>", " ", slips)
    assert not any(word in printed for word in (STORY, "OTHERNAME", "Rosa", "Sunrise", "omplaint"))
    with program_scope(desk.program.pk):
        complaint = Complaint.objects.get()
        assert (complaint.channel, complaint.filed_by) == (Channel.PAPER, FiledBy.UNION)
        zone = ZoneInfo(desk.program.time_zone)
        assert complaint.received_at == dt.datetime(2026, 3, 1, tzinfo=zone)
        assert complaint.received_at.isoformat() in str(
            Asked.objects.get(kind="complaints.acknowledged").values
        )
    page = enter(Client(), codes[2], codes[3])
    assert page.status_code == 200
    assert STORY not in page.content.decode()


def test_more_join_later_by_somebody_without_a_part(desk):
    carried = hidden(desk.client.get(desk.page))
    press(desk, carried, "send")
    with program_scope(desk.program.pk):
        complaint = Complaint.objects.get()
    page = reverse("complaints:join", args=[desk.program.slug, complaint.pk])
    form = desk.client.get(page).content.decode()
    said = {
        "once": re.search(r'name="once" value="([^"]+)"', form).group(1),
        "count": "2",
        **{f"o{n}-{name}": "never" for n in (0, 1) for name in ("calls", "texts")},
        "o0-words": "JOINWORDS he shouted",
        "o1-name": "Second",
    }
    missing = desk.client.post(page, {**said, "o1-calls": "may", "send": "1"})
    assert missing.status_code == 422
    assert "JOINWORDS" in missing.content.decode()
    slips = desk.client.post(page, {**said, "send": "1"}).content.decode()
    codes = re.findall(r'class="receipt"><bdi dir="ltr">([\d-]+)<', slips)
    assert len(codes) == 4
    again = desk.client.post(page, {**said, "send": "1"}).content.decode()
    assert re.findall(r'class="receipt"><bdi dir="ltr">([\d-]+)<', again) == codes[::2]
    who = re.search(r'name="renew" value="([^"]+)"', again).group(1)
    new = re.findall(
        r'class="receipt"><bdi dir="ltr">([\d-]+)<', desk.client.post(page, {"renew": who}).content.decode()
    )
    assert (new[0], len(new)) == (codes[0], 2)
    assert desk.client.post(page, {"renew": "nonsense"}).status_code == 404

    worker = Client()
    opened = enter(worker, *new).content.decode()
    offer = re.search(r'name="new" value="([^"]+)"', opened).group(1)
    own = re.search(r'class="receipt"><bdi dir="ltr">([\d-]+)<', opened).group(1)
    worker.post(CASE, {"new": offer})
    hers = enter(worker, new[0], own).content.decode()
    assert "JOINWORDS" in hers
    assert STORY not in hers
    assert len(making.everybody(desk.program, complaint.pk)) == 3


def test_number_and_code_on_the_phone_open_the_plain_state_and_take_a_message(desk):
    carried = hidden(desk.client.get(desk.page))
    press(desk, carried, "send")
    number, secret = shown(desk.client.post(desk.page, {"show": "1"}))
    page = reverse("complaints:check", args=[desk.program.slug])
    wrong = desk.client.post(page, {"number": number, "secret": "111111111111"})
    assert (wrong.status_code, "do not fit" in wrong.content.decode()) == (422, True)

    opened = desk.client.post(page, {"number": number, "secret": secret}).content.decode()
    assert "aloud" in opened
    assert STORY not in opened
    caller = re.search(r'name="caller" value="([^"]+)"', opened).group(1)
    say = reverse("complaints:say_for", args=[desk.program.slug])
    held = desk.client.post(say, {"caller": caller, "text": f"my code {secret}"})
    assert held.status_code == 409
    assert desk.client.post(say, {"caller": caller, "text": "PHONEWORDS"}, follow=True).status_code == 200
    stranger = Client()
    factories.sign_in(stranger, factories.member(desk.program, "case_handler"))
    stranger.post(say, {"caller": caller, "text": "FORGED"})
    for _ in range(4):
        last = desk.client.post(page, {"number": number, "secret": "111111111111"})
    assert last.status_code == 429
    with program_scope(desk.program.pk):
        events = list(
            Event.objects.filter(event="complaint.from_worker")
            .order_by("pk")
            .values_list("actor_id", flat=True)
        )
        assert events == [desk.operator.pk]
        assert Event.objects.filter(event="complaint.checked_on_phone").count() == 1


def test_a_code_told_to_somebody_walled_off_is_no_longer_good(desk):
    """She who must not know of the complaint has heard number and code: they open nothing for her, and to the worker only another code."""
    token = drafts.Token.new(desk.program.pk)
    receipt = send(token)
    director = factories.member(desk.program, "director")
    with program_scope(desk.program.pk, person_id=director.pk):
        parts.wall_off(
            person_id=desk.operator.pk, complaint_id=token.case_id, reason="Her cousin.", by=director, at=AT
        )
    page = reverse("complaints:check", args=[desk.program.slug])

    told = desk.client.post(page, {"number": receipt.number, "secret": receipt.secret})

    assert (told.status_code, "do not fit" in told.content.decode()) == (422, True)
    assert "only you know" in enter(Client(), receipt.number, receipt.secret).content.decode()


def test_an_operator_of_the_hotline_writes_down_and_reads_no_complaint(desk):
    """Her menu leads to the telephone alone; nobody gives her a part, and an emergency opens nothing to her."""
    complaint = making.complaint(desk.program, text="They lock the door.")
    one, slug = [desk.program.slug, complaint.pk], [desk.program.slug]
    asked = {
        name: desk.client.get(reverse(f"complaints:{name}", args=args)).status_code
        for name, args in {
            "console": slug, "paper": slug, "calls": slug, "complaints": slug, "figures": slug, "rules": slug,
            "walls": slug, "complaint": one,
        }.items()
    }  # fmt: skip
    assert {name for name, status in asked.items() if status == 200} == {"console", "paper", "calls"}
    assert set(asked.values()) == {200, 403}
    for act in ("take", "emergency"):
        answer = desk.client.post(reverse(f"complaints:{act}", args=one), {"reason": "Somebody bleeds."})
        assert answer.status_code == 403
    page = desk.client.get(reverse("complaints:console", args=slug)).content.decode()
    assert reverse("complaints:calls", args=slug) in page
    assert f'href="{reverse("complaints:complaints", args=slug)}"' not in page
    with program_scope(desk.program.pk, person_id=desk.operator.pk):
        with pytest.raises(DatabaseError), transaction.atomic():
            parts.take(complaint_id=complaint.pk, by=desk.operator, at=AT)
        assert not Message.objects.exists()

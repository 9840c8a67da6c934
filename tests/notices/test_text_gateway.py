"""The line to a gateway: what is sent, what is believed, what it reports."""

import datetime as dt
import json
import logging

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from tests import factories
from tests.factories import sign_in
from tests.notices import texting
from tests.notices.telling import PLACE, tell_people
from tests.notices.texting import NAME, NUMBER, bring
from wsr import reactions
from wsr.notices import operations
from wsr.notices.enums import Channel
from wsr.notices.models import Outbox
from wsr.notices.relay import BACKOFF, relay
from wsr.notices.texts import gateways
from wsr.notices.webhooks.signing import new_secret
from wsr.tenancy import engine_scope, program_scope

PHONE = "+8801712345678"
WORDS = "CANARYTEXT they lock the gate"


@pytest.fixture
def heard(monkeypatch):
    """What rooms would be told of, instead of telling them."""
    got = []
    monkeypatch.setitem(
        reactions._declared(),
        "text.received",
        [lambda arrived, at: got.append((arrived.phone, arrived.text))],
    )
    return got


def test_a_text_is_believed_when_it_is_signed_and_recent(client, db, heard):
    fake = texting.connect("garment")
    now = timezone.now()
    body, headers = fake.text(PHONE, WORDS)
    old = fake.text(PHONE, WORDS, at=now - dt.timedelta(minutes=6))
    early = fake.text(PHONE, WORDS, at=now + dt.timedelta(minutes=6))
    stranger = texting.FakeGateway(fake.gateway)
    stranger.gateway = gateways.Gateway(NAME, "garment", NUMBER, "", (new_secret(),), "BD")
    refused = [
        bring(client, body.replace(b"gate", b"door"), headers),
        bring(client, body, {**headers, "webhook-id": "another"}),
        bring(client, body, {**headers, "webhook-timestamp": str(int(now.timestamp()) + 1)}),
        bring(client, body, {**headers, "webhook-signature": "v1,"}),
        bring(client, body, {name: value for name, value in headers.items() if "signature" not in name}),
        bring(client, *old),
        bring(client, *early),
        bring(client, *stranger.text(PHONE, WORDS)),
        bring(client, body, headers, name="nobody"),
        bring(client, *fake.text(PHONE, "x" * 17_000)),
    ]
    assert (refused, heard) == ([401] * 10, [])
    assert client.get(f"/texts/{NAME}/").status_code == 405

    assert bring(client, body, headers) == 204
    assert heard == [(PHONE, WORDS)]


def test_another_shape_is_refused_and_told_apart(client, db, heard):
    fake = texting.connect("garment")
    wrong = [
        {"type": "text", "from": PHONE, "to": "+8801799999999", "text": "x"},
        {"type": "text", "from": "", "to": NUMBER, "text": "x"},
        {"type": "text", "from": PHONE, "to": NUMBER, "text": 7},
        {"type": "report", "id": "x", "state": "lost"},
        ["text"],
    ]
    assert [bring(client, *fake._signed(said, "id", None)) for said in wrong] == [400] * 5
    assert heard == []


def test_while_a_secret_is_replaced_both_are_believed(client, db, heard):
    old, new = new_secret(), new_secret()
    before = texting.connect("garment", secrets=[old]).text(PHONE, "a")
    after = texting.connect("garment", secrets=[new, old]).text(PHONE, "b")
    assert (bring(client, *before), bring(client, *after)) == (204, 204)


def test_what_goes_wrong_inside_tells_nothing(client, db, monkeypatch, caplog, settings):
    def breaks(arrived, at):
        raise ValueError(f"no room for {arrived.text} of {arrived.phone}")

    monkeypatch.setitem(reactions._declared(), "text.received", [breaks])
    caplog.set_level(logging.DEBUG)
    fake = texting.connect("garment")
    body, headers = fake.text(PHONE, WORDS)
    response = client.post(f"/texts/{NAME}/", data=body, content_type="application/json", headers=headers)
    assert (response.status_code, response["Retry-After"], response.content) == (503, "30", b"")
    assert "text not taken in error=ValueError" in caplog.text
    assert "CANARY" not in caplog.text
    assert PHONE not in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        "{",
        '{"a b": {"program": "p", "number": "+8801700000000", "url": "x", "secrets": ["whsec_x"]}}',
        '{"a": {"program": "p", "number": "1700", "url": "x", "secrets": ["whsec_x"]}}',
        '{"a": {"program": "p", "number": "+8801700000000", "url": "x", "secrets": ["whsec_c2hvcnQ="]}}',
        '{"a": {"program": "p"}}',
    ],
)
def test_a_file_that_cannot_be_used_is_named_without_its_secrets(said):
    gateways.path().parent.mkdir(parents=True, exist_ok=True)
    gateways.path().write_text(said)
    with pytest.raises(ImproperlyConfigured, match=r"gateways\.json") as raised:
        gateways.named("a")
    assert "c2hvcnQ" not in str(raised.value)


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


def test_there_and_back(garment, settings, client, caplog):
    """Sent through the gateway, refused, tried again, taken once, reported as not delivered, sent anew, delivered."""
    caplog.set_level(logging.DEBUG)
    at = timezone.now()
    director = factories.member(garment, "director")
    director.phone = PHONE
    director.save()
    with texting.listening("garment", settings) as fake:
        tell_people(garment, [director], at, kind="test-duty")
        fake.answer = 500
        relay(at=at)
        first = row()
        fake.answer = 202
        at += dt.timedelta(minutes=BACKOFF[0])
        relay(at=at)
        second = row()
        assert (first.error, first.sent_at) == ("text gateway: status 500", None)
        assert (second.sent_at, second.delivered_at) == (at, None)
        assert list(fake.sent.values()) == [
            {"id": str(second.pk), "from": NUMBER, "to": PHONE, "text": "You have a duty"}
        ]

        assert bring(client, *fake.report(str(second.pk), is_delivered=False)) == 204
        dead = row()
        assert (dead.sent_at, dead.error, bool(dead.given_up_at)) == (None, "not delivered", True)
        sign_in(client, director)
        page = client.get(f"{PLACE}messages/").content.decode()
        assert "not delivered" in page
        assert PHONE not in page
        with program_scope(garment.pk, person_id=director.pk):
            operations.retry(by=director, at=at, message_id=dead.pk)
        relay(at=at)
        for _ in range(2):
            assert bring(client, *fake.report(str(dead.pk))) == 204
        assert bring(client, *fake.report(str(dead.pk), is_delivered=False)) == 204
        assert bring(client, *fake.report("unknown")) == 204
    done = row()
    assert (bool(done.delivered_at), done.given_up_at) == (True, None)
    assert PHONE not in caplog.text


def test_the_fake_gateway_believes_nobody_else(garment, settings):
    with texting.listening("garment", settings) as fake:
        body, headers = fake.text(PHONE, "x")
        assert fake.take(headers, body.replace(b"x", b"y")) == 401
        assert json.loads(body)["text"] == "x"


def row():
    with engine_scope():
        return Outbox.objects.get(channel=Channel.SMS)

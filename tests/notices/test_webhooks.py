"""Webhooks by the rules of Standard Webhooks, to a real server, and never into a private network."""

import datetime as dt
import ipaddress
import json
import ssl
from email.utils import format_datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from standardwebhooks import Webhook, WebhookVerificationError

from tests import factories
from tests.notices.receiving import busy, drip, flood, receiver
from wsr.notices.kinds import notice_kind
from wsr.notices.models import WebhookDelivery, WebhookEndpoint
from wsr.notices.operations import emit, tell_role
from wsr.notices.relay import relay
from wsr.notices.webhooks import addresses, operations, posting, sending
from wsr.notices.webhooks.addresses import AddressRefused
from wsr.notices.webhooks.sending import BACKOFF, send_webhooks
from wsr.tenancy import engine_scope, program_scope

NOW = dt.datetime.now(dt.UTC)
CASE = "0198c0de-0000-7000-8000-000000000001"


@notice_kind("test-event", label="Something happened", webhook=True)
def event(telling):
    return {"title": "Something happened"}


@notice_kind("test-other", label="Something else happened", webhook=True, to=frozenset())
def other(telling):
    return {"title": "Something else happened"}


@pytest.fixture(autouse=True)
def _now():
    """Receivers refuse what was signed more than five minutes ago, and all tests together take longer."""
    global NOW
    NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


@pytest.fixture
def director(garment):
    return factories.member(garment, "director")


@pytest.fixture
def loopback(settings):
    """Webhooks may reach this machine."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "::1/128"]


@pytest.fixture
def hook(loopback):
    with receiver() as running:
        yield running


@pytest.fixture
def endpoint(garment, director, hook):
    """(endpoint, its secret)"""
    return add(garment, director, hook.url)


def add(program, director, url, kinds=("test-event",)):
    with program_scope(program.pk):
        return operations.add(label="Ours", url=url, kinds=list(kinds), by=director, at=NOW)


def act(program, operation, **arguments):
    with program_scope(program.pk):
        return operation(**arguments)


def happen(program, key="a", kind="test-event", **context):
    with program_scope(program.pk):
        emit(kind=kind, key=key, at=NOW, context={"case": CASE, **context})
    relay(at=NOW)


def send(at=None):
    return send_webhooks(clock=lambda: at or NOW)


def deliveries():
    with engine_scope():
        return list(WebhookDelivery.objects.select_related("endpoint").order_by("created_at", "pk"))


def test_what_arrives_is_signed_and_holds_ids_alone(garment, endpoint, hook):
    happen(garment, text="She said that …", url="/p/garment/cases/", number=3)

    assert send() == 1

    path, headers, body = hook.received[0]
    assert path == "/hook/"
    assert Webhook(endpoint[1]).verify(body, headers) == {
        "type": "test-event",
        "timestamp": NOW.isoformat().replace("+00:00", "Z"),
        "data": {"case": CASE, "program": str(garment.pk)},
    }
    assert [(row.last_attempt["code"], row.delivered_at) for row in deliveries()] == [(204, NOW)]
    assert send() == 0


def test_another_secret_or_another_body_does_not_verify(garment, endpoint, hook):
    happen(garment)
    send()

    _path, headers, body = hook.received[0]
    for secret, changed in (
        (operations.new_secret(), body),
        (endpoint[1], body.replace(CASE, CASE[:-1] + "2")),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed, headers)


def test_only_chosen_kinds_of_ones_own_program(garment, endpoint, hook):
    farms = factories.program("farms")
    happen(garment, kind="test-other")
    happen(farms)

    assert send() == 0


def test_telling_people_tells_webhooks_too(garment, endpoint, director, hook):
    with program_scope(garment.pk):
        tell_role(kind="test-event", key="a", roles=["director"], at=NOW, context={"case": CASE})
    relay(at=NOW)
    send()

    assert (len(mail.outbox), len(hook.received)) == (1, 1)


def test_the_same_event_is_one_delivery(garment, endpoint):
    happen(garment)
    happen(garment)

    assert len(deliveries()) == 1


def test_while_a_secret_is_replaced_both_sign(garment, endpoint, director, hook):
    made, old = endpoint
    _made, new = act(garment, operations.rotate, endpoint_id=made.pk, by=director, at=NOW)
    happen(garment)
    send()

    _path, headers, body = hook.received[0]
    assert len(headers["webhook-signature"].split()) == 2
    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)

    happen(garment, key="a day later")
    later = NOW + dt.timedelta(hours=24)
    send(at=later)
    assert len(hook.received[1][1]["webhook-signature"].split()) == 1


def test_secrets_are_not_kept_in_clear(garment, endpoint):
    made, secret = endpoint

    assert secret.removeprefix("whsec_") not in made.secret
    assert (secret.startswith("whsec_"), len(secret)) == (True, 50)


def test_a_failure_is_tried_again_for_three_days_and_given_up(garment, endpoint, director, hook):
    hook.answer = 500
    happen(garment)
    at = NOW
    for seconds in BACKOFF:
        assert send(at) == 1
        assert send(at + dt.timedelta(seconds=seconds - 1)) == 0
        at += dt.timedelta(seconds=seconds)
    assert send(at) == 1

    row = deliveries()[0]
    assert (at - NOW) > dt.timedelta(days=3)
    assert (row.given_up_at, row.tries, len(hook.received)) == (at, 10, 10)
    assert {headers["webhook-id"] for _path, headers, _body in hook.received} == {row.event_id}
    assert (row.endpoint.disabled_at, row.endpoint.disabled_because) == (at, "failed")
    relay(at=at)
    assert [message.to for message in mail.outbox] == [[director.email]]
    assert str(row.endpoint_id) in mail.outbox[0].body
    assert send(at + dt.timedelta(days=9)) == 0


def test_an_answer_in_between_begins_anew(garment, endpoint, hook):
    hook.answer = 503
    happen(garment)
    send()
    assert deliveries()[0].endpoint.failing_since == NOW
    hook.answer = 200

    send(NOW + dt.timedelta(seconds=5))

    row = deliveries()[0]
    assert (row.endpoint.failing_since, [a["code"] for a in row.attempts]) == (None, [503, 200])


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("1", 5),  # no sooner than we would
        ("999999999", 3600),  # no longer than an hour
        ("in a while", 5),
        ("{later}", 600),
    ],
)
def test_a_receiver_says_when_to_come_again(garment, endpoint, hook, asked, seconds):
    """`Retry-After` holds for whatever else waits for it, too."""
    later = format_datetime(NOW + dt.timedelta(seconds=600), usegmt=True)
    hook.answer = busy(asked.format(later=later))
    happen(garment)
    send()
    hook.answer = 204
    happen(garment, key="b")

    waits = deliveries()[0].next_try_at - NOW
    assert abs(waits.total_seconds() - seconds) <= (60 if asked == "{later}" else 0)
    if seconds > BACKOFF[0]:
        assert send(NOW + waits - dt.timedelta(seconds=1)) == 0
    assert send(NOW + waits) == 2
    assert all(row.delivered_at for row in deliveries())


def test_a_receiver_that_is_gone_is_turned_off(garment, endpoint, director, hook):
    hook.answer = 410
    happen(garment)
    send()

    assert deliveries()[0].endpoint.disabled_because == "gone"


def test_replay_sends_the_same_event_again(garment, endpoint, director, hook):
    happen(garment)
    send()
    act(garment, operations.replay, delivery_id=deliveries()[0].pk, by=director, at=NOW)

    assert send() == 1
    first, second = (headers["webhook-id"] for _path, headers, _body in hook.received)
    assert (first == second, len(deliveries()[0].attempts)) == (True, 2)


def test_off_keeps_what_waits_and_on_sends_it(garment, endpoint, director, hook):
    hook.answer = 500
    happen(garment)
    send()
    made = endpoint[0]
    act(garment, operations.turn_off, endpoint_id=made.pk, by=director, at=NOW)
    happen(garment, key="b")  # not for an endpoint that is off
    later = NOW + dt.timedelta(hours=1)
    assert send(later) == 0
    with pytest.raises(operations.IsOff):
        act(garment, operations.send_test, endpoint_id=made.pk, by=director, at=NOW)
    hook.answer = 200

    act(garment, operations.turn_on, endpoint_id=made.pk, by=director, at=later)

    assert send(later) == 1
    assert len(deliveries()) == 1


def test_a_test_event(garment, endpoint, director, hook):
    act(garment, operations.send_test, endpoint_id=endpoint[0].pk, by=director, at=NOW)
    send()

    assert json.loads(hook.received[0][2])["type"] == "webhook.test"


def test_one_that_fails_does_not_hold_up_another(garment, endpoint, director, hook):
    with receiver() as broken:
        broken.answer = 500
        add(garment, director, broken.url)
        for key in "abc":
            happen(garment, key=key)

        send()

        assert (len(broken.received), len(hook.received)) == (1, 3)


def test_a_secret_nobody_can_read_holds_up_no_other(garment, director, hook):
    made, _secret = add(garment, director, hook.url)
    add(garment, director, hook.url)
    with program_scope(garment.pk):
        WebhookEndpoint.objects.filter(pk=made.pk).update(secret="made under another key")
    happen(garment)

    send()

    assert {row.last_attempt["error"] for row in deliveries()} == {"", "secret unreadable, replace it"}


def test_a_sender_that_dies_sends_again_under_the_same_id(garment, endpoint, hook, monkeypatch):
    happen(garment)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_note", lambda *args: exec("raise SystemExit"))
        with pytest.raises(SystemExit):
            send()

    send()

    assert len({headers["webhook-id"] for _path, headers, _body in hook.received}) == 1
    assert (len(hook.received), deliveries()[0].delivered_at) == (2, NOW)


# ── The other side ───────────────────────────────────────────────────────────────────────────────


def answer_to(url):
    answer = posting.post(url, "{}", {})
    return answer.code, answer.error, answer.is_success


def test_redirects_are_not_followed(hook):
    hook.answer = 302

    assert answer_to(hook.url) == (302, "", False)
    assert len(hook.received) == 1


def test_an_answer_that_never_ends_is_cut(hook, monkeypatch):
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.5)
    hook.answer = drip

    assert answer_to(hook.url) == (None, "no answer in time", False)


def test_no_more_than_the_first_of_a_huge_answer_is_read(hook):
    hook.answer = flood

    answer = posting.post(hook.url, "{}", {})

    assert (answer.code, answer.milliseconds < 5000) == (200, True)


def test_nobody_there(loopback):
    with receiver() as gone:
        url = gone.url

    assert answer_to(url) == (None, "connection refused", False)


def test_a_server_that_hangs_up(hook):
    hook.answer = lambda handler: handler.connection.close()

    assert answer_to(hook.url)[2] is False


def test_a_certificate_that_nobody_vouches_for_is_refused(loopback, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    with receiver(context=context) as server:
        assert answer_to(server.url) == (None, "certificate or encryption", False)
        assert server.received == []


# ── Where they may not go ────────────────────────────────────────────────────────────────────────

INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200",
    "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
    "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2002:a9fe:a9fe::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_not_public(address):
    assert addresses.is_public(ipaddress.ip_address(address)) is False


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_addresses_outside_are(address):
    assert addresses.is_public(ipaddress.ip_address(address)) is True


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://[::1]/",
        "https://[::ffff:7f00:1]/", "https://169.254.169.254/latest/meta-data/", "https://0/", "http://1.1.1.1/", "https://1.1.1.1:99999/",
        "ftp://1.1.1.1/", "https://user:secret@1.1.1.1/", "https://1.1.1.1/#x", "https:///x", "https://no-such-host.invalid/",
        "https://1.1.1.1/\r\nHost: x", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_such_addresses_are_refused_when_saved(garment, director, url):
    with pytest.raises(AddressRefused):
        add(garment, director, url)
    with engine_scope():
        assert WebhookEndpoint.objects.count() == 0


def test_a_name_that_leads_inside_later_is_refused_at_the_attempt(garment, endpoint, hook, settings):
    """Saved while it was allowed; then it is not any more, as when a name begins to answer with a private address."""
    happen(garment)
    settings.WEBHOOK_NETWORKS = []

    send()

    assert (hook.received, deliveries()[0].last_attempt["error"]) == ([], "address refused")


def test_the_connection_goes_to_the_address_that_was_checked(hook, monkeypatch):
    """A name that no resolver knows is reached, so nobody asked a second time: there is no room for a second answer."""
    resolve = addresses._resolve
    monkeypatch.setattr(addresses, "_resolve", lambda host, port: resolve("localhost", port))
    url = hook.url.replace("localhost", "name.invalid")

    assert answer_to(url)[0] == 204
    assert hook.received[0][1]["host"].startswith("name.invalid:")


def test_plain_http_only_where_the_operator_says(loopback):
    assert addresses.check("http://localhost:8000/")
    with pytest.raises(AddressRefused, match="Use https"):
        addresses.check("http://1.1.1.1/")

"""Pages of a program: webhooks, and messages that did not leave."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.notices.receiving import receiver
from tests.notices.telling import tell_people
from tests.notices.test_webhooks import add, deliveries, happen
from tests.ui.browser import assert_sound, sign_in
from wsr.history.models import Event
from wsr.notices.models import Outbox, WebhookEndpoint
from wsr.notices.relay import BACKOFF, relay
from wsr.notices.webhooks.sending import send_webhooks
from wsr.tenancy import engine_scope, program_scope

KINDS = {"kinds": ["test-event", "publication"]}


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


@pytest.fixture
def director(garment, client):
    person = factories.member(garment, "director")
    factories.sign_in(client, person)
    return person


@pytest.fixture
def hook(settings):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "::1/128"]
    with receiver() as running:
        yield running


@pytest.fixture
def given_up(garment, director, settings, at):
    settings.MAILERS = {"default": {"BACKEND": "tests.notices.test_outbox.Unreachable"}}
    tell_people(garment, [director], at)
    for _ in range(len(BACKOFF) + 1):
        relay(at=at)
        at += dt.timedelta(days=2)
    with engine_scope():
        return Outbox.objects.given_up().get()


def place(name, *args):
    return reverse(f"notices:{name}", args=["garment", *args])


def events(program):
    with program_scope(program.pk):
        return set(Event.objects.filter(event__startswith="webhook").values_list("event", flat=True))


def test_the_secret_is_shown_once(client, director, garment, hook):
    page = client.post(place("add_webhook"), {"label": "Ours", "url": hook.url, **KINDS})

    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    with engine_scope():
        endpoint = WebhookEndpoint.objects.get()
    assert secret not in client.get(place("webhook", endpoint.pk)).content.decode()


def test_an_address_inside_is_refused_at_the_field_and_nothing_typed_is_lost(client, director, garment):
    page = client.post(place("add_webhook"), {"label": "Ours", "url": "https://169.254.169.254/x", **KINDS})

    text = page.content.decode()
    assert (page.status_code, "inside a private network" in text) == (422, True)
    assert 'value="https://169.254.169.254/x"' in text
    assert 'value="publication"' in text


def test_the_whole_life_of_a_webhook(client, director, garment, hook):
    client.post(place("add_webhook"), {"label": "Ours", "url": hook.url, **KINDS})
    with engine_scope():
        pk = WebhookEndpoint.objects.get().pk
    client.post(place("act_on_webhook", pk), {"act": "test"})
    send_webhooks()
    assert "204" in client.get(place("webhook", pk)).content.decode()
    delivery = deliveries()[0]
    assert delivery.event_id in client.get(place("delivery", delivery.pk)).content.decode()
    client.post(place("replay_webhook", delivery.pk))
    send_webhooks()
    assert len(hook.received) == 2
    assert client.post(place("rotate_webhook", pk)).context["secret"]
    assert "Two secrets sign" in client.get(place("webhook", pk)).content.decode()
    client.post(place("change_webhook", pk), {"label": "Theirs", "url": hook.url, "kinds": ["publication"]})
    client.post(place("act_on_webhook", pk), {"act": "off"})
    assert (
        "Turn it on first"
        in client.post(place("act_on_webhook", pk), {"act": "test"}, follow=True).content.decode()
    )
    client.post(place("act_on_webhook", pk), {"act": "on"})

    assert "Theirs" in client.get(place("webhooks")).content.decode()
    assert events(garment) == {
        "webhook.added",
        "webhook.replayed",
        "webhook.secret_rotated",
        "webhook.changed",
        "webhook.turned_off",
        "webhook.turned_on",
    }


def test_another_programs_webhook_is_none(client, director, garment, hook):
    farms = factories.program("farms")
    theirs, _secret = add(farms, factories.member(farms, "director"), hook.url)
    happen(farms)

    for name in ("webhook", "change_webhook"):
        assert client.get(place(name, theirs.pk)).status_code == 404
    for name in ("rotate_webhook", "act_on_webhook"):
        assert client.post(place(name, theirs.pk), {"act": "off"}).status_code == 404
    assert client.post(place("replay_webhook", deliveries()[0].pk)).status_code == 404


def test_a_message_that_was_given_up_is_seen_with_its_reason_and_sent_again(
    client, director, garment, given_up, settings, mailoutbox
):
    assert "1 message was given up" in client.get("/p/garment/").content.decode()
    text = client.get(place("undelivered")).content.decode()
    assert "Given up" in text
    assert "SMTPServerDisconnected" in client.get(place("message", given_up.pk)).content.decode()
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

    client.post(place("retry"), {"message": given_up.pk})
    relay(at=timezone.now())

    assert [message.to for message in mailoutbox] == [[director.email]]
    assert "Everything left the house" in client.get(place("undelivered")).content.decode()


def test_all_at_once(client, director, given_up):
    client.post(place("retry"))
    client.post(place("retry"))

    with engine_scope():
        assert (Outbox.objects.given_up().count(), Outbox.objects.waiting().count()) == (0, 1)


def test_another_programs_message_is_none(client, director, garment, at):
    farms = factories.program("farms")
    tell_people(farms, [factories.member(farms, "director")], at)
    with engine_scope():
        theirs = Outbox.objects.get()

    assert client.get(place("message", theirs.pk)).status_code == 404
    assert client.post(place("retry"), {"message": theirs.pk}).status_code == 404
    assert client.post(place("retry"), {"message": "nonsense"}).status_code == 404


def test_a_late_relay_is_said_on_the_first_page(client, director, garment, at):
    tell_people(garment, [director], at)

    assert "1 message is late" in client.get("/p/garment/").content.decode()
    assert "1 message waits for more than ten minutes" in client.get(place("undelivered")).content.decode()


def test_a_strangers_address_is_not_shown_whole(client, director, garment, at, settings):
    from tests.notices.test_outbox import tell

    tell(garment, at)

    text = client.get(place("undelivered")).content.decode()
    assert "her@example.org" not in text
    assert "h…@example.org" in text


def test_only_the_director_sees_them(client, garment):
    factories.sign_in(client, factories.member(garment, "publisher"))

    for name in ("webhooks", "undelivered", "add_webhook"):
        assert client.get(place(name)).status_code == 403


def test_the_pages_in_a_browser(live_server, context, watched_page, garment, director, hook, given_up):
    made, _secret = add(garment, director, hook.url)
    hook.answer = 500
    happen(garment, key="event")
    send_webhooks()
    sign_in(context, live_server, director)
    for address in (
        place("webhooks"),
        place("add_webhook"),
        place("webhook", made.pk),
        place("delivery", deliveries()[0].pk),
        place("undelivered"),
        place("message", given_up.pk),
    ):
        watched_page.goto(live_server.url + address)
        assert_sound(watched_page)

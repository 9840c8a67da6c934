"""Real worker processes, a real mail server, and kill -9 in the middle."""

import threading

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from tests import factories
from tests.celery_worker import running_worker
from tests.notices.receiving import receiver
from tests.notices.smtp import mail_server
from tests.notices.telling import tell_people
from wsr.notices import operations
from wsr.notices.models import Notice, Outbox
from wsr.notices.relay import relay
from wsr.notices.webhooks import operations as webhooks
from wsr.tenancy import engine_scope, program_scope


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


@pytest.fixture
def server(monkeypatch):
    """The mail server of the worker processes."""
    with mail_server() as box:
        monkeypatch.setenv("WSR_MAIL_URL", f"smtp+plain://127.0.0.1:{box.port}")
        yield box


def emails():
    with engine_scope():
        return list(Outbox.objects.filter(channel="email"))


def invite(program, email, key):
    with program_scope(program.pk):
        operations.tell(
            kind="invitation",
            key=key,
            email=email,
            at=timezone.now(),
            context={"invitation": "0198c0de-0000-7000-8000-000000000000", "nonce": "n"},
        )


def test_a_relay_killed_while_the_mail_server_answers_sends_again_under_the_same_id(garment, server):
    server.answers.clear()
    with running_worker() as first:
        invite(garment, "her@example.org", "a")
        invite(garment, "him@example.org", "b")
        first.wait_for(lambda: server.taken, what="the mail server to take the first message")
        first.kill()
    assert [row.sent_at for row in emails()] == [None, None]
    server.answers.set()

    with running_worker() as second:
        operations.wake()
        second.wait_for(lambda: all(row.sent_at for row in emails()), what="both to be sent")

    ids = [message["Message-ID"] for message in server.taken]
    assert (len(ids), len(set(ids))) == (3, 2)  # the one in flight twice, under one id
    assert {message["To"] for message in server.taken} == {"her@example.org", "him@example.org"}


def test_a_real_worker_tells_people_and_webhooks(garment, server, settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "::1/128"]
    monkeypatch.setenv("WSR_WEBHOOK_NETWORKS", "127.0.0.0/8,::1/128")
    director = factories.member(garment, "director")
    with receiver() as hook, running_worker() as worker:
        with program_scope(garment.pk):
            webhooks.add(label="Ours", url=hook.url, kinds=["publication"], by=director, at=timezone.now())
            operations.tell_role(
                kind="webhook_off",
                key="a",
                roles=["director"],
                at=timezone.now(),
                context={"endpoint": "0198c0de-0000-7000-8000-000000000000"},
            )
            operations.emit(kind="publication", key="b", at=timezone.now(), context={})
        worker.wait_for(lambda: server.taken, what="the mail")
        worker.wait_for(lambda: hook.received, what="the webhook")
    assert server.taken[0]["To"] == director.email
    assert "List-Unsubscribe" in server.taken[0]


def test_four_relays_at_once_tell_everybody_once(garment, at):
    people = [factories.member(garment, "educator") for _ in range(15)]
    for key in "abc":
        tell_people(garment, people, at, key=key)

    def run():
        relay(at=at)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relay(at=at)

    with engine_scope():
        assert Notice.objects.count() == 45
        assert Outbox.objects.waiting().count() == 0
    assert len(mail.outbox) == len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 45

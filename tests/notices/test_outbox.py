"""What an act tells is delivered after commit, at least once, however often the relay dies."""

import contextlib
import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.core.management import call_command
from django.db import connections, transaction

from tests import factories
from tests.celery_worker import running_worker, wait_for
from wsr.notices import kinds, operations, queries, relay
from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope, program_scope

EMAIL = "her@example.org"
CONTEXT = {"invitation": "0198c0de-0000-7000-8000-000000000000", "nonce": "n"}


class Unreachable:
    """A mail server that is down; only the edge of the system is replaced."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("her@example.org refused")


class DiesAfterSending(locmem.EmailBackend):
    """The relay's process ends after the mail server took the message."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


def tell(program, at, key="a", **more):
    with program_scope(program.pk):
        operations.tell(kind="invitation", key=key, email=EMAIL, at=at, context=CONTEXT, **more)


def rows():
    with engine_scope():
        return list(Outbox.objects.order_by("key"))


@pytest.fixture
def no_mail_server(settings):
    settings.MAILERS = {"default": {"BACKEND": "tests.notices.test_outbox.Unreachable"}}


def test_a_message_is_delivered_once(garment, at):
    tell(garment, at)

    assert relay.relay(at=at) == 1
    assert relay.relay(at=at) == 0

    assert [message.to for message in mail.outbox] == [[EMAIL]]
    assert (rows()[0].sent_at, rows()[0].tries) == (at, 1)


def test_the_same_key_tells_once(garment, at):
    tell(garment, at)
    tell(garment, at)

    assert len(rows()) == 1


def test_the_same_key_in_another_program_is_another_message(garment, at):
    tell(garment, at)
    tell(factories.program("farms"), at)

    relay.relay(at=at)

    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


def test_what_is_rolled_back_tells_nobody(garment, at):
    with program_scope(garment.pk):
        operations.tell(kind="invitation", key="a", email=EMAIL, at=at, context=CONTEXT)
        transaction.set_rollback(True)

    assert relay.relay(at=at) == 0


def test_the_body_holds_a_link_and_no_facts(garment, at):
    tell(garment, at)

    relay.relay(at=at)

    message = mail.outbox[0]
    assert message.subject == "You are invited to Garment"
    assert "http://localhost:8000/invitation/" in message.body


def test_the_message_id_is_the_same_for_each_try(garment, at):
    tell(garment, at)
    with engine_scope():
        row = Outbox.objects.get()
        first, second = relay.message(row), relay.message(row)

    assert first.extra_headers == second.extra_headers
    assert first.extra_headers["Message-ID"].endswith("@localhost>")


def test_a_relay_that_dies_after_sending_sends_again_under_the_same_message_id(garment, at, settings):
    tell(garment, at)
    reachable = settings.MAILERS
    settings.MAILERS = {"default": {"BACKEND": "tests.notices.test_outbox.DiesAfterSending"}}
    with pytest.raises(SystemExit):
        relay.relay(at=at)
    settings.MAILERS = reachable

    relay.relay(at=at)

    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first == second


def test_an_unreachable_server_is_tried_again_later(garment, at, no_mail_server, caplog):
    tell(garment, at)

    relay.relay(at=at)
    assert "SMTPServerDisconnected" in caplog.text
    assert "send_messages" in caplog.text
    assert EMAIL not in caplog.text
    relay.relay(at=at + dt.timedelta(seconds=59))

    row = rows()[0]
    assert (row.tries, row.sent_at, row.next_try_at) == (1, None, at + dt.timedelta(minutes=1))
    assert row.error == "SMTPServerDisconnected"


def test_after_the_last_try_it_is_given_up_and_shown(garment, at, no_mail_server):
    tell(garment, at)
    for _ in range(len(relay.BACKOFF) + 1):
        at += dt.timedelta(days=2)
        relay.relay(at=at)

    assert rows()[0].given_up_at == at
    assert relay.relay(at=at + dt.timedelta(days=30)) == 0
    assert queries.undelivered(at=at) == {"given_up": 1, "late": 0, "webhooks": 0}


def test_a_message_that_nobody_can_write_holds_up_no_other(garment, at):
    with engine_scope(garment.pk):
        for key, kind in (("a", "unheard of"), ("b", "invitation")):
            Outbox.objects.create(
                program_id=garment.pk,
                key=key,
                kind=kind,
                email=EMAIL,
                context=CONTEXT,
                created_at=at,
                next_try_at=at,
            )

    relay.relay(at=at)

    assert [(row.error, bool(row.sent_at)) for row in rows()] == [("UnknownKind", False), ("", True)]


def test_the_operator_is_told_of_messages_that_did_not_leave(garment, at, capsys):
    tell(garment, at)

    with contextlib.suppress(SystemExit):
        call_command("check_install")

    assert "1 messages wait for more than ten minutes" in capsys.readouterr().out


def test_an_unknown_kind_is_a_mistake_at_the_act(garment, at):
    with pytest.raises(kinds.UnknownKind), program_scope(garment.pk):
        operations.tell(kind="unheard of", key="a", email=EMAIL, at=at, context={})


def test_late_messages_are_counted_for_the_operator(garment, at):
    tell(garment, at)

    assert queries.undelivered(at=at + dt.timedelta(minutes=11)) == {"given_up": 0, "late": 1, "webhooks": 0}


def test_what_another_relay_holds_is_left_to_it(garment, at):
    tell(garment, at)
    with connections["admin"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM notices_outbox FOR UPDATE")

        assert relay.relay(at=at) == 0

        cursor.execute("ROLLBACK")
    assert relay.relay(at=at) == 1


def test_a_killed_relay_is_made_up_for(garment, settings, tmp_path):
    from django.utils import timezone

    with running_worker() as first:
        first.kill()
    tell(garment, timezone.now(), key="while nobody works")
    assert rows()[0].sent_at is None

    with running_worker():
        wait_for(lambda: rows()[0].sent_at, what="the message to be delivered")
    files = list((tmp_path / "mail").iterdir())
    assert len(files) == 1
    assert "Message-ID: " in files[0].read_text()

"""Text messages: to those who gave a number, by the sender of the installation."""

import pytest

from tests import factories
from tests.notices.telling import tell_people
from wsr.notices import sms
from wsr.notices.enums import Channel
from wsr.notices.models import Outbox
from wsr.notices.relay import relay
from wsr.tenancy import engine_scope

NUMBER = "+8801712345678"
sent = []


class Keeper:
    """A sender that keeps what it is given."""

    def send(self, phone, text, key):
        sent.append((phone, text, key))


class Refuser:
    """A sender that is out of credit."""

    def send(self, phone, text, key):
        raise ConnectionError(f"no credit for {phone}")


@pytest.fixture
def garment(transactional_db, settings):
    sent.clear()
    settings.SMS_SENDER = "tests.notices.test_sms.Keeper"
    return factories.program("garment")


def _with_phone(program):
    person = factories.member(program, "director")
    person.phone = NUMBER
    person.save()
    return person


def test_an_urgent_kind_goes_to_the_phone_too(garment, at):
    with_phone, without = _with_phone(garment), factories.member(garment, "director")
    tell_people(garment, [with_phone, without], at, kind="test-duty")
    tell_people(garment, [with_phone], at, key="b")  # not a kind for phones

    for _ in range(2):
        relay(at=at)

    assert [(phone, text) for phone, text, _key in sent] == [(NUMBER, "You have a duty")]


def test_a_sender_that_fails_is_tried_again_and_names_no_number(garment, at, settings, caplog):
    settings.SMS_SENDER = "tests.notices.test_sms.Refuser"
    tell_people(garment, [_with_phone(garment)], at, kind="test-duty")

    relay(at=at)

    with engine_scope():
        row = Outbox.objects.get(channel=Channel.SMS)
    assert (row.tries, row.error, row.sent_at) == (1, "ConnectionError", None)
    assert NUMBER not in caplog.text


def test_the_console_hides_the_number(capsys, settings):
    settings.SMS_SENDER = "wsr.notices.sms.ConsoleSender"

    sms.send(NUMBER, "You have a duty", key="k")

    text = capsys.readouterr().out
    assert ("You have a duty" in text, NUMBER in text, "78" in text) == (True, False, True)

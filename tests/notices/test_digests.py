"""One mail a day or a week about all that waits, never empty, each notice once."""

import datetime as dt
import threading

import pytest
from django.core import mail
from django.db import connections

from tests import factories
from tests.notices.telling import choose, notices, tell_people, told
from wsr.accounts.models import Membership
from wsr.notices import personal
from wsr.notices.digests import send_digests
from wsr.notices.models import Digest, Outbox
from wsr.notices.relay import relay
from wsr.tenancy import engine_scope, program_scope

NEXT_MORNING = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)
NEXT_MONDAY = dt.datetime(2026, 3, 9, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


@pytest.fixture
def reader(garment):
    return factories.member(garment, "director")


def tell(program, person, at, *keys, kind="test-daily"):
    for key in keys:
        tell_people(program, [person], at, kind=kind, key=key, context={"n": key})
    relay(at=at)


def digests_at(at):
    made = send_digests(at=at)
    relay(at=at)
    return made


def test_a_day_is_one_mail_in_the_morning(garment, reader, at):
    tell(garment, reader, at, "one", "two", "three")
    assert digests_at(NEXT_MORNING - dt.timedelta(seconds=1)) == 0

    assert digests_at(NEXT_MORNING) == 1
    assert digests_at(NEXT_MORNING) == 0

    message = mail.outbox[0]
    assert (len(mail.outbox), message.to, message.subject) == (
        1,
        [reader.email],
        "3 notices from Garment",
    )
    assert [line for line in message.body.splitlines() if line.startswith("*")] == [
        "* Something happened one",
        "* Something happened two",
        "* Something happened three",
    ]


def test_the_morning_is_hers(garment, reader, at):
    reader.time_zone = "Asia/Dhaka"
    reader.save()
    tell(garment, reader, at, "one")

    assert digests_at(NEXT_MORNING - dt.timedelta(hours=6, seconds=1)) == 0
    assert digests_at(NEXT_MORNING - dt.timedelta(hours=6)) == 1


def test_nothing_to_tell_is_no_mail(garment, reader):
    assert digests_at(NEXT_MORNING) == 0
    with engine_scope():
        assert Outbox.objects.count() == 0


def test_weekly_and_daily_notices_of_a_monday_are_one_mail(garment, reader, at):
    tell(garment, reader, at, "one", kind="test-weekly")
    assert digests_at(NEXT_MORNING) == 0
    tell(garment, reader, NEXT_MONDAY - dt.timedelta(hours=3), "two")

    assert digests_at(NEXT_MONDAY) == 1
    assert mail.outbox[0].subject == "2 notices from Garment"


def test_days_of_downtime_end_in_one_mail(garment, reader, at):
    for day in range(5):
        tell(garment, reader, at + dt.timedelta(days=day), f"day {day}")

    assert digests_at(at + dt.timedelta(days=5)) == 1
    assert len(mail.outbox) == 1
    assert {notice.digest_id is not None for notice in notices()} == {True}


def test_two_runs_at_once_make_one_digest(garment, reader, at):
    tell(garment, reader, at, *[f"n{n}" for n in range(20)])

    def run():
        send_digests(at=NEXT_MORNING)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with engine_scope():
        assert (Digest.objects.count(), Outbox.objects.filter(kind="digest").count()) == (1, 1)


def test_a_run_that_dies_leaves_nothing_half_done(garment, reader, at, monkeypatch):
    tell(garment, reader, at, "one", "two")
    with monkeypatch.context() as patch:
        patch.setattr("wsr.notices.digests._mail", lambda *args, **kwargs: exec("raise SystemExit"))
        with pytest.raises(SystemExit):
            send_digests(at=NEXT_MORNING)
    with engine_scope():
        assert Digest.objects.count() == 0

    assert digests_at(NEXT_MORNING) == 1
    assert mail.outbox[0].subject == "2 notices from Garment"


def test_the_same_digest_has_the_same_message_id(garment, reader, at, settings):
    tell(garment, reader, at, "one")
    reachable = settings.MAILERS
    settings.MAILERS = {"default": {"BACKEND": "tests.notices.test_outbox.DiesAfterSending"}}
    with pytest.raises(SystemExit):
        digests_at(NEXT_MORNING)
    settings.MAILERS = reachable

    relay(at=NEXT_MORNING)

    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1
    assert len(mail.outbox) == 2


def test_each_program_has_its_own(garment, reader, at):
    farms = factories.program("farms")
    factories.member(farms, "director", person=reader)
    tell(garment, reader, at, "one")
    tell(farms, reader, at, "one")

    assert digests_at(NEXT_MORNING) == 2


def test_who_left_gets_none(garment, reader, at):
    tell(garment, reader, at, "one")
    with program_scope(garment.pk):
        Membership.objects.update(ended_at=at)

    assert digests_at(NEXT_MORNING) == 0
    assert digests_at(NEXT_MORNING + dt.timedelta(days=1)) == 0


def test_the_link_stops_digests_at_once_and_nothing_else(garment, reader, at):
    tell(garment, reader, at, "one")
    digests_at(NEXT_MORNING)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = headers["List-Unsubscribe"].strip("<>").rstrip("/").rpartition("/")[2]
    tell(garment, reader, NEXT_MORNING, "two")

    assert personal.stop(token)

    tell(garment, reader, NEXT_MORNING, "three")
    tell(garment, reader, NEXT_MORNING, "four", kind="test")
    assert digests_at(NEXT_MORNING + dt.timedelta(days=2)) == 0
    assert told() == [reader.email, reader.email]  # the first digest, and what is sent at once
    assert len(notices()) == 4


def test_a_mail_of_one_kind_is_stopped_by_its_own_link(garment, reader, at):
    tell(garment, reader, at, "one", kind="test")
    token = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").rstrip("/").rpartition("/")[2]

    personal.stop(token)

    tell(garment, reader, at, "two", kind="test")
    assert len(mail.outbox) == 1


def test_what_is_mandatory_offers_no_such_link(garment, reader, at):
    tell(garment, reader, at, "one", kind="test-duty")

    assert set(mail.outbox[0].extra_headers) == {"Message-ID"}


def test_a_choice_made_before_the_morning_counts(garment, reader, at):
    tell(garment, reader, at, "one")
    choose(garment, reader, "in_app", kind="test-daily")

    assert digests_at(NEXT_MORNING) == 0

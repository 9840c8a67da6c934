"""Each member is told as she chose, once, and whoever left is told nothing."""

import datetime as dt

import pytest
from django.core import mail

from tests import factories
from tests.notices.telling import PLACE, choose, notices, tell_people, tell_role, told
from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Membership
from wsr.notices import operations
from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.notices.relay import relay
from wsr.tenancy import Audience, engine_scope, program_scope


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


def test_a_person_gets_a_notice_and_a_mail(garment, at):
    director = factories.member(garment, "director")
    tell_people(garment, [director], at)

    relay(at=at)

    assert [(row.person, row.title, row.url, row.read_at) for row in notices()] == [
        (director, "Something is ready for you", PLACE, None)
    ]
    assert told() == [director.email]
    assert f"http://localhost:8000{PLACE}" in mail.outbox[0].body


def test_the_same_key_is_one_notice_and_one_mail(garment, at):
    director = factories.member(garment, "director")
    tell_people(garment, [director, director], at)
    relay(at=at)
    tell_people(garment, [director.pk], at)
    relay(at=at)

    assert (len(notices()), len(mail.outbox)) == (1, 1)


def test_every_audience_can_tell(garment, at):
    director = factories.member(garment, "director")
    for audience in (Audience.AUDITOR, Audience.BRAND, Audience.SUPPLIER, Audience.WORKER):
        tell_people(garment, [director], at, key=audience, audience=audience)
    with engine_scope(garment.pk):
        operations.tell_role(kind="test", key="engine", roles=[Role.DIRECTOR], at=at, context={})

    relay(at=at)

    assert len(notices()) == 5


def test_a_role_is_everybody_who_holds_it_in_this_program_now(garment, at):
    handler = factories.member(garment, "case_handler")
    factories.member(garment, "director")
    factories.member(factories.program("farms"), "case_handler")
    gone = factories.member(garment, "case_handler")
    tell_role(garment, at, roles=[Role.CASE_HANDLER])
    with program_scope(garment.pk):
        Membership.objects.filter(person=gone).update(ended_at=at)

    relay(at=at)

    assert told() == [handler.email]


def test_a_permission_is_every_role_that_grants_it(garment, at):
    expected = [factories.member(garment, role).email for role in ("director", "publisher")]
    factories.member(garment, "educator")
    tell_role(garment, at, permission=Permission.PUBLISH)

    relay(at=at)

    assert told() == sorted(expected)


def test_an_outside_organization_is_its_own_members(garment, at):
    brand, other = factories.organization(), factories.organization()
    officer = factories.member(garment, "brand_officer", organization=brand)
    signatory = factories.member(garment, "brand_signatory", organization=brand)
    factories.member(garment, "brand_officer", organization=other)
    tell_role(garment, at, organization_id=brand.pk)
    tell_role(garment, at, key="b", roles=[Role.BRAND_SIGNATORY], organization_id=brand.pk)

    relay(at=at)

    assert told() == sorted([officer.email, signatory.email, signatory.email])


def test_telling_nobody_is_a_mistake_at_the_act(garment, at):
    with pytest.raises(ValueError, match="which roles"):
        tell_role(garment, at)


@pytest.mark.parametrize(
    ("choice", "in_list", "mails"),
    [("off", 0, 0), ("in_app", 1, 0), ("now", 1, 1), ("daily", 1, 0), ("weekly", 1, 0)],
)
def test_each_is_told_as_she_chose(garment, at, choice, in_list, mails):
    director = factories.member(garment, "director")
    choose(garment, director, choice)
    tell_people(garment, [director], at)

    relay(at=at)

    assert (len(notices()), len(mail.outbox)) == (in_list, mails)


def test_a_choice_in_one_program_says_nothing_about_another(garment, at):
    farms = factories.program("farms")
    director = factories.member(garment, "director")
    factories.member(farms, "director", person=director)
    choose(garment, director, "off")
    tell_people(farms, [director], at)

    relay(at=at)

    assert told() == [director.email]


def test_what_is_mandatory_is_told_whatever_was_chosen(garment, at):
    director = factories.member(garment, "director")
    choose(garment, director, "off", kind="test-duty")
    tell_people(garment, [director], at, kind="test-duty")

    relay(at=at)

    assert told() == [director.email]


def test_who_leaves_before_the_mail_leaves_gets_none(garment, at, settings):
    person = factories.member(garment, "educator")
    reachable = settings.MAILERS
    settings.MAILERS = {"default": {"BACKEND": "tests.notices.test_outbox.Unreachable"}}
    tell_people(garment, [person], at)
    relay(at=at)
    settings.MAILERS = reachable
    with program_scope(garment.pk):
        Membership.objects.filter(person=person).update(ended_at=at)

    relay(at=at + dt.timedelta(minutes=5))

    assert mail.outbox == []
    with engine_scope():
        assert Outbox.objects.waiting().count() == 0
        assert Outbox.objects.given_up().count() == 0


def test_quiet_hours_hold_a_mail_until_they_end(garment, at):
    director = factories.member(garment, "director")
    director.time_zone, director.quiet_from, director.quiet_until = (
        "Asia/Dhaka",
        dt.time(15),
        dt.time(7),
    )
    director.save()
    tell_people(garment, [director], at)  # 9:30 in UTC is 15:30 in Dhaka

    relay(at=at)
    assert (len(notices()), told()) == (1, [])
    until = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
    relay(at=until - dt.timedelta(seconds=1))
    assert told() == []

    relay(at=until)
    assert told() == [director.email]


def test_quiet_hours_do_not_hold_what_is_urgent(garment, at):
    director = factories.member(garment, "director")
    director.quiet_from, director.quiet_until = dt.time(0), dt.time(23)
    director.save()
    tell_people(garment, [director], at, kind="test-duty")

    relay(at=at)

    assert told() == [director.email]


def test_a_name_with_line_breaks_writes_no_header_and_no_paragraph(garment, at):
    @notice_kind("test injected")
    def injected(telling):
        return {"title": "Ready\r\nBcc: everybody@example.org\n\nPay here", "url": PLACE}

    tell_people(garment, [factories.member(garment, "director")], at, kind="test injected")

    relay(at=at)

    assert mail.outbox[0].subject == "Ready Bcc: everybody@example.org Pay here"
    assert mail.outbox[0].recipients() == mail.outbox[0].to
    assert notices()[0].title == mail.outbox[0].subject

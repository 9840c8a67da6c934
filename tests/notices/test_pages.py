"""The list of notices, the count in the bar, how one is told, and the link that stops mails."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.notices.telling import choose, notices, tell_people
from tests.ui.browser import assert_sound, sign_in
from wsr.accounts.models import Membership
from wsr.notices.hours import ways_of
from wsr.notices.models import Preference, Way
from wsr.notices.relay import relay
from wsr.tenancy import engine_scope, program_scope


@pytest.fixture
def garment(transactional_db):
    return factories.program("garment")


@pytest.fixture
def reader(garment, client):
    person = factories.member(garment, "director")
    factories.sign_in(client, person)
    return person


@pytest.fixture
def three(garment, reader, at):
    for key in "abc":
        tell_people(garment, [reader], at, key=key)
    relay(at=at)


def text_of(client, name, **kwargs):
    return client.get(reverse(name, **kwargs)).content.decode()


def unread_shown(client, address):
    text = client.get(address).content.decode()
    return text.partition('<span class="count">')[2].partition("<")[0] if 'class="count"' in text else ""


def test_the_bar_counts_what_is_unread_on_every_page(client, three):
    assert unread_shown(client, "/p/garment/") == "3"
    assert unread_shown(client, "/accounts/profile/") == "3"


def test_a_brand_sees_its_count_in_its_portal(garment, at):
    officer = factories.member(garment, "brand_officer")
    browser = Client()
    factories.sign_in(browser, officer)
    tell_people(garment, [officer], at)
    relay(at=at)

    assert unread_shown(browser, "/p/garment/") == "1"
    assert "Something is ready for you" in text_of(browser, "notices:list")


def test_opening_a_notice_marks_it_and_goes_there(client, three):
    notice = notices()[0]

    answer = client.get(reverse("notices:open", args=[notice.pk]))

    assert answer.headers["Location"] == notice.url
    assert unread_shown(client, "/notices/") == "2"


def test_marking_one_and_marking_all(client, three):
    client.post("/notices/read/", {"notice": notices()[0].pk})
    assert unread_shown(client, "/notices/") == "2"

    client.post("/notices/read/")

    assert unread_shown(client, "/notices/") == ""
    assert "Everything is read" in client.get("/notices/?show=unread").content.decode()


def test_a_malformed_id_is_no_such_notice(client, reader):
    assert client.post("/notices/read/", {"notice": "'; --"}).status_code == 404


def test_another_persons_notice_is_none(client, garment, three):
    other = Client()
    factories.sign_in(other, factories.member(garment, "director"))
    notice = notices()[0]

    assert other.get(reverse("notices:open", args=[notice.pk])).status_code == 404
    other.post("/notices/read/", {"notice": notice.pk})
    other.post("/notices/read/")

    assert {row.read_at for row in notices()} == {None}


def test_the_list_of_a_program_one_left_is_gone(client, garment, three):
    with program_scope(garment.pk):
        Membership.objects.update(ended_at=dt.datetime(2026, 3, 3, tzinfo=dt.UTC))

    assert "No notices yet" in text_of(client, "notices:list")


def test_pages_of_fifty(client, garment, reader, at):
    for number in range(51):
        tell_people(garment, [reader], at + dt.timedelta(minutes=number), key=str(number))
    relay(at=at + dt.timedelta(days=1))

    first, second = (client.get(f"/notices/?page={page}").content.decode() for page in (1, 2))

    assert (first.count("Mark as read<"), second.count("Mark as read<")) == (50, 1)
    assert "1 to 50 of 51" in first


def preferences(**more):
    return {
        "garment-test": "weekly",
        "garment-test-daily": "off",
        "garment-test-weekly": "weekly",
        "quiet_from": "21:00",
        "quiet_until": "06:30",
        "time_zone": "Asia/Dhaka",
        "phone": "+880 1712-345678",
    } | more


def post_preferences(client, **more):
    form = client.get("/accounts/notices/").context["programs"][0]
    others = {f"garment-{name}": field.initial for name, field in form.fields.items()}
    return client.post("/accounts/notices/", others | preferences(**more))


def test_preferences_are_kept(client, garment, reader):
    assert post_preferences(client).status_code == 302

    reader.refresh_from_db()
    assert (reader.quiet_from, reader.quiet_until) == (dt.time(21), dt.time(6, 30))
    assert (reader.time_zone, reader.phone) == ("Asia/Dhaka", "+8801712345678")
    with engine_scope(garment.pk):
        kept = dict(Preference.objects.values_list("kind", "choice"))
    assert kept == {"test": "weekly", "test-daily": "off"}  # defaults need no row
    assert '<option value="off" selected>' in text_of(client, "notices:preferences")


def test_what_is_mandatory_is_said_and_cannot_be_chosen(client, garment, reader):
    text = text_of(client, "notices:preferences")
    assert "Always sent by e-mail at once" in text
    assert "A duty" in text
    assert "garment-test-duty" not in text

    post_preferences(client, **{"garment-test-duty": "off"})

    with engine_scope(garment.pk):
        assert not Preference.objects.filter(kind="test-duty").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quiet_until": ""}, "Give both hours, or neither."),
        ({"quiet_until": "21:00"}, "Quiet hours end at another time"),
        ({"phone": "01712 345678"}, "Begin with + and the number of the country"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"garment-test": "hourly"}, "Select a valid choice"),
    ],
)
def test_a_mistake_keeps_what_was_typed(client, reader, wrong, sentence):
    answer = post_preferences(client, **wrong)

    text = answer.content.decode()
    assert (answer.status_code, sentence in text) == (422, True)
    assert 'value="21:00"' in text
    reader.refresh_from_db()
    assert reader.quiet_from is None


def test_one_program_may_be_told_in_other_hours_and_another_language(client, garment, reader):
    said = {"language": "es", "time_zone": "Asia/Tokyo", "quiet_from": "20:00", "quiet_until": "08:00"}
    said = {f"garment-way-{name}": value for name, value in said.items()}
    said["garment-test"] = "now"
    assert (
        "Give both hours"
        in post_preferences(client, **said | {"garment-way-quiet_until": ""}).content.decode()
    )
    assert post_preferences(client, **said).status_code == 302

    reader.refresh_from_db()
    with engine_scope(garment.pk):
        ways = ways_of(reader, garment, Way.objects.get())
    assert (ways.language, ways.zone) == ("es", "Asia/Tokyo")
    late = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)  # 21:00 in Tokyo
    assert ways.held_until(late) == dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC)
    tell_people(garment, [reader], late, key="one")
    relay(at=late)
    relay(at=late)
    assert mail.outbox == []  # held until eight o'clock there
    relay(at=late + dt.timedelta(hours=11))
    assert "/notices/stop/" in mail.outbox[0].body

    post_preferences(client)  # as in all others again: no row
    with engine_scope(garment.pk):
        assert not Way.objects.exists()


def test_last_week_is_shown_as_it_would_have_been_and_nothing_is_kept(client, garment, reader):
    now = timezone.now()
    for key, kind in (("one", "test"), ("two", "test"), ("three", "test-daily")):
        tell_people(garment, [reader], now - dt.timedelta(days=3), kind=kind, key=key, context={"n": key})
    tell_people(garment, [reader], now - dt.timedelta(days=20), kind="test", key="old", context={"n": "old"})
    relay(at=now)

    answer = post_preferences(client, act="preview", quiet_from="", quiet_until="")
    shown = answer.context["preview"]
    assert [(mail.choice, len(mail.titles)) for mail in shown.mails] == [("weekly", 2)]
    assert shown.mails[0].at > now - dt.timedelta(days=3)
    assert (len(shown.silent), shown.listed) == (1, [])
    assert "would not be told at all" in answer.content.decode()
    with engine_scope(garment.pk):
        assert not Preference.objects.exists()


def stop_address(garment, reader, at):
    tell_people(garment, [reader], at)
    relay(at=at)
    url = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    return url.removeprefix("http://localhost:8000")


def test_looking_at_the_link_changes_nothing_and_pressing_does(garment, reader, at):
    address = stop_address(garment, reader, at)
    stranger = Client(enforce_csrf_checks=True)

    assert "Stop these e-mails" in stranger.get(address).content.decode()
    with engine_scope(garment.pk):
        assert Preference.objects.count() == 0
    answer = stranger.post(address, {"List-Unsubscribe": "One-Click"})

    assert "These e-mails are stopped" in answer.content.decode()
    with engine_scope(garment.pk):
        assert Preference.objects.get().choice == "in_app"


def test_a_link_of_ones_own_making_stops_nothing(garment, reader, at):
    address = stop_address(garment, reader, at)

    assert Client().post(address[:-5] + "AAAA/").status_code == 404
    assert Client().post(f"/notices/stop/{uuid.uuid4()}/").status_code == 404


def test_the_number_of_queries_does_not_grow(client, garment, reader, at):
    counts = []
    client.get("/notices/")  # notes that the session was seen
    for key in ("one", "two", "three"):
        tell_people(garment, [reader], at, key=key)
        relay(at=at)
        with CaptureQueriesContext(connection) as captured:
            client.get("/notices/")
        counts.append(len(captured))
    assert counts[0] == counts[2], counts
    assert counts[2] <= 14  # three of them are BEGIN, the scope and COMMIT


def test_the_pages_in_a_browser(live_server, context, watched_page, garment, reader, three):
    choose(garment, reader, "off", kind="test-daily")
    sign_in(context, live_server, reader)
    for address in ("/notices/", "/accounts/notices/"):
        watched_page.goto(live_server.url + address)
        assert_sound(watched_page)
    watched_page.set_viewport_size({"width": 360, "height": 900})
    watched_page.goto(live_server.url + "/notices/")
    watched_page.get_by_role("button", name="Mark all as read").click()
    assert watched_page.get_by_text("All notices are marked as read.").is_visible()

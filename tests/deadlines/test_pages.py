"""The pages of clocks as people meet them."""

import datetime as dt
import uuid

import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.audits import making
from wsr.deadlines import operations
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import CalendarDay, Clock, Feed
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, program, director):
    """A signed-in director."""
    factories.sign_in(client, director)
    program.client = client
    program.director = director
    return program


def running(program, kind="test.acting", days=10, title="Repair of a staircase", started_at=None, **said):
    now = started_at or timezone.now()
    with program_scope(program.pk):
        return operations.start(
            kind=kind,
            subject=("test.thing", uuid.uuid4()),
            started_at=now,
            at=now,
            title=title,
            length=Length(days, said.pop("unit", "working_days")),
            calendar_country="BD",
            **said,
        )


def page(office, name, *args):
    return reverse(f"deadlines:{name}", args=[office.slug, *args])


def test_the_clock_says_why_its_day(office):
    clock = running(office, started_at=dt.datetime(2026, 3, 17, 9, tzinfo=dt.UTC), days=3)
    text = office.client.get(page(office, "clock", clock.pk)).content.decode()
    assert "public holiday: Eid al-Fitr" in text
    assert "weekly rest day" in text
    assert "3 working days after the day of the start are counted" in text


def test_pause_needs_a_reason_and_the_clock_runs_on(office):
    clock = running(office)
    address = page(office, "pause", clock.pk)
    assert office.client.post(address, {"reason": " "}).status_code == 422
    assert office.client.post(address, {"reason": "Flood"}).status_code == 302
    assert "Count on" in office.client.get(page(office, "clock", clock.pk)).content.decode()
    assert office.client.post(page(office, "resume", clock.pk)).status_code == 302
    answer = office.client.post(
        page(office, "cancel", clock.pk), {"reason": "Entered by mistake"}, follow=True
    )
    assert "Entered by mistake" in answer.content.decode()


def test_extend_and_restart(office):
    clock = running(office)
    assert (
        office.client.post(page(office, "extend", clock.pk), {"units": 0, "reason": "x"}).status_code == 422
    )
    assert (
        office.client.post(
            page(office, "extend", clock.pk), {"units": 5, "reason": "Parts are late"}
        ).status_code
        == 302
    )
    answer = office.client.post(
        page(office, "restart", clock.pk), {"started_at": "2026-01-05T09:00", "reason": "Wrong day"}
    )
    with program_scope(office.pk):
        assert Clock.objects.open().get().started_at == dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    assert answer.status_code == 302


def test_missing_lengths_are_listed_and_can_be_set_in_another_unit(office):
    address = page(office, "lengths")
    assert "Ruled" in office.client.get(address).content.decode()
    setting = reverse("programs:set_rule", args=[office.slug, "clocks.report_issued"])
    today = timezone.now().date()
    said = {"value": "10", "unit": "working_days", "valid_from": today}
    assert office.client.post(setting, said).status_code == 302
    text = office.client.get(address).content.decode()
    assert "10 working days" in text
    with program_scope(office.pk):
        clock = operations.start(
            kind="test.ruled",
            subject=("test.thing", uuid.uuid4()),
            started_at=timezone.now(),
            at=timezone.now(),
        )
        assert (clock.length_value, clock.length_unit, clock.basis) == (10, "working_days", "binding")
    tried = office.client.get(page(office, "simulate"), {"kind": "test.ruled", "value": 1, "unit": "months"})
    assert "Would be due" in tried.content.decode()
    assert office.client.post(setting, said | {"value": "2", "unit": "months"}).status_code == 302
    with program_scope(office.pk):
        assert operations.apply_length(kind="test.ruled", reason="New rule", at=timezone.now()) == 1


def test_the_target_runs_where_nothing_binds_and_stands_beside_it_otherwise(office):
    from programs.operations.rules import set_rule

    now, today = timezone.now(), timezone.now().date()
    with program_scope(office.pk):
        set_rule(
            key="targets.report_issued", value=5, unit="days", valid_from=today, by=office.director, at=now
        )
    target = reverse("programs:rule", args=[office.slug, "targets.report_issued"])
    assert office.client.get(target).status_code == 200
    with program_scope(office.pk):
        first = operations.start(
            kind="test.ruled", subject=("test.thing", uuid.uuid4()), started_at=now, at=now
        )
        set_rule(
            key="clocks.report_issued", value=9, unit="days", valid_from=today, by=office.director, at=now
        )
        second = operations.start(
            kind="test.ruled", subject=("test.thing", uuid.uuid4()), started_at=now, at=now
        )
    assert (first.basis, first.target_at) == ("target", None)
    assert (second.basis, second.target_at) == ("binding", first.due_at)


def test_a_day_of_the_program_moves_clocks_only_when_they_are_counted_anew(office):
    clock = running(office, started_at=dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC), days=3)
    said = {"day": "2026-04-02", "country": "BD", "is_working": "rest", "reason": "General strike"}
    assert office.client.post(page(office, "set_day"), said).status_code == 302
    assert "General strike" in office.client.get(page(office, "calendar")).content.decode()
    with program_scope(office.pk):
        assert Clock.objects.get(pk=clock.pk).due_at == clock.due_at
        assert operations.recompute(reason="Strike", at=timezone.now()) == 1
        moved = Clock.objects.get(pk=clock.pk)
        assert ["2026-04-02", "program: General strike"] in moved.skipped
        day = CalendarDay.objects.get()
    assert office.client.post(page(office, "remove_day", day.pk)).status_code == 302
    week = {"country": "BD", "is_own": "yes", "rest_weekdays": ["4"]}
    assert office.client.post(page(office, "set_week"), week).status_code == 302
    assert "Friday" in office.client.get(page(office, "calendar"), {"country": "BD"}).content.decode()


def test_my_work_today_says_why_and_waits_for_others(office):
    supplier = factories.supplier(office)
    running(
        office,
        kind="test.plain",
        title="Answer the letter",
        started_at=timezone.now() - dt.timedelta(days=30),
    )
    running(office, kind="test.plain", title="Repair the stairs", responsible_participation_id=supplier.pk)
    text = office.client.get("/inbox/").content.decode()
    assert "Overdue" in text
    assert "Plain: 10 working days" in text
    assert (
        text.index("Answer the letter") < text.index("Waiting for others") < text.index("Repair the stairs")
    )


def test_the_calendar_address_names_nobody_and_can_be_revoked(office, client):
    clock = running(office, kind="test.plain", title="Rainbow Mill repairs")
    text = client.post(reverse("deadlines:feed")).content.decode()
    address = text.split("http://localhost:8000")[1].split("<")[0]
    client.logout()
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["UID"]) for event in events] == [f"clock-{clock.pk}@localhost"]
    assert b"Rainbow" not in answer.content
    Feed.objects.update(revoked_at=timezone.now())
    assert client.get(address).status_code == 404


def test_the_month_shows_what_is_due_in_all_programs_and_no_secret_visit_of_others(office, client):
    other = factories.program("farms")
    factories.member(other, "director", person=office.director)
    here = running(office, kind="test.plain", title="Here")
    there = running(other, kind="test.plain", title="There", days=1, unit="days")
    visit = making.inspection(office, at=timezone.now())  # unannounced, of others

    def shown(person, **asked):
        factories.sign_in(client, person)
        months = {f"{day:%Y-%m}" for day in (here.due_at, there.due_at, visit.starts_on)}
        texts = [client.get(reverse("deadlines:month"), asked | {"month": month}) for month in months]
        return "".join(text.content.decode() for text in texts)

    all_of_it = shown(office.director)
    links = [page(office, "clock", here.pk), page(other, "clock", there.pk)]
    assert [link in all_of_it for link in links] == [True, True]
    assert [link in shown(office.director, program="farms") for link in links] == [False, True]
    secret = f"/inspections/{visit.pk}/"
    seen = (secret in all_of_it, secret in shown(visit.planner), secret in shown(visit.lead))
    assert seen == (False, True, True)
    assert client.get(reverse("deadlines:month"), {"month": "9999-99"}).status_code == 200
    assert "Nothing falls into this month." not in all_of_it
    assert (
        "Nothing falls into this month." in client.get(reverse("deadlines:month"), {"month": "2031-05"}).text
    )


def test_a_portal_sees_only_its_own_clocks(office, client):
    mill, other = factories.organization("supplier"), factories.organization("supplier")
    own = factories.supplier(office, organization=mill)
    theirs = factories.supplier(office, organization=other)
    mine = running(office, title="Our repair", responsible_participation_id=own.pk)
    hidden = running(office, title="Their repair", responsible_participation_id=theirs.pk)
    factories.sign_in(client, factories.member(office, "supplier_manager", organization=mill))
    text = client.get(page(office, "clocks")).content.decode()
    assert "Our repair" in text
    assert "Their repair" not in text
    assert client.get(page(office, "clock", mine.pk)).status_code == 200
    assert client.get(page(office, "clock", hidden.pk)).status_code == 404
    assert client.post(page(office, "cancel", mine.pk), {"reason": "no"}).status_code == 403
    assert "Our repair" in client.get("/inbox/").content.decode()


def test_seasons_are_entered_and_may_not_overlap(office):
    address = reverse("programs:add_season", args=[office.slug])
    first = {"name": "2026–27", "starts_on": "2026-10-01", "ends_on": "2027-05-31"}
    assert office.client.post(address, first).status_code == 302
    refused = office.client.post(
        address, {"name": "Again", "starts_on": "2027-05-31", "ends_on": "2027-07-01"}
    )
    assert refused.status_code == 422
    assert "overlap" in refused.content.decode()
    clock = running(office, days=1, unit="seasons", started_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC))
    assert str(clock.due_at.date()) == "2027-05-31"
    assert running(office, days=2, unit="seasons") is None
    assert "2026–27" in office.client.get(reverse("programs:seasons", args=[office.slug])).content.decode()

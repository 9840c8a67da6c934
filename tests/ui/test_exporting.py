"""Files of long lists and regular reports: whose they are, what is in them, when they come, and what happens when somebody leaves or a process dies."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.ui import places as listed
from wsr.accounts.models import Membership, Person
from wsr.deadlines.calendars import Calendar
from wsr.errors import DomainError
from wsr.files import personal
from wsr.files.models import PersonalFile
from wsr.history.models import Event
from wsr.jobs import operations as jobs
from wsr.jobs.models import Job
from wsr.notices.models import Notice, Outbox
from wsr.notices.relay import relay
from wsr.tenancy import person_scope, program_scope
from wsr.ui import tables
from wsr.ui.models import Every, Export, SavedView, Schedule
from wsr.ui.operations import exporting, scheduling

pytestmark = pytest.mark.urls("tests.ui.places")


@pytest.fixture
def committed(transactional_db, monkeypatch):
    """A program with three places, and lists of more than two rows are long."""
    monkeypatch.setattr(tables, "STREAM_ROWS", 2)
    program = factories.program("garment", time_zone="Asia/Dhaka")
    supplier = factories.supplier(program, name="=Sunrise")
    for name in ("Amber", "Birch", "Cedar"):
        factories.workplace(program, supplier=supplier, name=name)
    return program


@pytest.fixture
def director(committed):
    return factories.member(committed, "director")


@pytest.fixture
def client_of(client):
    def signed_in(person):
        factories.sign_in(client, person)
        return client

    return signed_in


def run_jobs(program):
    """What workers do with the jobs that wait; how each ended."""
    ended = []
    with program_scope(program.pk):
        waiting = list(Job.objects.open().order_by("asked_at").values_list("pk", flat=True))
    for pk in waiting:
        jobs.run(program_id=program.pk, job_id=pk, at=timezone.now())
        with program_scope(program.pk):
            ended.append(Job.objects.get(pk=pk))
    return ended


def ask(client, program, query="sort=-name&columns=name.supplier", **given):
    given = {"path": f"/p/{program.slug}/places/", "query": query, "file_format": "csv", **given}
    return client.post(f"/p/{program.slug}/my-files/", given, follow=True).content.decode()


def events(program, beginning):
    with program_scope(program.pk):
        return list(Event.objects.filter(event__startswith=beginning).order_by("id").values_list("event", flat=True))  # fmt: skip


def test_a_long_list_becomes_a_file_for_its_person_alone(committed, director, client_of):
    program, client = committed, client_of(director)
    page = f"/p/{program.slug}/places/"
    assert client.get(f"{page}?q=amber&export=csv").streaming
    long = client.get(f"{page}?export=csv").content.decode()
    assert "Make the file" in long
    assert "The file is being made" in ask(client, program)
    ask(client, program)  # a second click
    [job] = run_jobs(program)
    assert (job.state, job.total) == (
        "done",
        100,
    )  # percent: a count would tell others how many rows she sees
    assert "3" not in job.message
    with program_scope(program.pk, person_id=director.pk):
        export = Export.objects.get()
        message = Outbox.objects.get(kind="export_ready")
    assert message.context == {"export": str(export.pk)}

    files = client.get(f"/p/{program.slug}/my-files/").content.decode()
    assert "Ready" in files
    download = reverse("ui:download_export", args=[program.slug, export.pk])
    link = client.get(download).url
    answer = client.get(link)
    assert b"".join(answer.streaming_content).decode("utf-8-sig").split() == (
        ["Place,Supplier", "Cedar,'=Sunrise", "Birch,'=Sunrise", "Amber,'=Sunrise"]
    )
    assert answer["Content-Disposition"].startswith('attachment; filename="places-')
    assert events(program, "list.") == ["list.exported"] * 2

    other = factories.member(program, "director")
    client_of(other)
    assert client.get(link).status_code == 404
    assert client.get(download).status_code == 404
    assert "No files yet" in client.get(f"/p/{program.slug}/my-files/").content.decode()
    client_of(factories.member(program, "observer"))
    assert client.get(f"/p/{program.slug}/my-files/").status_code == 403
    assert client.get(download).status_code == 403

    client_of(director)
    path = PersonalFile(pk=export.pk, program_id=program.pk).path
    assert path.exists()
    later = timezone.now() + dt.timedelta(days=8)
    assert (exporting.sweep(at=later), personal.sweep(at=later)) == (1, 1)
    assert not path.exists()
    assert client.get(link).status_code == 404
    assert client.get(download).status_code == 404


def test_the_fence_is_that_of_the_moment_when_the_file_is_made(committed, director, client_of):
    program, person = committed, factories.member(committed, "educator")
    client = client_of(person)
    ask(client, program)
    with program_scope(program.pk):
        Membership.objects.filter(person=person).update(role="observer")
    [job] = run_jobs(program)
    assert (job.state, str(job.message)) == (
        "failed",
        "You cannot open this list any more, or it is not there.",
    )
    with program_scope(program.pk, person_id=person.pk):
        assert not PersonalFile.objects.exists()
    assert events(program, "list.") == []

    client_of(director)
    for path in (
        f"/p/{program.slug}/no-list/",
        f"/p/{program.slug}/jobs/",
        "/p/elsewhere/places/",
        "/inbox/",
    ):
        assert "cannot open this list" in ask(client, program, path=path)
    assert "cannot be made into a file" in ask(client, program, file_format="exe")


@pytest.mark.urls("wsr.urls")
def test_a_file_is_handed_out_while_its_list_is_open_to_its_person(committed, director, client_of):
    program, person = committed, factories.member(committed, "inspector_in_charge")
    client = client_of(person)
    view = {"path": reverse("audits:actions", args=[program.slug]), "query": "", "file_format": "csv"}
    made = client.post(f"/p/{program.slug}/my-files/", view)
    assert made.status_code == 302
    assert [job.state for job in run_jobs(program)] == ["done"]
    with program_scope(program.pk, person_id=person.pk):
        export = Export.objects.get()
    download = reverse("ui:download_export", args=[program.slug, export.pk])
    assert client.get(client.get(download).url).status_code == 200
    with program_scope(program.pk):
        Membership.objects.filter(person=person).update(role="educator")
    assert "cannot open this list any more" in client.get(download, follow=True).text
    with program_scope(program.pk, person_id=person.pk):
        assert PersonalFile.objects.exists()  # hers again, should the role come back in these days


def test_a_file_that_is_being_made_is_cancelled_by_its_person_and_survives_a_death(
    committed, client_of, monkeypatch
):
    program, educator = committed, factories.member(committed, "educator")  # who may cancel no jobs of others
    client = client_of(educator)
    ask(client, program)
    with program_scope(program.pk, person_id=educator.pk):
        export = Export.objects.get()
    cancel = reverse("ui:cancel_export", args=[program.slug, export.pk])
    assert "The file is not made." in client.post(cancel, follow=True).content.decode()
    assert "nothing to cancel" in client.post(cancel, follow=True).content.decode()
    assert run_jobs(program) == []

    ask(client, program)
    real = personal.keep

    def dies(**said):
        real(**said)
        raise listed.Crash

    monkeypatch.setattr(personal, "keep", dies)
    with pytest.raises(listed.Crash):
        run_jobs(program)
    with program_scope(program.pk, person_id=educator.pk):
        assert not PersonalFile.objects.exists()
    monkeypatch.setattr(personal, "keep", real)
    assert [job.state for job in run_jobs(program)] == ["done"]
    with program_scope(program.pk, person_id=educator.pk):
        assert PersonalFile.objects.count() == 1
    assert events(program, "list.") == ["list.exported"]
    with program_scope(program.pk):
        assert Outbox.objects.filter(kind="export_ready").count() == 1


# ── Regular reports ──────────────────────────────────────────────────────────────────────────────


def _view(program, person, **fields):
    with program_scope(program.pk, person_id=person.pk):
        return SavedView.objects.create(
            **{
                "person": person,
                "name": "Large places",
                "table": "places",
                "page": "test:places",
                "query": "q=a",
                "created_at": factories.AT,
                **fields,
            }
        )


def schedule(client, program, view, every="week"):
    return client.post(
        reverse("ui:schedule_view", args=[program.slug, view.pk]),
        {"every": every, "file_format": "csv"},
        follow=True,
    ).content.decode()


def test_a_view_is_sent_once_for_each_period_until_it_is_stopped(committed, director, client_of):
    program, client = committed, client_of(director)
    view = _view(program, director)
    assert "Send regularly" in client.get(f"/p/{program.slug}/views/").content.decode()
    assert "is sent to you from" in schedule(client, program, view)
    assert "sent to you like that already" in schedule(client, program, view)
    with program_scope(program.pk, person_id=director.pk):
        first = Schedule.objects.get().next_at
    assert scheduling.send_due(at=first - dt.timedelta(seconds=1)) == 0
    assert [scheduling.send_due(at=first) for _tick in range(2)] == [1, 0]
    weeks_later = first + dt.timedelta(days=15)  # nobody ticked: what was missed is not made up for
    assert [scheduling.send_due(at=weeks_later) for _tick in range(2)] == [1, 0]
    assert [job.state for job in run_jobs(program)] == ["done", "done"]
    with program_scope(program.pk):
        assert "Large places" not in str(
            list(Job.objects.values_list("title", "message"))
        )  # the name of her view
    with program_scope(program.pk, person_id=director.pk):
        periods = list(Export.objects.order_by("period").values_list("period", flat=True))
        assert Schedule.objects.get().next_at > weeks_later
    assert (len(set(periods)), {day.weekday() for day in periods}) == (2, {0})
    relay(at=timezone.now())
    with person_scope(director.pk):
        told = list(Notice.objects.filter(kind="report_ready").values_list("title", "url"))
    assert told == [("A report that is sent to you regularly is ready", f"/p/{program.slug}/my-files/")] * 2
    assert "report of the period from" in client.get(f"/p/{program.slug}/my-files/").content.decode()

    page = client.get(f"/p/{program.slug}/my-reports/").content.decode()
    assert "Times are those of Asia/Dhaka." in page
    with program_scope(program.pk, person_id=director.pk):
        found = Schedule.objects.get()
    stop = reverse("ui:stop_report", args=[program.slug, found.pk])
    client_of(factories.member(program, "publisher"))
    assert client.post(stop).status_code == 404
    client_of(director)
    assert "is not sent any more" in client.post(stop, follow=True).content.decode()
    assert client.post(stop).status_code == 404
    assert scheduling.send_due(at=weeks_later + dt.timedelta(days=30)) == 0
    assert events(program, "report.") == ["report.scheduled", "report.stopped"]


def test_a_report_stops_when_its_reader_loses_the_role_and_the_director_is_told(
    committed, director, client_of
):
    program, publisher, educator = (committed, *(factories.member(committed, role) for role in ("publisher", "educator")))  # fmt: skip
    client = client_of(publisher)
    schedule(client, program, _view(program, publisher))
    schedule(client_of(educator), program, _view(program, educator, name="Others"))
    with program_scope(program.pk):
        Membership.objects.filter(person=publisher).update(ended_at=timezone.now())
    assert scheduling.send_due(at=timezone.now()) == 0
    with program_scope(program.pk, person_id=educator.pk):
        later = Schedule.objects.get(person=educator).next_at
        Schedule.objects.filter(person=educator).update(next_at=later)
    assert events(program, "report.") == ["report.scheduled"] * 2 + ["report.stopped"]

    # she keeps a role that takes lists away, and this list is not hers any more by the time it is made
    assert scheduling.send_due(at=later) == 1
    with program_scope(program.pk, person_id=educator.pk):
        Membership.objects.filter(person=educator).update(role="observer")
    [job] = run_jobs(program)
    assert (job.state, "was stopped" in str(job.message)) == ("done", True)
    assert events(program, "report.") == ["report.scheduled"] * 2 + ["report.stopped"] * 2
    with program_scope(program.pk):
        assert Outbox.objects.filter(kind="report_stopped").count() == 2
        assert not Outbox.objects.filter(kind="report_ready").exists()
    client_of(director)
    page = client.get(f"/p/{program.slug}/history/?event=report.stopped").content.decode()
    assert all(str(reader) in page for reader in (publisher, educator))
    assert "Large places" in page


def test_whoever_moves_to_another_time_zone_gets_one_report_a_week_and_holds_up_nobody(
    committed, director, client_of
):
    program, other = committed, factories.member(committed, "publisher")
    Person.objects.filter(pk=director.pk).update(time_zone="Asia/Dhaka")
    for person in (director, other):
        schedule(client_of(person), program, _view(program, person))
    with program_scope(program.pk, person_id=director.pk):
        first = Schedule.objects.get().next_at
    assert scheduling.send_due(at=first) == 2
    Person.objects.filter(pk=director.pk).update(time_zone="America/New_York")
    with program_scope(program.pk, person_id=director.pk):
        second = Schedule.objects.get().next_at  # Monday in Dhaka, Sunday where she is now
    assert [scheduling.send_due(at=second) for _tick in range(2)] == [1, 0]  # the colleague's
    with program_scope(program.pk, person_id=director.pk):
        moved = Schedule.objects.get()
        assert (scheduling.local(moved).weekday(), scheduling.local(moved).hour) == (0, 7)
    assert scheduling.send_due(at=moved.next_at) == 1
    with program_scope(program.pk, person_id=director.pk):
        assert len(set(Export.objects.values_list("period", flat=True))) == 2


def test_one_report_that_cannot_be_started_holds_up_no_other(committed, director, client_of, monkeypatch):
    program, other = committed, factories.member(committed, "publisher")
    for person in (director, other):
        schedule(client_of(person), program, _view(program, person))
    with program_scope(program.pk, person_id=director.pk):
        due = Schedule.objects.get().next_at
    real = exporting.start

    def refuses(export, *, by, at):
        if by == director:
            raise DomainError("No.")
        return real(export, by=by, at=at)

    monkeypatch.setattr(exporting, "start", refuses)
    assert scheduling.send_due(at=due) == 1
    monkeypatch.setattr(exporting, "start", real)
    assert scheduling.send_due(at=due) == 1  # again at the next tick


def test_a_crash_between_the_row_and_the_job_sends_nothing_twice(committed, director, client_of, monkeypatch):
    program = committed
    schedule(client_of(director), program, _view(program, director))
    with program_scope(program.pk, person_id=director.pk):
        due = Schedule.objects.get().next_at
    real = exporting.start

    def dies(*said, **more):
        real(*said, **more)
        raise listed.Crash

    monkeypatch.setattr(exporting, "start", dies)
    with pytest.raises(listed.Crash):
        scheduling.send_due(at=due)
    with program_scope(program.pk, person_id=director.pk):
        assert (Export.objects.count(), Job.objects.count()) == (0, 0)
    monkeypatch.setattr(exporting, "start", real)
    assert [scheduling.send_due(at=due) for _tick in range(2)] == [1, 0]
    with program_scope(program.pk, person_id=director.pk):
        assert (Export.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.urls("wsr.urls")
def test_complaints_are_never_sent(committed, director, client_of):
    view = _view(committed, director, table="complaints", page="complaints:complaints", query="")
    assert "is not sent" in schedule(client_of(director), committed, view)
    with program_scope(committed.pk, person_id=director.pk):
        assert not Schedule.objects.exists()


ZONES = st.sampled_from(["Asia/Dhaka", "America/New_York", "Pacific/Auckland", "UTC"])


@given(
    minutes=st.integers(0, 365 * 24 * 60),
    every=st.sampled_from(Every),
    zone=ZONES,
    shut_from=st.integers(0, 400),
    shut_for=st.integers(0, 45),
)
def test_the_next_sending_is_a_working_morning_and_no_period_is_left_out(
    minutes, every, zone, shut_from, shut_for
):
    at, zone = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes), ZoneInfo(zone)
    days = [at.date().replace(month=1, day=1) + dt.timedelta(days=shut_from + n) for n in range(shut_for)]
    calendar = Calendar(zone, rest_weekdays=frozenset({4, 5}), single_days=dict.fromkeys(days, (False, "")))
    period, when = scheduling.after(at, every, zone=zone, calendar=calendar)
    local = when.astimezone(zone)
    assert when > at
    assert (local.hour, local.minute) == (7, 0)
    assert period <= local.date()
    rest = [period + dt.timedelta(days=n) for n in range((local.date() - period).days)]
    assert all(calendar.why_rest(day) for day in rest)
    assert not calendar.why_rest(local.date()) or local.date() == period
    following, _when = scheduling.after(when, every, zone=zone, calendar=calendar)
    assert following > period
    longest = {Every.WEEK: 7, Every.MONTH: 31, Every.QUARTER: 92}[every]
    if len(rest) < 7:
        assert (following - period).days <= longest

"""A remedy that is not paid in time tells those concerned by itself; no word of it lies open; an erased case takes its notes along. With real transactions."""

import datetime as dt

import pytest

from complaints.enums import ComplaintState, Place, With
from complaints.models import Remedy
from complaints.operations import findings, inquiry, joining, parts, remedies, thread
from programs.models import Rule
from tests.complaints import making
from tests.complaints.inquiring import DUE, TODAY, Office
from tests.complaints.making import AT
from tests.complaints.test_canary import everything_in_the_database, everything_on_disk
from tests.complaints.test_outcome import rule
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.files import sealed
from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope, program_scope
from wsr.vault import operations as vault
from wsr.vault.models import CaseKey, Sealed

LATE = dt.datetime.combine(DUE + dt.timedelta(days=1), dt.time(9), dt.UTC)


def told(office, kind):
    with office.as_(office.director):
        return sorted(
            "directors" if row.to.get("roles") else "handler" for row in Outbox.objects.filter(kind=kind)
        )


def test_an_overdue_remedy_tells_handler_and_directors_and_runs_on(transactional_db):
    office = Office()
    office.resolve()
    office.owe()
    with program_scope(office.program.pk):
        Rule.objects.create(
            key="clocks.remedy_overdue",
            section="clocks",
            label="x",
            value=14,
            unit="days",
            certainty="set_by_program",
            valid_from=TODAY,
            set_at=AT,
        )

    sweep(at=LATE)
    sweep(at=LATE)

    assert told(office, "complaint_remedy_unpaid") == ["directors", "handler"]
    with office.as_(office.ana):
        clock = Clock.objects.open().get(kind=remedies.OVERDUE)
        assert clock.due_at.date() == DUE + dt.timedelta(days=14)
        remedies.pay(remedy_id=Remedy.objects.get().pk, by=office.ana, at=LATE)
        assert not Clock.objects.open().filter(kind__startswith="complaints.remedy").exists()


def test_without_a_length_of_the_program_it_is_told_and_no_second_clock_runs(transactional_db):
    office = Office()
    office.resolve()
    office.owe()
    sweep(at=LATE)
    assert told(office, "complaint_remedy_unpaid") == ["directors", "handler"]
    with office.as_(office.ana):
        assert not Clock.objects.filter(kind=remedies.OVERDUE).exists()


def test_what_she_took_back_alarms_nobody(transactional_db):
    office = Office()
    office.resolve()
    office.owe()
    key = office.key()
    with office.as_worker():
        thread.withdraw(key=key, at=AT)
    sweep(at=LATE)
    assert (told(office, "complaint_remedy_unpaid"), office.state()) == ([], ComplaintState.WITHDRAWN)


def take_back_and_up(office, key, *, at):
    with office.as_worker():
        thread.withdraw(key=key, at=AT)
    sweep(at=AT)
    with office.as_(office.ana):
        assert not Clock.objects.open().filter(kind__startswith="complaints.remedy").exists()
    with office.as_worker():
        thread.take_up(key=key, at=at)
    sweep(at=at)


@pytest.mark.parametrize("days_left", [3, 0])
def test_taken_up_again_it_is_owed_until_the_same_day(transactional_db, days_left):
    office = Office()
    office.resolve()
    office.owe()
    with office.as_(office.ana):
        [before] = Clock.objects.filter(kind=remedies.DUE).values_list("due_at", flat=True)

    take_back_and_up(office, office.key(), at=AT + dt.timedelta(days=30 - days_left))

    with office.as_(office.ana):
        clock = Clock.objects.open().get(kind=remedies.DUE)
        assert (clock.state, clock.due_at, clock.ladder) == ("running", before, ["overdue"])
    sweep(at=LATE)
    assert told(office, "complaint_remedy_unpaid") == ["directors", "handler"]


def test_taken_up_again_after_its_day_it_is_told_at_once_and_what_follows_counts_from_then(transactional_db):
    office = Office()
    office.resolve()
    office.owe()
    rule(office.program, "clocks.remedy_overdue", 14)

    take_back_and_up(office, office.key(), at=LATE)

    assert told(office, "complaint_remedy_unpaid") == ["directors", "handler"]
    with office.as_(office.ana):
        [clock] = Clock.objects.open().filter(kind__startswith="complaints.remedy")
        assert (clock.kind, clock.due_at.date()) == (
            remedies.OVERDUE,
            LATE.date() + dt.timedelta(days=14),
        )


def test_no_word_of_the_inquiry_is_in_the_database_and_erasing_the_case_erases_its_notes(transactional_db):
    office = Office()
    office.begin()
    with office.as_(office.ana):
        inquiry.plan(**office.of, words="CANARY plan", person_id=office.ana.pk, due_on=DUE, by=office.ana)
        inquiry.note_interview(
            **office.of,
            spoken_with=With.WORKER,
            place=Place.AWAY,
            held_on=TODAY,
            notes="CANARY notes",
            interviewer_id=office.ana.pk,
            by=office.ana,
        )
    office.find("CANARY reasons")
    with office.as_(office.ana):
        findings.conclude(**office.of, by=office.ana)
    remedy = office.owe(words="CANARY remedy")
    with office.as_(office.ana):
        remedies.pay(
            remedy_id=remedy.pk,
            proof=sealed.cleaned(b"CANARY paid to eleven workers.\n"),
            by=office.ana,
            at=AT,
        )
    found = {table for table, rows in everything_in_the_database().items() if "CANARY" in rows}
    assert found == set()
    assert "CANARY" not in everything_on_disk()

    with engine_scope(office.program.pk):
        assert vault.destroy(office.complaint.pk, by=None, at=AT, reason="Retention.")
    with office.as_(office.ana):
        assert list(CaseKey.objects.values_list("wrapped", flat=True)) == [None, None]
        assert not Sealed.objects.exists()


def test_what_is_owed_is_watched_after_merging(transactional_db):
    office = Office()
    office.resolve()
    office.owe()
    other = making.complaint(office.program)
    with office.as_(office.ana):
        parts.take(complaint_id=other.pk, by=office.ana, at=AT)
        findings.look_again(**office.of, reason="There is more.", by=office.ana)
        joining.merge(**office.of, into_id=other.pk, by=office.ana)
    sweep(at=LATE)
    assert told(office, "complaint_remedy_unpaid") == ["directors", "handler"]

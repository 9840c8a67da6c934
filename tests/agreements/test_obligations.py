"""Obligations: opened by clauses once each, answered, accepted, returned, waived, overdue; amended and ended agreements."""

import datetime as dt
import threading

import pytest
from django.db import connections

from agreements.enums import ClauseKind, ObligationState
from agreements.models import Agreement, Breach, Decision, Obligation, Schedule
from agreements.operations import obligations, schedules
from tests import factories
from tests.agreements.obliged import DAYS_30, REPORTING, bound, version
from wsr.deadlines.models import Clock
from wsr.deadlines.operations.sweeping import fire_next
from wsr.errors import DomainError
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
SOURCING = (
    ClauseKind.SOURCING_DISCLOSURE,
    {"first_within": {"value": 45, "unit": "days"}, "update_every": "quarterly", "report_within": DAYS_30},
)


def _begin(made, at=AT):
    with program_scope(made.program.pk):
        schedules.begin(version=made.version, at=at)


def _all(made):
    with program_scope(made.program.pk):
        return [
            (one.duty, str(one.period_start), str(one.period_end), one.state)
            for one in Obligation.objects.filter(agreement=made.agreement).order_by("duty", "period_start")
        ]


def _reopen(made, at):
    """What the engine does, schedule by schedule."""
    with program_scope(made.program.pk):
        waiting = list(Schedule.objects.filter(opens_at__lte=at).values_list("pk", flat=True))
    return sum(schedules.open_next(program_id=made.program.pk, schedule_id=pk, at=at) for pk in waiting)


def _due(made, obligation):
    with program_scope(made.program.pk):
        return Clock.objects.of(obligation).filter(kind=obligations.DUE).get().due_at


@pytest.fixture
def reporting(program):
    """A brand that reports each month within 30 days, with the report of March open."""
    made = bound(program, REPORTING)
    _begin(made)
    return made


@pytest.fixture
def report(reporting):
    """The report of March."""
    with program_scope(reporting.program.pk):
        return Obligation.objects.get(period_start="2026-03-01")


def test_a_version_in_force_opens_what_its_clauses_ask(program):
    made = bound(program, SOURCING, REPORTING)
    _begin(made)
    assert _all(made) == [
        ("reporting.report", "2026-03-01", "2026-03-31", "open"),
        ("sourcing_disclosure.first", "2026-03-01", "None", "open"),
        ("sourcing_disclosure.update", "2026-03-01", "2026-05-31", "open"),
    ]
    with program_scope(program.pk):
        first, march = (
            Obligation.objects.get(duty=duty) for duty in ("sourcing_disclosure.first", "reporting.report")
        )
    assert _due(made, first) == dt.datetime(2026, 4, 15, 23, 59, 59, 999999, tzinfo=dt.UTC)
    assert _due(made, march) == dt.datetime(2026, 4, 30, 23, 59, 59, 999999, tzinfo=dt.UTC)


def test_beginning_twice_opens_nothing_twice(reporting):
    before = _all(reporting)
    _begin(reporting)
    assert _all(reporting) == before


def test_a_duty_that_clauses_open_no_more_is_cancelled_and_stops(reporting, report):
    with program_scope(reporting.program.pk):
        Schedule.objects.update(duty="premium.payment")
        Obligation.objects.update(duty="premium.payment")
        schedule = Schedule.objects.get()

    for _ in range(2):
        schedules.open_next(program_id=reporting.program.pk, schedule_id=schedule.pk, at=AT)

    with program_scope(reporting.program.pk):
        clock = Clock.objects.of(report).get()
        schedule.refresh_from_db()
    assert _all(reporting) == [("premium.payment", "2026-03-01", "2026-03-31", "cancelled")]
    assert (clock.state, schedule.opens_at, schedule.next_start) == ("cancelled", None, None)


def test_the_next_period_is_opened_fourteen_days_ahead_and_once(reporting):
    just_before = dt.datetime(2026, 3, 17, 23, 59, tzinfo=dt.UTC)
    assert _reopen(reporting, just_before) == 0
    assert _reopen(reporting, dt.datetime(2026, 3, 18, tzinfo=dt.UTC)) == 1
    assert _reopen(reporting, dt.datetime(2026, 3, 18, tzinfo=dt.UTC)) == 0
    assert _reopen(reporting, dt.datetime(2026, 6, 20, tzinfo=dt.UTC)) == 3
    assert [row[1] for row in _all(reporting)] == [f"2026-0{month}-01" for month in range(3, 8)]


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (
            (ClauseKind.PROGRAM_FEE, {"pay_within": DAYS_30}),
            [],  # its invoice asks for it
        ),
        ((ClauseKind.PREMIUM, {"period": "half_yearly", "pay_within": DAYS_30}), []),
        ((ClauseKind.FINANCIAL_SUPPORT, {"forms": ["loan"]}), []),
        (
            (ClauseKind.FINANCIAL_SUPPORT, {"report_every": "yearly"}),
            [("financial_support.report", "2026-03-01", "2027-02-28")],
        ),
        (
            (ClauseKind.PURCHASE_PREFERENCE, {"report_every": "quarterly"}),
            [("purchase_preference.report", "2026-03-01", "2026-05-31")],
        ),
        ((ClauseKind.REPORTING, {"report_every": "once"}), [("reporting.report", "2026-03-01", "None")]),
        ((ClauseKind.GENERAL, {}), []),
        ((ClauseKind.GENERAL, {"task": "Implementation plan"}), [("general.task", "2026-03-01", "None")]),
        ((ClauseKind.GENERAL, {"task": "Report to government", "done_by": "program"}), []),
        ((ClauseKind.STOP_PURCHASE, {"stop_within": DAYS_30}), []),
    ],
)
def test_each_kind_of_clause_opens_what_the_table_says(program, clause, expected):
    made = bound(program, clause)
    _begin(made)
    assert [row[:3] for row in _all(made)] == expected


def test_without_a_limit_in_the_clause_no_clock_runs(program):
    made = bound(program, (ClauseKind.REPORTING, {"report_every": "monthly"}))
    _begin(made)
    assert len(_all(made)) == 1
    with program_scope(program.pk):
        assert not Clock.objects.exists()


def test_the_program_may_owe_something_itself(program):
    union = factories.participation(program, "worker_organization")
    made = bound(
        program,
        (ClauseKind.GENERAL, {"task": "Safety report", "done_by": "program", "done_every": "quarterly"}),
        union=union,
    )
    _begin(made)
    with program_scope(program.pk):
        owed = Obligation.objects.get()
        assert (owed.title, owed.participation_id) == ("Safety report", union.pk)


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────


def _as_brand(made):
    return program_scope(
        made.program.pk, Audience.BRAND, person_id=made.officer.pk, organization_id=made.organization.pk
    )


def _answer(made, obligation, note="Sent by mail"):
    with _as_brand(made):
        return obligations.answer(obligation_id=obligation.pk, note=note, by=made.officer, at=AT)


def test_a_brand_answers_and_the_program_accepts(reporting, report, director):
    _answer(reporting, report)
    with program_scope(reporting.program.pk):
        obligations.accept(obligation_id=report.pk, by=director, at=AT)
        report.refresh_from_db()
        assert (report.state, report.submitted_at, report.closed_at) == ("accepted", AT, AT)
        events = Event.objects.filter(subject_id=report.pk).order_by("id").values_list("event", flat=True)
        assert list(events) == ["obligation.opened", "obligation.submitted", "obligation.accepted"]
        assert sorted(Outbox.objects.exclude(kind="deadline").values_list("kind", flat=True)) == [
            "obligation_accepted",
            "obligation_answered",
            "obligation_opened",
        ]


def test_what_is_returned_is_answered_again_within_the_days_given(reporting, report, director):
    _answer(reporting, report)
    with program_scope(reporting.program.pk):
        obligations.return_answer(
            obligation_id=report.pk,
            reason="The list ends in February.",
            again_within_days=5,
            by=director,
            at=AT,
        )
        clock = Clock.objects.of(report).get(kind=obligations.AGAIN)
        assert clock.due_at.date() == dt.date(2026, 3, 7)
    _answer(reporting, report, note="Now with March")
    with program_scope(reporting.program.pk):
        report.refresh_from_db()
        assert (report.state, report.answers.count()) == ("submitted", 2)


@pytest.mark.parametrize("act", [obligations.waive, obligations.return_answer, obligations.cancel])
def test_nothing_is_decided_against_the_words_without_a_reason(reporting, report, director, act):
    _answer(reporting, report) if act == obligations.return_answer else None
    extra = {"again_within_days": 3} if act == obligations.return_answer else {}
    with program_scope(reporting.program.pk), pytest.raises(DomainError, match="Say why"):
        act(obligation_id=report.pk, reason=" ", by=director, at=AT, **extra)


def test_what_staff_wrote_for_a_party_is_accepted_by_somebody_else(reporting, report, director):
    with program_scope(reporting.program.pk):
        obligations.answer(obligation_id=report.pk, note="Came on paper", by=director, at=AT)
        with pytest.raises(DomainError, match="somebody else"):
            obligations.accept(obligation_id=report.pk, by=director, at=AT)


def test_a_waiver_stops_the_clock_and_says_why(reporting, report, director):
    with program_scope(reporting.program.pk):
        obligations.waive(obligation_id=report.pk, reason="Nothing was bought yet.", by=director, at=AT)
        assert Clock.objects.of(report).get(kind=obligations.DUE).state == "cancelled"
        assert Decision.objects.get().reason == "Nothing was bought yet."
        with pytest.raises(DomainError, match="“Waived” already"):
            obligations.answer(obligation_id=report.pk, note="late", by=director, at=AT)


def test_what_another_room_knows_to_be_done_is_accepted_in_one_act(reporting, report):
    with program_scope(reporting.program.pk):
        for _again in range(2):
            obligations.fulfil(obligation_id=report.pk, note="Payment 7 was booked.", at=AT)
        report.refresh_from_db()
        assert (report.state, report.answers.count(), report.decisions.count()) == ("accepted", 1, 1)


def test_another_programs_obligation_does_not_exist(reporting, report, other_program, director):
    with program_scope(other_program.pk), pytest.raises(Obligation.DoesNotExist):
        obligations.waive(obligation_id=report.pk, reason="x", by=director, at=AT)


# ── Overdue ──────────────────────────────────────────────────────────────────────────────────────


def _fire(made, obligation, kind=obligations.DUE):
    """Let every step of a clock happen, long after its limit."""
    with program_scope(made.program.pk):
        clock = Clock.objects.of(obligation).filter(kind=kind).get()
    while fire_next(program_id=made.program.pk, clock_id=clock.pk, at=clock.due_at + dt.timedelta(days=30)):
        pass


def test_an_overdue_obligation_opens_one_suspected_breach_by_itself(reporting, report):
    _fire(reporting, report)
    with program_scope(reporting.program.pk):
        report.refresh_from_db()
        breach = Breach.objects.get()
        assert (report.state, report.is_overdue) == ("open", True)
        assert (breach.state, breach.subject_id, breach.clause_id, breach.participation_id) == (
            "suspected",
            report.pk,
            report.clause_id,
            reporting.brand.pk,
        )
        assert breach.title == "Overdue: Report of purchases, March 2026"


def test_an_answer_in_time_leaves_nothing_to_fire(reporting, report, director):
    with program_scope(reporting.program.pk):
        obligations.answer(obligation_id=report.pk, note="Done", by=director, at=AT)
    _fire(reporting, report)
    with program_scope(reporting.program.pk):
        report.refresh_from_db()
        assert (report.is_overdue, Breach.objects.count()) == (False, 0)


# ── Amendments and ends ──────────────────────────────────────────────────────────────────────────


def test_an_amendment_keeps_what_has_begun_and_replaces_what_has_not(reporting):
    _reopen(reporting, dt.datetime(2026, 4, 20, tzinfo=dt.UTC))  # March, April, May
    quarterly = (ClauseKind.REPORTING, {"report_every": "quarterly", "report_within": DAYS_30})
    reporting.version = version(reporting, quarterly, starts_on=dt.date(2026, 4, 25))
    _begin(reporting, dt.datetime(2026, 4, 25, 12, tzinfo=dt.UTC))
    assert _all(reporting) == [
        ("reporting.report", "2026-03-01", "2026-03-31", "open"),
        ("reporting.report", "2026-04-01", "2026-04-30", "open"),
        ("reporting.report", "2026-05-01", "2026-05-31", "cancelled"),
        ("reporting.report", "2026-05-01", "2026-07-31", "open"),
    ]


def test_what_is_owed_once_is_not_asked_twice(program):
    once = (ClauseKind.SOURCING_DISCLOSURE, {"first_within": DAYS_30})
    made = bound(program, once)
    _begin(made)
    made.version = version(made, once, starts_on=dt.date(2026, 6, 1))
    _begin(made, dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC))
    assert len(_all(made)) == 1


def test_a_duty_that_the_new_version_no_longer_has_ends(reporting):
    reporting.version = version(reporting, starts_on=dt.date(2026, 4, 1))
    _begin(reporting, dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC))
    assert _reopen(reporting, dt.datetime(2027, 1, 1, tzinfo=dt.UTC)) == 0
    assert [row[1:] for row in _all(reporting)] == [("2026-03-01", "2026-03-31", "open")]


def test_an_ended_agreement_leaves_owed_what_had_begun(reporting):
    _reopen(reporting, dt.datetime(2026, 3, 20, tzinfo=dt.UTC))
    with program_scope(reporting.program.pk):
        Agreement.objects.filter(pk=reporting.agreement.pk).update(ended_on=dt.date(2026, 3, 25))
        schedules.end(version=reporting.version, at=AT)
    assert [row[1:] for row in _all(reporting)] == [
        ("2026-03-01", "2026-03-31", "open"),
        ("2026-04-01", "2026-04-30", "cancelled"),
    ]
    assert _reopen(reporting, dt.datetime(2027, 1, 1, tzinfo=dt.UTC)) == 0


def test_the_last_period_is_cut_off_at_the_agreed_end(program):
    made = bound(program)
    made.version = version(made, REPORTING, starts_on=dt.date(2026, 3, 1), ends_on=dt.date(2026, 4, 10))
    _begin(made)
    _reopen(made, dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert [row[1:3] for row in _all(made)] == [("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-10")]


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────


def at_once(*acts):
    """Run acts in threads that start together; returns what each returned or raised, in order."""
    results, barrier = [None] * len(acts), threading.Barrier(len(acts))

    def run(place, act):
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(transactional_db):
    program = factories.program()
    director, finance = (factories.member(program, role) for role in ("director", "finance"))
    made = bound(program, REPORTING)
    _begin(made)
    with program_scope(program.pk):
        report = Obligation.objects.get()
        obligations.answer(obligation_id=report.pk, note="Done", by=made.officer, at=AT)

    def accept():
        with program_scope(program.pk):
            obligations.accept(obligation_id=report.pk, by=director, at=AT)

    def give_back():
        with program_scope(program.pk):
            obligations.return_answer(
                obligation_id=report.pk, reason="Not enough", again_within_days=3, by=finance, at=AT
            )

    results = at_once(accept, give_back)
    told = [one for one in results if one is not None]
    assert [type(one) for one in told] == [obligations.CannotMove]
    with program_scope(program.pk):
        assert Decision.objects.count() == 1


def test_many_engines_open_each_period_once(transactional_db):
    program = factories.program()
    made = bound(program, REPORTING, SOURCING)
    _begin(made)
    later = dt.datetime(2026, 12, 20, tzinfo=dt.UTC)
    opened = at_once(*[lambda: schedules.open_due(at=later)] * 4)
    schedules.open_due(at=later)
    assert sum(opened) == 10 + 3  # the months to January, the quarters to December
    with program_scope(program.pk):
        states = Obligation.objects.values_list("state", flat=True)
        assert set(states) == {ObligationState.OPEN}
        assert len(states) == 10 + 3 + 3

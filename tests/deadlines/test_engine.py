"""Random acts, ticks, crashes, clock skew and calendar changes: each step exactly once, none skipped, every date explained."""

import contextlib
import datetime as dt
import uuid
from collections import Counter
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests import factories
from wsr.deadlines import operations
from wsr.deadlines.enums import State
from wsr.deadlines.kinds import kinds
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import CalendarDay, Clock, Fired
from wsr.deadlines.operations import sweeping
from wsr.errors import DomainError
from wsr.history.models import Event
from wsr.tenancy import engine_scope, program_scope

ZONE = ZoneInfo("America/New_York")
START = dt.datetime(2026, 2, 20, 15, tzinfo=dt.UTC)  # summer time begins on March 8
DAY = dt.timedelta(days=1)


class Crash(Exception):
    """The process dies before its transaction is over."""


def dying():
    """What the transaction inside wrote is undone, as when its process is killed."""
    return contextlib.suppress(Crash)


class Engine(RuleBasedStateMachine):
    """One program whose clocks are started, moved, swept and crashed at random."""

    @initialize()
    def begin(self):
        self.program = factories.program(time_zone=ZONE.key)
        self.person = factories.person()
        self.now = START

    # ── Acts of people ────────────────────────────────────────────────────────────────────────────

    @rule(
        kind=st.sampled_from(["test.plain", "test.acting", "test.highest", "test.once"]),
        value=st.integers(0, 12),
        unit=st.sampled_from(["hours", "days", "working_days", "weeks", "months"]),
        ago=st.integers(0, 9),
    )
    def start(self, kind, value, unit, ago):
        with program_scope(self.program.pk):
            operations.start(
                kind=kind,
                subject=("test.thing", uuid.uuid4()),
                started_at=self.now - ago * DAY,
                at=self.now,
                calendar_country="US",
                length=Length(value, unit),
            )

    @rule(
        pick=st.integers(0, 50),
        act=st.sampled_from(["meet", "cancel", "pause", "resume", "extend", "recompute"]),
    )
    def act(self, pick, act):
        said = {"meet": {}, "resume": {}, "extend": {"units": 3, "reason": "more"}}.get(
            act, {"reason": "because"}
        )
        with program_scope(self.program.pk):
            clocks = list(Clock.objects.open().order_by("pk"))
            if not clocks:
                return
            with contextlib.suppress(DomainError):
                getattr(operations, act)(
                    clock_id=clocks[pick % len(clocks)].pk, by=self.person, at=self.now, **said
                )

    @rule(ahead=st.integers(1, 20), is_working=st.booleans(), recompute=st.booleans())
    def change_the_calendar(self, ahead, is_working, recompute):
        day = (self.now + ahead * DAY).date()
        with program_scope(self.program.pk):
            operations.set_day(
                country="US", day=day, is_working=is_working, reason="x", by=self.person, at=self.now
            )
            if recompute:
                operations.recompute(reason="The calendar changed", by=self.person, at=self.now)

    # ── Time and ticks ────────────────────────────────────────────────────────────────────────────

    @rule(hours=st.integers(1, 24 * 12))
    def wait(self, hours):
        self.now += dt.timedelta(hours=hours)

    @rule(skew=st.integers(-180, 180), times=st.integers(1, 2))
    def tick(self, skew, times):
        for _ in range(times):
            operations.sweep(at=self.now + dt.timedelta(minutes=skew))

    @rule()
    def tick_whole(self):
        assert operations.sweep(at=self.now).failures == 0
        with program_scope(self.program.pk):
            for clock in Clock.objects.open().exclude(state=State.PAUSED):
                assert all(at > self.now for at in clock.rung_ats[clock.rung :]), "a step was skipped"

    @rule()
    def crash_while_many_steps_fire(self):
        with dying(), engine_scope():
            sweeping.fire_plain_steps(at=self.now)
            raise Crash

    @rule(pick=st.integers(0, 50))
    def crash_while_one_step_acts(self, pick):
        due = sweeping._acting(self.now, 50)
        if not due:
            return
        program_id, clock_id = due[pick % len(due)]
        with dying(), program_scope(program_id):
            sweeping.fire_next(program_id=program_id, clock_id=clock_id, at=self.now)
            raise Crash

    # ── What always holds ─────────────────────────────────────────────────────────────────────────

    @invariant()
    def each_step_once_and_in_order(self):
        if not hasattr(self, "program"):
            return
        with program_scope(self.program.pk):
            fired = Counter(Fired.objects.values_list("clock_id", "rung"))
            done = set(Fired.objects.filter(is_passed_over=False).values_list("clock_id", "rung"))
            recorded = Counter(Event.objects.filter(event="clock.step").values_list("subject_id", flat=True))
            effects = Counter(Event.objects.filter(event="test.effect").values_list("subject_id", flat=True))
            assert set(fired.values()) <= {1}
            assert not Fired.objects.filter(planned_at__gt=F("fired_at")).exists()
            for clock in Clock.objects.all():
                own = {rung for clock_id, rung in fired if clock_id == clock.pk}
                steps = {rung for clock_id, rung in done if clock_id == clock.pk}
                assert own == set(clock.ladder[: clock.rung])
                assert recorded[clock.pk] == len(steps)
                acting = {rung for rung in steps if kinds()[clock.kind].rung(rung).effect}
                assert effects[clock.pk] == len(acting)

    @invariant()
    def every_date_is_what_the_explanation_counts(self):
        if not hasattr(self, "program"):
            return
        with program_scope(self.program.pk):
            for clock in Clock.objects.filter(state=State.RUNNING).prefetch_related("pauses"):
                assert clock.due_at == explained(clock)

    def teardown(self):
        if not hasattr(self, "program"):
            return
        with program_scope(self.program.pk):
            for clock in Clock.objects.open():
                operations.cancel(clock_id=clock.pk, reason="The test is over", at=self.now)
            CalendarDay.objects.all().delete()
        operations.sweep(at=self.now)
        with program_scope(self.program.pk):
            assert not Fired.objects.filter(told_at=None).exists()


def explained(clock):
    """The date that a person finds who counts by what the page says, with a pencil."""
    length = clock.length_value + clock.extended_by
    if clock.length_unit == "hours":
        due = clock.started_at + dt.timedelta(hours=length)
        for pause in sorted(clock.pauses.all(), key=lambda one: one.since):
            if pause.since < due:
                due += pause.ended_at - max(pause.since, clock.started_at)
        return due
    skipped = {dt.date.fromisoformat(day) for day, _why in clock.skipped}
    day = clock.started_at.astimezone(ZONE).date()
    if clock.length_unit == "months":
        day += relativedelta(months=length) + dt.timedelta(days=len(skipped))
    else:
        left = length * 7 if clock.length_unit == "weeks" else length
        while left:
            day += DAY
            left -= day not in skipped
    return dt.datetime.combine(day, dt.time(23, 59, 59, 999999), ZONE).astimezone(dt.UTC)


def test_whatever_happens_each_step_happens_once(transactional_db):
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Starting, moving and sweeping clocks."""

import datetime as dt
import uuid

import pytest

from tests import factories
from tests.factories import AT
from wsr.deadlines import operations, queries
from wsr.deadlines.enums import State
from wsr.deadlines.lengths import Length
from wsr.deadlines.models import Asked, Clock, Fired
from wsr.deadlines.operations.starting import ask
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

DAY = dt.timedelta(days=1)


@pytest.fixture
def office(transactional_db):
    """A program with a director, committed."""
    program = factories.program("garment", time_zone="Asia/Dhaka")
    program.director = factories.member(program, "director")
    return program


def subject():
    return "test.thing", uuid.uuid4()


def started(kind="test.plain", days=10, at=AT, **said):
    about = said.pop("subject", None) or subject()
    return operations.start(
        kind=kind, subject=about, started_at=at, at=at, length=Length(days, "days"), **said
    )


def fired(clock):
    return list(
        Fired.objects.filter(clock=clock).order_by("fired_at", "planned_at").values_list("rung", flat=True)
    )


def test_a_clock_is_due_at_the_end_of_the_last_day_and_climbs_its_ladder(office):
    with program_scope(office.pk):
        clock = started()
    assert clock.due_at.isoformat() == "2026-03-12T17:59:59.999999+00:00"  # midnight in Dhaka

    assert operations.sweep(at=AT).is_idle
    assert operations.sweep(at=AT + 9 * DAY).steps == 1
    assert operations.sweep(at=AT + 9 * DAY).is_idle
    assert operations.sweep(at=AT + 30 * DAY).steps == 2
    with program_scope(office.pk):
        clock = Clock.objects.get(pk=clock.pk)
        assert (clock.state, clock.wake_at, fired(clock)) == (State.MISSED, None, ["soon", "due", "later"])
        assert Event.objects.filter(event="clock.step", subject_id=clock.pk).count() == 3
        assert Outbox.objects.filter(kind="deadline").count() == 3
        assert set(Fired.objects.exclude(told_at=None).values_list("rung", flat=True)) == {
            "soon",
            "due",
            "later",
        }
        met = operations.meet(kind="test.plain", subject=clock.subject, at=AT + 31 * DAY)
        assert (met.state, met.is_late) == (State.MET, True)


def test_acting_steps_act_once_and_a_failing_one_waits_alone(office, monkeypatch):
    from tests.long_work import deadlines

    with program_scope(office.pk):
        good, bad = started("test.once", title="good"), started("test.once", title="bad")
    monkeypatch.setattr(deadlines, "FAILING", {"bad"})
    late = AT + 20 * DAY
    assert (operations.sweep(at=late).acts, operations.sweep(at=late).acts) == (1, 0)
    with program_scope(office.pk):
        bad.refresh_from_db()
        assert (bad.error, bad.failures, fired(bad), fired(good)) == ("RuntimeError", 1, [], ["due"])
    monkeypatch.setattr(deadlines, "FAILING", set())
    assert operations.sweep(at=late + dt.timedelta(minutes=2)).acts == 1
    with program_scope(office.pk):
        assert Event.objects.filter(event="test.effect").count() == 2


def test_only_the_highest_missed_step_happens_where_the_kind_says_so(office):
    with program_scope(office.pk):
        clock = started("test.highest")
    operations.sweep(at=AT + 20 * DAY)
    with program_scope(office.pk):
        assert list(Fired.objects.filter(is_passed_over=False).values_list("rung", flat=True)) == ["week"]
        assert set(fired(clock)) == {"due", "week"}


def test_pausing_moves_the_limit_and_ends_by_itself_at_its_ceiling(office):
    with program_scope(office.pk):
        clock = started("test.acting", by=office.director)
        operations.pause(clock_id=clock.pk, reason="Flood", at=AT + DAY, by=office.director)
        operations.resume(clock_id=clock.pk, at=AT + 3 * DAY, by=office.director)
        moved = Clock.objects.get(pk=clock.pk)
        assert moved.due_at == clock.due_at + 2 * DAY
        assert moved.skipped == [["2026-03-03", "paused"], ["2026-03-04", "paused"]]
        operations.pause(clock_id=clock.pk, reason="Flood again", at=AT + 4 * DAY, by=office.director)
    operations.sweep(at=AT + 11 * DAY)
    with program_scope(office.pk):
        assert Clock.objects.get(pk=clock.pk).state == State.PAUSED
    operations.sweep(at=AT + 12 * DAY)
    with program_scope(office.pk):
        resumed = Clock.objects.get(pk=clock.pk)
        assert resumed.due_at == clock.due_at + 10 * DAY
        with pytest.raises(operations.CannotMove, match="10 days already"):
            operations.pause(clock_id=clock.pk, reason="Once more", at=AT + 13 * DAY)


def test_starting_twice_starts_once_and_nothing_runs_without_a_length(office):
    about = subject()
    with program_scope(office.pk):
        assert started(subject=about).pk == started(subject=about).pk
        assert operations.start(kind="test.ruled", subject=about, started_at=AT, at=AT) is None


def test_a_portal_asks_and_the_next_tick_starts_and_meets(office):
    supplier = factories.organization("supplier")
    own = factories.supplier(office, organization=supplier)
    about = subject()
    person = factories.member(office, "supplier_manager", organization=supplier)
    portal = {"person_id": person.pk, "organization_id": supplier.pk}
    with program_scope(office.pk, Audience.SUPPLIER, **portal):
        assert started(subject=about, responsible_participation_id=own.pk) is None
    assert operations.sweep(at=AT).asked == 1
    with program_scope(office.pk):
        other = started(subject=about, kind="test.highest")
    with program_scope(office.pk, Audience.SUPPLIER, **portal):
        clock = Clock.objects.get()
        operations.meet(clock_id=clock.pk, at=AT)
        operations.meet(kind="test.highest", subject=about, at=AT)
    operations.sweep(at=AT)
    with program_scope(office.pk):
        assert Clock.objects.get(pk=clock.pk).state == State.MET
        assert Clock.objects.get(pk=other.pk).state == State.RUNNING
        assert not Asked.objects.exists()


def test_what_cannot_be_done_holds_up_nobody(office):
    supplier = factories.organization("supplier")
    own = factories.supplier(office, organization=supplier)
    person = factories.member(office, "supplier_manager", organization=supplier)
    about = subject()
    with program_scope(office.pk, Audience.SUPPLIER, person_id=person.pk, organization_id=supplier.pk):
        ask("start", "test.highest", ("x.broken", own.pk), values={"started_at": "no time"}, at=AT)
        started(subject=about, responsible_participation_id=own.pk)

    assert operations.sweep(at=AT + DAY).asked == 1
    with program_scope(office.pk):
        assert Clock.objects.of(about).exists()
        assert list(Asked.objects.values_list("subject_type", flat=True)) == ["x.broken"]
    assert operations.sweep(at=AT + DAY).asked == 0


def test_many_limits_at_once_become_one_message_for_each(office):
    own = factories.supplier(office, organization=factories.organization("supplier"))
    with program_scope(office.pk):
        for number in range(8):
            started(responsible_participation_id=own.pk if number % 2 else None)
    operations.sweep(at=AT + 9 * DAY)  # the reminders
    with program_scope(office.pk):
        assert list(Outbox.objects.filter(kind="deadlines")) == []
        assert Outbox.objects.filter(kind="deadline").count() == 8
    operations.sweep(at=AT + 11 * DAY)  # the limits: staff hear of those of the supplier too
    with program_scope(office.pk):
        assert [row.context for row in Outbox.objects.filter(kind="deadlines")] == [{"count": 8}]
        assert Outbox.objects.filter(kind="deadline").count() == 8 + 4


def test_the_operator_is_told_when_nobody_sweeps(office):
    with program_scope(office.pk):
        clock = started()
    assert queries.unswept(at=clock.due_at) == 1
    operations.sweep(at=clock.due_at)
    assert queries.unswept(at=clock.due_at + dt.timedelta(minutes=11)) == 0

"""Minutes that go out by the program's rule: without anybody pressing, once, and anew with each correction; with real transactions."""

import datetime as dt
import json

import pytest

from agreements.models import AgendaItem, FormerText, Minutes
from agreements.operations.committee import minutes
from agreements.queries import committee as queries
from tests import factories
from tests.agreements.seated import LATER, scene
from tests.agreements.test_obligations import at_once
from wsr.deadlines.enums import State
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.errors import DomainError
from wsr.jobs import operations as jobs
from wsr.jobs.models import Job
from wsr.registry import gates, operations, publishing
from wsr.registry.models import Content, Publication, Record
from wsr.tenancy import engine_scope

LAST_DAY = dt.datetime(2026, 3, 19, 12, tzinfo=dt.UTC)  # 14 days after the approval on March 5
SAID = {"public_text": "", "is_withheld": False}


@pytest.fixture
def sat(transactional_db):
    """A program that publishes minutes within fourteen days of their approval."""
    made = scene(factories.program())
    factories.decide(made.program, "minutes", "published")
    made.rule("clocks.minutes_public", 14, "days")
    return made


def _open_gates(sat):
    with sat.inside():
        for state in gates.states(sat.program.pk):
            reason = "This program is being set up; the agreement is signed in spring."
            operations.override_gate(gate=state.key, reason=reason, by=sat.director, at=LATER)


def _publish(sat, at=LATER):
    with engine_scope(sat.program.pk):
        return publishing.publish(program=sat.program, at=at, by=sat.director)


def _clocks(sat):
    with sat.inside():
        rows = Clock.objects.filter(kind=minutes.PUBLIC).order_by("started_at", "pk")
        return [(State(row.state), row.failures) for row in rows]


def _public(sat):
    """[(version of the record, version of the minutes, what was said of the figures)]."""
    with engine_scope(sat.program.pk):
        rows = Record.objects.filter(kind="minutes").order_by("version")
        bodies = {row.pk: json.loads(row.body)["content"] for row in Content.objects.all()}
        return [
            (row.version, bodies[row.pk]["minutes_version"], _of_figures(bodies[row.pk]["items"]))
            for row in rows
        ]


def _of_figures(items):
    said = [line.partition(": ")[2] for line in items if "Figures" in line]
    return said[0].rpartition(": ")[2] if said else None


def _write(sat, text, **more):
    with sat.inside():
        item = AgendaItem.objects.get(kind="figures")
        return minutes.write(item_id=item.pk, discussion=text, by=sat.director, at=LATER, **SAID, **more)


def test_the_engine_publishes_as_the_last_day_begins_and_once(sat):
    found = sat.approved()
    _open_gates(sat)
    sweep(at=LAST_DAY - dt.timedelta(days=2))
    with sat.inside():
        assert not Job.objects.exists()
    for _tick in range(2):
        sweep(at=LAST_DAY)
    with sat.inside():
        job = Job.objects.get()
        assert (job.kind, job.asked_by) == (operations.JOB, None)
        assert queries.published_at(found) is None
    for _worker in range(2):
        jobs.run(program_id=sat.program.pk, job_id=job.pk, at=LAST_DAY)
    assert _clocks(sat) == [(State.MET, 0)]
    sweep(at=LAST_DAY + dt.timedelta(days=2))
    with sat.inside():
        assert (Job.objects.count(), Publication.objects.count()) == (1, 1)
        assert queries.published_at(found) is not None
    assert [row[:2] for row in _public(sat)] == [(1, 1)]


def test_what_somebody_published_before_is_not_published_again(sat):
    sat.approved()
    _open_gates(sat)
    assert _publish(sat) is not None
    assert _clocks(sat) == [(State.MET, 0)]
    sweep(at=LAST_DAY)
    with sat.inside():
        assert not Job.objects.exists()


def test_a_closed_gate_leaves_the_minutes_to_be_tried_again(sat):
    sat.approved()
    sweep(at=LAST_DAY)
    assert _clocks(sat) == [(State.RUNNING, 1)]
    _open_gates(sat)
    sweep(at=LAST_DAY + dt.timedelta(minutes=2))
    with sat.inside():
        assert Job.objects.count() == 1


def test_two_who_publish_at_once_publish_once(sat):
    sat.approved()
    _open_gates(sat)
    made = at_once(lambda: _publish(sat), lambda: _publish(sat))
    assert sorted(type(one).__name__ for one in made) == ["NoneType", "Publication"]
    assert [row[:2] for row in _public(sat)] == [(1, 1)]


def test_correction_and_withdrawal_are_versions_of_their_own(sat):
    """What was approved stays on record, in public and inside; the time to publish runs anew."""
    sat.circulated("bea", "north", "south")
    with sat.inside():
        found = Minutes.objects.get()
        minutes.take_back(minutes_id=found.pk, reason="A word is missing.", by=sat.director, at=LATER)
    _write(sat, "Nobody spoke.")
    with sat.inside():
        minutes.circulate(minutes_id=found.pk, by=sat.director, at=LATER)
    with sat.inside("ana"):
        minutes.answer(minutes_id=found.pk, by=sat.people["ana"], at=LATER)
    _open_gates(sat)
    _publish(sat)
    _write(sat, "One did speak.", correction="Ana spoke.")
    assert [state for state, _failures in _clocks(sat)] == [State.MET, State.RUNNING]
    _publish(sat)
    with sat.inside():
        minutes.withdraw(minutes_id=found.pk, reason="A name stands in it.", by=sat.director, at=LATER)
    _publish(sat)
    assert _public(sat) == [(1, 2, "Nobody spoke."), (2, 3, "One did speak."), (3, 4, None)]
    with sat.inside():
        kept = list(FormerText.objects.values_list("version", "discussion", "reason"))
        assert kept == [(2, "Nobody spoke.", "Ana spoke."), (1, "", "")]
    with pytest.raises(DomainError, match="do not change"):
        _write(sat, "Again.", correction="Again.")
    with sat.inside(), pytest.raises(DomainError, match="“Withdrawn” already"):
        minutes.withdraw(minutes_id=found.pk, reason="Again.", by=sat.director, at=LATER)


def test_minutes_that_are_not_public_have_no_time_to_go_out(sat):
    factories.decide(sat.program, "minutes", "withheld")
    sat.approved()
    assert _clocks(sat) == []


def test_a_rule_that_hides_minutes_ends_their_time(sat):
    sat.approved()
    factories.decide(sat.program, "minutes", "withheld")
    sweep(at=LAST_DAY)
    assert _clocks(sat) == [(State.CANCELLED, 0)]

"""Dates that pass by themselves, and two people at once; with real transactions."""

import datetime as dt
import threading

import pytest
from django.db import connections

from agreements.models import Escalation, EscalationStep
from audits.models import ActionStep, CorrectiveAction
from audits.operations import actions
from programs.models import Participation
from tests import factories
from tests.audits import acting
from tests.audits.acting import DUE, agreed, as_staff, as_supplier, place, reported
from tests.factories import AT
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.errors import DomainError
from wsr.notices.models import Outbox

MORNING_AFTER = dt.datetime.combine(DUE + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC)


@pytest.fixture
def made(transactional_db):
    return place(factories.program("garment"))


def told(made, kind):
    with as_staff(made):
        return Outbox.objects.filter(kind=kind).count()


def test_a_missed_date_asks_staff_once(made):
    action = agreed(made)
    sweep(at=AT + dt.timedelta(days=10))
    assert told(made, "action_overdue") == 0  # its last day is not over

    for _tick in range(3):
        sweep(at=MORNING_AFTER)

    assert told(made, "action_overdue") == 1
    with as_staff(made):
        assert not Escalation.objects.exists()
        assert CorrectiveAction.objects.get().laddered_for == DUE
        # reported too late, found not fixed: the same date counts no second time
    with as_supplier(made):
        actions.report_fixed(action_id=action.pk, note="Done.", by=made.manager, at=MORNING_AFTER)
    sweep(at=MORNING_AFTER)
    with as_staff(made):
        actions.reject(action_id=action.pk, reason="No.", by=made.verifier, at=MORNING_AFTER)
    sweep(at=MORNING_AFTER + dt.timedelta(days=1))
    assert told(made, "action_overdue") == 1
    with as_staff(made):
        assert ActionStep.objects.filter(note="The date has passed.").count() == 1


def test_a_supplier_on_the_ladder_has_its_next_rung_proposed_once_for_all_its_dates(made):
    from tests.agreements import climbing

    for _number in range(3):
        agreed(made)
    case = climbing.start(made.program, made.supplier, "probation", by=made.agreer, at=AT)

    sweep(at=MORNING_AFTER)

    with as_staff(made):
        found = Escalation.objects.select_related("proposed_rung").get()
        assert (found.pk, found.proposed_rung.key) == (case.pk, "suspended")
        assert EscalationStep.objects.filter(kind="proposed").count() == 1
    assert told(made, "escalation_proposed") == 1


def test_where_the_rule_says_so_it_climbs_by_itself_and_one_rung_at_most(made):
    acting.rule(made.program, "overdue_climbs", True)
    for _number in range(3):
        agreed(made)

    sweep(at=MORNING_AFTER)
    sweep(at=MORNING_AFTER)

    with as_staff(made):
        case = Escalation.objects.select_related("rung").get()
        assert (case.rung.key, case.rung_since) == ("probation", DUE + dt.timedelta(days=1))
        assert EscalationStep.objects.count() == 1
        assert Participation.objects.get(pk=made.supplier.pk).rung == "probation"


def test_what_is_reported_in_time_passes_no_limit(made):
    reported(made)
    sweep(at=MORNING_AFTER)

    assert told(made, "action_overdue") == 0
    with as_staff(made):
        assert Clock.objects.get(kind="audits.action_due").state == "met"


def test_a_clock_fired_twice_puts_the_date_to_the_ladder_once(made):
    from audits.operations.overdue import date_missed

    agreed(made)
    with as_staff(made):
        clock = Clock.objects.get()
        for _time in range(2):
            date_missed(clock=clock, rung=None, at=MORNING_AFTER)
    assert told(made, "action_overdue") == 1


def at_once(*acts):
    """Run acts in threads of their own; what each returned or refused."""
    answers, gate = [], threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(60)
            answers.append(act())
        except DomainError as error:
            answers.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def verifying(made, action, person):
    def act():
        with as_staff(made, person):
            return actions.verify(action_id=action.pk, by=person, at=AT)

    return act


def rejecting(made, action, person):
    def act():
        with as_staff(made, person):
            return actions.reject(
                action_id=action.pk, reason="It sticks.", by=person, at=AT, if_version=action.version
            )

    return act


def test_two_verify_at_once_and_one_is_told(made):
    action = reported(made)
    other = factories.member(made.program, "inspector_in_charge")

    answers = at_once(verifying(made, action, made.verifier), verifying(made, action, other))

    assert sorted(isinstance(answer, DomainError) for answer in answers) == [False, True]
    with as_staff(made):
        assert ActionStep.objects.filter(action=action, state="verified").count() == 1


def test_verify_against_reject(made):
    """Whoever comes second decides about what she has read, or is told that it changed."""
    action = reported(made)
    other = factories.member(made.program, "inspector_in_charge")

    def verify_what_was_read():
        with as_staff(made, made.verifier):
            return actions.verify(action_id=action.pk, by=made.verifier, at=AT, if_version=action.version)

    answers = at_once(verify_what_was_read, rejecting(made, action, other))

    assert sorted(isinstance(answer, DomainError) for answer in answers) == [False, True]
    with as_staff(made):
        assert CorrectiveAction.objects.get().state in ("verified", "rejected")
        assert ActionStep.objects.filter(state__in=("verified", "rejected")).count() == 1

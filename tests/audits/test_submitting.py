"""Handing in: the lead, the floor of interviews, the seal, and two who press at once."""

import hashlib
import json
import threading
from decimal import Decimal

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from audits.enums import InspectionState
from audits.models import Finding, Inspection, Seal
from audits.operations import records, visits
from audits.operations.states import CannotMove, NotOnTeam, Stale, move
from programs.models import Provision
from tests import factories
from tests.audits import making
from wsr.accounts.grants import Role
from wsr.errors import DomainError
from wsr.history.models import Event
from wsr.history.operations import canonical
from wsr.notices.models import Outbox
from wsr.tenancy.models import OPEN

AT = making.AT
database = pytest.mark.django_db(databases=["default", "engine"])


def submit(program, visit, **fields) -> Seal:
    with making.as_auditor(program, visit.lead):
        return visits.submit(inspection_id=visit.pk, by=visit.lead, at=AT, **fields)


def note(program, visit, **fields) -> Inspection:
    with making.as_auditor(program, visit.lead):
        return visits.change_visit(inspection_id=visit.pk, by=visit.lead, at=AT, **fields)


def give_back(program, visit) -> None:
    """Returned by the reviewers, as their operation moves it."""
    with making.as_staff(program, visit.planner):
        row = Inspection.objects.get(pk=visit.pk)
        move(row, InspectionState.RETURNED, by=visit.planner, at=AT, reason="Count again")


# ── The floor ────────────────────────────────────────────────────────────────────────────────────


@database
@pytest.mark.parametrize(("interviewed", "is_enough"), [(58, False), (59, False), (60, True), (62, True)])
def test_half_of_120_is_60(program, interviewed, is_enough):
    making.floor(program, "50")
    visit = making.under_way(program, present=120)
    making.interview(program, visit, workers=interviewed - 10)
    making.interview(program, visit, workers=10)
    if is_enough:
        assert submit(program, visit).number == 1
        return
    with pytest.raises(visits.NotReady, match="asks for 60 of the 120 present"):
        submit(program, visit)
    note(program, visit, few_interviews_reason="The night shift had left.")
    assert json.loads(submit(program, visit).body)["inspection"]["few_interviews_reason"]


@database
def test_nobody_counted_is_no_way_around_the_floor(program):
    making.floor(program, "50")
    visit = making.under_way(program, present=None)
    with pytest.raises(visits.NotReady, match="how many workers were present"):
        submit(program, visit)
    note(program, visit, workers_present=0)
    assert submit(program, visit).number == 1


@given(
    present=st.integers(0, 5000),
    percent=st.decimals(0, 100, places=2, allow_nan=False, allow_infinity=False),
)
def test_the_floor_is_the_least_number_that_reaches_the_share(present, percent):
    share = percent / 100
    needed = Inspection(workers_present=present, interview_share=share).interviews_needed()
    assert Decimal(needed) >= share * present
    assert needed == 0 or Decimal(needed - 1) < share * present
    assert needed <= present


@given(present=st.none() | st.integers(0, 5000))
def test_without_a_share_there_is_no_floor(present):
    assert Inspection(workers_present=present, interview_share=None).interviews_needed() is None


# ── Handing in ───────────────────────────────────────────────────────────────────────────────────


@database
def test_a_visit_needs_a_lead_and_somebody_of_its_team(program, director):
    auditor = factories.member(program, Role.AUDITOR)
    visit = making.accepted(program, team=[(auditor, "auditor")])
    visit.lead = auditor
    with making.as_auditor(program, auditor):
        visits.arrive(inspection_id=visit.pk, by=auditor, at=AT)
    with pytest.raises(visits.NotReady, match="lead"):
        submit(program, visit)
    with making.as_staff(program, visit.planner), pytest.raises(NotOnTeam):
        visits.submit(inspection_id=visit.pk, by=visit.planner, at=AT)
    with making.as_staff(program, director), pytest.raises(Inspection.DoesNotExist):
        visits.submit(inspection_id=visit.pk, by=director, at=AT)


@database
def test_only_a_visit_under_way_is_submitted_and_only_once(program):
    visit = making.accepted(program)
    with pytest.raises(CannotMove):
        submit(program, visit)
    with making.as_auditor(program, visit.lead):
        with pytest.raises(CannotMove):
            visits.leave(inspection_id=visit.pk, by=visit.lead, at=AT)
        with pytest.raises(CannotMove):
            visits.change_visit(inspection_id=visit.pk, summary="Early", by=visit.lead, at=AT)
        visits.arrive(inspection_id=visit.pk, by=visit.lead, at=AT)
    submit(program, visit)
    with pytest.raises(CannotMove):
        submit(program, visit)
    with pytest.raises(CannotMove):
        note(program, visit, summary="Late")


@database
def test_arriving_and_leaving_twice_is_once(program):
    visit = making.under_way(program, present=None)
    with making.as_auditor(program, visit.lead):
        said = {"inspection_id": visit.pk, "by": visit.lead, "at": AT}
        assert visits.arrive(**said).version == visit.version
        assert visits.arrive(**said, workers_present=12).workers_present == 12
        left = visits.leave(**said)
        assert visits.leave(**said).version == left.version
        with pytest.raises(visits.NotReady):
            visits.change_visit(**said, workers_present=-1)
        with pytest.raises(Stale):
            visits.change_visit(**said, summary="Mine", if_version=1)
    with making.as_staff(program, visit.planner):
        assert Event.objects.filter(event="inspection.arrived").count() == 1
        assert Event.objects.filter(event="inspection.left").count() == 1


@database
def test_submitting_tells_the_reviewers_once_everybody_may_know(program):
    visit = making.submitted(program)
    with making.as_staff(program, visit.planner):
        told = Outbox.objects.get(kind="inspection_submitted")
        assert (told.secret_of, told.to["permission"]) == (OPEN, "inspection.review")
        assert told.context == {"inspection": str(visit.pk)}


@database
def test_a_returned_visit_is_sealed_again_with_the_reason(program):
    visit = making.submitted(program)
    give_back(program, visit)
    making.finding(program, visit, title="Found later")
    with pytest.raises(DomainError, match="what changed"):
        submit(program, visit)
    second = submit(program, visit, reason="Counted the housing")
    with making.as_staff(program, visit.planner):
        first = Seal.objects.get(number=1)
        assert second.number == 2
        assert (first.reason, second.reason) == ("", "Counted the housing")
        titles = [{row["title"] for row in json.loads(seal.body)["findings"]} for seal in (first, second)]
        assert titles == [{"Finding 1"}, {"Finding 1", "Found later"}]


@database
def test_a_seal_holds_every_record_and_its_hash_is_that_of_its_bytes(program):
    visit = making.under_way(program)
    making.response(program, visit)
    making.interview(program, visit, workers=7)
    key = making.finding(program, visit).row.pk
    seal = submit(program, visit)
    body = json.loads(seal.body)
    assert hashlib.sha256(seal.body.encode()).hexdigest() == seal.sha256
    assert canonical(body) == seal.body
    assert [len(body[part]) for part in ("team", "declarations", "responses", "interviews", "findings")] == [
        1
    ] * 5
    assert body["findings"][0]["id"] == str(key)
    assert (body["inspection"]["number"], body["inspection"]["left_at"]) == (1, AT.isoformat())


@database
def test_numbers_have_no_gap_whoever_asks(program):
    """An auditor sees her own inspections alone; the next number counts those of others too."""
    assert [making.submitted(program).number for _ in range(3)] == [1, 2, 3]


# ── At once ──────────────────────────────────────────────────────────────────────────────────────


def at_once(*acts):
    """What each act returned or raised, all begun together on connections of their own."""
    start = threading.Barrier(len(acts))
    found = [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            found[place] = act()
        except DomainError as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_two_who_submit_at_once_one_is_told_why_not(transactional_db):
    program = factories.program()
    visit = making.under_way(program)
    results = at_once(*[lambda: submit(program, visit)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["CannotMove", "Seal"]
    with making.as_staff(program, visit.planner):
        assert Seal.objects.count() == 1


def test_a_finding_sent_while_it_is_submitted_is_sealed_with_it_or_refused(transactional_db):
    program = factories.program()
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    for _ in range(5):
        visit = making.under_way(program, planner=planner)
        with making.as_auditor(program, visit.lead):
            provision = Provision.objects.first().pk
        put = at_once(
            lambda visit=visit: submit(program, visit),
            lambda visit=visit, provision=provision: making.finding(program, visit, provision_id=provision),
        )[1]
        with making.as_staff(program, planner):
            sealed = json.loads(Seal.objects.get(inspection=visit).body)["findings"]
            standing = Finding.objects.filter(inspection=visit).count()
        assert len(sealed) == standing
        assert (standing == 1) == isinstance(put, records.Put)


def test_numbers_given_at_once_have_no_gap_and_no_double(transactional_db):
    program = factories.program()
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    waiting = [making.under_way(program, planner=planner) for _ in range(4)]
    at_once(*[lambda visit=visit: submit(program, visit) for visit in waiting])
    with making.as_staff(program, planner):
        assert sorted(Inspection.objects.values_list("number", flat=True)) == [1, 2, 3, 4]

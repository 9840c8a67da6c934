"""A flood wakes nobody a thousand times, and nothing that it washed aside is forgotten."""

import datetime as dt

from complaints.models import Complaint, WorkerKey
from complaints.operations import drafts, parts, quarantine, states, thread, triage
from tests import factories
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from tests.complaints.test_outcome import rule
from tests.factories import sign_in
from wsr.deadlines import operations as clocks
from wsr.deadlines.models import Clock
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope

HOUR = dt.timedelta(hours=1)


def clocks_of(program):
    """[(kind, state, whose)] of all clocks, in the order in which they began."""
    with program_scope(program.pk):
        rows = Clock.objects.order_by("started_at", "pk")
        return [(clock.kind, clock.state) for clock in rows]


def told(program):
    with program_scope(program.pk):
        rows = Outbox.objects.filter(kind__in=("deadline", "deadlines", "complaint_set_aside_waits"))
        return [(row.kind, row.to.get("permission"), row.to["roles"]) for row in rows.order_by("pk")]


def test_what_the_gate_sets_aside_has_one_clock_for_all_and_comes_back_with_its_own(transactional_db, client):
    program = factories.program()
    director, ana = factories.member(program, "director"), factories.member(program, "case_handler")
    rule(program, "clocks.complaint_acknowledged", 7)
    tokens = [drafts.Token.new(program.pk) for _ in range(4)]
    for token in tokens:
        send(token, is_set_aside=True)
    clocks.sweep(at=AT)
    assert clocks_of(program) == [(quarantine.SET_ASIDE, "running")]

    clocks.sweep(at=AT + (quarantine.HOURS + 1) * HOUR)
    assert told(program) == [("complaint_set_aside_waits", "complaint.triage", [])]
    clocks.sweep(at=AT + 9 * 24 * HOUR)
    assert told(program)[1:] == [("complaint_set_aside_waits", "", ["director"])]
    sign_in(client, director)
    page = client.get("/inbox/").content.decode()
    assert "4 complaints set aside" in page
    assert page.count("?state=set_aside") == 1  # one line for one act

    late = AT + 9 * 24 * HOUR
    with program_scope(program.pk, person_id=ana.pk):
        for token in tokens[:3]:
            parts.take(complaint_id=token.case_id, by=ana, at=late)
        triage.no_complaint(complaint_id=tokens[0].case_id, reason="A test.", by=ana, at=late)
        triage.bring_back(complaint_id=tokens[1].case_id, by=ana, at=late)
        [back] = Clock.objects.of(Complaint.objects.get(pk=tokens[1].case_id))
        assert (back.kind, back.started_at) == (states.ACKNOWLEDGED, AT)
        triage.bring_back(complaint_id=tokens[2].case_id, by=ana, at=late)
    assert (quarantine.SET_ASIDE, "missed") in clocks_of(program)
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(complaint_id=tokens[3].case_id, by=ana, at=late)
        triage.bring_back(complaint_id=tokens[3].case_id, by=ana, at=late)
    assert (quarantine.SET_ASIDE, "met") in clocks_of(program)


def test_set_aside_by_hand_it_waits_with_the_others_and_its_own_clock_runs_on(transactional_db):
    """Nobody escapes a limit by setting a complaint aside. Where the worker took back what was left, nothing was missed."""
    program = factories.program()
    ana = factories.member(program, "case_handler")
    rule(program, "clocks.complaint_acknowledged", 7)
    token = drafts.Token.new(program.pk)
    send(token)
    clocks.sweep(at=AT)
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(complaint_id=token.case_id, by=ana, at=AT)
        triage.set_aside(complaint_id=token.case_id, by=ana, at=AT)
    assert sorted(clocks_of(program)) == [(states.ACKNOWLEDGED, "running"), (quarantine.SET_ASIDE, "running")]

    with worker_scope(program.pk, token.case_id):
        key = WorkerKey.objects.select_related("complaint", "complainant").get()
        thread.withdraw(key=key, at=AT)
    clocks.sweep(at=AT + (quarantine.HOURS + 1) * HOUR)

    assert sorted(clocks_of(program)) == [
        (states.ACKNOWLEDGED, "cancelled"),
        (quarantine.SET_ASIDE, "cancelled"),
    ]
    assert told(program) == []

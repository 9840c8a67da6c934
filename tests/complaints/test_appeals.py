"""An outcome that is not accepted: appealed in time, decided by somebody who had no part in it; and a closed complaint opened again."""

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import AppealOutcome, ComplaintState, Part, Side
from complaints.models import Appeal, Assignment, Complainant, Complaint, Reopening, WorkerKey
from complaints.operations import appeals, drafts, independence, parts, states, thread
from complaints.operations.states import CannotMove, NotInvolved
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_canary import everything_in_the_database, spellings
from tests.complaints.test_intake import send
from tests.complaints.test_outcome import (
    MADE_IT,
    PAST,
    allowed,
    hers,
    lived_through,
    office,  # noqa: F401 -- a fixture
    refused,
    rule,
    scope,
    state_of,
    url,
)
from tests.complaints.test_worker_pages import CASE, enter
from tests.factories import sign_in
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.errors import DomainError
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope

DAY = dt.timedelta(days=1)
NOT_RIGHT = "Nobody asked the night shift."


@pytest.fixture
def ended(office):  # noqa: F811
    """The complaint of the office, closed a moment ago without her agreement, by Ben for Ana."""
    making.closed(office.program, office.complaint, office.ana, office.ben, at=timezone.now())
    office.of = {"complaint_id": office.complaint.pk, "at": timezone.now()}
    return office


def appealed(office, words=NOT_RIGHT):  # noqa: F811
    with hers(office):
        return appeals.appeal(key=WorkerKey.objects.get(), words=words, at=timezone.now())


def clocks_of(office, kind):  # noqa: F811
    with program_scope(office.program.pk):
        return list(Clock.objects.of(office.complaint).filter(kind=kind).values_list("state", flat=True))


def test_she_appeals_on_her_page_and_reads_what_another_person_decided(ended, client):
    worker = Client()
    enter(worker, ended.receipt.number, ended.receipt.secret)
    assert "somebody who had nothing to do with it" in worker.get(f"{CASE}?p=appeal").content.decode()
    assert worker.post(CASE, {"act": "appeal", "words": ""}).status_code == 422
    coded = worker.post(CASE, {"act": "appeal", "words": f"It is {ended.receipt.secret}"})
    assert coded.status_code == 422
    assert ended.receipt.secret in coded.content.decode()
    page = worker.post(CASE, {"act": "appeal", "words": NOT_RIGHT}, follow=True).content.decode()
    assert "Another person is looking at it" in page
    assert "I want somebody to look at it again" not in page
    assert worker.post(CASE, {"act": "appeal", "words": NOT_RIGHT}).status_code == 422

    sign_in(client, ended.ana)
    page = client.get(url(ended)).content.decode()
    assert NOT_RIGHT in page
    assert "Nobody who could has accepted to decide" in page
    client.post(url(ended, "ask_decider"), {"person_id": ended.ben.pk})
    with scope(ended, ended.ana):
        assert not Assignment.objects.filter(part=Part.DECIDER).exists()
    client.post(url(ended, "ask_decider"), {"person_id": ended.cleo.pk})
    with scope(ended, ended.cleo):
        parts.accept(assignment_id=Assignment.objects.get(part=Part.DECIDER).pk, by=ended.cleo, at=AT)
    sign_in(client, ended.cleo)
    assert "Decide the appeal" in client.get(url(ended)).content.decode()
    assert "The appeal waits for your decision." in client.get(reverse("ui:inbox")).content.decode()
    said = {"outcome": "upheld", "words": ""}
    assert client.post(url(ended, "decide_appeal"), said).status_code == 422
    client.post(url(ended, "decide_appeal"), {**said, "words": "The night shift was asked in May."})

    page = worker.get(CASE).content.decode()
    assert "The outcome stays as it was" in page
    assert "asked in May" in page
    assert "I want somebody to look at it again" not in page
    assert state_of(ended) == ComplaintState.CLOSED
    with pytest.raises(appeals.CannotAppeal):
        appealed(ended)
    with scope(ended, ended.ana):
        assert Outbox.objects.filter(kind="complaint_appealed").count() == 2
        assert Outbox.objects.filter(kind="complaint_appeal_decided").count() == 1


def test_the_employer_appeals_on_paper_and_it_is_looked_at_again_by_another_handler(ended, client):
    sign_in(client, ended.ana)
    said = {"side": "employer", "complainant_id": "", "words": "The door was never locked."}
    assert client.post(url(ended, "enter_appeal"), {**said, "side": "worker"}).status_code == 422
    assert client.post(url(ended, "enter_appeal"), said).status_code == 302
    assert "written down by" in client.get(url(ended)).content.decode()
    page = enter(Client(), ended.receipt.number, ended.receipt.secret).content.decode()
    assert "Your employer asked us" in page
    assert "never locked" not in page

    dora = factories.member(ended.program, "case_handler")
    making.given(ended.program, ended.complaint, ended.ana, ended.cleo, Part.DECIDER)
    with scope(ended, ended.director):
        parts.wall_off(
            **ended.of, person_id=ended.ana.pk, reason="Her brother works there.", by=ended.director
        )
    with scope(ended, ended.cleo):
        with pytest.raises(appeals.CannotDecide):
            appeals.decide(**ended.of, outcome="again", words="We ask the night shift.", by=ended.cleo)
        assert Complaint.objects.get().state == ComplaintState.APPEALED
        appeals.decide(
            **ended.of, outcome="again", words="We ask the night shift.", handler_id=dora.pk, by=ended.cleo
        )
        row = Complaint.objects.get()
        assert (row.state, row.handler, row.closed_at) == (ComplaintState.INVESTIGATING, ended.ana, None)
    with scope(ended, dora):
        asked = Assignment.objects.get(person=dora, part=Part.HANDLER)
        parts.accept(assignment_id=asked.pk, by=dora, at=AT)
        assert Complaint.objects.get().handler == dora
    assert clocks_of(ended, states.APPEAL_DECIDED) == ["met"]
    assert clocks_of(ended, states.CLOSED) == ["running"]
    page = enter(Client(), ended.receipt.number, ended.receipt.secret).content.decode()
    assert "We work on it again" in page


def test_who_decides_and_when_is_held(ended):
    with scope(ended, ended.ana):
        with pytest.raises(CannotMove):
            appeals.decide(**ended.of, outcome="upheld", words="It stands.", by=ended.ana)
        who = Complainant.objects.get()
    with scope(ended, ended.cleo), pytest.raises(NotInvolved):
        appeals.enter_appeal(**ended.of, side=Side.EMPLOYER, complainant_id=None, words="No.", by=ended.cleo)
    with pytest.raises(DomainError):
        appealed(ended, " ")
    with scope(ended, ended.ana):
        row = appeals.enter_appeal(
            **ended.of, side=Side.WORKER, complainant_id=who.pk, words="She says no.", by=ended.ana
        )
        with pytest.raises(independence.NotIndependent):
            appeals.decide(**ended.of, outcome="upheld", words="It stands.", by=ended.ana)
        with pytest.raises(appeals.CannotAppeal):
            appeals.enter_appeal(
                **ended.of, side=Side.EMPLOYER, complainant_id=None, words="No.", by=ended.ana
            )
        decided = {"outcome": AppealOutcome.UPHELD, "decided_at": AT}
        refused(lambda: Appeal.objects.update(**decided, decider=ended.ana))
        refused(lambda: Appeal.objects.update(**decided, decider=ended.cleo))
        refused(lambda: Complaint.objects.update(state="closed"))
        refused(lambda: Complaint.objects.update(state="investigating"))
    making.given(ended.program, ended.complaint, ended.ana, ended.cleo, Part.DECIDER)
    with scope(ended, ended.cleo):
        for wrong in ({"words": " "}, {"if_version": 0}):
            with pytest.raises(DomainError):
                appeals.decide(
                    **{**ended.of, "outcome": "upheld", "words": "It stands.", "by": ended.cleo, **wrong}
                )
        Appeal.objects.filter(pk=row.pk).update(**decided, decider=ended.cleo)
        refused(lambda: Appeal.objects.update(outcome="again"))


def test_after_its_time_nobody_appeals_and_without_a_time_always(office):  # noqa: F811
    making.closed(office.program, office.complaint, office.ana, office.ben, at=AT)
    late = {"words": NOT_RIGHT, "at": AT + 31 * DAY}
    with hers(office), pytest.raises(appeals.CannotAppeal):
        appeals.appeal(key=WorkerKey.objects.get(), **late)
    page = enter(Client(), office.receipt.number, office.receipt.secret).content.decode()
    assert "You can appeal" not in page

    program = factories.program()
    ana, ben = (factories.member(program, "case_handler") for _ in range(2))
    complaint = making.complaint(program)
    making.closed(program, complaint, ana, ben, at=AT)
    with program_scope(program.pk, person_id=ana.pk):
        appeals.enter_appeal(
            complaint_id=complaint.pk,
            side=Side.EMPLOYER,
            complainant_id=None,
            words="Years later.",
            by=ana,
            at=AT + 900 * DAY,
        )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(past=PAST, is_reviewer=st.booleans(), has_part=st.booleans())
def test_only_who_had_no_part_in_it_decides(office, past, is_reviewer, has_part):  # noqa: F811
    with transaction.atomic():
        complaint = making.complaint(office.program)
        of = {"complaint_id": complaint.pk, "at": AT}
        lived_through(office, complaint, past)
        is_reviewer = is_reviewer and not past & MADE_IT
        making.closed(office.program, complaint, office.ana, office.ben if is_reviewer else office.cleo)
        if has_part:
            making.given(office.program, complaint, office.ana, office.ben, Part.DECIDER)
        with scope(office, office.ana):
            appeals.enter_appeal(**of, side=Side.EMPLOYER, complainant_id=None, words="No.", by=office.ana)
        expected = has_part and not is_reviewer and not past - {"gone"}
        said = {"outcome": "upheld", "words": "It stands.", "by": office.ben}
        with scope(office, office.ben):
            raw = {"outcome": "upheld", "decider": office.ben, "decided_at": AT}
            assert allowed(lambda: Appeal.objects.update(**raw), Exception) == expected
            assert allowed(lambda: appeals.decide(**of, **said), DomainError) == expected
        transaction.set_rollback(True)


def test_opened_again_for_a_reason_with_a_clock_of_its_own(ended, client):
    with scope(ended, ended.cleo), pytest.raises(NotInvolved):
        appeals.reopen(**ended.of, reason="New facts.", by=ended.cleo)
    sign_in(client, ended.ana)
    workplace = factories.workplace(ended.program)
    assert client.post(url(ended, "accept"), {"workplace_id": workplace.pk}).status_code == 422
    assert client.post(url(ended, "bring_back")).status_code == 422
    with scope(ended, ended.ana):
        refused(lambda: Complaint.objects.update(state="accepted", closed_at=None))
    assert client.post(url(ended, "reopen"), {"reason": " "}).status_code == 422
    assert client.post(url(ended, "reopen"), {"reason": "A second witness came."}).status_code == 302
    assert "A second witness came." in client.get(url(ended)).content.decode()
    assert (state_of(ended), clocks_of(ended, states.APPEAL)) == (ComplaintState.ACCEPTED, ["cancelled"])
    assert clocks_of(ended, states.CLOSED) == ["running"]
    assert client.post(url(ended, "reopen"), {"reason": "Again."}).status_code == 422
    with scope(ended, ended.ana):
        refused(lambda: Reopening.objects.create(complaint=ended.complaint, by=ended.ben, at=AT))
    page = enter(Client(), ended.receipt.number, ended.receipt.secret).content.decode()
    assert "How it ended" not in page
    assert "A second witness" not in page


def test_clocks_of_what_a_worker_does_end_with_the_next_tick(transactional_db):
    program = factories.program()
    ana, ben = (factories.member(program, "case_handler") for _ in range(2))
    for key in ("acknowledged", "closed", "appeal", "appeal_decided"):
        rule(program, f"clocks.complaint_{key}", 30)
    complaints = []
    for _ in range(2):
        token = drafts.Token.new(program.pk)
        send(token)
        complaints.append(Complaint(pk=token.case_id, program_id=program.pk))
    sweep(at=AT)
    taken_back, closed = complaints
    with worker_scope(program.pk, taken_back.pk):
        thread.withdraw(key=WorkerKey.objects.select_related("complaint").get(), at=AT + DAY)
    making.closed(program, closed, ana, ben, at=AT + DAY)
    with worker_scope(program.pk, closed.pk):
        appeals.appeal(key=WorkerKey.objects.get(), words=NOT_RIGHT, at=AT + 2 * DAY)
    kept = " ".join(everything_in_the_database().values())
    for text in (NOT_RIGHT, "The door stays open.", "She could not be reached."):
        assert not any(spelling in kept for spelling in spellings(text))

    sweep(at=AT + 3 * DAY)

    with program_scope(program.pk):
        found = {
            (clock.subject_id == closed.pk, clock.kind): (clock.state, clock.reason)
            for clock in Clock.objects.all()
        }
    assert found[False, states.ACKNOWLEDGED] == ("cancelled", "The worker took her complaint back.")
    assert found[True, states.APPEAL] == ("cancelled", "It was appealed.")
    assert found[True, states.APPEAL_DECIDED][0] == "running"
    with worker_scope(program.pk, taken_back.pk):
        thread.take_up(key=WorkerKey.objects.select_related("complaint").get(), at=AT + 4 * DAY)
    sweep(at=AT + 5 * DAY)
    with program_scope(program.pk):
        running = Clock.objects.of(taken_back).filter(kind=states.ACKNOWLEDGED, state="running")
        assert running.count() == 1


def test_the_time_to_appeal_ends_and_nothing_was_missed(transactional_db):
    program = factories.program()
    ana, ben = (factories.member(program, "case_handler") for _ in range(2))
    rule(program, "clocks.complaint_appeal", 30)
    complaint = making.complaint(program)
    making.closed(program, complaint, ana, ben, at=AT)
    sweep(at=AT + 40 * DAY)
    with program_scope(program.pk):
        clock = Clock.objects.of(complaint).get(kind=states.APPEAL)
        assert (clock.state, clock.reason) == (
            "cancelled",
            "Nobody appealed in time; the outcome stands.",
        )

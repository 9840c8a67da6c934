"""How a complaint ends: a solution agreed with her, a second pair of eyes, never alone. Appeals are in `test_appeals.py`."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import ComplaintState, Part, Reply, ReviewOutcome
from complaints.models import (
    Appeal,
    Complainant,
    Complaint,
    Finding,
    Resolution,
    ResolutionAnswer,
    Review,
    WorkerKey,
)
from complaints.operations import drafts, independence, parts, resolutions, reviews, states
from complaints.operations.states import CannotMove, NotInvolved
from complaints.operations.thread import SecretInText
from programs.models import Provision, Rule
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.test_intake import send
from tests.complaints.test_worker_pages import CASE, enter
from tests.factories import sign_in
from wsr.deadlines.models import Clock
from wsr.errors import DomainError, Stale
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope, worker_scope

pytestmark = pytest.mark.django_db
FIRST, SECOND = "We ask for the key.", "The door stays open day and night."


def rule(program, key, days):
    """A length that the program has set."""
    with program_scope(program.pk):
        Rule.objects.create(
            key=key,
            section="clocks",
            label=key,
            value=days,
            unit="days",
            certainty="set_by_program",
            valid_from=dt.date(2026, 1, 1),
            set_at=AT,
        )


@pytest.fixture
def office(db):
    """A program with three handlers, and a complaint of a worker with a code, for which a finding was made."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.director = factories.member(program, "director")
    office.ana, office.ben, office.cleo = (factories.member(program, "case_handler") for _ in range(3))
    for key in ("clocks.complaint_closed", "clocks.complaint_appeal", "clocks.complaint_appeal_decided"):
        rule(program, key, 30)
    token = drafts.Token.new(program.pk)
    office.receipt = send(token)
    with program_scope(program.pk):
        office.complaint = Complaint.objects.get()
    making.resolving(program, office.complaint, office.ana)
    office.of = {"complaint_id": office.complaint.pk, "at": AT}
    return office


def scope(office, person):
    return program_scope(office.program.pk, person_id=person.pk)


def hers(office):
    return worker_scope(office.program.pk, office.complaint.pk)


def url(office, name="complaint", *more):
    return reverse(f"complaints:{name}", args=[office.program.slug, office.complaint.pk, *more])


def state_of(office):
    with program_scope(office.program.pk):
        return Complaint.objects.get(pk=office.complaint.pk).state


def proposed(office, *texts):
    with scope(office, office.ana):
        for text in texts or (FIRST,):
            made = resolutions.propose(**office.of, text=text, by=office.ana)
    return made


def says(office, reply, words=""):
    with hers(office):
        return resolutions.answer(key=WorkerKey.objects.get(), reply=reply, words=words, at=AT)


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_from_the_proposal_to_the_closing_on_both_pages(office, client):
    desk, worker = client, Client()
    sign_in(desk, office.ana)
    assert desk.post(url(office, "propose"), {"text": ""}).status_code == 422
    desk.post(url(office, "propose"), {"text": FIRST})
    page = enter(worker, office.receipt.number, office.receipt.secret).content.decode()
    assert FIRST in page
    assert FIRST in worker.get(f"{CASE}?p=answer").content.decode()
    short = worker.post(CASE, {"act": "reply", "reply": "change", "words": ""})
    coded = worker.post(CASE, {"act": "reply", "reply": "change", "words": office.receipt.secret})
    assert (short.status_code, coded.status_code) == (422, 422)
    assert "Take it out" in coded.content.decode()
    assert worker.post(CASE, {"act": "reply"}).status_code == 422
    asked = worker.post(
        CASE, {"act": "reply", "reply": "change", "words": "Also at night."}, follow=True
    ).content.decode()
    assert "You said: I want something changed." in asked
    assert "Also at night." in desk.get(url(office)).content.decode()

    desk.post(url(office, "propose"), {"text": SECOND})
    page = worker.get(CASE).content.decode()
    assert SECOND in page
    assert FIRST not in page
    assert "Also at night." not in page
    assert desk.post(url(office, "hand_over"), {"reason": ""}).status_code == 422
    worker.post(CASE, {"act": "reply", "reply": "agrees"})
    assert desk.post(url(office, "hand_over"), {"reason": ""}).status_code == 302
    assert "checked by a second person" in worker.get(CASE).content.decode()

    waiting = desk.get(url(office)).content.decode()
    assert "Nobody who could has accepted" in waiting
    assert str(office.ben) in waiting
    assert "Approve and close" not in waiting
    desk.post(url(office, "ask_second_person"), {"person_id": office.ben.pk})
    with scope(office, office.ben):
        [part] = parts.Assignment.objects.filter(person=office.ben)
        parts.accept(assignment_id=part.pk, by=office.ben, at=AT)
    sign_in(desk, office.ben)
    assert "Approve and close" in desk.get(url(office)).content.decode()
    assert "waits for you as the second person" in desk.get(reverse("ui:inbox")).content.decode()
    assert desk.post(url(office, "give_back"), {"words": ""}).status_code == 422
    desk.post(url(office, "give_back"), {"words": "Until when?"})
    assert state_of(office) == ComplaintState.RESOLVING
    sign_in(desk, office.ana)
    assert "Until when?" in desk.get(url(office)).content.decode()
    desk.post(url(office, "hand_over"), {"reason": ""})
    sign_in(desk, office.ben)
    assert desk.post(url(office, "approve")).status_code == 302

    page = worker.get(CASE).content.decode()
    assert state_of(office) == ComplaintState.CLOSED
    assert "How it ended" in page
    assert SECOND in page
    assert "You can appeal until" in page
    with scope(office, office.ana):
        of = Clock.objects.of(office.complaint)
        assert [clock.state for clock in of.filter(kind=states.APPEAL)] == ["running"]
        assert not of.filter(kind=states.CLOSED).exclude(state="met").exists()
        assert Outbox.objects.filter(kind="complaint_proposal_answered").count() == 2
        assert Outbox.objects.filter(kind="complaint_reviewed").count() == 2
    with scope(office, office.director):
        clock = Clock.objects.of(office.complaint).get(kind=states.APPEAL)
        kept = list(
            Event.objects.filter(event__startswith="complaint.")
            .order_by("pk")
            .values_list("event", flat=True)
        )
    assert kept.count("complaint.resolution_proposed") == 2
    assert {"complaint.given_back", "complaint.closed"} < set(kept)
    sign_in(desk, office.director)
    told = desk.get(reverse("deadlines:clock", args=[office.program.slug, clock.pk])).content.decode()
    assert "30 days" in told
    assert url(office) in told


def test_what_she_said_on_the_phone_is_kept_as_written_down_by_the_handler(office, client):
    proposed(office)
    sign_in(client, office.ana)
    with scope(office, office.ana):
        who = Complainant.objects.get()
    said = {"complainant_id": who.pk, "reply": "agrees", "words": "Good, she says."}
    assert (
        client.post(url(office, "enter_answer"), {**said, "reply": "change", "words": ""}).status_code == 422
    )
    assert client.post(url(office, "enter_answer"), said).status_code == 302

    page = client.get(url(office)).content.decode()
    assert "on the phone, written down by" in page
    assert "Good, she says." in page
    worker = enter(Client(), office.receipt.number, office.receipt.secret).content.decode()
    assert "when you told us on the phone" in worker
    with scope(office, office.ana):
        assert ResolutionAnswer.objects.get().entered_by == office.ana
        row = {
            "complaint": office.complaint,
            "resolution": Resolution.objects.get(),
            "complainant": who,
            "at": AT,
        }
        refused(lambda: ResolutionAnswer.objects.create(**row, reply="agrees"))
        refused(lambda: ResolutionAnswer.objects.create(**row, reply="agrees", entered_by=office.ben))
        refused(lambda: ResolutionAnswer.objects.update(reply="disagrees"))
    with hers(office):
        refused(lambda: ResolutionAnswer.objects.create(**row, reply="agrees", entered_by=office.ana))


def test_without_her_agreement_it_closes_with_a_reason_that_she_reads(office):
    making.given(office.program, office.complaint, office.ana, office.ben, Part.REVIEWER)
    proposed(office)
    says(office, Reply.DISAGREES, "He still has the key.")
    with scope(office, office.ana):
        with pytest.raises(reviews.CannotHandOver):
            reviews.hand_over(**office.of, reason=" ", by=office.ana)
        reviews.hand_over(**office.of, reason="The key was handed in before a witness.", by=office.ana)
    with scope(office, office.ben):
        closing = reviews.approve(**{**office.of, "at": timezone.now()}, by=office.ben)
    assert closing.is_without_agreement

    page = enter(Client(), office.receipt.number, office.receipt.secret).content.decode()
    assert "although you had not agreed" in page
    assert "before a witness" in page
    assert "You can appeal until" in page


def test_every_complainant_must_agree_and_may_change_her_mind_before_it_is_closed(office):
    other = making.another(office.program, office.complaint)
    making.given(office.program, office.complaint, office.ana, office.ben, Part.REVIEWER)
    resolution = proposed(office)
    says(office, Reply.AGREES)
    with scope(office, office.ana):
        assert not resolutions.is_agreed(resolution)
        agrees = {"complainant_id": other.pk, "reply": Reply.AGREES, "words": ""}
        assert reviews.hand_over(
            **office.of, reason="The other is abroad.", by=office.ana
        ).is_without_agreement
    with scope(office, office.ben):
        reviews.give_back(**office.of, words="Call her once more.", by=office.ben)
    with scope(office, office.ana):
        reviews.hand_over(**office.of, reason="She is still abroad.", by=office.ana)
        resolutions.enter_answer(**office.of, **agrees, by=office.ana)
    with scope(office, office.ben):
        with transaction.atomic():
            assert not reviews.approve(**office.of, by=office.ben).is_without_agreement
            transaction.set_rollback(True)
        reviews.give_back(**office.of, words="Both agree now.", by=office.ben)
    with scope(office, office.ana):
        reviews.hand_over(**office.of, reason="", by=office.ana)
    says(office, Reply.DISAGREES)
    with scope(office, office.ben), pytest.raises(reviews.CannotHandOver):
        reviews.approve(**office.of, by=office.ben)
    says(office, Reply.AGREES)
    with scope(office, office.ben):
        assert not reviews.approve(**office.of, by=office.ben).is_without_agreement
    with pytest.raises(resolutions.CannotAnswer):
        says(office, Reply.AGREES)


def test_who_does_what_and_when_is_held(office):
    making.given(office.program, office.complaint, office.ana, office.ben, Part.REVIEWER)
    with pytest.raises(resolutions.CannotAnswer):
        says(office, Reply.AGREES)
    with scope(office, office.cleo), pytest.raises(NotInvolved):
        resolutions.propose(**office.of, text=FIRST, by=office.cleo)
    with scope(office, office.ben):
        with pytest.raises(resolutions.NotHandler):
            resolutions.propose(**office.of, text=FIRST, by=office.ben)
        with pytest.raises(resolutions.NotHandler):
            reviews.hand_over(**office.of, reason="", by=office.ben)
        with pytest.raises(CannotMove):
            reviews.approve(**office.of, by=office.ben)
    with scope(office, office.ana):
        with pytest.raises(DomainError):
            resolutions.propose(**office.of, text=" ", by=office.ana)
        with pytest.raises(Stale):
            resolutions.propose(**office.of, text=FIRST, by=office.ana, if_version=0)
        with pytest.raises(reviews.CannotHandOver):
            reviews.hand_over(**office.of, reason="", by=office.ana)
    proposed(office)
    with scope(office, office.ana):
        Finding.objects.update(ended_at=AT)
        with pytest.raises(reviews.CannotHandOver, match="finding"):
            reviews.hand_over(**office.of, reason="She is abroad.", by=office.ana)
        Finding.objects.create(
            complaint=office.complaint,
            provision=Provision.objects.get(),
            outcome="upheld",
            found_by=office.ana,
            found_at=AT,
        )
    with pytest.raises(SecretInText):
        says(office, Reply.CHANGE, f"My code is {office.receipt.secret}")
    with scope(office, office.ana):
        reviews.hand_over(**office.of, reason="She is abroad.", by=office.ana)
        with pytest.raises(CannotMove):
            resolutions.propose(**office.of, text=SECOND, by=office.ana)
        with pytest.raises(CannotMove):
            reviews.hand_over(**office.of, reason="", by=office.ana)
        with pytest.raises(independence.NotIndependent):
            reviews.approve(**office.of, by=office.ana)
    with scope(office, office.cleo), pytest.raises(NotInvolved):
        reviews.approve(**office.of, by=office.cleo)


def test_the_database_lets_nobody_close_alone(office):
    proposed(office)
    with scope(office, office.ana):
        row = Complaint.objects.get()
        refused(lambda: Complaint.objects.update(state="in_review"))
        reviews.hand_over(**office.of, reason="She is abroad.", by=office.ana)
        decided = {"outcome": ReviewOutcome.APPROVED, "decided_at": AT}
        refused(lambda: Review.objects.update(**decided, reviewer=office.ana))
        refused(lambda: Review.objects.update(**decided, reviewer=office.ben))
        refused(lambda: Complaint.objects.update(state="closed", closed_at=AT))
        refused(lambda: Complaint.objects.update(state="resolving"))
        asked = parts.ask(**office.of, person_id=office.ana.pk, part=Part.REVIEWER, by=office.ana)
        parts.accept(assignment_id=asked.pk, by=office.ana, at=AT)
        refused(lambda: Review.objects.update(**decided, reviewer=office.ana))
        refused(
            lambda: Review.objects.create(
                complaint=row, resolution=Resolution.objects.get(), handed_by=office.ben, handed_at=AT
            )
        )
    with scope(office, office.ben):
        assert not Review.objects.exists()
    with hers(office):
        refused(lambda: Review.objects.create(complaint=row, handed_by=office.ana, handed_at=AT))
        refused(lambda: Appeal.objects.create(complaint=row, side="worker", filed_at=AT))
        refused(lambda: Complaint.objects.update(state="appealed"))


def test_a_program_with_one_handler_is_told_whom_to_ask(client):
    program = factories.program()
    ana = factories.member(program, "case_handler")
    complaint = making.complaint(program)
    making.resolving(program, complaint, ana)
    with program_scope(program.pk, person_id=ana.pk):
        resolutions.propose(complaint_id=complaint.pk, text=FIRST, by=ana, at=AT)
        reviews.hand_over(complaint_id=complaint.pk, reason="Gone.", by=ana, at=AT)
    sign_in(client, ana)
    page = reverse("complaints:complaint", args=[program.slug, complaint.pk])
    assert "Nobody is left to ask" in client.get(page).content.decode()
    assert client.post(f"{page}approve/").status_code == 422
    assert "Nobody is left" in client.get(f"{page}second-person/").content.decode()
    listed = reverse("complaints:complaints", args=[program.slug])
    assert str(complaint.pk) in client.get(f"{listed}?waits_for=in_review").content.decode()
    assert str(complaint.pk) not in client.get(f"{listed}?waits_for=appealed").content.decode()


PAST = st.sets(st.sampled_from(["handler", "found", "proposed", "investigator", "gone"]))
MADE_IT = {"handler", "found", "proposed", "investigator"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(past=PAST, has_part=st.booleans())
def test_only_who_had_no_hand_in_it_reviews_it(office, past, has_part):
    """Whoever ever handled it, found, proposed or investigated may not, also after her part has ended."""
    with transaction.atomic():
        complaint = making.complaint(office.program)
        of = {"complaint_id": complaint.pk, "at": AT}
        lived_through(office, complaint, past)
        if has_part:
            making.given(office.program, complaint, office.ana, office.ben, Part.REVIEWER)
        with scope(office, office.ana):
            resolutions.propose(**of, text=SECOND, by=office.ana)
            review = reviews.hand_over(**of, reason="She is abroad.", by=office.ana)
        expected = has_part and not past & MADE_IT
        with scope(office, office.ben):
            raw = Review.objects.filter(pk=review.pk)
            by_hand = allowed(
                lambda: raw.update(outcome="approved", reviewer=office.ben, decided_at=AT), DatabaseError
            )
            assert by_hand == expected
            assert allowed(lambda: reviews.approve(**of, by=office.ben), DomainError) == expected
        transaction.set_rollback(True)


def lived_through(office, complaint, past):
    """What Ben did before Ana took over, or for her; his part has ended where he is gone."""
    of = {"complaint_id": complaint.pk, "at": AT}
    if past & {"handler", "found", "proposed"}:
        with scope(office, office.ben):
            parts.take(**of, by=office.ben)
        if past & {"found", "proposed"}:
            making.resolving(office.program, complaint, office.ben)
        if "proposed" in past:
            with scope(office, office.ben):
                resolutions.propose(**of, text=FIRST, by=office.ben)
                Finding.objects.update(ended_at=AT)
        making.given(office.program, complaint, office.ben, office.ana, Part.HANDLER)
    if not past & {"found", "proposed"}:
        making.resolving(office.program, complaint, office.ana)
    elif "proposed" in past:
        with scope(office, office.ana):
            Finding.objects.create(
                complaint=complaint,
                provision=Provision.objects.get(),
                outcome="upheld",
                found_by=office.ana,
                found_at=AT,
            )
    if "investigator" in past:
        part = making.given(office.program, complaint, office.ana, office.ben, Part.INVESTIGATOR)
        if "gone" in past:
            with scope(office, office.ana):
                parts.end(assignment_id=part.pk, by=office.ana, at=AT)


def allowed(act, error) -> bool:
    """Whether it works; undone in any case."""
    try:
        with transaction.atomic():
            if not act():
                return False
            raise Undone
    except Undone:
        return True
    except error:
        return False


class Undone(Exception):
    """What worked is undone."""

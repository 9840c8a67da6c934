"""Breaches: suspected, noticed, cured or not; petition, votes, decision, arbitration; by clocks, by people, by two at once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import ProgrammingError

from agreements.enums import Choice, Outcome
from agreements.models import Arbitration, Breach, BreachStep, Dispute, Vote
from agreements.operations import arbitration, breaches, disputes
from agreements.tasks import end_clocks_of_breach
from tests import factories
from tests.agreements.obliged import DISPUTES, bound
from tests.agreements.test_obligations import at_once
from wsr.accounts.models import Membership
from wsr.deadlines.models import Clock
from wsr.deadlines.operations.sweeping import fire_next
from wsr.errors import DomainError
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, atomic, program_scope

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
LETTER = b"%PDF-1.7 letter"


@pytest.fixture
def made(program):
    """A brand whose agreement says how disputes go."""
    return bound(program, DISPUTES)


def _open(made, **fields):
    with program_scope(made.program.pk):
        return breaches.open_breach(
            agreement_id=made.agreement.pk,
            participation_id=made.brand.pk,
            title="A purchase after the day of the stop",
            facts="Bought on March 1 from a suspended supplier.",
            at=AT,
            **fields,
        )


@pytest.fixture
def director(program):
    return factories.member(program, "director")


@pytest.fixture
def noticed(made, director):
    """A breach whose notice is served."""
    return _serve(made, _open(made), director)


def _serve(made, breach, director):
    with program_scope(made.program.pk):
        return breaches.serve_notice(breach_id=breach.pk, letter=LETTER, by=director, at=AT)


def _as_brand(made):
    return program_scope(
        made.program.pk, Audience.BRAND, person_id=made.officer.pk, organization_id=made.organization.pk
    )


def _fire(made, subject, kind, days=60):
    """Let every step of a clock happen."""
    with program_scope(made.program.pk):
        clock = Clock.objects.open().of(subject).filter(kind=kind).get()
    while fire_next(program_id=made.program.pk, clock_id=clock.pk, at=clock.due_at + dt.timedelta(days=days)):
        pass


def _state(made, breach):
    with program_scope(made.program.pk):
        return Breach.objects.values_list("state", flat=True).get(pk=breach.pk)


def _due(made, subject, kind):
    with program_scope(made.program.pk):
        return Clock.objects.of(subject).filter(kind=kind).latest("started_at").due_at.date()


# ── Notice and cure ──────────────────────────────────────────────────────────────────────────────


def test_a_breach_is_opened_once_per_subject(made):
    subject = ("agreements.purchase", made.version.pk)
    assert _open(made, subject=subject).pk == _open(made, subject=subject).pk
    assert _open(made).number == "B-2"


def test_the_party_sees_nothing_of_a_suspicion(made, director):
    breach = _open(made)
    with _as_brand(made):
        assert not Breach.objects.exists()
        assert not BreachStep.objects.exists()
    with program_scope(made.program.pk):
        breaches.withdraw(breach_id=breach.pk, reason="The list was wrong.", by=director, at=AT)
    with _as_brand(made):
        assert not Breach.objects.exists()
        assert not BreachStep.objects.exists()


def test_a_served_notice_shows_the_letter_and_starts_the_time_to_cure(made, noticed):
    assert (noticed.state, noticed.noticed_at) == ("noticed", AT)
    assert _due(made, noticed, breaches.CURED) == dt.date(2026, 4, 1)
    with _as_brand(made):
        seen = Breach.objects.get()
        assert seen.letter.path.read_bytes() == LETTER
        assert [step.state for step in BreachStep.objects.all()] == ["noticed"]
    with program_scope(made.program.pk):
        told = Outbox.objects.filter(kind="breach_noticed").get()
        assert told.to["organization"] == str(made.organization.pk)


def test_without_a_dispute_clause_no_time_to_cure_runs(program, director):
    made = bound(program, name="Without")
    breach = _serve(made, _open(made), director)
    with program_scope(program.pk):
        assert not Clock.objects.of(breach).filter(kind=breaches.CURED).exists()


def test_the_party_acknowledges_once(made, noticed):
    with _as_brand(made):
        breaches.acknowledge(breach_id=noticed.pk, by=made.officer, at=AT)
        with pytest.raises(DomainError, match="acknowledged already"):
            breaches.acknowledge(breach_id=noticed.pk, by=made.officer, at=AT)


def test_a_cure_is_claimed_refused_claimed_again_and_accepted(made, noticed, director):
    with _as_brand(made):
        breaches.claim_cure(breach_id=noticed.pk, note="The order is cancelled.", by=made.officer, at=AT)
    with program_scope(made.program.pk):
        breaches.reject_cure(
            breach_id=noticed.pk, reason="Send the cancellation.", again_within_days=5, by=director, at=AT
        )
    with _as_brand(made):
        breaches.claim_cure(breach_id=noticed.pk, note="Here it is.", by=made.officer, at=AT)
    with program_scope(made.program.pk):
        breaches.accept_cure(breach_id=noticed.pk, reason="Seen.", by=director, at=AT)
        events = list(
            Event.objects.filter(subject_id=noticed.pk).order_by("id").values_list("event", flat=True)
        )
    assert events == [
        "breach.suspected",
        "breach.noticed",
        "breach.cure_claimed",
        "breach.noticed",
        "breach.cure_claimed",
        "breach.cured",
    ]


def test_a_refusal_without_more_days_means_not_cured(made, noticed, director):
    with program_scope(made.program.pk):
        breaches.claim_cure(breach_id=noticed.pk, note="Done", by=director, at=AT)
        breaches.reject_cure(breach_id=noticed.pk, reason="No.", again_within_days=0, by=director, at=AT)
    assert _state(made, noticed) == "not_cured"


def test_the_time_to_cure_passes_by_itself(made, noticed):
    _fire(made, noticed, breaches.CURED)
    assert _state(made, noticed) == "not_cured"


# ── The committee ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def petition(made, noticed, director):
    """A petition of the program about a breach that was not cured."""
    _fire(made, noticed, breaches.CURED)
    with program_scope(made.program.pk):
        return disputes.file_petition(breach_id=noticed.pk, petition="Find the breach.", by=director, at=AT)


def _members(program, count):
    return [factories.member(program, "committee_member") for _number in range(count)]


def _cast(made, dispute, *choices):
    members = _members(made.program, len(choices))
    with program_scope(made.program.pk):
        for member, choice in zip(members, choices, strict=True):
            disputes.cast_vote(dispute_id=dispute.pk, choice=choice, by=member, at=AT)
    return members


def _decide(made, dispute, by):
    with program_scope(made.program.pk):
        return disputes.decide(dispute_id=dispute.pk, decision="As the records show.", by=by, at=AT)


@pytest.mark.parametrize(
    ("choices", "outcome", "state"),
    [
        ((Choice.FOR, Choice.FOR, Choice.AGAINST), "upheld", "upheld"),
        ((Choice.FOR, Choice.AGAINST, Choice.AGAINST, Choice.RECUSED), "dismissed", "dismissed"),
    ],
)
def test_the_majority_decides(made, noticed, petition, choices, outcome, state):
    members = _cast(made, petition, *choices)
    decided = _decide(made, petition, members[0])
    assert (decided.outcome, decided.votes_for, decided.votes_against, decided.votes_recused) == (
        outcome,
        choices.count(Choice.FOR),
        choices.count(Choice.AGAINST),
        choices.count(Choice.RECUSED),
    )
    assert _state(made, noticed) == state
    assert _due(made, petition, disputes.APPEALED) == dt.date(2026, 3, 16)


@pytest.mark.parametrize("choices", [(), (Choice.RECUSED,), (Choice.FOR, Choice.AGAINST)])
def test_even_votes_decide_nothing(made, petition, choices):
    [*_, member] = _cast(made, petition, *choices) or _members(made.program, 1)
    with pytest.raises(DomainError, match="even"):
        _decide(made, petition, member)


def test_nobody_votes_twice(made, petition):
    [member] = _cast(made, petition, Choice.FOR)
    with program_scope(made.program.pk), pytest.raises(DomainError, match="voted on this petition already"):
        disputes.cast_vote(dispute_id=petition.pk, choice=Choice.AGAINST, by=member, at=AT)


def test_who_acts_for_a_party_is_only_recused(made, petition):
    [member] = _members(made.program, 1)
    with program_scope(made.program.pk):
        Membership.objects.create(
            person=member, role="brand_signatory", organization=made.organization, started_at=AT
        )
        with pytest.raises(disputes.ConflictOfInterest):
            disputes.cast_vote(dispute_id=petition.pk, choice=Choice.AGAINST, by=member, at=AT)
        disputes.cast_vote(dispute_id=petition.pk, choice=Choice.RECUSED, by=member, at=AT)
        with pytest.raises(disputes.ConflictOfInterest):
            disputes.decide(dispute_id=petition.pk, decision="x", by=member, at=AT)


def test_the_party_files_a_petition_itself(made, noticed):
    with _as_brand(made):
        filed = disputes.file_petition(
            breach_id=noticed.pk, petition="We did not buy.", by=made.officer, at=AT
        )
    with program_scope(made.program.pk):
        filed.refresh_from_db()
        assert (filed.is_from_party, filed.state) == (True, "filed")
        assert Outbox.objects.filter(kind="dispute_filed").get().to["permission"] == "dispute.decide"
    assert _state(made, noticed) == "disputed"


def test_a_petition_that_is_withdrawn_leaves_the_breach_not_cured(made, noticed, petition, director):
    with program_scope(made.program.pk):
        disputes.withdraw_petition(dispute_id=petition.pk, reason="Talks go on.", by=director, at=AT)
    assert _state(made, noticed) == "not_cured"
    with program_scope(made.program.pk):
        again = disputes.file_petition(breach_id=noticed.pk, petition="Talks failed.", by=director, at=AT)
        assert Dispute.objects.count() == 2
        assert again.state == "filed"


@pytest.fixture
def own_petition(made, noticed):
    """One that the brand filed itself."""
    with _as_brand(made):
        return disputes.file_petition(
            breach_id=noticed.pk, petition="We did not buy.", by=made.officer, at=AT
        )


def test_the_party_withdraws_its_own_petition(made, noticed, own_petition):
    with _as_brand(made):
        disputes.withdraw_petition(
            dispute_id=own_petition.pk, reason="We found the orders.", by=made.officer, at=AT
        )
    end_clocks_of_breach(program_id=str(made.program.pk), breach_id=str(noticed.pk))

    assert _state(made, noticed) == "not_cured"
    with program_scope(made.program.pk):
        own_petition.refresh_from_db()
        step = noticed.steps.latest("at", "pk")
        assert (own_petition.state, own_petition.closed_at is None) == ("withdrawn", False)
        assert (step.state, step.text, step.is_from_party) == ("not_cured", "We found the orders.", True)
        assert not Clock.objects.open().of(own_petition).exists()
        assert Outbox.objects.filter(kind="dispute_withdrawn").get().to["permission"] == "dispute.decide"


def test_neither_side_withdraws_the_petition_of_the_other(made, own_petition, director):
    with program_scope(made.program.pk), pytest.raises(DomainError, match="Only the side that filed"):
        disputes.withdraw_petition(dispute_id=own_petition.pk, reason="No.", by=director, at=AT)


def test_a_party_cannot_withdraw_what_the_program_filed(made, noticed, petition):
    with _as_brand(made), pytest.raises(DomainError, match="Only the side that filed"):
        disputes.withdraw_petition(dispute_id=petition.pk, reason="No.", by=made.officer, at=AT)
    with _as_brand(made), pytest.raises(ProgrammingError, match="only the side that filed"), atomic():
        Dispute.objects.filter(pk=petition.pk).update(state="withdrawn")
    with _as_brand(made), pytest.raises(ProgrammingError, match="before the committee"), atomic():
        Breach.objects.filter(pk=noticed.pk).update(state="not_cured")
    assert _state(made, noticed) == "disputed"


# ── Arbitration ──────────────────────────────────────────────────────────────────────────────────


def test_without_a_decision_in_time_either_side_may_ask_for_arbitration(made, noticed, petition, director):
    _fire(made, petition, disputes.DECIDED)
    with _as_brand(made):
        asked = arbitration.appeal(dispute_id=petition.pk, grounds="Nobody decided.", by=made.officer, at=AT)
    with program_scope(made.program.pk):
        asked.refresh_from_db()
        assert (asked.is_from_party, asked.state, asked.rules) == (
            True,
            "asked",
            "UNCITRAL rules, seat in The Hague",
        )
    assert _state(made, noticed) == "disputed"


def test_a_decision_that_nobody_appeals_is_final(made, petition):
    [member] = _cast(made, petition, Choice.FOR)
    _decide(made, petition, member)
    _fire(made, petition, disputes.APPEALED)
    with program_scope(made.program.pk):
        petition.refresh_from_db()
        assert petition.state == "final"
        with pytest.raises(DomainError, match="“Final” already"):
            arbitration.appeal(dispute_id=petition.pk, grounds="Too late", by=member, at=AT)


@pytest.fixture
def asked(made, petition):
    """The brand asked for arbitration against a decision."""
    [member] = _cast(made, petition, Choice.FOR)
    _decide(made, petition, member)
    with _as_brand(made):
        return arbitration.appeal(dispute_id=petition.pk, grounds="We object.", by=made.officer, at=AT)


DAY = dt.date(2026, 6, 1)


def test_an_award_is_final_and_turns_the_decision(made, noticed, petition, asked, director):
    with program_scope(made.program.pk):
        arbitration.file_arbitration(
            arbitration_id=asked.pk, rules="PCA", seat="The Hague", filed_on=DAY, by=director, at=AT
        )
        ended = arbitration.award(
            arbitration_id=asked.pk,
            outcome=Outcome.DISMISSED,
            award="No breach.",
            ended_on=DAY,
            by=director,
            at=AT,
        )
        petition.refresh_from_db()
    assert (ended.state, petition.state, _state(made, noticed)) == ("awarded", "final", "dismissed")


def test_a_settlement_has_its_sum(made, noticed, asked, director):
    with program_scope(made.program.pk):
        ended = arbitration.settle(
            arbitration_id=asked.pk,
            award="Both sides agreed.",
            amount=Decimal("2300000.00"),
            currency="USD",
            ended_on=DAY,
            by=director,
            at=AT,
        )
    assert (ended.state, ended.amount, _state(made, noticed)) == ("settled", Decimal("2300000.00"), "settled")


def test_an_award_needs_its_filing_first(made, asked, director):
    with program_scope(made.program.pk), pytest.raises(DomainError, match="cannot become “Award given”"):
        arbitration.award(
            arbitration_id=asked.pk, outcome=Outcome.UPHELD, award="x", ended_on=DAY, by=director, at=AT
        )


def test_an_arbitration_that_comes_to_nothing_leaves_the_decision(made, noticed, asked, director):
    with program_scope(made.program.pk):
        arbitration.end_arbitration(
            arbitration_id=asked.pk, reason="Never filed.", ended_on=DAY, by=director, at=AT
        )
    assert _state(made, noticed) == "upheld"


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def committed(transactional_db):
    """The same, seen by other connections."""
    program = factories.program()
    made = bound(program, DISPUTES)
    director = factories.member(program, "director")
    return made, director, _serve(made, _open(made), director)


def test_of_a_cure_and_a_withdrawal_at_once_one_wins(committed):
    made, director, breach = committed

    def cure():
        with _as_brand(made):
            breaches.claim_cure(breach_id=breach.pk, note="Done", by=made.officer, at=AT)

    def petition():
        with program_scope(made.program.pk):
            disputes.file_petition(breach_id=breach.pk, petition="Decide.", by=director, at=AT)

    def petition_of_the_brand():
        with _as_brand(made):
            disputes.file_petition(breach_id=breach.pk, petition="Decide.", by=made.officer, at=AT)

    results = at_once(petition, petition_of_the_brand, cure)
    told = [one for one in results if one is not None]
    assert {type(one) for one in told} == {breaches.CannotMove}
    with program_scope(made.program.pk):
        assert Dispute.objects.count() == 1
    assert _state(made, breach) == "disputed"


def test_many_notice_the_same_breach_at_once(transactional_db):
    program = factories.program()
    made = bound(program)
    subject = ("agreements.obligation", made.version.pk)
    found = at_once(*[lambda: _open(made, subject=subject)] * 3, *[lambda: _open(made)] * 2)
    with program_scope(program.pk):
        assert sorted(Breach.objects.values_list("number", flat=True)) == ["B-1", "B-2", "B-3"]
    assert len({one.pk for one in found[:3]}) == 1


def test_two_who_record_the_decision_at_once(committed):
    made, director, breach = committed
    with program_scope(made.program.pk):
        dispute = disputes.file_petition(breach_id=breach.pk, petition="Decide.", by=director, at=AT)
    first, second = _cast(made, dispute, Choice.FOR, Choice.FOR)
    results = at_once(lambda: _decide(made, dispute, first), lambda: _decide(made, dispute, second))
    assert sorted(type(one).__name__ for one in results) == ["CannotMove", "Dispute"]
    with program_scope(made.program.pk):
        assert Vote.objects.count() == 2
        assert not Arbitration.objects.exists()

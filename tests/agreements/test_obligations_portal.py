"""Raw SQL of portal roles: own rows only, no move that is not theirs, nothing said in another's name."""

import datetime as dt

import pytest
from django.db import DatabaseError, connections, transaction

from agreements.models import Arbitration, BreachStep, Dispute, Obligation
from agreements.operations import arbitration, breaches, disputes, obligations, schedules
from tests import factories
from tests.agreements.obliged import DISPUTES, REPORTING, bound
from wsr.tenancy import Audience, program_scope

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
TABLES = [
    "agreements_obligation",
    "agreements_answer",
    "agreements_decision",
    "agreements_breach",
    "agreements_breachstep",
    "agreements_dispute",
    "agreements_arbitration",
]


@pytest.fixture
def two(program):
    """Two brands, each with an answered obligation, a noticed breach and a petition; and a suspicion about the first."""
    director = factories.member(program, "director")
    made = {}
    for name in ("ours", "theirs"):
        one = bound(program, REPORTING, DISPUTES, name=name)
        with program_scope(program.pk):
            schedules.begin(version=one.version, at=AT)
            owed = Obligation.objects.get(participation=one.brand)
            obligations.answer(obligation_id=owed.pk, note=f"answer of {name}", by=None, at=AT)
            obligations.return_answer(
                obligation_id=owed.pk, reason=f"decision for {name}", again_within_days=3, by=director, at=AT
            )
            for served in (True, False):
                breach = breaches.open_breach(
                    agreement_id=one.agreement.pk, participation_id=one.brand.pk, title=name, facts="…", at=AT
                )
                if served:
                    breaches.serve_notice(breach_id=breach.pk, letter=b"%PDF", by=director, at=AT)
                    petition = disputes.file_petition(
                        breach_id=breach.pk, petition=f"petition about {name}", by=director, at=AT
                    )
                    Dispute.objects.filter(pk=petition.pk).update(state="undecided")
                    arbitration.appeal(dispute_id=petition.pk, grounds=name, by=director, at=AT)
            made[name] = one, owed, breach, petition
    return made


@pytest.fixture
def raw(program, two):
    """Run a statement as our brand; the rows it returned."""

    def run(statement, *values):
        one = two["ours"][0]
        with (
            program_scope(program.pk, Audience.BRAND, organization_id=one.organization.pk),
            transaction.atomic(),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    return run


@pytest.mark.parametrize("table", TABLES)
def test_a_brand_reads_its_own_rows_only(two, raw, table):
    assert {owner for (owner,) in raw(f"SELECT participation_id FROM {table}")} == {two["ours"][0].brand.pk}


def test_a_suspicion_and_what_is_said_about_it_stay_with_the_program(raw):
    assert raw("SELECT state FROM agreements_breach") == [("disputed",)]
    assert raw("SELECT count(*) FROM agreements_breachstep WHERE is_internal") == [(0,)]


@pytest.mark.parametrize("table", ["agreements_schedule"])
def test_a_brand_does_not_reach_what_is_the_programs(raw, table):
    with pytest.raises(DatabaseError, match="permission denied"):
        raw(f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("state", ["accepted", "waived", "cancelled"])
def test_a_brand_does_not_decide_about_its_own_obligation(raw, state):
    with pytest.raises(DatabaseError, match=r"cannot become|not for brand"):
        raw("UPDATE agreements_obligation SET state = %s", state)


def test_a_brand_may_answer_again(raw):
    assert raw("UPDATE agreements_obligation SET state = 'submitted', submitted_at = now()") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreements_obligation SET title = 'x'",
        "UPDATE agreements_obligation SET is_overdue = false",
        "UPDATE agreements_obligation SET counted_from = now()",
        "UPDATE agreements_breach SET facts = 'x'",
        "UPDATE agreements_breach SET noticed_at = NULL",
        "UPDATE agreements_dispute SET decision = 'x'",
        "UPDATE agreements_arbitration SET award = 'x'",
        "UPDATE agreements_answer SET note = 'x'",
        "DELETE FROM agreements_obligation",
        "DELETE FROM agreements_answer",
        "DELETE FROM agreements_breachstep",
        "INSERT INTO agreements_obligation (program_id) VALUES (gen_random_uuid())",
        "INSERT INTO agreements_decision (program_id) VALUES (gen_random_uuid())",
        "INSERT INTO agreements_breach (program_id) VALUES (gen_random_uuid())",
    ],
)
def test_a_brand_writes_nothing_else(raw, statement):
    with pytest.raises(DatabaseError, match="permission denied"):
        raw(statement)


@pytest.mark.parametrize("state", ["cured", "dismissed", "withdrawn", "not_cured"])
def test_a_brand_does_not_decide_about_its_own_breach(raw, state):
    with pytest.raises(DatabaseError, match=r"cannot become|not for brand|before the committee"):
        raw("UPDATE agreements_breach SET state = %s", state)


def test_a_brand_does_not_answer_what_is_anothers(two, raw):
    statement = """INSERT INTO agreements_answer (program_id, obligation_id, participation_id, note, sent_by_name, sent_at)
                   VALUES (%s, %s, %s, 'x', '', now())"""
    ours, theirs = two["ours"], two["theirs"]
    program = ours[0].program.pk
    assert raw(statement, program, ours[1].pk, ours[0].brand.pk) == 1
    with pytest.raises(DatabaseError, match="not its own to answer"):
        raw(statement, program, theirs[1].pk, ours[0].brand.pk)
    with pytest.raises(DatabaseError, match=r"row-level security|not its own"):
        raw(statement, program, theirs[1].pk, theirs[0].brand.pk)


def test_a_brand_blocks_no_petition_of_another(two, raw):
    statement = """INSERT INTO agreements_dispute (program_id, breach_id, participation_id, is_from_party, petition, filed_at,
                     state, outcome, decision, remedy, votes_for, votes_against, votes_recused)
                   VALUES (%s, %s, %s, false, 'x', now(), 'filed', '', '', '', 0, 0, 0)"""
    with pytest.raises(DatabaseError, match="not its own to answer"):
        raw(statement, two["ours"][0].program.pk, two["theirs"][2].pk, two["ours"][0].brand.pk)


def test_what_a_brand_says_never_looks_like_a_decision_of_the_program(program, two, raw):
    one, _owed, _suspicion, _petition = two["ours"]
    [(breach,)] = raw("SELECT id FROM agreements_breach")
    raw(
        """INSERT INTO agreements_breachstep (program_id, breach_id, participation_id, state, text, is_from_party, is_internal, at)
           VALUES (%s, %s, %s, 'cured', 'We are told it is cured', false, false, now())""",
        program.pk,
        breach,
        one.brand.pk,
    )
    with program_scope(program.pk):
        Dispute.objects.filter(breach_id=breach).update(state="final")
    raw(
        """INSERT INTO agreements_dispute (program_id, breach_id, participation_id, is_from_party, petition, filed_at,
             state, outcome, decision, remedy, votes_for, votes_against, votes_recused, decided_at)
           VALUES (%s, %s, %s, false, 'mine', now(), 'filed', 'dismissed', 'No breach', '', 7, 0, 0, now())""",
        program.pk,
        breach,
        one.brand.pk,
    )
    with program_scope(program.pk):
        assert BreachStep.objects.get(text="We are told it is cured").is_from_party
        forged = Dispute.objects.get(petition="mine")
        assert (
            forged.is_from_party,
            forged.outcome,
            forged.decision,
            forged.votes_for,
            forged.decided_at,
        ) == (
            True,
            "",
            "",
            0,
            None,
        )
        assert Arbitration.objects.filter(is_from_party=True).count() == 0


def test_a_supplier_role_of_the_same_organization_reads_the_same(program, two):
    one = two["ours"][0]
    with program_scope(program.pk, Audience.SUPPLIER, organization_id=one.organization.pk):
        assert [owed.participation_id for owed in Obligation.objects.all()] == [one.brand.pk]


def test_an_auditor_reads_nothing_of_it(program, two):
    with (
        program_scope(program.pk, Audience.AUDITOR, organization_id=factories.organization("audit_firm").pk),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        Obligation.objects.exists()

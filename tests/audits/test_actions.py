"""Corrective actions: what is agreed, reported and verified, and by whom it may not be."""

import pytest
from django.db import DatabaseError, transaction

from audits.enums import ActionState, ExtensionState, Side
from audits.models import (
    ActionStep,
    CorrectiveAction,
    Extension,
    FinanceConsent,
    Inspection,
    Milestone,
    Report,
)
from audits.operations import actions, extensions, finance, milestones
from audits.operations.actions import CannotMove, NeedsAnother
from audits.operations.extensions import CannotExtend
from audits.operations.finance import CannotConsent
from audits.operations.states import Stale
from tests import factories
from tests.audits import acting, rows
from tests.audits.acting import (
    DAY,
    DUE,
    TODAY,
    agreed,
    as_staff,
    as_supplier,
    place,
    proposed,
    reported,
    verified,
)
from tests.factories import AT
from wsr.deadlines.models import Asked, Clock
from wsr.errors import DomainError
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import Audience, program_scope

A = ActionState


@pytest.fixture
def made(program):
    return place(program)


def fresh(made, action):
    with as_staff(made):
        return CorrectiveAction.objects.get(pk=action.pk)


# ── The way ──────────────────────────────────────────────────────────────────────────────────────


def test_from_the_proposal_to_the_verified_repair(made):
    action = reported(made)

    with as_staff(made, made.verifier):
        actions.verify(action_id=action.pk, by=made.verifier, at=AT, note="The door opens.")
        found = CorrectiveAction.objects.get(pk=action.pk)
        said = [
            (one.state, one.side, one.note)
            for one in ActionStep.objects.filter(action=action).order_by("at", "pk")
        ]
        history = set(Event.objects.filter(subject_id=action.pk).values_list("event", flat=True))
        told = set(Outbox.objects.values_list("kind", flat=True))

    assert (found.state, found.reported_by, found.verified_by) == (A.VERIFIED, made.manager, made.verifier)
    assert said == [
        (A.PROPOSED, Side.PROGRAM, ""),
        (A.AGREED, Side.PROGRAM, ""),
        (A.REPORTED, Side.SUPPLIER, "The lock is new."),
        (A.VERIFIED, Side.PROGRAM, "The door opens."),
    ]
    assert history == {"action.proposed", "action.agreed", "action.reported", "action.verified"}
    assert told >= {"action_agreed", "action_reported", "action_verified"}


def test_the_agreed_day_is_the_clocks_day(made):
    action = agreed(made)

    with as_staff(made):
        clock = Clock.objects.get(kind="audits.action_due")
    assert (clock.subject_id, clock.due.isoformat()) == (action.pk, DUE.isoformat())
    assert clock.responsible_participation_id == made.supplier.pk
    assert clock.title == "Corrective action 1"


def test_a_report_from_the_portal_leaves_its_clock_to_the_next_tick(made):
    action = reported(made)

    with as_staff(made):
        assert set(Asked.objects.values_list("act", "kind")) == {
            ("meet", "audits.action_due"),
            ("start", "audits.action_verified"),
        }
    assert fresh(made, action).state == A.REPORTED


def test_numbers_run_per_program_and_count_what_somebody_cannot_see(made, other_program):
    barred = made.agreer
    proposed(made)
    with as_staff(made):
        from audits.models import Bar

        Bar.objects.create(person=barred, supplier=made.supplier, tie="family", begun_at=AT)
    other = place(made.program)
    other.agreer = barred
    elsewhere = place(other_program)

    assert (proposed(other).number, proposed(elsewhere).number) == (2, 1)


def test_a_decision_carries_nothing_but_its_words(made):
    action = proposed(made)

    assert (action.origin, action.inspection_id, action.finding_id, action.is_original) == (
        "decision",
        None,
        None,
        False,
    )


@pytest.mark.parametrize("words", [{"due_on": TODAY - DAY}, {"action": " "}, {"cost": 5, "currency": "usd"}])
def test_an_agreement_needs_a_day_a_deed_and_a_currency(made, words):
    action = proposed(made)
    said = {"due_on": DUE, "action": "Replace the lock.", "payer": "supplier", **words}

    with as_staff(made), pytest.raises(CannotMove):
        actions.agree(action_id=action.pk, by=made.agreer, at=AT, **said)
    assert fresh(made, action).state == A.PROPOSED


def test_what_was_not_agreed_is_not_reported(made):
    action = proposed(made)

    with as_supplier(made), pytest.raises(CannotMove, match="cannot become"):
        actions.report_fixed(action_id=action.pk, note="Done.", by=made.manager, at=AT)


def test_a_withdrawal_needs_its_reason_and_ends_the_clock(made):
    action = agreed(made)

    with as_staff(made):
        with pytest.raises(CannotMove, match="why"):
            actions.withdraw(action_id=action.pk, reason=" ", by=made.agreer, at=AT)
        actions.withdraw(action_id=action.pk, reason="The building is gone.", by=made.agreer, at=AT)
        assert not Clock.objects.open().exists()
        assert CorrectiveAction.objects.get().closed_reason == "The building is gone."
        with pytest.raises(CannotMove):
            actions.verify(action_id=action.pk, by=made.verifier, at=AT)


def test_another_programs_action_is_not_there(made, other_program):
    action = agreed(made)
    stranger = factories.member(other_program, "director")

    with program_scope(other_program.pk, person_id=stranger.pk), pytest.raises(CorrectiveAction.DoesNotExist):
        actions.withdraw(action_id=action.pk, reason="x", by=stranger, at=AT)


# ── Who verifies ─────────────────────────────────────────────────────────────────────────────────


def test_nobody_verifies_what_she_reported_ever(made):
    action = agreed(made)
    with as_staff(made, made.verifier):
        actions.report_fixed(action_id=action.pk, note="By letter.", by=made.verifier, at=AT)
    with as_staff(made):
        actions.reject(action_id=action.pk, reason="Not done.", by=made.agreer, at=AT)
    with as_supplier(made):
        actions.report_fixed(action_id=action.pk, note="Now it is.", by=made.manager, at=AT)

    with as_staff(made, made.verifier), pytest.raises(NeedsAnother, match="reported it"):
        actions.verify(action_id=action.pk, by=made.verifier, at=AT)


def test_nobody_of_the_supplier_verifies(made):
    """Also somebody who is of the program now and worked for the supplier before."""
    action = reported(made)
    both = factories.member(made.program, "supplier_manager", organization=made.organization)
    factories.member(made.program, "inspector_in_charge", person=both)

    with as_staff(made, both), pytest.raises(NeedsAnother, match="tie"):
        actions.verify(action_id=action.pk, by=both, at=AT)
    with as_staff(made), transaction.atomic(), pytest.raises(DatabaseError, match="tie to the supplier"):
        CorrectiveAction.objects.filter(pk=action.pk).update(
            state="verified", verified_at=AT, verified_by=both
        )


def test_who_agreed_it_verifies_unless_the_program_says_otherwise(made):
    first, second = reported(made), reported(made)
    with as_staff(made):
        actions.verify(action_id=first.pk, by=made.agreer, at=AT)
    acting.rule(made.program, "other_verifier", True)

    with as_staff(made), pytest.raises(NeedsAnother, match="agreed"):
        actions.verify(action_id=second.pk, by=made.agreer, at=AT)


def test_an_auditor_verifies_at_a_visit_and_never_elsewhere(made):
    action, elsewhere = reported(made), reported(place(made.program))
    auditor = factories.member(made.program, "auditor")
    visit = rows.inspection(made.program, made.agreer, auditor, workplace=made.workplace, is_announced=True)
    scope = {"person_id": auditor.pk}

    with program_scope(made.program.pk, Audience.AUDITOR, **scope):
        with pytest.raises(Stale):
            actions.verify(action_id=action.pk, by=auditor, at=AT, if_version=1)
        actions.verify(action_id=action.pk, by=auditor, at=AT, inspection_id=visit.pk)
        with pytest.raises(CorrectiveAction.DoesNotExist):
            actions.verify(action_id=elsewhere.pk, by=auditor, at=AT)

    with as_staff(made):
        last = ActionStep.objects.filter(action=action).order_by("pk").last()
        assert (last.side, last.inspection_id) == (Side.AUDITOR, visit.pk)
        assert Outbox.objects.filter(kind="action_verified").count() == 1


def test_nobody_verifies_during_an_unannounced_visit_or_at_one_elsewhere(made):
    action = reported(made)
    auditor = factories.member(made.program, "auditor")
    visit = rows.inspection(made.program, made.agreer, auditor, workplace=made.workplace)
    away = rows.inspection(made.program, made.agreer, auditor, is_announced=True)

    with program_scope(made.program.pk, Audience.AUDITOR, person_id=auditor.pk):
        with pytest.raises(CannotMove, match="when the visit is over"):
            actions.verify(action_id=action.pk, by=auditor, at=AT, inspection_id=visit.pk)
        with pytest.raises(Inspection.DoesNotExist):
            actions.verify(action_id=action.pk, by=auditor, at=AT, inspection_id=away.pk)

    with as_staff(made):
        assert not Outbox.objects.filter(kind="action_verified").exists()


def test_a_rejected_report_makes_the_agreed_date_count_again(made):
    action = reported(made)
    with as_staff(made):
        # the tick has met the clock
        Clock.objects.filter(kind="audits.action_due").update(
            state="met", met_at=AT, ended_at=AT, wake_at=None
        )
        actions.reject(action_id=action.pk, reason="It still sticks.", by=made.verifier, at=AT)
        clock = Clock.objects.open().get(kind="audits.action_due")

    assert (fresh(made, action).state, clock.due) == (A.REJECTED, DUE)


def test_a_repair_that_did_not_last_gets_a_new_date(made):
    action = verified(made)
    later = AT + 90 * DAY
    with as_staff(made):
        Clock.objects.filter(ended_at=None).update(state="met", met_at=AT, ended_at=AT, wake_at=None)
        actions.reject(action_id=action.pk, reason="Locked again.", by=made.verifier, at=later)
        assert not Clock.objects.open().exists()
        actions.renew(
            action_id=action.pk, due_on=later.date() + DAY, reason="At once.", by=made.agreer, at=later
        )
        assert Clock.objects.open().get().due == later.date() + DAY
    with as_staff(made), pytest.raises(CannotMove, match="extension"):
        actions.renew(action_id=agreed(made).pk, due_on=DUE + DAY, reason="x", by=made.agreer, at=AT)


# ── More time ────────────────────────────────────────────────────────────────────────────────────


def test_more_time_with_a_reason_up_to_the_ceiling(made):
    acting.rule(made.program, "extensions", 1, "count")
    acting.rule(made.program, "extension_days", 20, "days")
    action = agreed(made)
    with as_supplier(made):
        for wrong in ({"reason": " "}, {"due_on": DUE}, {"due_on": DUE + 21 * DAY}):
            with pytest.raises(CannotExtend):
                extensions.ask(
                    **{
                        "action_id": action.pk,
                        "due_on": DUE + 20 * DAY,
                        "reason": "Parts.",
                        "by": made.manager,
                        "at": AT,
                        **wrong,
                    }
                )
        asked = extensions.ask(
            action_id=action.pk, due_on=DUE + 20 * DAY, reason="Parts.", by=made.manager, at=AT
        )
        with pytest.raises(CannotExtend, match="already"):
            extensions.ask(action_id=action.pk, due_on=DUE + DAY, reason="More.", by=made.manager, at=AT)

    with as_staff(made):
        extensions.grant(extension_id=asked.pk, by=made.agreer, at=AT)
        assert Clock.objects.open().get().due == DUE + 20 * DAY == CorrectiveAction.objects.get().due_on
        with pytest.raises(CannotExtend, match="answered"):
            extensions.refuse(extension_id=asked.pk, answer="No.", by=made.agreer, at=AT)
    with as_supplier(made), pytest.raises(CannotExtend, match="moved 1 time"):
        extensions.ask(action_id=action.pk, due_on=DUE + 21 * DAY, reason="Again.", by=made.manager, at=AT)


def test_a_refusal_says_why_and_the_date_stands(made):
    action = agreed(made)
    with as_supplier(made):
        asked = extensions.ask(action_id=action.pk, due_on=DUE + DAY, reason="Parts.", by=made.manager, at=AT)

    with as_staff(made):
        with pytest.raises(DomainError):
            extensions.refuse(extension_id=asked.pk, answer="", by=made.agreer, at=AT)
        extensions.refuse(extension_id=asked.pk, answer="It is dangerous.", by=made.agreer, at=AT)
        assert (Extension.objects.get().state, CorrectiveAction.objects.get().due_on) == (
            ExtensionState.REFUSED,
            DUE,
        )


# ── Milestones ───────────────────────────────────────────────────────────────────────────────────


def test_a_milestone_has_its_own_date_and_clock(made):
    action = proposed(made)
    with as_staff(made):
        step = milestones.add(
            action_id=action.pk, title="Two days off a month", due_on=TODAY + DAY, by=made.agreer, at=AT
        )
        actions.agree(
            action_id=action.pk,
            due_on=DUE,
            action="One day off a week.",
            payer="supplier",
            by=made.agreer,
            at=AT,
        )
        with pytest.raises(CannotMove, match="whole action"):
            milestones.add(action_id=action.pk, title="Too late", due_on=DUE + DAY, by=made.agreer, at=AT)
        assert Clock.objects.get(kind="audits.milestone_due").due == TODAY + DAY
    with as_supplier(made):
        milestones.reach(milestone_id=step.pk, note="Since Monday.", by=made.manager, at=AT)
    with as_staff(made, made.verifier):
        milestones.verify(milestone_id=step.pk, by=made.verifier, at=AT)
        found = Milestone.objects.get()
        assert (found.reached_by, found.verified_by) == (made.manager, made.verifier)
        with pytest.raises(CannotMove, match="already"):
            milestones.verify(milestone_id=step.pk, by=made.verifier, at=AT)


# ── Who pays ─────────────────────────────────────────────────────────────────────────────────────


def test_both_sides_sign_the_same_plan_and_a_changed_plan_anew(made):
    buyer = factories.organization("brand")
    brand = factories.brand(made.program, organization=buyer)
    factories.sourcing(made.program, brand=brand, supplier=made.supplier)
    officer = factories.member(made.program, "brand_officer", organization=buyer)
    action = agreed(made, payer="shared", cost=100, currency="USD", finance_plan="Half each.")
    plan = finance.plan_sha256(fresh(made, action))
    as_brand = {"person_id": officer.pk, "organization_id": buyer.pk}

    with as_supplier(made):
        with pytest.raises(CannotConsent, match="changed"):
            finance.consent(
                action_id=action.pk,
                participation_id=made.supplier.pk,
                name="M",
                plan="0" * 64,
                by=made.manager,
                at=AT,
            )
        finance.consent(
            action_id=action.pk,
            participation_id=made.supplier.pk,
            name="M",
            plan=plan,
            by=made.manager,
            at=AT,
        )
    assert not signed(made, action, brand)
    with program_scope(made.program.pk, Audience.BRAND, **as_brand):
        finance.consent(
            action_id=action.pk, participation_id=brand.pk, name="B", plan=plan, by=officer, at=AT
        )
        assert FinanceConsent.objects.count() == 1  # its own
    assert signed(made, action, brand)

    with as_staff(made):
        finance.set_plan(action_id=action.pk, payer="supplier", by=made.agreer, at=AT)
    assert not signed(made, action, brand)


def signed(made, action, brand):
    with as_staff(made):
        row = CorrectiveAction.objects.get(pk=action.pk)
        return finance.is_signed(row, FinanceConsent.objects.filter(action=row), {brand.pk})


# ── From a report ────────────────────────────────────────────────────────────────────────────────


def report_of(made, visit):
    return Report.objects.create(
        inspection=visit,
        supplier=made.supplier,
        workplace=made.workplace,
        number=1,
        body={},
        seal_sha256="0" * 64,
    )


def over(made, *titles, **fields):
    """A visit with findings, over."""
    visit = rows.inspection(
        made.program, made.agreer, is_announced=True, workplace=made.workplace, state="in_progress", **fields
    )
    with as_staff(made):
        for title in titles:
            rows.finding(visit, made.agreer, title=title, remedy=f"Mend {title}.")
        visit.state = "submitted"
        visit.save(update_fields=["state"])
    return visit


def test_each_finding_of_a_shared_report_is_proposed_once(made):
    visit = over(made, "One", "Two")
    with as_staff(made):
        report = report_of(made, visit)
        first = actions.propose_from(report, by=made.agreer, at=AT)
        again = actions.propose_from(report, by=made.agreer, at=AT)

    assert [(row.number, row.title, row.action, row.is_original) for row in first] == [
        (1, "One", "Mend One.", True),
        (2, "Two", "Mend Two.", True),
    ]
    assert again == []
    later = over(made, "Three")
    with as_staff(made):
        [third] = actions.propose_from(report_of(made, later), by=made.agreer, at=AT)
    assert (third.number, third.is_original) == (3, False)


def test_nothing_is_proposed_from_a_visit_that_is_under_way(made):
    visit = rows.inspection(made.program, made.agreer, workplace=made.workplace, state="in_progress")

    with as_staff(made):
        report = report_of(made, visit)
        with pytest.raises(CannotMove, match="over"):
            actions.propose_from(report, by=made.agreer, at=AT)

"""The investigation: its plan, interviews whose notes only those who investigate read, findings, and what moves it on."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from complaints.enums import ComplaintState, Outcome, Part, Place, Way, With
from complaints.models import Finding, Interview, Investigation, PlanStep
from complaints.operations import findings, inquiry, parts, thread
from complaints.operations.inquiry import CannotInvestigate, notes_of
from complaints.operations.states import CannotMove, NotInvolved
from programs.enums import CodeState
from programs.models import CodeVersion, Provision
from tests import factories
from tests.complaints import making
from tests.complaints.inquiring import DUE, TODAY, Office
from tests.complaints.making import AT
from wsr.errors import Stale
from wsr.history.models import Event
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope
from wsr.vault import operations as vault
from wsr.vault.models import CaseKey, Sealed

pytestmark = pytest.mark.django_db
NOTES = "The foreman counted the hours himself."


@pytest.fixture
def office():
    """A complaint that ana accepted."""
    return Office()


def interview(office, **said):
    return inquiry.note_interview(
        **{
            **office.of,
            "spoken_with": With.WORKER,
            "place": Place.AWAY,
            "held_on": TODAY,
            "notes": NOTES,
            "interviewer_id": office.ana.pk,
            "by": office.ana,
            **said,
        }
    )


def events(office):
    with office.as_(office.director):
        return list(Event.objects.order_by("at", "pk").values_list("event", flat=True))


def test_joint_only_where_everybody_who_complains_lets_the_employer_be_told(office):
    with office.as_(office.ana), pytest.raises(CannotInvestigate):
        inquiry.begin(**office.of, way=Way.JOINT, by=office.ana)
    consent = office.allow_facts()
    with office.as_(office.ana):
        with pytest.raises(Stale):
            inquiry.begin(**office.of, way=Way.JOINT, by=office.ana, if_version=1)
        assert inquiry.begin(**office.of, way=Way.JOINT, by=office.ana).way == Way.JOINT
        with pytest.raises(CannotMove):
            inquiry.begin(**office.of, way=Way.JOINT, by=office.ana)
        inquiry.change_way(**office.of, way=Way.MONITOR, by=office.ana)
    key = office.key()
    with office.as_worker():
        thread.allow(key=key, wanted=[(consent.recipient, consent.said), ("brands", "facts")], at=AT)
        thread.allow(key=key, wanted=[], at=AT)
    with office.as_(office.ana):
        assert Outbox.objects.filter(kind="complaint_from_worker").count() == 1
        with pytest.raises(CannotInvestigate):
            inquiry.change_way(**office.of, way=Way.JOINT, by=office.ana)
        assert Investigation.objects.get().way == Way.MONITOR
    assert office.state() == ComplaintState.INVESTIGATING
    assert {"complaint.investigating", "complaint.way_set"} <= set(events(office))


def test_a_second_complainant_who_did_not_agree_keeps_the_employer_out(office):
    office.allow_facts()
    making.another(office.program, office.complaint)
    with office.as_(office.ana):
        assert not inquiry.all_consent(office.complaint.pk)


def test_a_plan_is_in_the_vault_and_its_steps_are_done_or_dropped(office):
    office.begin()
    office.give(office.ben, Part.INVESTIGATOR)
    said = {**office.of, "words": "Copy the payroll of March.", "due_on": DUE, "by": office.ana}
    with office.as_(office.ana):
        for wrong in ({"words": " "}, {"words": "x" * 20_001}, {"due_on": TODAY - dt.timedelta(days=1)}):
            with pytest.raises(CannotInvestigate):
                inquiry.plan(**{**said, "person_id": office.ana.pk, **wrong})
        with pytest.raises(CannotInvestigate):
            inquiry.plan(**said, person_id=office.eve.pk)
        first = inquiry.plan(**said, person_id=office.ana.pk)
        second = inquiry.plan(**said, person_id=office.ben.pk)
        assert [first.ordinal, second.ordinal] == [1, 2]
        told = Outbox.objects.filter(kind="complaint_step")
        assert [row.context for row in told] == [{"complaint": str(office.complaint.pk)}]
        assert vault.unseal(office.complaint.pk, "complaints_planstep", "words", first.pk) == said["words"]
    with office.as_(office.ben):
        inquiry.do(step_id=second.pk, by=office.ben, at=AT)
        inquiry.drop(step_id=first.pk, by=office.ben, at=AT)
        for act in (inquiry.do, inquiry.drop):
            with pytest.raises(CannotInvestigate):
                act(step_id=second.pk, by=office.ben, at=AT)
        assert [bool(row.done_at) for row in PlanStep.objects.all()] == [False, True]


def test_notes_are_for_those_who_investigate_and_every_reading_is_recorded(office):
    office.begin()
    office.give(office.ben, Part.INVESTIGATOR)
    office.give(office.eve, Part.REVIEWER)
    with office.as_(office.ana):
        for wrong in ({"notes": ""}, {"held_on": DUE}, {"interviewer_id": office.eve.pk}):
            with pytest.raises(CannotInvestigate):
                interview(office, **wrong)
        held = interview(office)
        assert held.place == Place.AWAY
    with office.as_(office.director):
        parts.open_in_emergency(**office.of, reason="He waits for her.", by=office.director)

    for person in (office.ana, office.ben, office.ben):
        with office.as_(person):
            assert inquiry.read_notes(interview_id=held.pk, by=person, at=AT).text == NOTES
    for person in (office.eve, office.director):
        with office.as_(person):
            assert Interview.objects.get() == held
            with pytest.raises(NotInvolved):
                inquiry.read_notes(interview_id=held.pk, by=person, at=AT)
            with pytest.raises(CaseKey.DoesNotExist):  # and the database says the same
                vault.unseal(notes_of(office.complaint.pk), "complaints_interview", "notes", held.pk)
            assert not Sealed.objects.filter(table_name="complaints_interview").exists()
    with office.as_worker():
        with pytest.raises(DatabaseError), transaction.atomic():
            Interview.objects.exists()
        assert not Sealed.objects.filter(table_name="complaints_interview").exists()
    assert events(office).count("complaint.notes_read") == 3


@pytest.mark.parametrize("how", ["ends", "wall"])
def test_whoever_leaves_the_investigation_leaves_its_notes_at_once(office, how):
    office.begin()
    part = office.give(office.ben, Part.INVESTIGATOR)
    with office.as_(office.ana):
        interview(office)
    with office.as_(office.ben):
        assert Sealed.objects.filter(table_name="complaints_interview").exists()
    with office.as_(office.director):
        if how == "wall":
            parts.wall_off(**office.of, person_id=office.ben.pk, reason="His cousin.", by=office.director)
    with office.as_(office.ana):
        if how == "ends":
            parts.end(assignment_id=part.pk, by=office.ana, at=AT)
    with office.as_(office.ben):
        assert not Sealed.objects.filter(table_name="complaints_interview").exists()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT wsr_admit(%s, %s)", [notes_of(office.complaint.pk), office.ben.pk])


def test_a_circle_that_somebody_made_beforehand_is_emptied_with_the_first_part():
    program = factories.program()
    ana, eve = (factories.member(program, "case_handler") for _ in range(2))
    complaint = making.complaint(program)
    with program_scope(program.pk, person_id=eve.pk), connection.cursor() as cursor:
        cursor.execute("SELECT wsr_admit(%s, %s)", [notes_of(complaint.pk), eve.pk])
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(complaint_id=complaint.pk, by=ana, at=AT)
    with program_scope(program.pk, person_id=eve.pk), connection.cursor() as cursor:
        cursor.execute("SELECT wsr_own_circles()")
        assert cursor.fetchone() == ([],)


def test_a_finding_keeps_the_provision_it_was_judged_by_and_opens_the_way(office):
    office.begin()
    said = {
        **office.of,
        "provision_id": office.provision.pk,
        "outcome": Outcome.UPHELD,
        "workers_affected": None,
        "reasons": "The payroll says so.",
        "by": office.ana,
    }
    with office.as_(office.ana):
        with pytest.raises(findings.CannotConclude):
            findings.conclude(**office.of, by=office.ana)
        for wrong in ({"reasons": ""}, {"workers_affected": -1}, {"provision_id": office.code.pk}):
            with pytest.raises(CannotInvestigate):
                findings.find(**{**said, **wrong})
        findings.find(**said)
        again = findings.find(**{**said, "outcome": Outcome.PARTLY, "workers_affected": 4})
        assert [row.ended_at is None for row in Finding.objects.order_by("found_at", "pk")] == [False, True]
    with program_scope(office.program.pk):
        old = CodeVersion.objects.get()
        old.state, old.replaced_on = CodeState.REPLACED, TODAY
        old.save()
        new = CodeVersion.objects.create(
            number=2, title="Code", state=CodeState.DRAFT, in_force_on=TODAY, created_at=AT
        )
        CodeVersion.objects.filter(pk=new.pk).update(state=CodeState.IN_FORCE)
        Provision.objects.create(code=new, reference="1.1", title="Wages")
    with office.as_(office.ana):
        with pytest.raises(CannotInvestigate):
            findings.find(**said)
        assert Finding.objects.get(pk=again.pk).provision.code == office.code
        findings.conclude(**office.of, by=office.ana)
        with pytest.raises(CannotMove):
            findings.find(**said)
        with pytest.raises(CannotMove):
            findings.conclude(**office.of, by=office.ana)
        with pytest.raises(findings.CannotConclude):
            findings.look_again(**office.of, reason=" ", by=office.ana)
        findings.look_again(**office.of, reason="A witness came forward.", by=office.ana)
        with pytest.raises(CannotMove):
            findings.look_again(**office.of, reason="Again.", by=office.ana)
    assert office.state() == ComplaintState.INVESTIGATING


def test_nothing_of_it_is_for_who_does_not_investigate(office):
    office.give(office.eve, Part.REVIEWER)
    with office.as_(office.eve), pytest.raises(NotInvolved):
        inquiry.begin(**office.of, way=Way.MONITOR, by=office.eve)
    with office.as_(office.ana):
        for early in (
            lambda: inquiry.plan(
                **office.of, words="Go.", person_id=office.ana.pk, due_on=DUE, by=office.ana
            ),
            lambda: interview(office),
            lambda: office.find(),
        ):
            with pytest.raises(CannotMove):
                early()
    office.begin()
    with office.as_(office.ana):
        step = inquiry.plan(**office.of, words="Go.", person_id=office.ana.pk, due_on=DUE, by=office.ana)
    for person in (office.eve, office.ben):
        with office.as_(person):
            for act in (
                lambda by: inquiry.change_way(**office.of, way=Way.MONITOR, by=by),
                lambda by: inquiry.plan(**office.of, words="Go.", person_id=by.pk, due_on=DUE, by=by),
                lambda by: interview(office, by=by, interviewer_id=by.pk),
                lambda by: findings.conclude(**office.of, by=by),
                lambda by: findings.look_again(**office.of, reason="No.", by=by),
                lambda by: findings.find(
                    **office.of,
                    provision_id=office.provision.pk,
                    outcome=Outcome.UPHELD,
                    workers_affected=1,
                    reasons="So.",
                    by=by,
                ),
            ):
                with pytest.raises(NotInvolved):
                    act(person)
    with office.as_(office.eve), pytest.raises(NotInvolved):
        inquiry.do(step_id=step.pk, by=office.eve, at=AT)
    with office.as_(office.ben), pytest.raises(PlanStep.DoesNotExist):
        inquiry.do(step_id=step.pk, by=office.ben, at=AT)


def test_nothing_is_begun_for_an_erased_complaint(office):
    with office.as_(office.ana):
        vault.destroy(office.complaint.pk, by=office.ana, at=AT, reason="Retention.")
    with pytest.raises(vault.CaseErased):
        office.begin()

"""Who may read a complaint: those with an accepted part in it, whatever is written to the tables; walls go before parts."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audits.models import Bar
from complaints.enums import AssignmentState, ComplaintState, Direction, Part
from complaints.models import Assignment, Complainant, Complaint, Consent, Message, Wall, WorkerKey
from complaints.operations import callbacks, parts
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.accounts.grants import Permission
from wsr.notices.models import Outbox
from wsr.tenancy import circles, program_scope, worker_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A program, its director, two handlers, and a complaint nobody has read."""
    program = factories.program()
    office = type("Office", (), {})()
    office.program = program
    office.director = factories.member(program, "director")
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.supplier = factories.supplier(program)
    office.complaint = making.complaint(program, supplier=office.supplier)
    return office


def reads(office, person) -> tuple[bool, bool]:
    """Whether she sees that it exists, and whether she sees who complains."""
    with program_scope(office.program.pk, person_id=person.pk):
        return Complaint.objects.exists(), Complainant.objects.exists()


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_only_who_takes_a_part_reads_it(office):
    assert reads(office, office.ana) == reads(office, office.director) == (True, False)

    part = making.take(office.program, office.complaint, office.ana)

    assert reads(office, office.ana) == (True, True)
    assert reads(office, office.ben) == reads(office, office.director) == (True, False)
    with program_scope(office.program.pk, person_id=office.ana.pk):
        part.state, part.ended_at = AssignmentState.ENDED, AT
        part.save(update_fields=["state", "ended_at"])
    assert reads(office, office.ana) == (True, False)


def test_nobody_gives_herself_a_part_of_what_somebody_handles(office):
    making.take(office.program, office.complaint, office.ana)

    refused(lambda: making.take(office.program, office.complaint, office.ben))
    refused(lambda: making.take(office.program, office.complaint, office.director, part=Part.REVIEWER))
    assert reads(office, office.ben) == (True, False)


def test_a_part_is_given_by_those_inside_and_accepted_by_oneself(office):
    making.take(office.program, office.complaint, office.ana)
    with program_scope(office.program.pk, person_id=office.ana.pk):
        asked = Assignment.objects.create(
            complaint=office.complaint,
            person=office.ben,
            part=Part.INVESTIGATOR,
            asked_by=office.ana,
            asked_at=AT,
        )
        refused(
            lambda: Assignment.objects.filter(pk=asked.pk).update(
                state=AssignmentState.ACCEPTED, answered_at=AT
            )
        )
    assert reads(office, office.ben) == (True, False)

    with program_scope(office.program.pk, person_id=office.ben.pk):
        Assignment.objects.filter(pk=asked.pk).update(state=AssignmentState.ACCEPTED, answered_at=AT)
    assert reads(office, office.ben) == (True, True)


def test_an_emergency_opens_it_and_says_until_when(office):
    making.take(office.program, office.complaint, office.ana)

    with pytest.raises(IntegrityError), transaction.atomic():
        making.take(office.program, office.complaint, office.director, part=Part.EMERGENCY)
    making.take(
        office.program,
        office.complaint,
        office.director,
        part=Part.EMERGENCY,
        ends_at=AT + dt.timedelta(hours=4),
    )

    assert reads(office, office.director) == (True, True)


@pytest.mark.parametrize("by_supplier", [False, True])
def test_a_wall_hides_it_at_once_also_from_who_is_inside(office, by_supplier):
    making.take(office.program, office.complaint, office.ana)
    subject = {"supplier": office.supplier} if by_supplier else {"complaint": office.complaint}
    with program_scope(office.program.pk, person_id=office.director.pk):
        Wall.objects.create(
            person=office.ana,
            reason="Her brother works there.",
            begun_at=AT,
            begun_by=office.director,
            **subject,
        )

    assert reads(office, office.ana) == (False, False)
    refused(lambda: making.take(office.program, office.complaint, office.ana, part=Part.REVIEWER))
    with program_scope(office.program.pk, person_id=office.ana.pk):
        assert not Wall.objects.exists()


def test_a_worker_reaches_her_own_complaint_and_hashes_nobody(office):
    other = making.complaint(office.program)
    with worker_scope(office.program.pk, office.complaint.pk):
        assert list(Complaint.objects.values_list("pk", flat=True)) == [office.complaint.pk]
        WorkerKey.objects.create(
            complaint=office.complaint, complainant=Complainant.objects.get(), hash="x", made_at=AT
        )
        refused(lambda: Complaint.objects.update(state=ComplaintState.ACCEPTED))
        refused(
            lambda: Complainant.objects.create(complaint=other, ordinal=2, filed_by="worker", added_at=AT)
        )
    making.take(office.program, office.complaint, office.ana)
    with program_scope(office.program.pk, person_id=office.ana.pk), connection.cursor() as cursor:
        cursor.execute("SELECT id, must_change FROM complaints_workerkey")
        assert cursor.rowcount == 1
        refused(lambda: cursor.execute("SELECT hash FROM complaints_workerkey"))


def test_nobody_outside_ends_a_part_or_comes_in_another_way(office):
    part = making.take(office.program, office.complaint, office.ana)
    unread, wish = making.complaint(office.program), uuid4()
    with worker_scope(office.program.pk, wish):
        callbacks.ask(callback_id=wish, wish=callbacks.Wish(phone="+8801711234567"), at=AT)

    with program_scope(office.program.pk, person_id=office.ben.pk):
        ended = {"state": AssignmentState.ENDED, "ended_at": AT}
        refused(lambda: Assignment.objects.filter(pk=part.pk).update(**ended))
        refused(lambda: Complaint.objects.filter(pk=unread.pk).update(state=ComplaintState.ABUSE))
        refused(lambda: circles.admit(unread.pk, office.ben.pk))
        refused(lambda: circles.admit(wish, office.ben.pk))
    with program_scope(office.program.pk, person_id=office.ana.pk):
        refused(lambda: circles.admit(office.complaint.pk, office.ben.pk))
    assert (reads(office, office.ana), reads(office, office.ben)) == ((True, True), (True, False))


def test_that_she_had_a_hand_in_it_stays(office):
    making.take(office.program, office.complaint, office.ana)
    part = making.given(office.program, office.complaint, office.ana, office.ben, Part.INVESTIGATOR)

    with program_scope(office.program.pk, person_id=office.ben.pk):
        refused(lambda: Assignment.objects.filter(pk=part.pk).update(answered_at=None))
        Assignment.objects.filter(pk=part.pk).update(state=AssignmentState.ENDED, ended_at=AT)
        part.refresh_from_db()
        assert (part.state, part.answered_at) == (AssignmentState.ENDED, AT)


@pytest.mark.parametrize("role", parts.HANDLERS)
def test_whoever_still_handles_complaints_keeps_her_parts_whatever_is_said(office, role):
    person = factories.member(office.program, role)
    making.take(office.program, office.complaint, person)

    with program_scope(office.program.pk, person_id=office.ben.pk), connection.cursor() as cursor:
        cursor.execute("SELECT complaints_member_left(%s, %s)", [person.pk, AT])
        assert cursor.fetchone() == (False,)
    assert reads(office, person) == (True, True)


def test_a_tie_declared_for_inspections_ends_her_parts_and_who_must_reassign_is_told(office):
    part = making.take(office.program, office.complaint, office.ana)
    given = making.given(office.program, office.complaint, office.ana, office.ben, Part.INVESTIGATOR)
    with program_scope(office.program.pk, person_id=office.director.pk):
        Bar.objects.create(person=office.ana, supplier=office.supplier, tie="family", begun_at=AT)
        part.refresh_from_db()
        [told] = Outbox.objects.filter(kind="complaint_unhandled")
        assert (told.to["permission"], told.about) == (Permission.COMPLAINT_TRIAGE, office.complaint.pk)
        assert told.context == {"complaint": str(office.complaint.pk)}

    assert (part.state, reads(office, office.ana)) == (AssignmentState.ENDED, (False, False))
    with program_scope(office.program.pk, person_id=office.director.pk):
        Bar.objects.create(person=office.ben, supplier=office.supplier, tie="family", begun_at=AT)
        given.refresh_from_db()
        assert given.state == AssignmentState.ENDED
        assert Outbox.objects.filter(kind="complaint_unhandled").count() == 1  # no handler has gone
        Bar.objects.filter(person=office.ben).update(ended_at=AT)
    with program_scope(office.program.pk, person_id=office.ben.pk):
        parts.take(complaint_id=office.complaint.pk, by=office.ben, at=AT)


def test_a_worker_makes_nobody_handle_what_is_not_hers(office):
    making.take(office.program, office.complaint, office.ana)
    with program_scope(office.program.pk, person_id=office.ana.pk):
        Complaint.objects.update(handler=office.ana)
    linked = making.complaint(office.program, continues=office.complaint, is_retaliation=True)

    for case, handler in ((office.complaint, None), (linked, office.ana.pk)):
        with worker_scope(office.program.pk, case.pk), connection.cursor() as cursor:
            cursor.execute("SELECT complaints_follow_on(%s, %s)", [linked.pk, AT])
            assert cursor.fetchone() == (handler,)


def test_somebody_inside_writes_nothing_in_the_name_of_the_worker(office):
    making.take(office.program, office.complaint, office.ana)
    with program_scope(office.program.pk, person_id=office.ana.pk):
        her = Complainant.objects.get()
        hers = {"complaint": office.complaint, "complainant": her}
        refused(lambda: Message.objects.create(**hers, direction=Direction.FROM_WORKER, at=AT))
        refused(lambda: Message.objects.create(**hers, direction=Direction.TO_WORKER, by=office.ben, at=AT))
        refused(lambda: Consent.objects.create(**hers, recipient="employer", said="name", given_at=AT))
        refused(lambda: WorkerKey.objects.create(**hers, hash="x", made_at=AT))
        refused(lambda: Complainant.objects.update(withdrawn_at=AT))
        her.refresh_from_db()
        assert her.withdrawn_at is None
        assert not Message.objects.filter(by=office.ben).exists()
        assert not Consent.objects.exists()

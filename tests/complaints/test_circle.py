"""Who may read a complaint: those with an accepted part in it, whatever is written to the tables; walls go before parts."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from complaints.enums import AssignmentState, ComplaintState, Part
from complaints.models import Assignment, Complainant, Complaint, Wall, WorkerKey
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.tenancy import program_scope, worker_scope

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

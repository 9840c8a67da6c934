"""Opened in an emergency: everybody concerned is told, and it closes by itself. With real transactions, for the sweep."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from complaints.enums import Part
from complaints.models import Assignment, Message
from complaints.operations import appeals, parts, triage
from complaints.operations.states import NotInvolved
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.deadlines.models import Clock
from wsr.deadlines.operations import sweep
from wsr.errors import DomainError
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope


def test_an_emergency_is_told_and_closes_by_itself(transactional_db):
    program = factories.program()
    factories.member(program, "director")
    ana, ben = (factories.member(program, "case_handler") for _ in range(2))
    complaint = making.complaint(program, text="He said he would come tonight.")
    of = {"complaint_id": complaint.pk, "at": AT}
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(**of, by=ana)

    with program_scope(program.pk, person_id=ben.pk):
        with pytest.raises(DomainError):
            parts.open_in_emergency(**of, reason=" ", by=ben)
        parts.open_in_emergency(**of, reason="She fears for tonight.", by=ben)
        assert Message.objects.count() == 1
        told = [row.to for row in Outbox.objects.filter(kind="complaint_opened")]
        assert sorted(bool(to.get("roles")) for to in told) == [False, True]
        assert str(ana.pk) in str(told)
        with pytest.raises(NotInvolved):  # what was opened for four hours gives no part that stays
            parts.ask(**of, person_id=ben.pk, part=Part.REVIEWER, by=ben)
        with pytest.raises(DatabaseError), transaction.atomic():
            making.take(program, complaint, ben, part=Part.REVIEWER)
    sweep(at=AT + dt.timedelta(hours=4, minutes=1))

    with program_scope(program.pk, person_id=ben.pk):
        assert not Message.objects.exists()
        assert not Clock.objects.open().filter(kind=parts.OPENED).exists()


@pytest.mark.django_db
def test_what_was_opened_in_an_emergency_decides_nothing():
    program = factories.program()
    ana, ben, eve = (factories.member(program, "case_handler") for _ in range(3))
    complaint = making.complaint(program)
    of = {"complaint_id": complaint.pk, "at": AT}
    with program_scope(program.pk, person_id=ana.pk):
        parts.take(**of, by=ana)
    with program_scope(program.pk, person_id=ben.pk):
        parts.open_in_emergency(**of, reason="She fears for tonight.", by=ben)
        with pytest.raises(NotInvolved):
            triage.not_covered(**of, by=ben)
        with pytest.raises(NotInvolved):
            triage.no_complaint(**of, reason="Nothing in it.", by=ben)

    making.closed(program, complaint, ana, eve)

    with program_scope(program.pk, person_id=ben.pk):
        for part in Assignment.objects.exclude(person=ben):  # to be alone in it, and then to take it
            with pytest.raises(NotInvolved):
                parts.end(assignment_id=part.pk, by=ben, at=AT)
        with pytest.raises(parts.CannotTake):
            parts.take(**of, by=ben)
        with pytest.raises(NotInvolved):
            appeals.reopen(**of, reason="I think so.", by=ben)

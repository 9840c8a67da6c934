"""Opened in an emergency: everybody concerned is told, and it closes by itself. With real transactions, for the sweep."""

import datetime as dt

import pytest

from complaints.models import Message
from complaints.operations import parts
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from wsr.deadlines.operations import sweep
from wsr.errors import DomainError
from wsr.notices.models import Outbox
from wsr.tenancy import program_scope


def test_an_emergency_is_told_and_closes_by_itself(transactional_db):
    program = factories.program()
    factories.member(program, "director")
    ana, ben = (factories.member(program, "case_handler") for _ in range(2))
    of = {"complaint_id": making.complaint(program, text="He said he would come tonight.").pk, "at": AT}
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
    sweep(at=AT + dt.timedelta(hours=4, minutes=1))

    with program_scope(program.pk, person_id=ben.pk):
        assert not Message.objects.exists()

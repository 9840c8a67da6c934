"""Where a complaint may go: every pair of states, by operation, by the ORM and by raw SQL; only the table's moves pass.

The states, and the rows that a move needs beside the table (a review, an appeal, another complaint), are set by the database's administrator.
"""

import pytest
from django.db import DatabaseError, connection, connections, transaction

from complaints.enums import COMPLAINT_MOVES, COMPLAINT_MOVES_OF_WORKERS, ComplaintState, Way
from complaints.models import Complaint
from complaints.operations import findings, inquiry, parts, states, thread, triage
from tests.complaints import making
from tests.complaints.inquiring import Office
from tests.complaints.making import AT
from wsr.errors import DomainError

_C = ComplaintState
# What the last review or appeal must say for a move of the table to be made, or why it is opened again;
# see `complaints/migrations/0011_ended_by_another.py` and `0013_reopened_with_a_reason.py`.
NEEDS = {
    (_C.RESOLVING, _C.IN_REVIEW): ("review", "pending"),
    (_C.IN_REVIEW, _C.CLOSED): ("review", "approved"),
    (_C.IN_REVIEW, _C.RESOLVING): ("review", "returned"),
    (_C.CLOSED, _C.ACCEPTED): ("reopening", "approved"),
    (_C.CLOSED, _C.APPEALED): ("appeal", "pending"),
    (_C.APPEALED, _C.CLOSED): ("appeal", "upheld"),
    (_C.APPEALED, _C.INVESTIGATING): ("appeal", "again"),
}
REVIEW = """
    INSERT INTO complaints_review (program_id, complaint_id, resolution_id, handed_by_id, handed_at, is_without_agreement, outcome,
      reviewer_id, decided_at)
    SELECT program_id, id, id, handler_id, now(), false, %(says)s,
      CASE WHEN %(says)s <> 'pending' THEN gen_random_uuid() END, CASE WHEN %(says)s <> 'pending' THEN now() END
    FROM complaints_complaint WHERE id = %(id)s
"""
APPEAL = """
    INSERT INTO complaints_appeal (program_id, complaint_id, review_id, side, entered_by_id, filed_at, outcome, decider_id, decided_at)
    SELECT program_id, id, id, 'employer', handler_id, now(), %(says)s,
      CASE WHEN %(says)s <> 'pending' THEN gen_random_uuid() END, CASE WHEN %(says)s <> 'pending' THEN now() END
    FROM complaints_complaint WHERE id = %(id)s
"""
REOPENING = """
    INSERT INTO complaints_reopening (program_id, complaint_id, by_id, at)
    SELECT program_id, id, handler_id, now() FROM complaints_complaint WHERE id = %(id)s
"""
ROWS = {"review": [REVIEW], "appeal": [APPEAL], "reopening": [REVIEW, REOPENING]}


@pytest.fixture
def office(transactional_db):
    """A complaint that ana accepted, began to investigate and made a finding on; and another one of hers."""
    office = Office()
    office.begin()
    office.find()
    office.other = making.complaint(office.program)
    with office.as_(office.ana):
        parts.take(complaint_id=office.other.pk, by=office.ana, at=AT)
    return office


def put(office, before: ComplaintState, needed: tuple[str, str] | None = None) -> None:
    """The complaint in a state, with the row that is needed for what comes next and no other."""
    said = {
        "id": office.complaint.pk,
        "state": before,
        "other": office.other.pk if before == _C.MERGED else None,
    }
    with connections["admin"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ROWS:
            cursor.execute(f"DELETE FROM complaints_{table}")
        cursor.execute(
            "UPDATE complaints_complaint SET state = %(state)s, closed_at = now(), merged_into_id = %(other)s WHERE id = %(id)s",
            said,
        )
        if needed:
            kind, says = needed
            for row in ROWS[kind]:
                cursor.execute(row, {**said, "says": says})
        cursor.execute("SET session_replication_role = origin")


def passes(act, *said, **more) -> bool:
    """Whether it is let through; whatever it did is taken back."""
    try:
        with transaction.atomic():
            act(*said, **more)
            raise ZeroDivisionError
    except ZeroDivisionError:
        return True
    except (DatabaseError, DomainError):
        return False


def columns(office, after: ComplaintState) -> dict[str, object]:
    """What a change to a state writes beside it."""
    return {"closed_at": AT, "merged_into_id": office.other.pk if after == _C.MERGED else None}


def raw(office, after: ComplaintState) -> None:
    said = [after, *columns(office, after).values(), office.complaint.pk]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_complaint SET state = %s, closed_at = %s, merged_into_id = %s WHERE id = %s",
            said,
        )
        assert cursor.rowcount == 1


def by_orm(office, after: ComplaintState) -> None:
    rows = Complaint.objects.filter(pk=office.complaint.pk)
    assert rows.update(state=after, **columns(office, after)) == 1


def by_operation(office, after: ComplaintState) -> None:
    states.move(states.locked(office.complaint.pk), after, by=office.ana, at=AT, **columns(office, after))


def raw_by_her(office, after: ComplaintState) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE complaints_complaint SET state = %s, closed_at = now()", [after])
        assert cursor.rowcount == 1


def orm_by_her(office, after: ComplaintState) -> None:
    assert Complaint.objects.update(state=after, closed_at=AT) == 1


def test_only_the_moves_of_the_table_pass_and_some_only_with_what_they_rest_on(office):
    by_staff = {act: {state: set() for state in ComplaintState} for act in (raw, by_orm, by_operation)}
    by_worker = {act: {state: set() for state in ComplaintState} for act in (raw_by_her, orm_by_her)}
    without = []
    for before in ComplaintState:
        for after in set(ComplaintState) - {before}:
            put(office, before, NEEDS.get((before, after)))
            with office.as_(office.ana):
                for act, found in by_staff.items():
                    found[before] |= {after} if passes(act, office, after) else set()
            with office.as_worker():
                for act, found in by_worker.items():
                    found[before] |= {after} if passes(act, office, after) else set()
            if (before, after) in NEEDS:
                put(office, before)
                with office.as_(office.ana):
                    without += [(before, after) for act in by_staff if passes(act, office, after)]
    assert list(by_staff.values()) == [COMPLAINT_MOVES] * len(by_staff)
    hers = {state: COMPLAINT_MOVES_OF_WORKERS.get(state, set()) for state in ComplaintState}
    assert list(by_worker.values()) == [hers] * len(by_worker)
    assert without == []


def acts_of_staff(office) -> dict:
    """{name: (act, where it leads)} of everything at the desk that moves a complaint on to its resolution, or away."""
    of = {**office.of, "by": office.ana}
    workplace = {"severity_id": None, "workplace_id": office.workplace.pk, "is_urgent": False}
    return {
        "accept": (lambda: triage.accept(**of, **workplace), _C.ACCEPTED),
        "refer": (lambda: triage.refer(**of, partner="A union", words=""), _C.REFERRED),
        "not_covered": (lambda: triage.not_covered(**of), _C.NOT_COVERED),
        "set_aside": (lambda: triage.set_aside(**of), _C.SET_ASIDE),
        "bring_back": (lambda: triage.bring_back(**of), _C.RECEIVED),
        "no_complaint": (lambda: triage.no_complaint(**of, reason="None."), _C.ABUSE),
        "begin": (lambda: inquiry.begin(**of, way=Way.MONITOR), _C.INVESTIGATING),
        "conclude": (lambda: findings.conclude(**of), _C.RESOLVING),
        "look_again": (lambda: findings.look_again(**of, reason="More."), _C.INVESTIGATING),
    }


def test_every_act_moves_as_the_table_says_or_not_at_all(office):
    key = office.key()
    acts = acts_of_staff(office)
    by_her = {_C.WITHDRAWN: thread.withdraw, _C.RECEIVED: thread.take_up}
    ours = {"begin": _C.ACCEPTED, "conclude": _C.INVESTIGATING, "look_again": _C.RESOLVING}
    for before in ComplaintState:
        put(office, before)
        with office.as_(office.ana):
            passed = {name for name, (act, _there) in acts.items() if passes(act)}
            assert {acts[name][1] for name in passed} <= COMPLAINT_MOVES[before]
            assert passed & set(ours) == {name for name, state in ours.items() if state == before}
        with office.as_worker():
            passed = {there for there, act in by_her.items() if passes(act, key=key, at=AT)}
            assert passed == COMPLAINT_MOVES_OF_WORKERS.get(before, set()) & set(by_her)

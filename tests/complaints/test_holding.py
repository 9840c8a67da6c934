"""Whether somebody has a complaint: its row says what the parts say, after every act, and whoever writes the column."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import AssignmentState, Part
from complaints.models import Assignment, Complaint
from complaints.operations import parts
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.factories import sign_in
from wsr.accounts.models import Membership
from wsr.accounts.operations import members
from wsr.errors import DomainError
from wsr.tenancy import program_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A program with a director and two handlers, and a complaint that nobody has."""
    office = type("Office", (), {})()
    office.program = program = factories.program()
    office.director = factories.member(program, "director")
    office.ana, office.ben = (factories.member(program, "case_handler") for _ in range(2))
    office.complaint = making.complaint(program, supplier=factories.supplier(program))
    office.of = {"complaint_id": office.complaint.pk, "at": AT}
    return office


def scope(office, person):
    return program_scope(office.program.pk, person_id=person.pk)


def is_held(office) -> bool:
    """What the row says; the parts say the same."""
    with scope(office, office.director):
        row = Complaint.objects.get(pk=office.complaint.pk)
        held = Assignment.objects.filter(complaint=row, state=AssignmentState.ACCEPTED)
        assert row.is_handled == held.exclude(part=Part.EMERGENCY).exists()
        return row.is_handled


def test_taken_it_is_held_until_whoever_has_it_leaves(office):
    with scope(office, office.ana):
        parts.take(by=office.ana, **office.of)
    assert is_held(office)

    with scope(office, office.director):
        membership = Membership.objects.get(person=office.ana)
        members.end_membership(membership_id=membership.pk, handover="Ben", by=office.director, at=AT)

    assert not is_held(office)


def test_a_wall_around_her_supplier_lets_go_of_it(office):
    with scope(office, office.ana):
        parts.take(by=office.ana, **office.of)

    with scope(office, office.director):
        parts.wall_off(
            person_id=office.ana.pk,
            supplier_id=office.complaint.supplier_id,
            reason="Her sister works there.",
            by=office.director,
            at=AT,
        )

    assert not is_held(office)


def test_an_emergency_holds_nothing(office):
    with scope(office, office.ana):
        parts.open_in_emergency(reason="Fire.", by=office.ana, **office.of)

    assert not is_held(office)


def test_nobody_writes_that_she_has_it_or_not(office):
    with scope(office, office.ana):
        parts.take(by=office.ana, **office.of)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE complaints_complaint SET is_handled = false")
    made = making.complaint(office.program, is_handled=True)

    assert is_held(office)
    with scope(office, office.ana):
        assert not Complaint.objects.get(pk=made.pk).is_handled


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(["take", "ask", "accept", "end"]), st.booleans()), max_size=9))
def test_whatever_is_done_the_row_says_what_the_parts_say(office, acts):
    office.complaint = making.complaint(office.program)
    office.of = {"complaint_id": office.complaint.pk, "at": AT}
    for act, is_ana in acts:
        me, other = (office.ana, office.ben) if is_ana else (office.ben, office.ana)
        with scope(office, me):
            try:
                _act(office, act, me, other)
            except (DomainError, Assignment.DoesNotExist):
                continue
        is_held(office)


def _act(office, act, me, other) -> None:
    mine = Assignment.objects.filter(complaint=office.complaint, person=me).order_by("-asked_at", "-pk")
    if act == "take":
        parts.take(by=me, **office.of)
    elif act == "ask":
        parts.ask(person_id=other.pk, part=Part.INVESTIGATOR, by=me, **office.of)
    elif act == "accept":
        parts.accept(assignment_id=mine.filter(state=AssignmentState.ASKED)[:1].get().pk, by=me, at=AT)
    else:
        parts.end(assignment_id=mine.filter(state=AssignmentState.ACCEPTED)[:1].get().pk, by=me, at=AT)


def test_the_list_and_the_work_of_today_show_what_nobody_has(office, client):
    sign_in(client, office.ana)
    page = f"/p/{office.program.slug}/complaints/"
    shown = f"{page}{office.complaint.pk}/"

    assert shown in client.get(f"{page}?handled=false").content.decode()
    assert shown in client.get("/inbox/").content.decode()
    with scope(office, office.ben):
        parts.take(by=office.ben, **office.of)
    assert shown not in client.get(f"{page}?handled=false").content.decode()
    assert shown in client.get(f"{page}?handled=true").content.decode()
    assert shown not in client.get("/inbox/").content.decode()

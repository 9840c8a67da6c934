"""Two at one complaint in the same moment: nothing said is lost, and nobody stays where she must not be."""

import pytest
from django.db import connections
from django.test import Client

from complaints.enums import AssignmentState, Part
from complaints.models import Assignment, Complaint, Draft
from complaints.operations import drafts, parts, triage
from complaints.views import report
from tests import factories
from tests.complaints import making
from tests.complaints.making import AT
from tests.complaints.racing import InLine
from wsr.accounts.models import Membership
from wsr.accounts.operations import members
from wsr.notices.models import Outbox
from wsr.tenancy import engine_scope, program_scope, worker_scope


def test_two_answers_at_once_are_both_kept(transactional_db):
    """Both read the draft before either has written: she pressed in two windows, or a slow line brought the first press late."""
    program = factories.program()
    place, token = f"/report/{program.slug}/", drafts.Token.new(program.pk)
    with worker_scope(program.pk, token.case_id):
        drafts.keep(token, {"what": {"what": "They lock the door."}, "lang": "en"}, at=AT)
        Draft.objects.update(expires_at=AT.replace(year=AT.year + 10))
    answers = ({"q": 3, "where": "Sunrise Ltd"}, {"q": 4, "when": "Every night"})

    def pressing(said):
        client = Client()
        client.cookies[report.COOKIE] = token.text
        return lambda: client.post(place, said).status_code

    with worker_scope(program.pk, token.case_id):
        drafts.locked(token, at=AT)
        both = InLine(*(pressing(said) for said in answers))

    assert both.results() == [302, 302]
    with worker_scope(program.pk, token.case_id):
        said = drafts.answers_of(token, at=AT)
    assert (said["what"], said["where"], said["when"]) == (
        {"what": "They lock the door."},
        {"where": "Sunrise Ltd"},
        {"when": "Every night"},
    )


class Office:
    """A director, ana who handles a complaint, and ben, whom she has asked to take it over."""

    def __init__(self) -> None:
        """All of it is committed: other connections see it."""
        self.program = program = factories.program()
        self.director = factories.member(program, "director")
        self.ana, self.ben = (factories.member(program, "case_handler") for _ in range(2))
        self.workplace = factories.workplace(program)
        self.complaint = making.complaint(program)
        with self.as_(self.ana):
            parts.take(complaint_id=self.complaint.pk, by=self.ana, at=AT)
            self.asked = parts.ask(
                complaint_id=self.complaint.pk,
                person_id=self.ben.pk,
                part=Part.INVESTIGATOR,
                by=self.ana,
                at=AT,
            )

    def as_(self, person):
        """Her scope."""
        return program_scope(self.program.pk, person_id=person.pk)

    def ben_accepts(self):
        """He takes the part that he was asked to take."""
        with self.as_(self.ben):
            return parts.accept(assignment_id=self.asked.pk, by=self.ben, at=AT)

    def triaged(self):
        """Ana accepts the complaint; from now on its supplier is known."""
        with self.as_(self.ana):
            return triage.accept(
                complaint_id=self.complaint.pk,
                severity_id=None,
                workplace_id=self.workplace.pk,
                is_urgent=False,
                by=self.ana,
                at=AT,
            )

    def wall(self, person, **subject):
        """The director walls somebody off."""
        with self.as_(self.director):
            return parts.wall_off(person_id=person.pk, reason="A tie.", by=self.director, at=AT, **subject)

    def ben_leaves(self):
        """The director ends his membership."""
        with self.as_(self.director):
            membership = Membership.objects.get(person=self.ben)
            return members.end_membership(membership_id=membership.pk, handover="", by=self.director, at=AT)

    def inside(self, person) -> bool:
        """Whether she has an accepted part, or is in the circle."""
        with self.as_(self.director):
            has_part = Assignment.objects.filter(person=person, state=AssignmentState.ACCEPTED).exists()
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET ROLE wsr_searcher")
            cursor.execute("SELECT count(*) FROM tenancy_circlemember WHERE person_id = %s", [person.pk])
            [found] = cursor.fetchone()
            cursor.execute("RESET ROLE")
        return has_part or bool(found)


@pytest.fixture
def office(transactional_db):
    return Office()


def in_turn(first, person, second):
    """`first` in the scope of a person, and before it is committed `second`; what second returned or raised."""
    with person:
        first()
        waiting = InLine(second)
    return waiting.results()[0]


@pytest.mark.parametrize("of_supplier", [False, True])
@pytest.mark.parametrize("wall_first", [False, True])
def test_whoever_accepts_while_she_is_walled_off_is_not_inside(office, wall_first, of_supplier):
    office.triaged()
    subject = (
        {"supplier_id": office.workplace.supplier_id}
        if of_supplier
        else {"complaint_id": office.complaint.pk}
    )

    def wall():
        return office.wall(office.ben, **subject)

    if wall_first:
        refused = in_turn(wall, office.as_(office.director), office.ben_accepts)
        assert isinstance(refused, Exception)
    else:
        made = in_turn(office.ben_accepts, office.as_(office.ben), wall)
        assert not isinstance(made, Exception), made

    assert not office.inside(office.ben)
    assert office.inside(office.ana)


@pytest.mark.parametrize("wall_first", [False, True])
def test_whoever_accepts_a_complaint_while_its_supplier_is_closed_to_her_has_left_it(office, wall_first):
    """Neither of the two acts sees the other: the wall knows no supplier yet, the acceptance no wall."""

    def wall():
        return office.wall(office.ana, supplier_id=office.workplace.supplier_id)

    if wall_first:
        in_turn(wall, office.as_(office.director), office.triaged)
    else:
        in_turn(office.triaged, office.as_(office.ana), wall)

    assert not office.inside(office.ana)
    with office.as_(office.ben):
        assert Complaint.objects.get().supplier_id == office.workplace.supplier_id
    with engine_scope(office.program.pk):
        assert Outbox.objects.filter(kind="complaint_unhandled").count() == 1


@pytest.mark.parametrize("leaving_first", [False, True])
def test_whoever_accepts_while_she_leaves_the_program_is_not_inside(office, leaving_first):
    if leaving_first:
        refused = in_turn(office.ben_leaves, office.as_(office.director), office.ben_accepts)
        assert isinstance(refused, Exception)
    else:
        left = in_turn(office.ben_accepts, office.as_(office.ben), office.ben_leaves)
        assert not isinstance(left, Exception), left

    assert not office.inside(office.ben)

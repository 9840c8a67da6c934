"""Work of today is asked again for what may have changed, and for nothing else: each kind of row shows at the next visit."""

import datetime as dt
import uuid

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from complaints.models import Complaint, Wall
from programs.enums import EducationKind, EndorsementState, EndorserKind
from programs.models import EducationSession, Endorsement
from tests import factories
from tests.audits import making
from tests.complaints import making as complaining
from wsr.accounts.grants import Role
from wsr.accounts.models import Membership, Person
from wsr.accounts.queries import programs_of
from wsr.deadlines import operations as clocks
from wsr.deadlines.lengths import Length
from wsr.handover.models import Absence, Keeper
from wsr.tenancy import person_scope, program_scope
from wsr.tenancy.models import Program
from wsr.ui import answers
from wsr.ui.models import Answer
from wsr.ui.navigation import discover
from wsr.ui.today import inbox_here, inbox_of

AT = factories.AT
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.fixture
def program(transactional_db):
    return factories.program("garment")


@pytest.fixture
def director(program):
    return factories.member(program, "director")


def rows(person, at=AT):
    """{(group, title, why, who must act, program)} of what waits for her."""
    groups = inbox_of(person, programs_of(person), at=at)
    return {
        (group.key, task.title, task.why, task.waits_for, task.program)
        for group in groups
        for task in group.tasks
    }


def anew(person, at=AT):
    """The same, with nothing kept."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("DELETE FROM ui_answer")
    return rows(person, at)


def start(program, title="Thing", *, days=3, unit="days", at=AT):
    with program_scope(program.pk):
        return begin(title, days=days, unit=unit, at=at)


def begin(title, *, days=3, unit="days", at=AT):
    return clocks.start(
        kind="test.plain",
        subject=("test.thing", uuid.uuid4()),
        started_at=at,
        at=at,
        title=title,
        length=Length(days, unit),
    )


def visit(person, at=AT):
    """How many queries a visit makes, and how many programs it enters."""
    with CaptureQueriesContext(connection) as captured:
        rows(person, at)
    entered = [query for query in captured if "SET LOCAL role = 'wsr_staff'" in query["sql"]]
    return len(captured), len(entered)


def session(program, leader, **fields):
    place = factories.workplace(program)
    with program_scope(program.pk):
        return EducationSession.objects.create(
            **{
                "workplace": place,
                "supplier_id": place.supplier_id,
                "kind": EducationKind.SESSION,
                "minutes": 60,
                "languages": ["es"],
                "leader": leader,
                "leader_name": "L",
                "planned_by": leader,
                "created_at": AT,
                "updated_at": AT,
                **fields,
            }
        )


def endorsement():
    made = Endorsement.objects.create(
        statement_version=1,
        kind=EndorserKind.PERSON,
        name="Rosa",
        is_listed=True,
        language="en",
        state=EndorsementState.UNCONFIRMED,
        nonce="0",
        asked_at=AT,
    )
    made.state, made.confirmed_at = EndorsementState.WAITING, AT
    made.save()


def keeper(program, clock, person):
    with program_scope(program.pk):
        said = {"person": person, "given_by": person, "given_at": AT}
        Keeper.objects.create(subject_type="test.thing", subject_id=clock.subject_id, **said)


def happenings(program, director):
    """Who sees it and what happens, in order; each makes a row come, go or read otherwise."""
    place = factories.workplace(program)
    handler, colleague = (factories.member(program, "case_handler") for _number in range(2))
    planner = factories.member(program, "inspector_in_charge")
    educator = factories.member(program, "educator")
    clock, complaint = start(program, "An older one"), complaining.complaint(program)
    inside = {"program_id": program.pk, "person_id": director.pk}

    def met():
        with program_scope(**inside):
            clocks.meet(clock_id=clock.pk, at=AT)

    def away():
        with program_scope(**inside):
            said = {"starts_on": AT.date(), "ends_on": AT.date(), "entered_by": director, "entered_at": AT}
            Absence.objects.create(person=educator, stand_in=director, **said)

    yield director, lambda: start(program)
    yield director, lambda: keeper(program, clock, handler)
    yield director, lambda: Person.objects.filter(pk=handler.pk).update(name="Now Another")
    yield director, met
    yield director, lambda: making.action(program, workplace=place, state="reported")
    yield planner, lambda: making.inspection(program, planner=planner, workplace=place, at=AT)
    yield handler, lambda: complaining.complaint(program)
    yield handler, lambda: complaining.take(program, complaint, handler)
    yield director, endorsement
    yield educator, lambda: session(program, educator, starts_at=AT - DAY)
    yield director, away
    yield director, lambda: wall(program, director, by=handler)
    yield director, lambda: end(program, director)
    yield colleague, lambda: Program.objects.using("admin").filter(pk=program.pk).update(name="Renamed")


def wall(program, person, *, by):
    """She must know of none of the complaints."""
    with program_scope(program.pk, person_id=by.pk):
        for complaint in Complaint.objects.all():
            Wall.objects.create(
                person=person, complaint=complaint, reason="A cousin.", begun_at=AT, begun_by=by
            )


def end(program, person):
    with program_scope(program.pk):
        Membership.objects.filter(person=person).update(ended_at=AT)


def test_each_kind_of_row_shows_at_the_next_visit(program, director):
    for number, (person, happens) in enumerate(happenings(program, director)):
        before = rows(person)
        assert rows(person) == before
        happens()
        after = rows(person)
        assert after != before, number
        assert after == anew(person), number


def test_what_did_not_change_is_not_asked_again_however_many_programs_and_clocks(program, director):
    start(program)
    rows(director)
    few, entered = visit(director)
    assert entered == 0
    others = [factories.program() for _number in range(3)]
    for other in others:
        factories.member(other, "director", person=director)
        for number in range(5):
            start(other, f"Thing {number}")
    rows(director)
    assert visit(director) == (few, 0)
    start(others[0], "One more")
    once, entered = visit(director)
    assert entered == 1
    for number in range(9):
        start(others[0], f"Many {number}")
    assert visit(director) == (once, 1)
    assert visit(director) == (few, 0)


def test_what_comes_and_goes_with_the_hour_needs_no_event(program, director):
    educator = factories.member(program, "educator")
    start(program, unit="hours", days=2)
    session(program, educator, starts_at=AT + HOUR)
    assert {group for group, *_rest in rows(director)} == {"today"}
    assert rows(educator) == set()
    assert visit(director, AT + 3 * HOUR)[1] == 0
    assert {group for group, *_rest in rows(director, AT + 3 * HOUR)} == {"overdue"}
    assert visit(educator, AT + 3 * HOUR)[1] == 0
    assert {group for group, *_rest in rows(educator, AT + 3 * HOUR)} == {"overdue"}
    assert rows(educator, AT + 3 * HOUR) == anew(educator, AT + 3 * HOUR)


def test_the_next_day_is_asked_anew(program, director):
    start(program, days=40)
    assert rows(director) == set()
    assert {group for group, *_rest in rows(director, AT + 20 * DAY)} == {"later"}


def test_what_commits_late_is_seen_when_it_commits(program, director):
    with connections["admin"].cursor() as cursor:
        clock = start(program)
        cursor.execute("BEGIN")
        cursor.execute("UPDATE deadlines_clock SET title = 'Late' WHERE id = %s", [clock.pk])
        before = rows(director)  # made while the other has not committed
        assert {title for _group, title, *_rest in before} == {"Thing"}
        cursor.execute("COMMIT")
    assert {title for _group, title, *_rest in rows(director)} == {"Late"}


def test_what_one_transaction_writes_before_and_after_it_asks_is_seen(program, director):
    (standing,) = programs_of(director)
    with program_scope(program.pk, person_id=director.pk), connections["admin"].cursor() as cursor:
        begin("Before")
        cursor.execute("UPDATE tenancy_program SET name = name")  # another one commits meanwhile
        assert len(inbox_here(director, standing, at=AT)[0].tasks) == 1
        begin("After")
        assert len(inbox_here(director, standing, at=AT)[0].tasks) == 2
    assert {title for _group, title, *_rest in rows(director)} == {"Before", "After"}


def test_each_language_and_role_has_words_of_its_own(program, director):
    complaining.complaint(program)
    english = rows(director)
    with translation.override("es"):
        assert rows(director) != english
    with program_scope(program.pk):
        Membership.objects.filter(person=director).update(role="observer")
    assert rows(director) == anew(director) == set()


def test_another_database_server_trusts_no_answer(program, director):
    start(program)
    before = rows(director)
    with connections["admin"].cursor() as cursor:
        cursor.execute("UPDATE ui_answer SET epoch = 'another', tasks = '[]'")
    assert rows(director) == before


def test_nobody_else_reads_an_answer(program, director):
    start(program)
    rows(director)
    other = factories.member(program, "director")
    with program_scope(program.pk, person_id=other.pk):
        assert not Answer.objects.exists()
    with person_scope(other.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ui_answer")
        assert cursor.fetchone() == (0,)


def test_answers_and_what_they_have_seen_are_forgotten(program, director):
    start(program)
    rows(director)
    with connections["admin"].cursor() as cursor:
        cursor.execute("UPDATE tenancy_touched SET at = now() - interval '2 days'")
    start(program, "Unseen")
    assert answers.sweep(at=AT) == 0
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT relation FROM tenancy_touched")
        assert "deadlines_clock" in {relation for (relation,) in cursor.fetchall()}
    assert {title for _group, title, *_rest in rows(director)} == {"Thing", "Unseen"}
    assert answers.sweep(at=AT + 4 * DAY) == 1
    assert rows(director) == anew(director)


def test_everything_that_rooms_say_can_be_kept(program, director):
    """A function that reads what nobody notes, or asks for the hour, would be asked at each visit."""
    people = {role: factories.member(program, role) for role in Role if role != Role.DIRECTOR}
    for person, happens in happenings(program, director):
        happens()
        rows(person)
    names = {f"{one.__module__}.{one.__qualname__}" for one in discover("inbox", "INBOX")}
    for role, person in people.items():
        rows(person)
        (standing,) = programs_of(person)
        with program_scope(
            program.pk, standing.audience, person_id=person.pk, organization_id=standing.organization_id
        ):
            (answer,) = Answer.objects.all()
        assert names - set(answer.parts) == set(), role
        assert answer.is_whole, role

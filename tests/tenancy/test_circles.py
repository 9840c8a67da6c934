"""Closed groups of people: what only they may know of is not even counted for others."""

from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connections
from psycopg import errors

from tests import factories
from wsr.accounts.grants import Role
from wsr.files.models import StoredFile
from wsr.history.models import Event, Held
from wsr.history.operations import record, release
from wsr.tenancy import Audience, circles, program_scope
from wsr.tenancy.models import OPEN

pytestmark = pytest.mark.django_db(databases=["default", "engine"])


@pytest.fixture
def program():
    return factories.program()


@pytest.fixture
def people(program):
    """Two of the staff and one auditor."""
    return (
        factories.member(program, Role.INSPECTOR_IN_CHARGE),
        factories.member(program, Role.DIRECTOR),
        factories.member(program, Role.AUDITOR),
    )


def secret_file(circle: UUID) -> None:
    StoredFile.objects.create(
        sha256="a" * 64,
        size=1,
        name="plan.pdf",
        media_type="application/pdf",
        stored_at=factories.AT,
        circle_id=circle,
        secret_of=circle,
    )


def seen(program, person, audience=Audience.STAFF) -> int:
    with program_scope(program.pk, audience, person_id=person.pk):
        return StoredFile.objects.count()


def test_only_members_see_what_is_secret_until_it_is_opened(program, people):
    insider, director, auditor = people
    circle = uuid4()
    with program_scope(program.pk, person_id=insider.pk):
        circles.admit(circle, insider.pk)
        circles.admit(circle, auditor.pk)
        secret_file(circle)

    assert (seen(program, insider), seen(program, director), seen(program, auditor, Audience.AUDITOR)) == (
        1,
        0,
        1,
    )

    with program_scope(program.pk, person_id=insider.pk):
        circles.open_up(circle)
        StoredFile.objects.update(secret_of=OPEN)

    assert (seen(program, insider), seen(program, director), seen(program, auditor, Audience.AUDITOR)) == (
        1,
        1,
        1,
    )


def test_who_is_dismissed_sees_it_no_more(program, people):
    insider, _director, auditor = people
    circle = uuid4()
    with program_scope(program.pk, person_id=insider.pk):
        circles.admit(circle, insider.pk)
        circles.admit(circle, auditor.pk)
        secret_file(circle)
        circles.dismiss(circle, auditor.pk)

    assert seen(program, auditor, Audience.AUDITOR) == 0


@pytest.mark.parametrize("act", ["admit", "dismiss", "open_up"])
def test_nobody_else_changes_a_closed_circle(program, people, act):
    insider, director, _auditor = people
    circle = uuid4()
    with program_scope(program.pk, person_id=insider.pk):
        circles.admit(circle, insider.pk)
    values = {"admit": (director.pk,), "dismiss": (insider.pk,), "open_up": ()}[act]

    with pytest.raises(ProgrammingError) as refused, program_scope(program.pk, person_id=director.pk):
        getattr(circles, act)(circle, *values)

    assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.AUDITOR, Audience.BRAND])
def test_no_audience_reaches_the_tables_of_circles(program, people, audience):
    with (
        pytest.raises(ProgrammingError),
        program_scope(program.pk, audience, person_id=people[0].pk),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute("SELECT count(*) FROM tenancy_circlemember")


def test_what_is_held_back_enters_history_with_its_own_time_when_released(program, people):
    insider, director, _auditor = people
    circle = uuid4()
    with program_scope(program.pk, person_id=insider.pk):
        circles.admit(circle, insider.pk)
        record(
            "inspection.planned", ("audits.inspection", circle), by=insider, at=factories.AT, secret_of=circle
        )
    with program_scope(program.pk, person_id=director.pk):
        assert (Event.objects.filter(subject_id=circle).count(), Held.objects.count()) == (0, 0)
    with program_scope(program.pk, person_id=insider.pk):
        assert release(circle) == 1
    with program_scope(program.pk, person_id=director.pk):
        event = Event.objects.get(subject_id=circle)
        assert (event.event, event.at, event.actor_id) == ("inspection.planned", factories.AT, insider.pk)

"""My work today: each thing in its section, with its reason; queries do not grow with rows, and grow by the program at most."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.audits import making
from tests.complaints import making as complaining
from wsr.accounts.queries import programs_of
from wsr.deadlines import operations as clocks
from wsr.deadlines.lengths import Length
from wsr.handover.models import Keeper
from wsr.tenancy import program_scope
from wsr.ui.today import inbox_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def start(program, title, *, days, started_at, **said):
    with program_scope(program.pk):
        return clocks.start(
            kind="test.plain",
            subject=("test.thing", uuid.uuid4()),
            started_at=started_at,
            at=started_at,
            title=title,
            length=Length(days, "days"),
            **said,
        )


def test_each_thing_stands_in_its_section_with_its_reason(program, director):
    now = timezone.now().replace(hour=12)
    brand = factories.brand(program)
    for title, days, ago in (("Late", 1, 5), ("Now", 2, 2), ("Soon", 6, 2), ("Later", 30, 2)):
        start(program, title, days=days, started_at=now - ago * DAY)
    start(program, "Theirs", days=6, started_at=now, responsible_participation_id=brand.pk)
    complaining.complaint(program)
    groups = {group.key: group.tasks for group in inbox_of(director, programs_of(director), at=now)}
    found = {key: [task.title.partition(" ")[0] for task in tasks] for key, tasks in groups.items()}
    assert found == {
        "overdue": ["Late"],
        "today": ["Now"],
        "triage": ["Complaint"],
        "soon": ["Soon"],
        "later": ["Later"],
        "others": ["Theirs"],
    }
    assert all(task.why for tasks in groups.values() for task in tasks)
    assert groups["others"][0].waits_for == brand.name


def test_queries_do_not_grow_with_rows_and_by_the_program_at_most(program, director, client):
    factories.sign_in(client, director)

    def asked() -> int:
        client.get("/inbox/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/inbox/").status_code == 200
        return len(captured)

    def fill(one, rows):
        for number in range(rows):
            clock = start(one, f"Thing {number}", days=3, started_at=timezone.now())
            making.action(one, workplace=places[one.pk], state="reported")
            making.inspection(one, planner=director, workplace=places[one.pk], is_announced=True)
            with program_scope(one.pk):
                said = {"person": director, "given_by": director, "given_at": factories.AT}
                Keeper.objects.create(subject_type="test.thing", subject_id=clock.subject_id, **said)

    places = {program.pk: factories.workplace(program)}
    fill(program, 1)
    one = asked()
    fill(program, 3)
    assert asked() == one
    counts = [one]
    for _number in range(2):
        another = factories.program()
        places[another.pk] = factories.workplace(another)
        factories.member(another, "director", person=director)
        fill(another, 2)
        counts.append(asked())
    assert counts[2] - counts[1] == counts[1] - counts[0] <= one

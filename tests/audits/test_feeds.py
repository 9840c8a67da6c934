"""Every change once to a device that keeps asking, whatever commits late, joins, leaves or is restored."""

from time import monotonic
from types import SimpleNamespace

import pytest
from django.db import connections
from django.utils import timezone

from audits.enums import InspectionState
from audits.models import Finding, Inspection
from audits.queries.feeds import FEEDS, Cursor, NoCursor, StartAgain, news, read_cursor
from tests import factories
from tests.audits import rows
from wsr.accounts.grants import Role
from wsr.tenancy import Audience, catalog, circles, program_scope

IN_PROGRESS = InspectionState.IN_PROGRESS


@pytest.fixture
def field(transactional_db):
    """A program with a planner and two auditors, the first on the team of a visit under way."""
    program = factories.program()
    planner = factories.member(program, Role.INSPECTOR_IN_CHARGE)
    ana, ben = (factories.member(program, Role.AUDITOR) for _ in range(2))
    visit = rows.inspection(program, planner, ana, state=IN_PROGRESS)
    return SimpleNamespace(program=program, planner=planner, ana=ana, ben=ben, visit=visit)


class Device:
    """Asks for one collection, over and over, and remembers what it was told."""

    def __init__(self, field, person, feed: str, limit: int = 100) -> None:
        self.scope = (field.program.pk, Audience.AUDITOR)
        self.person, self.feed, self.limit = person, FEEDS[feed], limit
        self.cursor, self.left = None, []

    def ask(self) -> list:
        """Ids told, until there are no more."""
        told = []
        _let_others_finish()
        while True:
            with program_scope(*self.scope, person_id=self.person.pk):
                page = news(self.feed, self.cursor, limit=self.limit)
            self.cursor = read_cursor(str(page.cursor), self.feed.name)
            told += [row.pk for row in page.rows]
            self.left += page.left
            if not page.has_more:
                return told


def _let_others_finish() -> None:
    """A transaction under way anywhere in the cluster holds the feed back: wait for those of other databases, not for ours."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "SELECT backend_xid FROM pg_stat_activity WHERE datname <> current_database() AND backend_xid IS NOT NULL"
        )
        before = [xid for (xid,) in cursor.fetchall()]
        deadline = monotonic() + 120
        while before:
            assert monotonic() < deadline, "A transaction of another database does not end."
            cursor.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.02)")
            cursor.execute(
                "SELECT backend_xid FROM pg_stat_activity WHERE backend_xid = ANY(%s::xid[])", [before]
            )
            before = [xid for (xid,) in cursor.fetchall()]


def write(field, count: int = 1, visit=None) -> list:
    with program_scope(field.program.pk, person_id=field.planner.pk):
        return [rows.finding(visit or field.visit, field.planner).pk for _ in range(count)]


def change(field, pk, **values) -> None:
    with program_scope(field.program.pk, person_id=field.planner.pk):
        Finding.objects.filter(pk=pk).update(**values)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_each_change_is_told_once(field, limit):
    device = Device(field, field.ana, "findings", limit)
    first = write(field, 5)
    assert device.ask() == first
    assert device.ask() == []

    second = write(field, 2)
    change(field, first[0], title="Changed")
    assert device.ask() == [*second, first[0]]
    assert device.ask() == []


def test_what_changes_while_pages_are_turned_is_told_in_the_end(field):
    device = Device(field, field.ana, "findings", limit=2)
    pks = write(field, 4)
    _let_others_finish()
    with program_scope(*device.scope, person_id=field.ana.pk):
        page = news(device.feed, None, limit=2)
    change(field, pks[3], title="Changed")
    change(field, pks[0], title="Changed as well")
    device.cursor = page.cursor
    assert device.ask() == [pks[2]]
    assert device.ask() == [pks[3], pks[0]]


def test_a_transaction_that_commits_late_is_told_of(field):
    device = Device(field, field.ana, "findings")
    [early] = write(field)
    device.ask()
    late = connections["admin"]
    late.ensure_connection()
    with late.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE audits_finding SET title = 'Late' WHERE id = %s", [early])
        [quick] = write(field)  # has a higher transaction id, and is committed before
        assert device.ask() == []  # held back, not lost
        cursor.execute("COMMIT")
    assert device.ask() == [early, quick]
    assert device.ask() == []


def test_a_rolled_back_change_is_not_told_of(field):
    device = Device(field, field.ana, "findings")
    pks = write(field, 2)
    device.ask()
    with connections["admin"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE audits_finding SET title = 'Never' WHERE id = ANY(%s)", [pks])
        cursor.execute("ROLLBACK")
    assert device.ask() == []


def test_who_joins_is_told_of_everything_and_who_leaves_to_drop_it(field):
    device = Device(field, field.ben, "findings")
    pks = write(field, 3)
    assert device.ask() == []

    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.admit(field.visit.pk, field.ben.pk)
    assert device.ask() == pks
    assert device.left == []

    write(field)
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.dismiss(field.visit.pk, field.ben.pk)
    assert device.ask() == []
    assert device.left == [field.visit.pk]
    assert device.ask() == []
    assert device.left == [field.visit.pk]


def test_who_leaves_and_comes_back_in_between_is_told_of_everything_again(field):
    device = Device(field, field.ana, "findings")
    pks = write(field, 2)
    device.ask()
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.dismiss(field.visit.pk, field.ana.pk)
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.admit(field.visit.pk, field.ana.pk)
    assert device.ask() == pks
    assert device.left == []


@pytest.mark.parametrize(
    "feed", ["inspections", "assignments", "findings", "responses", "interviews", "evidence"]
)
def test_nothing_of_other_teams_is_told(field, feed):
    stranger = rows.inspection(field.program, field.planner, field.ben, is_announced=True, state=IN_PROGRESS)
    write(field, 1, stranger)
    device = Device(field, field.ana, feed)
    told = device.ask()
    assert stranger.pk not in told
    with program_scope(field.program.pk, person_id=field.planner.pk):
        strange = set(Finding.objects.filter(inspection=stranger).values_list("pk", flat=True))
    assert not strange & set(told)


def test_reports_and_actions_of_a_workplace_come_and_go_with_its_team(field):
    from audits.models import CorrectiveAction

    with program_scope(field.program.pk, person_id=field.planner.pk):
        action = CorrectiveAction.objects.create(
            supplier_id=field.visit.supplier_id,
            workplace_id=field.visit.workplace_id,
            origin="finding",
            number=1,
            title="No guard on the press",
            created_at=factories.AT,
            updated_at=factories.AT,
        )
    ana, ben = Device(field, field.ana, "actions"), Device(field, field.ben, "actions")
    assert (ana.ask(), ben.ask()) == ([action.pk], [])
    with program_scope(field.program.pk, person_id=field.planner.pk):
        circles.dismiss(field.visit.pk, field.ana.pk)
        circles.admit(field.visit.pk, field.ben.pk)
    assert (ana.ask(), ben.ask()) == ([], [action.pk])
    assert ana.left == [field.visit.workplace_id]


def test_an_act_of_the_visit_is_news_of_the_inspection(field):
    device = Device(field, field.ana, "inspections")
    assert device.ask() == [field.visit.pk]
    with program_scope(field.program.pk, Audience.AUDITOR, person_id=field.ana.pk):
        Inspection.objects.filter(pk=field.visit.pk).update(summary="Calm.", updated_at=timezone.now())
    assert device.ask() == [field.visit.pk]


def test_a_cursor_of_restored_data_means_starting_again(field):
    device = Device(field, field.ana, "findings")
    write(field)
    device.ask()
    good = device.cursor
    for gone in (
        Cursor(good.feed, "1.1.1", good.since),
        Cursor(good.feed, good.epoch, good.since + 1_000_000),
    ):
        device.cursor = gone
        with pytest.raises(StartAgain):
            device.ask()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "%00",
        "bnVsbA",
        "W10",
        "WzFd" * 500,
        str(Cursor("actions", "1", 1)),
        str(Cursor("findings", "1", -1)),
        str(Cursor("findings", "1", 1, 2, 3, "no id")),
        str(Cursor("findings", 1, 1)),
        str(Cursor("findings", "1", 2**70)),
    ],
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(NoCursor):
        read_cursor(text, "findings")


def test_rows_from_another_database_server_are_counted_anew(field):
    write(field, 2)
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION wsr_changes_counted_in() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '1' $$"
        )
        cursor.execute("ALTER TABLE audits_finding DISABLE TRIGGER USER")
        cursor.execute("UPDATE audits_finding SET changed_xid = '9000000000'")
        cursor.execute("ALTER TABLE audits_finding ENABLE TRIGGER USER")
    connections["admin"].close()
    assert catalog.differences() == ["Changes were counted in another database server; run migrate."]
    assert Device(field, field.ana, "findings").ask() == []  # ids of the future

    assert catalog.apply("owner") == ["Changes are counted in this database server."]
    assert catalog.differences() == []
    assert len(Device(field, field.ana, "findings").ask()) == 2

"""Counting for the public with real rows: once, on a fixed day, kept for ever; and only what the program decided to publish."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connections
from django.db.models import QuerySet

from complaints import disclosure, suppression, tasks
from complaints.enums import Channel, ComplaintState, FiledBy, Topic
from complaints.models import Complaint, Counted, Finding, PublicTable, Review, SupplierCount
from complaints.operations import counting
from complaints.operations.counting import due_on
from complaints.queries import kpis
from tests import factories
from tests.complaints.attack import Attacker
from tests.registry.conftest import Office
from wsr.tenancy import engine_scope, program_scope
from wsr.tenancy.models import Program
from wsr.vault.numbers import new_number

FIRST = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def program(transactional_db):
    """A program that publishes totals, begun in January."""
    made = factories.program("garment", time_zone="Asia/Dhaka")
    Program.objects.using("admin").filter(pk=made.pk).update(created_at=FIRST)
    factories.decide(made, "complaint_cases", "totals")
    return made


def rows(program, number, on, **fields):
    """Complaints as intake leaves them, without what only a worker's own scope could add."""
    return [
        Complaint(
            id=uuid4(),
            program=program,
            number=new_number(),
            received_at=on,
            updated_at=on,
            **{"channel": Channel.WEB, "filed_by": FiledBy.WORKER, **fields},
        )
        for _one in range(number)
    ]


def keep(made):
    """Write them down whatever their state, without the triggers."""
    for row in made:
        row.took = row.closed_at and row.closed_at - row.received_at
    with connections["admin"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        QuerySet(Complaint, using="admin").bulk_create(made)
        cursor.execute("SET session_replication_role = DEFAULT")
    return made


def receive(program, number, on, **fields):
    """So many came on a day."""
    return keep(rows(program, number, on, **fields))


def count(program, on):
    """The tables that were made on a day, at midday in Dhaka."""
    with engine_scope(program.pk):
        return counting.count_due(at=dt.datetime.combine(on, dt.time(6), dt.UTC))


def told(program, kind="complaint_count"):
    with engine_scope(program.pk):
        return {record.subject_id: record for record in disclosure.records(kind, dt.date(2026, 12, 31))}


def test_months_wait_until_they_are_enough_and_are_never_counted_again(program):
    receive(program, 9, FIRST)
    receive(program, 3, FIRST + dt.timedelta(days=31), state=ComplaintState.ABUSE)
    assert count(program, dt.date(2026, 3, 31)) == []

    receive(program, 2, FIRST + dt.timedelta(days=32))
    receive(program, 40, FIRST + dt.timedelta(days=33), filed_by=FiledBy.PROGRAM)
    assert count(program, dt.date(2026, 4, 4)) == []
    [period] = count(program, dt.date(2026, 4, 5))
    assert (period.begins_on, period.ends_on, period.total) == (dt.date(2026, 1, 1), dt.date(2026, 2, 28), 11)
    assert count(program, dt.date(2026, 4, 30)) == []

    late = receive(
        program, 1, FIRST
    )  # found to be a complaint after its month was counted: it is in the next one
    receive(program, 12, FIRST + dt.timedelta(days=62))
    [following] = count(program, dt.date(2026, 5, 5))
    assert (following.begins_on, following.total) == (dt.date(2026, 3, 1), 13)
    with engine_scope(program.pk):
        assert Counted.objects.get(complaint=late[0]).table_id == following.pk
        assert Counted.objects.count() == 24
        assert set(PublicTable.objects.values_list("total", flat=True)) == {11, 13}


def test_what_was_counted_nobody_changes(program):
    receive(program, 10, FIRST)
    [period] = count(program, dt.date(2026, 3, 5))
    for login in ("engine", "admin"):
        with (
            pytest.raises(Exception, match=r"permission denied|append-only|refuse"),
            connections[login].cursor() as cursor,
        ):
            cursor.execute("UPDATE complaints_publictable SET total = 11 WHERE id = %s", [period.pk])
        connections[login].rollback() if not connections[login].get_autocommit() else None


def test_the_fixed_day_is_a_day_with_thirty_days_behind_every_month(program):
    with engine_scope(program.pk):
        assert due_on(dt.date(2026, 1, 31), counting.EARLY) == dt.date(2026, 3, 5)
        assert due_on(dt.date(2026, 12, 31), counting.LATE) == dt.date(2027, 7, 5)
    factories.decide(program, "complaint_day", 1)
    with engine_scope(program.pk):
        for month in range(1, 13):
            ends = counting._month_end(dt.date(2027, month, 1))
            assert due_on(ends, counting.EARLY) - ends > dt.timedelta(days=30)


@pytest.mark.parametrize("said", ["case_log", "withheld", None])
def test_a_program_that_publishes_no_numbers_counts_none(program, said):
    receive(program, 50, FIRST)
    factories.decide(program, "complaint_cases", said)
    assert count(program, dt.date(2026, 12, 5)) == []
    assert told(program) == {}


def test_tables_say_what_is_large_enough_and_nothing_else(program):
    padma, delta = (factories.supplier(program, name=name) for name in ("Padma Mills", "Delta Yarn"))
    factories.workplace(program, supplier=padma, worker_count=800)
    receive(program, 70, FIRST, supplier=padma)
    receive(program, 4, FIRST, supplier=delta, channel=Channel.PAPER)
    receive(
        program,
        26,
        FIRST,
        channel=Channel.HOTLINE,
        state=ComplaintState.CLOSED,
        closed_at=FIRST + dt.timedelta(days=14),
    )
    receive(program, 12, FIRST, state=ComplaintState.CLOSED, closed_at=FIRST + dt.timedelta(days=30, hours=1))
    factories.decide(program, "complaint_cases", "published")
    count(program, dt.date(2026, 3, 5))

    said = {record.content["topic"]: record for record in told(program).values()}
    assert set(said) == {Topic.RECEIVED, Topic.ISSUE, Topic.SEVERITY, Topic.CHANNEL, Topic.SPEED}
    total = said[Topic.RECEIVED].content
    assert (total["name"], total["complaints"]) == ("Complaints, January 2026: Received", 112)
    assert (total["workers"], total["per_100_workers_a_year"]) == (800, "168.0")
    channel = said[Topic.CHANNEL].content
    # 4 on paper would be all that is missing: the next category from the end is counted with it
    assert channel["counts"] == ["Web form: 82 (73.2 %)"]
    assert (channel["together"], channel["together_count"]) == (
        ["Hotline", "Text message", "On paper", "In person"],
        30,
    )
    speed = said[Topic.SPEED].content
    assert (speed["counts"], speed["together_count"]) == (["Resolved in 8 to 14 days: 26 (23.2 %)"], 86)
    assert said[Topic.ISSUE].withheld["counts"] == "small_number"
    [of_padma] = told(program, "supplier_complaint").values()
    assert (of_padma.content["supplier"].name, of_padma.content["complaints"]) == ("Padma Mills", 70)
    assert "Delta" not in str([record.content for record in told(program).values()])

    factories.decide(program, "supplier_names", "count")
    assert told(program, "supplier_complaint") == {}
    factories.decide(program, "complaint_cases", "count")
    assert [record.content["topic"] for record in told(program).values()] == [Topic.RECEIVED]
    factories.decide(program, "complaint_cases", "totals")
    late = count(program, dt.date(2026, 8, 5))
    assert [(one.topic, one.together_count) for one in late] == [
        (Topic.OUTCOME, 112),
        (Topic.RETALIATION, 112),
    ]


def found(rows, by, outcomes):
    """A finding on each of these complaints."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        QuerySet(Finding, using="admin").bulk_create(
            Finding(
                program_id=row.program_id,
                complaint=row,
                provision_id=uuid4(),
                outcome=outcome,
                found_by=by,
                found_at=FIRST,
            )
            for row, outcome in zip(rows, outcomes, strict=True)
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def reviewed(rows, by, on):
    """Each was closed on a day, by two people."""
    second = factories.person()
    with connections["admin"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        QuerySet(Review, using="admin").bulk_create(
            Review(
                program_id=row.program_id,
                complaint=row,
                resolution_id=uuid4(),
                handed_by=by,
                handed_at=on,
                outcome="approved",
                reviewer=second,
                decided_at=on,
            )
            for row in rows
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def test_what_was_found_is_the_same_for_staff_and_public(program):
    """28 of 44 are 63.6 percent. Source: `domain.md` 5.5."""
    handler = factories.member(program, "case_handler")
    closed = receive(program, 44, FIRST, state=ComplaintState.CLOSED, closed_at=FIRST + dt.timedelta(days=9))
    others = receive(program, 60, FIRST)
    found(closed, handler, ["upheld"] * 20 + ["partly"] * 8 + ["not_upheld"] * 16)
    paid = keep(
        [row for one in others[:26] for row in rows(program, 1, FIRST, continues=one, is_retaliation=True)]
    )
    found(paid, handler, ["upheld"] * 11 + ["not_upheld"] * 15)
    count(program, dt.date(2026, 8, 5))
    said = {one.content["topic"]: one.content for one in told(program).values()}
    assert said[Topic.RECEIVED]["complaints"] == 104  # being made to pay for a complaint is no second one
    outcome, retaliation = said[Topic.OUTCOME], said[Topic.RETALIATION]
    assert outcome["counts"] == [
        "Closed, violation found: 28 (26.9 %)",
        "Closed, no violation found: 16 (15.4 %)",
    ]
    assert (outcome["together_count"], outcome["substantiated_percent"]) == (60, "63.6")
    assert retaliation["counts"] == [
        "Retaliation reported and confirmed: 11 (10.6 %)",
        "Retaliation reported, not or not yet confirmed: 15 (14.4 %)",
    ]
    assert retaliation["retaliation_per_100"] == "25.0"
    reviewed([*closed, *paid], handler, FIRST + dt.timedelta(days=9))
    with program_scope(program.pk, person_id=handler.pk):
        period = kpis.Period(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
        figures = [*kpis.figures(period, at=FIRST), *kpis.found(at=FIRST)]
    said = {one.key: (one.part, one.whole, str(one.value)) for one in figures}
    assert {key: said[key] for key in ("substantiated", "retaliation", "retaliation_confirmed")} == {
        "substantiated": (28, 44, "63.6"),
        "retaliation": (26, 104, "25.0"),
        "retaliation_confirmed": (11, 26, "42.3"),
    }


def test_nobody_without_a_part_learns_of_a_single_finding(program):
    """Months that are over, twenty and more together, ten on either side; and never another number when something changes later."""
    handler = factories.member(program, "case_handler")
    made = receive(program, 60, FIRST, state=ComplaintState.CLOSED, closed_at=FIRST)
    found(made, handler, (["upheld"] * 10 + ["not_upheld"] * 10) * 3)

    def told_to_staff():
        with program_scope(program.pk, person_id=handler.pk):
            return [
                (one.period.begins_on.month, one.period.ends_on.month, one.part, one.whole)
                for one in kpis.found(at=FIRST)
            ]

    reviewed(made[:19], handler, FIRST)
    assert told_to_staff() == []
    reviewed(made[19:20], handler, FIRST + dt.timedelta(days=31))
    assert told_to_staff() == [(1, 2, 10, 20)]
    reviewed(made[20:39], handler, FIRST + dt.timedelta(days=62))
    reviewed(made[40:41], handler, FIRST + dt.timedelta(days=93))
    assert told_to_staff() == [(3, 4, None, 20), (1, 2, 10, 20)]  # eleven to nine: neither is told
    reviewed(made[41:60], handler, dt.datetime.now(dt.UTC))
    assert told_to_staff() == [(3, 4, None, 20), (1, 2, 10, 20)]  # this month is not over

    with connections["admin"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE complaints_complaint SET state = 'withdrawn', closed_at = NULL")
        cursor.execute("UPDATE complaints_finding SET ended_at = now()")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert told_to_staff() == [(3, 4, None, 20), (1, 2, 10, 20)]
    assert suppression.THRESHOLD == 10  # as the function of the database has it


def test_24_publications_of_real_rows_withstand_the_attack(program):
    """What the records say, read as an attacker reads them: sentences and numbers, no table of ours."""
    suppliers = [factories.supplier(program, name=f"Mill {letter}") for letter in "ABCD"]
    factories.decide(program, "complaint_cases", "published")
    keep(
        [
            row
            for month in range(24)
            for i, channel in enumerate(Channel)
            for row in rows(
                program,
                (month * 7 + i * 11) % 23,
                dt.datetime(2026 + month // 12, month % 12 + 1, 9, tzinfo=dt.UTC),
                channel=channel,
                supplier=suppliers[(month + i) % 4],
            )
        ]
    )
    for month in range(26):
        count(program, dt.date(2026 + (month + 2) // 12, (month + 2) % 12 + 1, 5))

    equations, cells = [], {}
    for record in told(program).values():
        said = record.content
        months = _months(said["begins_on"], said["ends_on"])
        if said["topic"] == Topic.RECEIVED:
            equations.append((months, said["complaints"]))
            continue
        names = [line.rpartition(": ")[0] for line in said["counts"]]
        numbers = [int(line.rpartition(": ")[2].split()[0]) for line in said["counts"]]
        key = (said["begins_on"], said["topic"])
        cells[key] = [(*key, name) for name in [*names, *said["together"]]]
        equations += [([(*key, name)], number) for name, number in zip(names, numbers, strict=True)]
        equations += [([(*key, name) for name in said["together"]], said["together_count"])]
        equations += [(cells[key], said["complaints"])]
    for record in told(program, "supplier_complaint").values():
        equations.append(
            ([(record.content["begins_on"], record.content["supplier"].name)], record.content["complaints"])
        )
    assert len(cells) >= 24
    attacker = Attacker(equations)
    for group in [
        one for table in cells.values() for name in table for one in ([name], [*set(table) - {name}])
    ]:
        low, high = attacker.between(group)
        assert not (low >= 1 and high < suppression.THRESHOLD)
    with engine_scope(program.pk):
        assert SupplierCount.objects.exists()
        smallest = min(PublicTable.objects.values_list("total", flat=True))
    assert smallest >= suppression.THRESHOLD


def _months(begins, ends):
    first, last = (dt.date.fromisoformat(day) for day in (begins, ends))
    return [("month", i) for i in range(first.year * 12 + first.month, last.year * 12 + last.month + 1)]


def test_a_publication_holds_the_tables_and_a_rename_reaches_them(transactional_db):
    office = Office("mills")
    Program.objects.using("admin").filter(pk=office.program.pk).update(created_at=FIRST)
    factories.decide(office.program, "complaint_cases", "totals")
    office.override_all()
    receive(office.program, 30, FIRST)
    tasks.count_one(program_id=str(office.program.pk))

    assert office.publish().counts["complaint_count"] == {"first": 1}
    assert "Complaints, January 2026: Received" in (office.public / "data/complaint_counts.csv").read_text()
    assert office.publish() is None
    receive(office.program, 30, FIRST)  # nothing of it changes what was counted
    assert office.publish() is None


def test_the_day_of_counting_is_that_of_the_program(program):
    receive(program, 10, FIRST)
    with engine_scope(program.pk):
        counting.count_due(
            at=dt.datetime(2026, 3, 4, 18, 30, tzinfo=dt.UTC)
        )  # half past midnight on the fifth in Dhaka
    [record] = told(program).values()
    assert record.content["counted_on"] == "2026-03-05"

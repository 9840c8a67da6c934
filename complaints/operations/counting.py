"""Counting complaints for the public: each month once, on the program's fixed day, and never again.

Runs as the engine, which sees every complaint and no word of one. What is counted is kept; who asks later reads what was counted then.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connections
from django.db.models import Exists, OuterRef, QuerySet, Sum

from complaints import suppression
from complaints.enums import Topic
from complaints.models import CaseSummary, Complaint, Counted, PublicTable, SupplierCount
from complaints.queries.facets import COUNTED, FACETS, counts
from complaints.queries.public import STATISTICS, by_supplier, decided, fixed_day
from programs.models import Workplace
from wsr.history.operations import record
from wsr.tenancy import current_alias, current_program_id
from wsr.tenancy.models import Program

# Months between the end of what is counted and the day it is counted on. The second is the first with a day thirty days after all of it;
# outcomes, and whether somebody was made to pay for a complaint, take longer to know.
EARLY, LATE = 2, 7
TOPICS = {
    EARLY: (Topic.ISSUE, Topic.SEVERITY, Topic.CHANNEL, Topic.SPEED, Topic.SUPPLIER),
    LATE: (Topic.OUTCOME, Topic.RETALIATION),
}


def count_due(*, at: datetime) -> list[PublicTable]:
    """Count what is due in the program and was not counted yet; the tables that were made. In the engine's scope."""
    lock()
    program = Program.objects.get(pk=current_program_id())
    today = at.astimezone(ZoneInfo(program.time_zone)).date()
    if decided(today) not in STATISTICS:
        return []
    made = list(_receive(program, today, at))
    made += _take_apart(EARLY, today, at)
    made += _take_apart(LATE, today, at)
    return made


def lock() -> None:
    """Until the end of the transaction: nobody else counts, and nobody clears a summary of what is being counted."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('complaints counted ' || %s, 0))",
            [str(current_program_id())],
        )


def to_count(before: datetime) -> QuerySet[Complaint]:
    """Complaints of workers, received before a time, neither counted yet nor told one by one in the public log.

    Not what the program itself brought to light, and not what is set aside or was found to be no complaint.
    """
    rows = Complaint.objects.filter(COUNTED, received_at__lt=before)
    counted = Counted.objects.filter(complaint=OuterRef("pk"))
    told = CaseSummary.objects.filter(complaint=OuterRef("pk"), cleared_at__isnull=False)
    return rows.filter(~Exists(counted), ~Exists(told))


def due_on(ends_on: date, months: int) -> date:
    """The program's fixed day, so many months after a month that ends on a day."""
    index = ends_on.year * 12 + ends_on.month - 1 + months
    return date(index // 12, index % 12 + 1, fixed_day(ends_on))


def _receive(program: Program, today: date, at: datetime) -> Iterator[PublicTable]:
    """Close a period with every month after which enough are waiting; months before wait with it."""
    zone = ZoneInfo(program.time_zone)
    last = PublicTable.objects.filter(topic=Topic.RECEIVED).order_by("-ends_on").first()
    begins = _next(last.ends_on) if last else program.created_at.astimezone(zone).date().replace(day=1)
    month = begins
    while (due := due_on(month, EARLY)) <= today:
        ends = _month_end(month)
        waiting = to_count(datetime.combine(_next(ends), time.min, zone))
        ids = list(waiting.values_list("pk", flat=True))
        if suppression.is_enough(len(ids)):
            yield _period(begins, ends, due, ids, at)
            begins = _next(ends)
        month = _next(ends)


def _period(begins: date, ends: date, due: date, ids: list[UUID], at: datetime) -> PublicTable:
    workers = Workplace.objects.open().aggregate(total=Sum("worker_count"))["total"]
    table = _keep(Topic.RECEIVED, begins, ends, due, at, total=len(ids), workers=workers)
    Counted.objects.bulk_create(
        [Counted(program_id=table.program_id, complaint_id=pk, table=table) for pk in ids], batch_size=2000
    )
    return table


def _take_apart(months: int, today: date, at: datetime) -> Iterator[PublicTable]:
    """The breakdowns of one age that are due and do not exist yet."""
    for periods in _stretches():
        begins, ends = periods[0].begins_on, periods[-1].ends_on
        if (due := due_on(ends, months)) > today:
            return
        there = set(PublicTable.objects.filter(begins_on=begins).values_list("topic", flat=True))
        if there & set(TOPICS[months]):
            continue
        rows = Complaint.objects.filter(
            pk__in=Counted.objects.filter(table__in=periods).values("complaint_id")
        )
        for topic in TOPICS[months]:
            if topic != Topic.SUPPLIER or by_supplier(today):
                yield _breakdown(topic, rows, begins, ends, due, at)


def _stretches() -> Iterator[list[PublicTable]]:
    """Periods in their order, as many together as hold enough for a breakdown. Decided by published totals alone."""
    stretch: list[PublicTable] = []
    for period in PublicTable.objects.filter(topic=Topic.RECEIVED).order_by("begins_on"):
        stretch.append(period)
        if suppression.has_breakdown(sum(one.total for one in stretch)):
            yield stretch
            stretch = []


def _breakdown(
    topic: Topic, rows: QuerySet[Complaint], begins: date, ends: date, due: date, at: datetime
) -> PublicTable:
    categories = FACETS[topic].categories(begins, ends)
    found = counts(rows, FACETS[topic], begins, ends)
    shown = suppression.take_apart(found)
    is_named = topic == Topic.SUPPLIER  # by reference in rows of their own, so that a redaction finds them
    table = _keep(
        topic,
        begins,
        ends,
        due,
        at,
        total=sum(found),
        cells=[] if is_named else [[*categories[i], count] for i, count in shown.single.items()],
        together=[categories[-1][1]] if is_named else [categories[i][1] for i in shown.together],
        together_count=shown.together_count,
    )
    if is_named:
        SupplierCount.objects.bulk_create(
            SupplierCount(
                program_id=table.program_id, table=table, supplier_id=UUID(categories[i][0]), count=count
            )
            for i, count in shown.single.items()
        )
    return table


def _keep(topic: Topic, begins: date, ends: date, due: date, at: datetime, **fields: object) -> PublicTable:
    table = PublicTable.objects.create(
        topic=topic, begins_on=begins, ends_on=ends, due_on=due, counted_at=at, **fields
    )
    record("complaints.counted", table, by=None, at=at, after={"topic": topic, "until": ends.isoformat()})
    return table


def _month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _next(day: date) -> date:
    """The first day of the month after the one that ends on a day."""
    return _month_end(day.replace(day=1)) + timedelta(days=1)

"""Counts of complaints, of whole months that are over: how many, and what they were about, as far as nobody can be picked out.

Read from tables that were counted once (`complaints.operations.counting`); no live complaint is looked at here. No count is below the
threshold, zero included: what is not shown may be anything.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.enums import Topic
from complaints.models import PublicTable
from complaints.queries.facets import CONFIRMED, NO_VIOLATION, REPORTED, VIOLATION
from complaints.queries.public import RULES, STATISTICS, decided
from complaints.rates import months, per_100_a_year, percent
from programs.disclosure import decisions
from programs.queries import rule_value, today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

COUNT = "complaint_count"
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
KINDS = [
    PublicKind(
        COUNT,
        "complaint_counts",
        _("Complaints in numbers"),
        _("Complaints in numbers"),
        (
            Column("name", _("Name"), "What is counted, and over which months."),
            Column(
                "topic",
                _("What is counted"),
                "received: all of them; any other: one way to take them apart.",
                words=dict(Topic.choices),
            ),
            Column("begins_on", _("From"), "ISO 8601 date, the first day of a month."),
            Column("ends_on", _("Until"), "ISO 8601 date, the last day of a month."),
            Column(
                "complaints",
                _("Complaints"),
                "Complaints received in these months, and those of earlier months not counted before.",
            ),
            Column(
                "counts",
                _("Of them"),
                "Categories with at least ten: words, number, share of all of them in percent.",
            ),
            Column(
                "together",
                _("Counted together"),
                "Categories that are one number; each of them may hold none, few or many.",
            ),
            Column("together_count", _("Number of these"), "How many complaints those hold together."),
            Column(
                "substantiated_percent",
                _("Violations found, of investigations closed, in percent"),
                "Where both numbers are shown: closed with a violation, of closed with or without one.",
            ),
            Column(
                "retaliation_per_100",
                _("Reports of retaliation per 100 complaints"),
                "Complaints for which somebody was made to pay by what was reported, confirmed or not; where both numbers are shown.",
            ),
            Column("workers", _("Workers"), "Workers of the program's workplaces on the day of counting."),
            Column(
                "per_100_workers_a_year",
                _("Per 100 workers a year"),
                "Complaints of these months × 12 / number of months / workers × 100.",
            ),
            Column("counted_on", _("Counted on"), "ISO 8601 date; what changed later changes nothing in it."),
        ),
    )
]


def present(kind: str) -> QuerySet[PublicTable]:
    """The tables that the program shows: all but those of suppliers, or only how many there were."""
    said = decided(today(timezone.now()))
    rows = PublicTable.objects.exclude(topic=Topic.SUPPLIER)
    if said not in STATISTICS:
        return rows.none()
    return rows.filter(topic=Topic.RECEIVED) if said == "count" else rows


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records; of these subjects only, if they are named."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    with_workers = rule_value("disclosure.workplace_size", on=as_of) in ("published", "count", "totals")
    zone = ZoneInfo(Program.objects.values_list("time_zone", flat=True).get(pk=current_program_id()))
    for table in rows.order_by("ends_on", "topic"):
        yield _record(table, zone, with_workers=with_workers)


def changed(kind: str, since: Since) -> set[UUID]:
    """Tables made since; all of them where a decision changed."""
    if decisions.changed(since, *RULES):
        return set(PublicTable.objects.values_list("pk", flat=True))
    return since.changed_ids(PublicTable.objects.all())


def _record(table: PublicTable, zone: ZoneInfo, *, with_workers: bool) -> PublicRecord:
    content: dict[str, Any] = {
        "name": f"Complaints, {span(table.begins_on, table.ends_on)}: {Topic(table.topic).label}",
        "topic": table.topic,
        "begins_on": table.begins_on.isoformat(),
        "ends_on": table.ends_on.isoformat(),
        "complaints": table.total,
        "counts": [
            f"{words}: {count} ({percent(count, table.total)} %)" for _key, words, count in table.cells
        ],
        "together": table.together,
        "together_count": table.together_count,
        "substantiated_percent": _substantiated(table),
        "retaliation_per_100": _retaliation(table),
        "workers": None,
        "per_100_workers_a_year": "",
        "counted_on": table.counted_at.astimezone(zone).date().isoformat(),
    }
    withheld = {"counts": Reason.SMALL_NUMBER.value} if table.together and not table.cells else {}
    if table.topic == Topic.RECEIVED and with_workers and table.workers:
        content["workers"] = table.workers
        content["per_100_workers_a_year"] = str(
            per_100_a_year(table.total, table.workers, months(table.begins_on, table.ends_on))
        )
    elif table.topic == Topic.RECEIVED:
        code = Reason.NOT_COLLECTED if with_workers else Reason.NOT_PUBLIC
        withheld["workers"] = code.value
    return PublicRecord(COUNT, table.pk, content, withheld, table.ends_on)


def _substantiated(table: PublicTable) -> str:
    shown = _shown(table, Topic.OUTCOME, VIOLATION, NO_VIOLATION)
    return str(percent(shown[VIOLATION], sum(shown.values()))) if shown else ""


def _retaliation(table: PublicTable) -> str:
    shown = _shown(table, Topic.RETALIATION, CONFIRMED, REPORTED)
    return str(percent(sum(shown.values()), table.total)) if shown else ""


def _shown(table: PublicTable, topic: Topic, *keys: str) -> dict[str, int]:
    """The counts of these categories in a table of a topic; empty unless every one of them is shown."""
    counts = {key: count for key, _words, count in table.cells if key in keys and table.topic == topic}
    return counts if len(counts) == len(keys) else {}


def span(begins: date, ends: date) -> str:
    """“March 2026”, “December 2025 to March 2026”."""
    first, last = (f"{_MONTHS[day.month - 1]} {day.year}" for day in (begins, ends))
    return first if first == last else f"{first} to {last}"

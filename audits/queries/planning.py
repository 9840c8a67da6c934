"""What the planning pages show: the board, the calendar and what is due. Row-level security leaves out what the reader may not know of.

Auditors read these pages too, so nothing here joins suppliers or workplaces, except where it says that it is for staff.
"""

from calendar import Calendar, monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, DateField, F, OuterRef, Q, QuerySet, When, Window
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Greatest, RowNumber, TruncWeek
from django.utils import formats
from django.utils.translation import gettext as _

from audits.enums import AssignmentState, InspectionState
from audits.models import Inspection, TeamMember
from audits.operations.teams import INSPECTORS
from wsr.accounts.models import Membership
from wsr.tenancy import Audience, current_audience

ON_TEAM = (AssignmentState.ASKED, AssignmentState.ACCEPTED)
IN_FIELD = (InspectionState.PLANNED, InspectionState.IN_PROGRESS)
AT_THE_DESK = (
    InspectionState.PLANNED,
    InspectionState.IN_PROGRESS,
    InspectionState.RETURNED,
    InspectionState.SUBMITTED,
    InspectionState.WITH_SUPPLIER,
)
WEEKS = 4
MOST_CARDS = 20  # of one column
MOST_OF_A_MONTH = 600


@dataclass(frozen=True)
class BoardColumn:
    """One column: at most MOST_CARDS cards, and how many there are in all."""

    key: str
    label: str
    cards: list[Inspection] = field(default_factory=list)
    total: int = 0
    tone: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.cards)


@dataclass(frozen=True)
class Day:
    """One day of the calendar; `is_outside`: of the month before or after."""

    on: date
    is_outside: bool
    is_today: bool
    visits: list[Inspection]


def inspections() -> QuerySet[Inspection]:
    """Those the reader may know of, with `team_names`: everybody on the team or asked to join it, leads first."""
    team = TeamMember.objects.filter(inspection=OuterRef("pk"), state__in=ON_TEAM)
    return Inspection.objects.annotate(
        team_names=ArraySubquery(team.order_by("-role", "name", "pk").values("name"))
    )


def team_choices() -> list[tuple[str, str]]:
    """(id, name) of everybody who may be on a team, by name: for staff who inspects or did; for auditors their own teams."""
    if current_audience() == Audience.STAFF:
        rows = Membership.objects.filter(role__in=INSPECTORS).select_related("person")
        return list(
            {str(row.person_id): str(row.person) for row in rows.order_by("person__name", "pk")}.items()
        )
    team = TeamMember.objects.filter(state__in=ON_TEAM).order_by("name", "person_id")
    return list({str(key): name for key, name in team.values_list("person_id", "name").distinct()}.items())


def monday_of(day: date) -> date:
    """The first day of the ISO week."""
    return day - timedelta(days=day.weekday())


def by_week(rows: QuerySet[Inspection], *, monday: date, today: date) -> list[BoardColumn]:
    """Four weeks from `monday` on; before them a column of visits whose days have passed, where there are any. One query."""
    end = monday + timedelta(weeks=WEEKS)
    is_late = Q(ends_on__lt=min(monday, today), state__in=IN_FIELD)
    first = Constant(monday, output_field=DateField())
    week = Case(
        When(is_late, then=Constant(None, output_field=DateField())),
        default=Greatest(Cast(TruncWeek("starts_on"), DateField()), first),
    )
    shown = rows.exclude(state=InspectionState.CANCELLED).filter(
        is_late | Q(starts_on__lt=end, ends_on__gte=monday)
    )
    found = _ranked(shown.annotate(column=week))
    columns = [_column("late", _("Their days have passed"), found.get(None, []), tone="warn")]
    for number in range(WEEKS):
        day = monday + timedelta(weeks=number)
        label = _("Week of %(day)s") % {"day": formats.date_format(day, "MONTH_DAY_FORMAT")}
        is_now = day <= today < day + timedelta(weeks=1)
        columns.append(_column(f"{day:%Y-%m-%d}", label, found.get(day, []), tone="due" if is_now else ""))
    return columns if columns[0].total else columns[1:]


def by_state(rows: QuerySet[Inspection]) -> list[BoardColumn]:
    """What is not finished, by its state. One query."""
    found = _ranked(rows.filter(state__in=AT_THE_DESK).annotate(column=F("state")))
    return [_column(state.value, str(state.label), found.get(state.value, [])) for state in AT_THE_DESK]


def _ranked(rows: QuerySet[Inspection]) -> dict[Any, list[Inspection]]:
    """The first cards of each `column`, the earliest first, each with `in_column`: how many are there in all."""
    order = [F("starts_on").asc(), F("pk").asc()]
    counted = rows.annotate(
        rank=Window(RowNumber(), partition_by=[F("column")], order_by=order),
        in_column=Window(Count("pk"), partition_by=[F("column")]),
    )
    found: dict[Any, list[Inspection]] = {}
    for row in counted.filter(rank__lte=MOST_CARDS).order_by("starts_on", "pk"):
        found.setdefault(row.column, []).append(row)
    return found


def _column(key: str, label: str, cards: list[Any], tone: str = "") -> BoardColumn:
    return BoardColumn(key, label, cards, cards[0].in_column if cards else 0, tone)


def month_of(rows: QuerySet[Inspection], *, first: date, today: date) -> list[list[Day]]:
    """The weeks of a month, whole ones, by the reader's first day of the week. One query."""
    begins = (formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7  # 0 is Sunday there, Monday in `calendar`
    weeks = Calendar(begins).monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1]
    shown = rows.exclude(state=InspectionState.CANCELLED).between(start, end)
    visits = list(shown.order_by("starts_on", "pk")[:MOST_OF_A_MONTH])
    return [[_day(day, first, today, visits) for day in week] for week in weeks]


def _day(day: date, first: date, today: date, visits: Iterable[Inspection]) -> Day:
    here = [one for one in visits if one.starts_on <= day <= one.ends_on]
    return Day(day, day.month != first.month, day == today, here)


def months_around(first: date) -> tuple[date, date]:
    """The first days of the months before and after."""
    return (first - timedelta(days=1)).replace(day=1), first + timedelta(
        days=monthrange(first.year, first.month)[1]
    )

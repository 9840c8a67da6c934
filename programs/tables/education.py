"""The lists of education."""

from typing import Any

import django_filters as filters
from django.db.models import DateField, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from programs.acts import OF_SESSIONS
from programs.enums import DueState, EducationKind, SessionState
from programs.models import EducationDue, Season, Workplace
from programs.queries import education as queries
from programs.queries import today, workplaces_found
from wsr.accounts.grants import Permission
from wsr.ui.tables import Column, Empty, Table

_SESSION_TONES = {SessionState.PLANNED: "info", SessionState.HELD: "due", SessionState.CONFIRMED: "ok"}
LATE, AHEAD, NO_DAY = "late", "ahead", "no_day"


def _seasons(request: HttpRequest) -> QuerySet[Season]:
    return Season.objects.order_by("-starts_on", "pk")


def _at_places(rows: QuerySet, typed: str) -> QuerySet:
    return rows.filter(workplace__in=workplaces_found(Workplace.objects.all(), typed).values("pk"))


def _planned(row: EducationDue) -> Any:
    """When the next session for it is planned; a dash where none is wanted any more."""
    return row.planned_at or (_now("nothing planned") if row.state == DueState.OWED else "–")


class DueFilter(filters.FilterSet):
    """What narrows the schedule."""

    q = filters.CharFilter(label=_("Search by workplace, address or supplier"), method="search")
    when = filters.ChoiceFilter(
        label=_("When"),
        method="at_time",
        choices=[(LATE, _("Overdue")), (AHEAD, _("Still ahead")), (NO_DAY, _("Without a date"))],
    )
    state = filters.ChoiceFilter(label=_("State"), choices=DueState.choices)
    kind = filters.ChoiceFilter(label=_("What"), choices=EducationKind.choices)
    season = filters.ModelChoiceFilter(label=_("Season"), queryset=_seasons)

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By workplace."""
        return _at_places(rows, value)

    def at_time(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """What is still owed, by its day."""
        on = today(timezone.now())
        wanted = {LATE: Q(due_on__lt=on), AHEAD: Q(due_on__gte=on), NO_DAY: Q(due_on=None)}[value]
        return rows.filter(wanted, state=DueState.OWED)


class DueTable(Table):
    """What workplaces are owed. The rows carry `on`, the day of today."""

    name = "education_dues"
    label = _("Schedule of education")
    filterset = DueFilter
    default_sort = "due_on"
    columns = [
        Column(
            "workplace",
            _("Workplace"),
            value="workplace.name",
            sort="workplace__name",
            link="programs:education_due",
        ),
        Column("what", _("What"), value=str),
        Column("due_on", _("By"), value=lambda row: row.due_on or _now("no date"), sort="due_on"),
        Column(
            "state",
            _("State"),
            value=lambda row: _now("Overdue") if is_late(row) else str(DueState(row.state).label),
            tone=lambda row: "bad" if is_late(row) else "ok" if row.state == DueState.MET else "",
        ),
        Column("planned", _("Planned for"), value=_planned),
        Column("season", _("Season"), value=lambda row: row.season.name if row.season else "–"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name", hidden=True),
        Column("why", _("Why this day"), value=queries.why, hidden=True),
        Column("rule", _("Rule"), value="rule_key", hidden=True),
        Column("source", _("Source"), value="rule_source", hidden=True),
        Column("met_on", _("Held on"), sort="met_on", hidden=True),
    ]
    empty = Empty(
        _("Nothing is owed yet"),
        _("What is owed follows from the rules on education and from the seasons. Fill them in first."),
        _("See the rules"),
        "programs:rules",
        Permission.RULE_READ,
    )


def is_late(row: Any) -> bool:
    """Whether its day has passed; `row.on` is today."""
    return row.state == DueState.OWED and row.due_on is not None and row.due_on < row.on


class SessionFilter(filters.FilterSet):
    """What narrows the list of sessions."""

    q = filters.CharFilter(label=_("Search by workplace, address or supplier"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=SessionState.choices)
    kind = filters.ChoiceFilter(label=_("What"), choices=EducationKind.choices)
    days = filters.DateFromToRangeFilter(label=_("Day between"), field_name="starts_at")
    paid = filters.BooleanFilter(label=_("On paid time"), field_name="is_paid_time")

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By workplace."""
        return _at_places(rows, value)


class SessionTable(Table):
    """Sessions with workers."""

    name = "education_sessions"
    label = _("Sessions with workers")
    filterset = SessionFilter
    acts = OF_SESSIONS
    default_sort = "-starts_at"
    columns = [
        Column(
            "workplace",
            _("Workplace"),
            value="workplace.name",
            sort="workplace__name",
            link="programs:education_session",
        ),
        Column("what", _("What"), value=str),
        Column("starts_at", _("Begins"), sort="starts_at"),
        Column(
            "state",
            _("State"),
            value=lambda row: str(SessionState(row.state).label),
            sort="state",
            tone=lambda row: _SESSION_TONES.get(row.state, ""),
        ),
        Column("attended", _("Took part"), value=lambda row: _counted(row.attended), numeric=True),
        Column("present", _("Present"), value=lambda row: _counted(row.workers_present), numeric=True),
        Column("leader", _("Led by"), value="leader_name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name", hidden=True),
        Column("languages", _("Languages"), value=lambda row: ", ".join(row.languages), hidden=True),
        Column("topics", _("Topics"), value=lambda row: ", ".join(row.topics) or "–", hidden=True),
        Column("paid", _("On paid time"), value="is_paid_time", hidden=True),
        Column("educators", _("Worker educators"), value="worker_educators", numeric=True, hidden=True),
        Column("access", _("Supplier's answer"), value="get_access_display", hidden=True),
    ]
    empty = Empty(
        _("No sessions yet"),
        _("A session is planned from the schedule, or from a workplace."),
        _("See the schedule"),
        "programs:education",
        Permission.EDUCATION_READ,
    )


def _counted(number: int | None) -> Any:
    return "–" if number is None else number


class PlaceFilter(filters.FilterSet):
    """What narrows the workplaces."""

    q = filters.CharFilter(label=_("Search by name, address or supplier"), method="search")
    late = filters.BooleanFilter(label=_("With something overdue"), method="is_late")
    never = filters.BooleanFilter(label=_("Never taught"), field_name="last_on", lookup_expr="isnull")

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By name, address or supplier."""
        return workplaces_found(rows, value)

    def is_late(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        """By whether something is overdue there."""
        return rows.filter(n_overdue__gt=0) if value else rows.filter(n_overdue=0)


class PlaceTable(Table):
    """Workplaces with their figures of education."""

    name = "education_workplaces"
    label = _("Education by workplace")
    filterset = PlaceFilter
    default_sort = "name"
    columns = [
        Column("name", _("Workplace"), sort="name", link="programs:education_workplace"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("last_on", _("Last session"), value=lambda row: row.last_on or _now("never"), sort="last_on"),
        Column("next_at", _("Next planned"), value=lambda row: row.next_at or _now("nothing planned")),
        Column(
            "overdue",
            _("Overdue"),
            value="n_overdue",
            sort="n_overdue",
            numeric=True,
            tone=lambda row: "bad" if row.n_overdue else "",
        ),
        Column("met", _("Held as owed"), value="n_met", numeric=True),
        Column("owed", _("Owed so far"), value="n_owed", numeric=True),
        Column("sessions", _("Sessions"), value="n_sessions", sort="n_sessions", numeric=True, hidden=True),
        Column(
            "attended",
            _("Took part, all sessions"),
            value=lambda row: _counted(row.n_attended),
            numeric=True,
            hidden=True,
        ),
        Column(
            "present",
            _("Present, all sessions"),
            value=lambda row: _counted(row.n_present),
            numeric=True,
            hidden=True,
        ),
        Column("workers", _("Workers on record"), value="worker_count", numeric=True, hidden=True),
    ]
    empty = Empty(
        _("No workplaces yet"),
        _("Education is planned for the open workplaces of suppliers that take part."),
        _("See the workplaces"),
        "programs:workplaces",
        Permission.WORKPLACE_READ,
    )


def with_day(rows: QuerySet[EducationDue]) -> QuerySet[EducationDue]:
    """The rows with `on`, the day of today, as the table needs them."""
    return rows.annotate(on=Value(today(timezone.now()), output_field=DateField()))

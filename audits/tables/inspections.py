"""The lists of inspections: the board, what is due, and who is barred from a team."""

from typing import Any
from uuid import UUID

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audits.enums import InspectionKind, InspectionState, Tie
from audits.models import Bar, Inspection, TeamMember
from audits.queries import planning
from programs.queries import workplaces_found
from wsr.accounts.grants import Permission
from wsr.ui.tables import Column, Empty, Table

_TONES = {
    InspectionState.IN_PROGRESS: "info",
    InspectionState.SUBMITTED: "due",
    InspectionState.RETURNED: "warn",
    InspectionState.WITH_SUPPLIER: "info",
    InspectionState.ISSUED: "ok",
}


def state_tone(row: Any) -> str:
    """The tone of an inspection's state."""
    return _TONES.get(row.state, "")


def who_knows(row: Inspection) -> str:
    """Whether others than the team may know of it."""
    return _now("Only the team") if row.is_secret else _now("The program's staff")


def _team(row: Any) -> str:
    return ", ".join(row.team_names) or _now("nobody yet")


class BoardFilter(filters.FilterSet):
    """What narrows the board and the calendar, which choose the days themselves."""

    q = filters.CharFilter(label=_("Search by workplace, supplier or number"), method="search")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=InspectionKind.choices)
    state = filters.ChoiceFilter(label=_("State"), choices=InspectionState.choices)
    team = filters.ChoiceFilter(label=_("On the team"), choices=planning.team_choices, method="with_member")
    announced = filters.BooleanFilter(label=_("Announced"), field_name="is_announced")

    def search(self, rows: QuerySet[Inspection], name: str, value: str) -> QuerySet[Inspection]:
        """By the names as they were on the day of the plan, or the number."""
        words = Q(workplace_name__icontains=value) | Q(supplier_name__icontains=value)
        if value.strip().isdecimal():
            words |= Q(number=int(value)) if len(value.strip()) < 9 else Q()
        return rows.filter(words)

    def with_member(self, rows: QuerySet[Inspection], name: str, value: str) -> QuerySet[Inspection]:
        """Those with this person on the team or asked to join it."""
        team = TeamMember.objects.filter(
            inspection=OuterRef("pk"), person_id=UUID(value), state__in=planning.ON_TEAM
        )
        return rows.filter(Exists(team))


class InspectionFilter(BoardFilter):
    """What narrows the list."""

    days = filters.DateFromToRangeFilter(label=_("First day between"), field_name="starts_on")


class InspectionTable(Table):
    """Inspections."""

    name = "inspections"
    label = _("Inspections")
    filterset = InspectionFilter
    default_sort = "-starts_on"
    columns = [
        Column(
            "workplace",
            _("Workplace"),
            value="workplace_name",
            sort="workplace_name",
            link="audits:inspection",
        ),
        Column("supplier", _("Supplier"), value="supplier_name", sort="supplier_name"),
        Column("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Column("starts_on", _("First day"), sort="starts_on"),
        Column("state", _("State"), value="get_state_display", sort="state", tone=state_tone),
        Column("team", _("Team"), value=_team),
        Column("number", _("Number"), sort="number", hidden=True),
        Column("ends_on", _("Last day"), sort="ends_on", hidden=True),
        Column("announced", _("Announced"), value="is_announced", hidden=True),
        Column("known_to", _("Known to"), value=who_knows, hidden=True),
        Column(
            "workers",
            _("Workers present"),
            value="workers_present",
            sort="workers_present",
            hidden=True,
            numeric=True,
        ),
        Column("submitted_at", _("Submitted"), sort="submitted_at", hidden=True),
        Column("issued_at", _("Report issued"), sort="issued_at", hidden=True),
    ]
    empty = Empty(
        _("No inspections yet"),
        _(
            "An inspection appears here when it is planned. An unannounced one appears only to its team until the visit is over."
        ),
        _("Plan an inspection"),
        "audits:choose_workplace",
        Permission.INSPECTION_PLAN,
    )


# ── What is due ──────────────────────────────────────────────────────────────────────────────────


def due_tone(row: Any) -> str:
    """Due or not, as a tag; `is_due` is an annotation."""
    return "due" if row.is_due else ""


def _due(row: Any) -> str:
    if row.is_due is None:
        return _now("No rule says")
    return _now("Due") if row.is_due else _now("Not due")


def _last(row: Any) -> Any:
    return row.last_on or _now("Never")


def _next(row: Any) -> Any:
    return row.next_on or _now("Nothing planned")


class DueFilter(filters.FilterSet):
    """What narrows the list of workplaces."""

    q = filters.CharFilter(label=_("Search by workplace, address or supplier"), method="search")
    due = filters.BooleanFilter(label=_("Due"), field_name="is_due")
    never = filters.BooleanFilter(
        label=_("Waiting for the first inspection"), field_name="last_on", lookup_expr="isnull"
    )
    planned = filters.BooleanFilter(
        label=_("A visit is planned"), field_name="next_on", lookup_expr="isnull", exclude=True
    )
    area = filters.CharFilter(label=_("Region or city"), field_name="area", lookup_expr="iexact")
    country = filters.CharFilter(label=_("Country, two letters"), lookup_expr="iexact")

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """As in the list of workplaces."""
        return workplaces_found(rows, value)


class DueTable(Table):
    """Workplaces by when they were last inspected, those never inspected at the top of the descending order."""

    name = "due_workplaces"
    label = _("Workplaces")
    filterset = DueFilter
    default_sort = "-last_on"
    columns = [
        Column(
            "name",
            _("Workplace"),
            sort="name",
            link="audits:plan",
            link_permission=Permission.INSPECTION_PLAN,
        ),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("last_on", _("Last inspected"), value=_last, sort="last_on"),
        Column("due", _("By the rule"), value=_due, tone=due_tone),
        Column("next_on", _("Next visit"), value=_next, sort="next_on"),
        Column("area", _("Region or city"), sort="area"),
        Column("workers", _("Workers"), value="worker_count", sort="worker_count", hidden=True, numeric=True),
        Column("country", _("Country"), sort="country", hidden=True),
    ]
    empty = Empty(
        _("No workplaces yet"),
        _("Every open workplace of the program appears here, with its last inspection."),
    )


# ── Barred people ────────────────────────────────────────────────────────────────────────────────


class BarFilter(filters.FilterSet):
    """What narrows the list of barred people."""

    q = filters.CharFilter(label=_("Search by person or supplier"), method="search")
    tie = filters.ChoiceFilter(label=_("Tie"), choices=Tie.choices)
    ended = filters.BooleanFilter(label=_("Ended"), field_name="ended_at", lookup_expr="isnull", exclude=True)

    def search(self, rows: QuerySet[Bar], name: str, value: str) -> QuerySet[Bar]:
        """By person or supplier."""
        return rows.filter(Q(person__name__icontains=value) | Q(supplier__name__icontains=value))


class BarTable(Table):
    """Who is barred from which supplier. No export: a list of ties leaves the house by nobody's hand."""

    name = "bars"
    label = _("Barred people")
    filterset = BarFilter
    default_sort = "-begun_at"
    is_exportable = False
    columns = [
        Column("person", _("Person"), value=lambda row: str(row.person), sort="person__name"),
        Column("supplier", _("Supplier"), value="supplier.name", sort="supplier__name"),
        Column("tie", _("Tie"), value="get_tie_display", sort="tie"),
        Column("begun_at", _("Since"), sort="begun_at"),
        Column("ended_at", _("Ended"), sort="ended_at", template="audits/bar_end.html"),
    ]
    empty = Empty(
        _("Nobody is barred"),
        _(
            "Whoever declares a tie to a supplier is barred from its inspections at once, and stands here until the tie is no more."
        ),
    )

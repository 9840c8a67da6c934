"""The lists of duties to stop purchases."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.enums import DutyState
from agreements.models import StopDuty
from wsr.ui.tables import Column, Empty, Table

_DUTY_TONES = {
    DutyState.OPEN: "due",
    DutyState.ACKNOWLEDGED: "info",
    DutyState.SUBMITTED: "info",
    DutyState.ACCEPTED: "ok",
    DutyState.RETURNED: "warn",
}


def duty_tone(row: Any) -> str:
    """The tone of a duty's state."""
    return _DUTY_TONES.get(row.state, "")


def _stop_by(row: StopDuty) -> Any:
    return row.stop_by or _("no clause, no date")


class DutyFilter(filters.FilterSet):
    """What narrows the list of duties."""

    q = filters.CharFilter(label=_("Search by name"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=DutyState.choices)
    undated = filters.BooleanFilter(
        label=_("No clause says by when"), field_name="clause", lookup_expr="isnull"
    )

    def search(self, rows: QuerySet[StopDuty], name: str, value: str) -> QuerySet[StopDuty]:
        """By brand or supplier."""
        return rows.filter(Q(supplier__name__icontains=value) | Q(brand__name__icontains=value))


_DUTY_COLUMNS = [
    Column("state", _("State"), value="get_state_display", sort="state", tone=duty_tone),
    Column("stop_by", _("Stop by"), value=_stop_by, sort="stop_by"),
    Column("acknowledged_at", _("Acknowledged"), sort="acknowledged_at"),
    Column("proof_at", _("Proof sent"), sort="proof_at"),
    Column("opened_at", _("Since"), sort="opened_at", hidden=True),
    Column("acknowledge_by", _("Acknowledge by"), sort="acknowledge_by", hidden=True),
    Column("prove_by", _("Prove by"), sort="prove_by", hidden=True),
    Column("lifted_on", _("Lifted"), sort="lifted_on", hidden=True),
]


class DutyTable(Table):
    """Every duty, for staff."""

    name = "duties"
    filterset = DutyFilter
    default_sort = "-opened_at"
    columns = [
        Column(
            "supplier", _("Supplier"), value="supplier.name", sort="supplier__name", link="agreements:duty"
        ),
        Column("brand", _("Who must stop"), value="brand.name", sort="brand__name"),
        *_DUTY_COLUMNS,
    ]
    empty = Empty(
        _("Nobody has a duty to stop purchases"),
        _(
            "One opens for each brand that buys, and for whoever hires on a site where your rules say so, when a supplier comes to a rung that stops purchases."
        ),
    )


class OwnDutyTable(DutyTable):
    """The duties of a brand, or of whoever hires on a site."""

    name = "own_duties"
    columns = [DutyTable.columns[0], *_DUTY_COLUMNS]
    empty = Empty(
        _("You have no duty to stop purchases"),
        _(
            "One opens here when a supplier that you buy from, or give work on a site, comes to a standing that stops purchases."
        ),
    )

"""The board of the ladder."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.enums import EscalationState
from agreements.models import Escalation
from programs.models import Rung
from wsr.ui.tables import Column, Empty, Table


def rung_tone(row: Any) -> str:
    """The tone of a rung: bad where it stops purchases."""
    return "bad" if row.rung.stops_purchases else "warn"


def _review_day(row: Any) -> Any:
    return timezone.localtime(row.review_at).date() if row.review_at else _("no time set")


def _due_for(row: Escalation) -> Any:
    if row.proposed_at is None:
        return _("nothing yet")
    return row.proposed_rung.label if row.proposed_rung else _("a decision")


def _rung_choices() -> list[tuple[str, str]]:
    return [(rung.key, rung.label) for rung in Rung.objects.all() if rung.is_step and rung.position]


class EscalationFilter(filters.FilterSet):
    """What narrows the board."""

    q = filters.CharFilter(label=_("Search by supplier or workplace"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=EscalationState.choices)
    rung = filters.ChoiceFilter(label=_("Rung"), field_name="rung__key", choices=_rung_choices)
    proposed = filters.BooleanFilter(
        label=_("Due for the next rung"), field_name="proposed_at", lookup_expr="isnull", exclude=True
    )

    def search(self, rows: QuerySet[Escalation], name: str, value: str) -> QuerySet[Escalation]:
        """By supplier or workplace."""
        return rows.filter(Q(supplier__name__icontains=value) | Q(workplace__name__icontains=value))


class EscalationTable(Table):
    """Suppliers on the ladder."""

    name = "escalations"
    filterset = EscalationFilter
    default_sort = "-since"
    columns = [
        Column(
            "supplier",
            _("Supplier"),
            value="supplier.name",
            sort="supplier__name",
            link="agreements:escalation",
        ),
        Column("rung", _("Standing"), value="rung.label", sort="rung__position", tone=rung_tone),
        Column("since", _("Since"), value="rung_since", sort="rung_since"),
        Column("review_at", _("Review due"), value=_review_day, sort="review_at"),
        Column("proposed", _("Due for"), value=_due_for),
        Column("trigger", _("What started it")),
        Column("state", _("State"), value="get_state_display", sort="state"),
        Column("number", _("Number"), sort="serial", hidden=True),
        Column("workplace", _("Workplace"), value="workplace.name", hidden=True),
        Column("opened_at", _("Opened"), sort="opened_at", hidden=True),
        Column("closed_at", _("Closed"), sort="closed_at", hidden=True),
    ]
    empty = Empty(
        _("Nobody is on the ladder"),
        _("A supplier that does not do what the code asks is put here from its own page, step by step."),
    )

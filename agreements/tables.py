"""The lists of the agreements room."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.enums import AgreementState, DutyState, EscalationState
from agreements.models import Agreement, Escalation, StopDuty
from programs.models import Rung
from wsr.ui.tables import Column, Empty, Table

_TONES = {
    AgreementState.IN_FORCE: "ok",
    AgreementState.PROPOSED: "info",
    AgreementState.SIGNED: "info",
    AgreementState.SUSPENDED: "warn",
    AgreementState.TERMINATED: "bad",
}


def state_tone(row: Any) -> str:
    """The tone of an agreement's state."""
    return _TONES.get(row.state, "")


class AgreementFilter(filters.FilterSet):
    """What narrows the list of agreements."""

    q = filters.CharFilter(label=_("Search by number, title or party"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=AgreementState.choices)

    def search(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        """By number, title or the name of a party."""
        return rows.filter(
            Q(number__icontains=value) | Q(title__icontains=value) | Q(party_names__icontains=value)
        )


class AgreementTable(Table):
    """Agreements."""

    name = "agreements"
    filterset = AgreementFilter
    default_sort = "-number"
    columns = [
        Column("number", _("Number"), sort="number", link="agreements:agreement"),
        Column("title", _("Title"), sort="title"),
        Column("parties", _("Parties"), value="party_names"),
        Column("state", _("State"), value="get_state_display", sort="state", tone=state_tone),
        Column("updated_at", _("Last change"), sort="updated_at", hidden=True),
        Column("ended_on", _("Ended"), sort="ended_on", hidden=True),
    ]
    empty = Empty(
        _("No agreements yet"),
        _("An agreement binds brands to the program: what they pay, and from whom they stop buying."),
    )


# ── The ladder and its duties ────────────────────────────────────────────────────────────────────

_DUTY_TONES = {
    DutyState.OPEN: "due",
    DutyState.ACKNOWLEDGED: "info",
    DutyState.SUBMITTED: "info",
    DutyState.ACCEPTED: "ok",
    DutyState.RETURNED: "warn",
}


def rung_tone(row: Any) -> str:
    """The tone of a rung: bad where it stops purchases."""
    return "bad" if row.rung.stops_purchases else "warn"


def duty_tone(row: Any) -> str:
    """The tone of a duty's state."""
    return _DUTY_TONES.get(row.state, "")


def _stop_by(row: StopDuty) -> Any:
    return row.stop_by or _("no clause, no date")


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


class DutyFilter(filters.FilterSet):
    """What narrows the list of duties."""

    q = filters.CharFilter(label=_("Search by brand or supplier"), method="search")
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
    """Every brand's duties, for staff."""

    name = "duties"
    filterset = DutyFilter
    default_sort = "-opened_at"
    columns = [
        Column(
            "supplier", _("Supplier"), value="supplier.name", sort="supplier__name", link="agreements:duty"
        ),
        Column("brand", _("Brand"), value="brand.name", sort="brand__name"),
        *_DUTY_COLUMNS,
    ]
    empty = Empty(
        _("No brand has a duty to stop purchases"),
        _("One opens for each brand that buys, when a supplier comes to a rung that stops purchases."),
    )


class OwnDutyTable(DutyTable):
    """A brand's own duties."""

    name = "own_duties"
    columns = [DutyTable.columns[0], *_DUTY_COLUMNS]
    empty = Empty(
        _("You have no duty to stop purchases"),
        _("One opens here when a supplier you buy from comes to a standing that stops purchases."),
    )

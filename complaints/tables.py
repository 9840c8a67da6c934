"""The lists of the complaints room."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from complaints.enums import PENDING_STATES, Channel, ComplaintState
from complaints.models import Complaint
from complaints.queries.facets import COUNTED, LEFT, within
from wsr.accounts.grants import Permission
from wsr.ui.tables import Column, Empty, Table
from wsr.vault.numbers import read_number, shown

MOST_DAYS = 36_500
_TONES = {
    ComplaintState.RECEIVED: "due",
    ComplaintState.SET_ASIDE: "warn",
    ComplaintState.ACCEPTED: "info",
    ComplaintState.INVESTIGATING: "info",
    ComplaintState.RESOLVING: "info",
    ComplaintState.IN_REVIEW: "due",
    ComplaintState.APPEALED: "warn",
    ComplaintState.CLOSED: "ok",
}


def state_tone(row: Any) -> str:
    """The tone of a complaint's state."""
    return _TONES.get(row.state, "")


def _number(row: Any) -> str:
    return shown(row.number)


def _severity(row: Any) -> str:
    words = row.severity.label if row.severity else _now("Not decided")
    return f"{words} ({_now('danger')})" if row.is_urgent else words


def _handler(row: Any) -> str:
    return str(row.handler) if row.is_handled and row.handler else _now("Nobody")


class ComplaintFilter(filters.FilterSet):
    """What narrows the list: nothing of what was said, which is in no list."""

    q = filters.CharFilter(label=_("Search by number"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=ComplaintState.choices)
    channel = filters.ChoiceFilter(label=_("How it came"), choices=Channel.choices)
    waits_for = filters.ChoiceFilter(
        label=_("Waits for"),
        field_name="state",
        choices=[
            (ComplaintState.IN_REVIEW, _("a second person")),
            (ComplaintState.APPEALED, _("the decision on an appeal")),
        ],
    )
    handled = filters.BooleanFilter(label=_("Somebody has it"), field_name="is_handled")
    urgent = filters.BooleanFilter(label=_("Danger"), field_name="is_urgent")
    received = filters.DateFromToRangeFilter(label=_("Received between"), field_name="received_at")
    older = filters.NumberFilter(label=_("Received more than so many days ago"), method="older_than")
    within = filters.NumberFilter(label=_("Closed within so many days"), method="closed_within")
    is_open = filters.BooleanFilter(label=_("Open"), method="only_open")
    counted = filters.BooleanFilter(label=_("Counted in the figures"), method="only_counted")
    retaliation = filters.BooleanFilter(label=_("About retaliation"), field_name="is_retaliation")
    for_program = filters.BooleanFilter(label=_("For the program"), method="only_for_program")

    def search(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        """The complaint with this number, however it is written."""
        return rows.filter(number=read_number(value))

    def older_than(self, rows: QuerySet[Complaint], name: str, value: Decimal) -> QuerySet[Complaint]:
        """Those that came so many days of 24 hours ago, or earlier."""
        days = min(max(int(value), 0), MOST_DAYS)
        return rows.filter(received_at__lte=timezone.now() - timedelta(days=days))

    def closed_within(self, rows: QuerySet[Complaint], name: str, value: Decimal) -> QuerySet[Complaint]:
        """Closed now, at most so many days after they came."""
        return rows.filter(within(min(max(int(value), 0), MOST_DAYS)))

    def only_open(self, rows: QuerySet[Complaint], name: str, value: bool) -> QuerySet[Complaint]:
        """What is not finished, without what is set aside; or the others."""
        return rows.filter(state__in=PENDING_STATES) if value else rows.exclude(state__in=PENDING_STATES)

    def only_counted(self, rows: QuerySet[Complaint], name: str, value: bool) -> QuerySet[Complaint]:
        """What figures count: complaints of workers; or the others."""
        return rows.filter(COUNTED) if value else rows.exclude(COUNTED)

    def only_for_program(self, rows: QuerySet[Complaint], name: str, value: bool) -> QuerySet[Complaint]:
        """Without those left to others, withdrawn or merged; or only these."""
        return rows.exclude(state__in=LEFT) if value else rows.filter(state__in=LEFT)


class ComplaintTable(Table):
    """Complaints, without a word of what was said."""

    name = "complaints"
    label = _("Complaints")
    is_sendable = False
    filterset = ComplaintFilter
    default_sort = "-received_at"
    columns = [
        Column("number", _("Number"), value=_number, link="complaints:complaint"),
        Column("received_at", _("Received"), sort="received_at"),
        Column("state", _("State"), value="get_state_display", sort="state", tone=state_tone),
        Column("severity", _("Severity"), value=_severity),
        Column("supplier", _("Supplier"), value="supplier.name"),
        Column("handler", _("Handler"), value=_handler),
        Column("channel", _("How it came"), value="get_channel_display", hidden=True),
        Column("filed_by", _("Who complains"), value="get_filed_by_display", hidden=True),
        Column("language", _("Language"), hidden=True),
    ]
    empty = Empty(
        _("No complaints yet"),
        _("A complaint appears here as soon as a worker has sent it. Whoever takes it reads what was said."),
        _("Complaints"),
        "complaints:complaints",
        Permission.COMPLAINT_READ,
    )

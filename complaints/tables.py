"""The lists of the complaints room."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from complaints.enums import Channel, ComplaintState
from complaints.models import Complaint
from wsr.accounts.grants import Permission
from wsr.ui.tables import Column, Empty, Table
from wsr.vault.numbers import read_number, shown

_TONES = {
    ComplaintState.RECEIVED: "due",
    ComplaintState.SET_ASIDE: "warn",
    ComplaintState.ACCEPTED: "info",
    ComplaintState.INVESTIGATING: "info",
    ComplaintState.RESOLVING: "info",
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
    return str(row.handler) if row.handler else _now("Nobody yet")


class ComplaintFilter(filters.FilterSet):
    """What narrows the list: nothing of what was said, which is in no list."""

    q = filters.CharFilter(label=_("Search by number"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=ComplaintState.choices)
    channel = filters.ChoiceFilter(label=_("How it came"), choices=Channel.choices)
    urgent = filters.BooleanFilter(label=_("Danger"), field_name="is_urgent")
    received = filters.DateFromToRangeFilter(label=_("Received between"), field_name="received_at")

    def search(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        """The complaint with this number, however it is written."""
        return rows.filter(number=read_number(value))


class ComplaintTable(Table):
    """Complaints, without a word of what was said."""

    name = "complaints"
    label = _("Complaints")
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

"""The list of agreements."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agreements.enums import AgreementState
from agreements.models import Agreement
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

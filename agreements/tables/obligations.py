"""The lists of obligations and breaches."""

from datetime import timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.enums import BreachState, ClauseKind, ObligationState
from agreements.models import Breach, Obligation
from agreements.operations.obligations import remind
from agreements.queries.obligations import TONES, WAITING, period_of
from programs.models import Participation
from wsr.accounts.grants import Permission
from wsr.tenancy import Audience
from wsr.ui.acts import Act
from wsr.ui.tables import Column, Empty, Table

OVERDUE, WEEK, MONTH, UNDATED = "overdue", "week", "month", "undated"
_DUE = [
    (OVERDUE, _("Overdue")),
    (WEEK, _("Within a week")),
    (MONTH, _("Within 30 days")),
    (UNDATED, _("Without a date")),
]
_WAITING = "waiting"


def parties(relation: str) -> Any:
    """Choices of a filter: the participants that occur."""

    def found(request: Any) -> QuerySet[Participation]:
        return (
            Participation.objects.filter(**{f"{relation}__isnull": False}).distinct().order_by("name", "pk")
        )

    return found


class OwnListFilter(filters.FilterSet):
    """A portal sees its own rows only, so it is not asked whose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without the choice of a participant in portals."""
        super().__init__(*args, **kwargs)
        standing = getattr(self.request, "standing", None)
        if standing is not None and standing.audience != Audience.STAFF:
            self.filters.pop("party", None)


class ObligationFilter(OwnListFilter):
    """What narrows the list of obligations."""

    q = filters.CharFilter(label=_("Search by title or party"), method="search")
    state = filters.ChoiceFilter(
        label=_("State"),
        method="in_state",
        choices=[(_WAITING, _("Not closed")), *ObligationState.choices],
        empty_label=_("Any"),
    )
    due = filters.ChoiceFilter(label=_("Due"), choices=_DUE, method="due_when")
    clause = filters.ChoiceFilter(label=_("Clause"), field_name="clause__kind", choices=ClauseKind.choices)
    party = filters.ModelChoiceFilter(
        label=_("Who owes it"), field_name="participation", queryset=parties("obligations")
    )

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By title, agreement or party."""
        return rows.filter(
            Q(title__icontains=value)
            | Q(participation__name__icontains=value)
            | Q(agreement__number__icontains=value)
        )

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """One state, or everything that is not closed."""
        return rows.filter(state__in=WAITING if value == _WAITING else [value])

    def due_when(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By the date; what is answered is no longer due."""
        now, owed = timezone.now(), rows.owed()
        if value == UNDATED:
            return owed.filter(due_at=None)
        if value == OVERDUE:
            return owed.filter(due_at__lt=now)
        return owed.filter(due_at__gte=now, due_at__lt=now + timedelta(days=7 if value == WEEK else 30))


def obligation_tone(row: Any) -> str:
    """The tone of an obligation's state."""
    return "bad" if row.is_owed and row.is_overdue else TONES.get(row.state, "")


def obligation_state(row: Any) -> str:
    """The state in words; an open one that is late says so."""
    return str(_("Overdue") if row.is_owed and row.is_overdue else row.get_state_display())


def _remind(row: Obligation, **said: Any) -> None:
    remind(obligation_id=row.pk, **said)


def _who_is_reminded(row: Obligation) -> str:
    return str(_("A reminder goes to %(party)s.") % {"party": row.participation.name})


class ObligationTable(Table):
    """Obligations."""

    name = "obligations"
    acts = [
        Act(
            "remind",
            _("Send a reminder"),
            Permission.OBLIGATION_DECIDE,
            _remind,
            says=_who_is_reminded,
            watches=("state",),
        )
    ]
    filterset = ObligationFilter
    default_sort = "due"
    columns = [
        Column("title", _("Obligation"), sort="title", link="agreements:obligation"),
        Column("period", _("Period"), value=lambda row: period_of(row) or _("once"), sort="period_start"),
        Column("party", _("Who owes it"), value="participation.name", sort="participation__name"),
        Column("due", _("Due"), value="due_on", sort="due_at"),
        Column("state", _("State"), value=obligation_state, sort="state", tone=obligation_tone),
        Column("clause", _("Clause"), value="clause_name"),
        Column("agreement", _("Agreement"), value="agreement.number", sort="agreement__number", hidden=True),
        Column("kind", _("Kind of clause"), value="clause.get_kind_display", hidden=True),
        Column("submitted_at", _("Answered"), sort="submitted_at", hidden=True),
        Column("closed_at", _("Closed"), sort="closed_at", hidden=True),
    ]
    empty = Empty(
        _("No obligations yet"),
        _(
            "What the clauses of an agreement ask for stands here as soon as it is in force, each with its date."
        ),
    )


class OwnObligationTable(ObligationTable):
    """The same in a portal, where everything is one's own."""

    columns = [column for column in ObligationTable.columns if column.name != "party"]


_BREACH_TONES = {
    BreachState.SUSPECTED: "warn",
    BreachState.NOTICED: "due",
    BreachState.CURE_CLAIMED: "info",
    BreachState.CURED: "ok",
    BreachState.NOT_CURED: "bad",
    BreachState.DISPUTED: "info",
    BreachState.UPHELD: "bad",
}


def breach_tone(row: Any) -> str:
    """The tone of a breach's state."""
    return _BREACH_TONES.get(row.state, "")


class BreachFilter(OwnListFilter):
    """What narrows the list of breaches."""

    q = filters.CharFilter(label=_("Search by number, title or party"), method="search")
    state = filters.ChoiceFilter(label=_("State"), choices=BreachState.choices)
    party = filters.ModelChoiceFilter(
        label=_("Who is in breach"), field_name="participation", queryset=parties("breaches")
    )

    def search(self, rows: QuerySet[Breach], name: str, value: str) -> QuerySet[Breach]:
        """By number, title or party."""
        return rows.filter(
            Q(number__icontains=value) | Q(title__icontains=value) | Q(participation__name__icontains=value)
        )


class BreachTable(Table):
    """Breaches."""

    name = "breaches"
    filterset = BreachFilter
    default_sort = "-opened"
    columns = [
        Column("number", _("Number"), sort="number", link="agreements:breach"),
        Column("title", _("Breach"), sort="title"),
        Column("party", _("Who is in breach"), value="participation.name", sort="participation__name"),
        Column("state", _("State"), value="get_state_display", sort="state", tone=breach_tone),
        Column("opened", _("Opened"), value="opened_at", sort="opened_at"),
        Column("noticed_at", _("Notice served"), sort="noticed_at", hidden=True),
        Column("closed_at", _("Closed"), sort="closed_at", hidden=True),
    ]
    empty = Empty(
        _("No breaches"),
        _(
            "An obligation that stays overdue is put here by itself, for the program to look at before any notice is served."
        ),
    )


class OwnBreachTable(BreachTable):
    """The same in a portal."""

    columns = [column for column in BreachTable.columns if column.name != "party"]
    empty = Empty(_("No breaches"), _("A notice of breach that is served on you stands here."))


def only_open(rows: QuerySet[Obligation], params: Any) -> QuerySet[Obligation]:
    """Without a wish about states a list begins with what is not closed."""
    return rows if params.get("state") else rows.filter(state__in=WAITING)

"""The list of corrective actions."""

from datetime import date, datetime, timedelta
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from audits.enums import DUE_STATES, UNFIXED, ActionState, Payer
from audits.forms.actions import NewDateForm, NewsForm
from audits.models import CorrectiveAction
from audits.operations import extensions
from audits.operations.actions import ask_for_news
from audits.queries import actions as queries
from programs.models import Participation
from programs.queries import today
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.tenancy import Audience
from wsr.ui.acts import Act
from wsr.ui.tables import Column, Empty, Table

OPEN, OVERDUE, WEEK, MONTH, LATER, UNDATED = "open", "overdue", "week", "month", "later", "undated"
_DUE = [
    (OVERDUE, _("Overdue")),
    (WEEK, _("Within a week")),
    (MONTH, _("Within 30 days")),
    (LATER, _("Later")),
    (UNDATED, _("No date agreed")),
]


def _suppliers(_request: Any) -> QuerySet[Participation]:
    return Participation.objects.filter(corrective_actions__isnull=False).distinct().order_by("name", "pk")


class ActionFilter(filters.FilterSet):
    """What narrows the list of corrective actions."""

    q = filters.CharFilter(label=_("Search by number, words or workplace"), method="search")
    state = filters.ChoiceFilter(
        label=_("State"),
        method="in_state",
        choices=[(OPEN, _("Not fixed")), *ActionState.choices],
        empty_label=_("Any"),
    )
    due = filters.ChoiceFilter(label=_("Due"), choices=_DUE, method="due_when")
    payer = filters.ChoiceFilter(label=_("Who pays"), choices=Payer.choices)
    original = filters.BooleanFilter(label=_("Counts for progress"), field_name="is_original")
    supplier = filters.ModelChoiceFilter(label=_("Supplier"), queryset=_suppliers)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Only staff and brands choose among suppliers; auditors read no list of them."""
        super().__init__(*args, **kwargs)
        standing = getattr(self.request, "standing", None)
        if standing is not None and standing.audience in (Audience.SUPPLIER, Audience.AUDITOR):
            self.filters.pop("supplier", None)

    def search(self, rows: QuerySet[CorrectiveAction], name: str, value: str) -> QuerySet[CorrectiveAction]:
        """By number, what is wrong, or workplace."""
        words = Q(title__icontains=value) | Q(workplace_name__icontains=value)
        digits = value.strip().lstrip("#")
        if digits.isascii() and digits.isdigit() and len(digits) < 10:
            words |= Q(number=int(digits))
        return rows.filter(words)

    def in_state(self, rows: QuerySet[CorrectiveAction], name: str, value: str) -> QuerySet[CorrectiveAction]:
        """One state, or everything that is not fixed."""
        return rows.filter(state__in=UNFIXED if value == OPEN else [value])

    def due_when(self, rows: QuerySet[CorrectiveAction], name: str, value: str) -> QuerySet[CorrectiveAction]:
        """By the date; what is reported as fixed is not due any more."""
        if value == UNDATED:
            return rows.filter(state__in=UNFIXED, due_on=None)
        day = today(timezone.now())
        week, month = day + timedelta(days=7), day + timedelta(days=30)
        between = {
            OVERDUE: Q(due_on__lt=day),
            WEEK: Q(due_on__gte=day, due_on__lte=week),
            MONTH: Q(due_on__gt=week, due_on__lte=month),
            LATER: Q(due_on__gt=month),
        }
        return rows.filter(between[value], state__in=DUE_STATES)


def _due_words(row: CorrectiveAction) -> str:
    return localize(row.due_on) if row.due_on else ""


def _ask(row: CorrectiveAction, **said: Any) -> None:
    ask_for_news(action_id=row.pk, **said)


def _give_time(row: CorrectiveAction, *, due_on: date, reason: str, by: Person, at: datetime) -> None:
    """The program's own request for more time, granted at once: the ceiling holds as for any other."""
    asked = extensions.ask(action_id=row.pk, due_on=due_on, reason=reason, by=by, at=at)
    extensions.grant(extension_id=asked.pk, by=by, at=at)


def _asks(row: CorrectiveAction) -> str:
    return str(_("The supplier of %(workplace)s is asked how far it is.") % {"workplace": row.workplace.name})


class ActionTable(Table):
    """Corrective actions."""

    name = "actions"
    acts = [
        Act(
            "news",
            _("Ask for news"),
            Permission.ACTION_CHANGE,
            _ask,
            NewsForm,
            says=_asks,
            watches=("state",),
        ),
        Act(
            "time",
            _("Give more time"),
            Permission.ACTION_CHANGE,
            _give_time,
            NewDateForm,
            now=_due_words,
            watches=("state", "due_on"),
        ),
    ]
    label = _("Corrective actions")
    filterset = ActionFilter
    default_sort = "due"
    columns = [
        Column("number", _("Number"), sort="number", numeric=True),
        Column("title", _("What is wrong"), sort="title", link="audits:action"),
        Column("workplace", _("Workplace"), value="workplace_name", sort="workplace_name"),
        Column("supplier", _("Supplier"), value="supplier_name", sort="supplier_name"),
        Column("due", _("Due"), value="due_on", sort="due_on"),
        Column(
            "state",
            _("State"),
            value=lambda row: queries.state_of(row, on=row.on),
            sort="state",
            tone=lambda row: queries.tone_of(row, on=row.on),
        ),
        Column("payer", _("Who pays"), value="get_payer_display", sort="payer"),
        Column("provision", _("Provision"), value="provision.reference", hidden=True),
        Column("severity", _("Severity"), value="severity.label", hidden=True),
        Column("action", _("What will be done"), hidden=True),
        Column("original", _("Counts for progress"), value="is_original", sort="is_original", hidden=True),
        Column("cost", _("Cost"), sort="cost", numeric=True, hidden=True),
        Column("currency", _("Currency"), hidden=True),
        Column("agreed_at", _("Agreed"), sort="agreed_at", hidden=True),
        Column("reported_at", _("Reported as fixed"), sort="reported_at", hidden=True),
        Column("verified_at", _("Verified as fixed"), sort="verified_at", hidden=True),
    ]
    empty = Empty(
        _("No corrective actions"),
        _("What an inspection found is put here with what will be done, until when, and who pays."),
    )


class OwnActionTable(ActionTable):
    """The same for a supplier, where everything is its own."""

    columns = [column for column in ActionTable.columns if column.name != "supplier"]

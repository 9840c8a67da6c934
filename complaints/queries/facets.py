"""How complaints are taken apart when they are counted. One place: the page of figures for staff and the tables for the public both count here.

Categories have a fixed order that no complaint changes, and the last one takes whatever is in none of the others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from complaints.enums import Channel, ComplaintState, FiledBy, Outcome, Topic
from complaints.models import Complaint, Finding, TriageRule
from programs.models import Participation, Severity
from programs.queries.meanings import Meanings

LIMITS = (7, 14, 30)  # days from receipt. Source: `domain.md` 5.5
LAST = ""  # key of the category that takes everything else
# Left without a resolution by this program: decided, but there was or is nothing for it to resolve.
LEFT = (
    ComplaintState.REFERRED,
    ComplaintState.NOT_COVERED,
    ComplaintState.WITHDRAWN,
    ComplaintState.MERGED,
    ComplaintState.ABUSE,
)
# What every figure counts: complaints of workers, not what the program itself brought to light, is set aside or was found to be none. Retaliation
# is counted with the complaint that somebody was made to pay for, and so not besides.
COUNTED = (
    ~Q(state__in=(ComplaintState.SET_ASIDE, ComplaintState.ABUSE))
    & ~Q(filed_by=FiledBy.PROGRAM)
    & Q(is_retaliation=False)
)
SPEEDS = {
    "within_7": _("Resolved within 7 days"),
    "within_14": _("Resolved in 8 to 14 days"),
    "within_30": _("Resolved in 15 to 30 days"),
}
VIOLATION, NO_VIOLATION = "violation", "no_violation"
OUTCOMES = {
    VIOLATION: _("Closed, violation found"),
    NO_VIOLATION: _("Closed, no violation found"),
    ComplaintState.REFERRED: _("Outside the scope, referred"),
    ComplaintState.NOT_COVERED: _("Workplace not covered"),
    ComplaintState.WITHDRAWN: _("Withdrawn"),
}
CONFIRMED, REPORTED = "confirmed", "reported"
RETALIATION = {
    CONFIRMED: _("Retaliation reported and confirmed"),
    REPORTED: _("Retaliation reported, not or not yet confirmed"),
}
FOUND = (Outcome.UPHELD, Outcome.PARTLY)

type Categories = list[tuple[str, str]]


@dataclass(frozen=True)
class Facet:
    """One way to take complaints apart. `categories(begins_on, ends_on)`: (key, words) in their order, that of LAST at the end."""

    key: BaseExpression
    categories: Callable[[date, date], Categories]


def within(days: int) -> Q:
    """Closed at most this many days, of 24 hours, after it was received; reopened or appealed it is not resolved."""
    return Q(state=ComplaintState.CLOSED, took__lte=timedelta(days=days))


def counts(rows: QuerySet, facet: Facet, begins_on: date, ends_on: date) -> list[int]:
    """How many of these complaints are in each category."""
    return tallies(rows, facet, begins_on, ends_on, {"all": Q()})["all"]


def tallies(
    rows: QuerySet, facet: Facet, begins_on: date, ends_on: date, wanted: Mapping[str, Q]
) -> dict[str, list[int]]:
    """{name: how many of these complaints are in each category and fulfil what is wanted}, in one reading of them."""
    keys = [key for key, _words in facet.categories(begins_on, ends_on)]
    found = {name: dict.fromkeys(keys, 0) for name in wanted}
    numbers = {f"n_{name}": Count("pk", filter=which) for name, which in wanted.items()}
    for row in rows.order_by().annotate(facet_key=facet.key).values("facet_key").annotate(**numbers):
        for name, by_key in found.items():
            by_key[row["facet_key"] if row["facet_key"] in by_key else LAST] += row[f"n_{name}"]
    return {name: [by_key[key] for key in keys] for name, by_key in found.items()}


def _issues(begins_on: date, ends_on: date) -> Categories:
    """Every line of the triage table that held on one of the days, in the order of the table."""
    rows = TriageRule.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=begins_on), valid_from__lte=ends_on
    )
    found: dict[str, str] = {}
    for rule in rows.order_by("position", "key", "valid_from"):
        found[rule.key] = rule.words("en")
    return [*found.items(), (LAST, str(_("Something else, or not said")))]


def _severities(begins_on: date, ends_on: date) -> Categories:
    then = Meanings(Severity)
    rows = [then.on(row, ends_on) for row in Severity.objects.order_by("position", "pk")]
    return [*((row.key, row.label) for row in rows), (LAST, str(_("Not decided")))]


def _channels(begins_on: date, ends_on: date) -> Categories:
    *first, last = Channel
    return [*((one.value, str(one.label)) for one in first), (LAST, str(last.label))]


def _suppliers(begins_on: date, ends_on: date) -> Categories:
    rows = Participation.objects.suppliers().order_by("name", "pk").values_list("pk", "name")
    return [*((str(pk), name) for pk, name in rows), (LAST, str(_("Other suppliers, or none that is known")))]


def _of(words: dict[str, object], last: object) -> Callable[[date, date], Categories]:
    return lambda begins_on, ends_on: [
        *((str(key), str(label)) for key, label in words.items()),
        (LAST, str(last)),
    ]


def _findings(**wanted: object) -> QuerySet[Finding]:
    """Findings that hold; built where there is no scope yet, so without the manager that asks for one."""
    return QuerySet(Finding).filter(
        complaint=OuterRef("pk"), program=OuterRef("program"), ended_at=None, **wanted
    )


def _made_to_pay(*, confirmed: bool) -> QuerySet[Complaint]:
    """Complaints about retaliation for this one."""
    rows = QuerySet(Complaint).filter(
        continues=OuterRef("pk"), program=OuterRef("program"), is_retaliation=True
    )
    return rows.filter(Exists(_findings(outcome__in=FOUND))) if confirmed else rows


def _text(name: str) -> BaseExpression:
    return Coalesce(Cast(name, CharField()), Value(LAST))


def _cases(*whens: When) -> BaseExpression:
    return Case(*whens, default=Value(LAST), output_field=CharField())


FACETS: dict[Topic, Facet] = {
    Topic.ISSUE: Facet(_text("rule__key"), _issues),
    Topic.SEVERITY: Facet(_text("severity__key"), _severities),
    Topic.CHANNEL: Facet(_text("channel"), _channels),
    Topic.SPEED: Facet(
        _cases(*(When(within(days), Value(f"within_{days}")) for days in LIMITS)),
        _of(SPEEDS, _("Later, not yet, or left without a resolution")),
    ),
    Topic.SUPPLIER: Facet(_text("supplier_id"), _suppliers),
    Topic.OUTCOME: Facet(
        _cases(
            When(Q(state=ComplaintState.CLOSED) & Exists(_findings(outcome__in=FOUND)), Value(VIOLATION)),
            When(Q(state=ComplaintState.CLOSED) & Exists(_findings()), Value(NO_VIOLATION)),
            *(When(state=one, then=Value(one.value)) for one in OUTCOMES if isinstance(one, ComplaintState)),
        ),
        _of(OUTCOMES, _("Still open, or something else")),
    ),
    Topic.RETALIATION: Facet(
        _cases(
            When(Exists(_made_to_pay(confirmed=True)), Value(CONFIRMED)),
            When(Exists(_made_to_pay(confirmed=False)), Value(REPORTED)),
        ),
        _of(RETALIATION, _("None reported")),
    ),
}

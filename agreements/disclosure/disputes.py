"""What of breaches and arbitration is public: nothing, unless the program's rules say so.

`disclosure.arbitration`: `published` shows each filed arbitration with its party, `outcome_only` shows that it happened, how it ended and
the sum, with the party withheld; anything else shows nothing. `disclosure.breaches`: `published` shows each breach from the served notice on,
with its party and where it stands; anything else shows nothing. Suspicions, facts, petitions, votes, reasons and awards are never public.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.enums import ArbitrationState, BreachState, Outcome
from agreements.models import Arbitration, Breach
from programs.disclosure import decisions
from programs.models import Participation
from programs.queries import rule_value, today
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Ref, Since
from wsr.registry.enums import Reason

ARBITRATION, BREACH = "arbitration", "breach"
RULES = {ARBITRATION: "disclosure.arbitration", BREACH: "disclosure.breaches"}
SHOWN = {ARBITRATION: ("published", "outcome_only"), BREACH: ("published",)}
_PARTY = Column("party", _("Party"), "The participant that it is about.")
KINDS = [
    PublicKind(
        ARBITRATION,
        "arbitrations",
        _("Arbitration"),
        _("Arbitrations"),
        (
            Column("name", _("Number"), "Number of the breach within its program."),
            _PARTY,
            Column(
                "state",
                _("State"),
                "filed, awarded, settled or ended.",
                words={state.value: state.label for state in ArbitrationState},
            ),
            Column(
                "outcome",
                _("Outcome"),
                "upheld or dismissed; empty without an award.",
                words={one.value: one.label for one in Outcome},
            ),
            Column("amount", _("Sum"), "Decimal; empty where there is none."),
            Column("currency", _("Currency"), "ISO 4217 code."),
            Column("filed_on", _("Filed"), "ISO 8601 date."),
            Column("ended_on", _("Ended"), "ISO 8601 date; empty while it goes on."),
        ),
    ),
    PublicKind(
        BREACH,
        "breaches",
        _("Breach of an agreement"),
        _("Breaches of agreements"),
        (
            Column("name", _("Number"), "Number of the breach within its program."),
            _PARTY,
            Column(
                "state",
                _("State"),
                "Where it stands, from the served notice on.",
                words={state.value: state.label for state in BreachState},
            ),
            Column("noticed_on", _("Notice served"), "ISO 8601 date."),
            Column("closed_on", _("Closed"), "ISO 8601 date; empty while it is open."),
        ),
    ),
]


def present(kind: str, *, on: date | None = None) -> QuerySet:
    """Subjects of a kind that are public by the rule of a day; today where none is named."""
    value = rule_value(RULES[kind], on=on or _today())
    if kind == ARBITRATION:
        rows = Arbitration.objects.exclude(filed_on=None)
    else:
        rows = Breach.objects.exclude(noticed_at=None).exclude(state=BreachState.WITHDRAWN)
    return rows if value in SHOWN[kind] else rows.none()


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """The public records of one kind as they are on a day; of these subjects only, if they are named."""
    rows = present(kind, on=as_of)
    rows = rows if only is None else rows.filter(pk__in=only)
    if kind == BREACH:
        for breach in rows.select_related("participation").order_by("noticed_at", "pk"):
            yield _breach(breach)
        return
    with_names = rule_value(RULES[kind], on=as_of) == "published"
    found = rows.select_related("dispute__breach", "participation")
    for arbitration in found.order_by("filed_on", "pk"):
        yield _arbitration(arbitration, with_names=with_names)


def changed(kind: str, since: Since) -> set[UUID]:
    """Subjects that were written since, whose party was, or all of them where a rule about what is public may have changed."""
    model = Arbitration if kind == ARBITRATION else Breach
    if decisions.changed(since, RULES[kind]):
        return set(model.objects.values_list("pk", flat=True))
    parties = since.changed_ids(Participation.objects.all())
    of_parties = model.objects.filter(participation__in=parties).values_list("pk", flat=True)
    return since.changed_ids(model.objects.all()) | set(of_parties)


def _today() -> date:
    return today(timezone.now())


def _arbitration(made: Arbitration, *, with_names: bool) -> PublicRecord:
    content = {
        "name": made.dispute.breach.number,
        "party": _party(made.participation) if with_names else "",
        "state": made.state,
        "outcome": made.outcome,
        "amount": f"{made.amount:.2f}" if made.amount is not None else "",
        "currency": made.currency,
        "filed_on": _day(made.filed_on),
        "ended_on": _day(made.ended_on),
    }
    withheld = {} if with_names else {"party": Reason.NOT_PUBLIC.value}
    return PublicRecord(ARBITRATION, made.pk, content, withheld, made.ended_on or made.filed_on)


def _breach(breach: Breach) -> PublicRecord:
    noticed_on = breach.noticed_at.date()
    closed_on = breach.closed_at.date() if breach.closed_at else None
    content = {
        "name": breach.number,
        "party": _party(breach.participation),
        "state": breach.state,
        "noticed_on": _day(noticed_on),
        "closed_on": _day(closed_on),
    }
    return PublicRecord(
        BREACH, breach.pk, content, {}, closed_on or noticed_on, search=breach.participation.name
    )


def _party(participation: Participation) -> Ref:
    return Ref(participation.part, participation.pk, participation.name)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""

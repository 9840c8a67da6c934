"""What the records put before the committee by themselves. Frozen into items when a meeting is prepared; nothing here knows a complaint.

Each source yields `Proposed`. What concerns one participant is an item of its own, so that whoever sits for it can be left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.enums import BreachState, DisputeState, ItemKind, MinutesState
from agreements.models import Breach, Dispute, Interest, Minutes, Obligation, Resolution, Sitting, StopDuty
from agreements.queries import money_overview
from agreements.queries.obligations import obligations
from programs.blueprints.shapes import Certainty
from programs.blueprints.words import in_words
from programs.models import Participation, Rung, Season
from programs.queries import rules
from programs.queries.education import coverage_of_program
from programs.sections import COMPARED, title_of
from wsr.deadlines.models import Clock

MOST_RULES = 40


@dataclass(frozen=True)
class Proposed:
    """One item as the records have it. `subject`: what it is about, by label and id; the same one is never twice on an agenda."""

    kind: ItemKind
    title: str
    subject: tuple[str, UUID]
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    dispute_id: UUID | None = None
    participation_id: UUID | None = None
    due_at: datetime | None = None


def proposed(sitting: Sitting, *, on: date) -> list[Proposed]:
    """Everything that the records put before this meeting on a day, in the order of the agenda."""
    sources = (minutes, petitions, breaches, overdue, suspended, figures, open_decisions, undecided_rules)
    return [item for source in sources for item in source(sitting, on)]


def minutes(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Minutes that the members have not approved."""
    waiting = Minutes.objects.filter(state=MinutesState.CIRCULATED).exclude(sitting=sitting)
    for row in waiting.select_related("sitting").order_by("sitting__starts_at", "pk"):
        yield Proposed(
            ItemKind.MINUTES,
            _("Minutes of %(number)s") % {"number": row.sitting.number},
            ("agreements.minutes", row.pk),
            text=_("The minutes are before the members. They can be approved here."),
        )


def petitions(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Petitions that wait for the committee, the one that must be decided first at the top."""
    rows = Dispute.objects.filter(state__in=[DisputeState.FILED, DisputeState.UNDECIDED])
    rows = rows.select_related("breach__clause", "breach__agreement", "participation").order_by(
        "filed_at", "pk"
    )
    for row in rows:
        clock = _clock(row, "agreements.dispute_decided")
        breach = row.breach
        facts = [
            [_("Who is said to be in breach"), row.participation.name],
            [_("Filed by"), row.participation.name if row.is_from_party else _("The program")],
            [_("Filed"), _day(row.filed_at)],
            [_("Agreement"), breach.agreement.number if breach.agreement else _("None named")],
            [
                _("Clause"),
                f"{breach.clause.reference} {breach.clause.title}" if breach.clause else _("None named"),
            ],
            [_("Notice served"), _day(breach.noticed_at)],
            [_("To be decided by"), _day(clock.due_at) if clock else _("no limit is set")],
        ]
        yield Proposed(
            ItemKind.PETITION,
            (_("Petition about %(number)s: %(title)s") % {"number": breach.number, "title": breach.title})[
                :200
            ],
            ("agreements.dispute", row.pk),
            text=f"{row.petition}\n\n{_('The facts on record:')}\n{breach.facts}",
            rows=facts,
            dispute_id=row.pk,
            participation_id=row.participation_id,
            due_at=clock.due_at if clock else None,
        )


def breaches(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Breaches whose notice is served and whose time to cure runs, or that were not cured."""
    states = [BreachState.NOTICED, BreachState.CURE_CLAIMED, BreachState.NOT_CURED]
    rows = Breach.objects.filter(state__in=states).select_related("participation")
    for breach in rows.order_by("noticed_at", "pk"):
        clock = _clock(breach, "agreements.breach_cured")
        yield Proposed(
            ItemKind.BREACH,
            f"{breach.number} {breach.title}"[:200],
            ("agreements.breach", breach.pk),
            rows=[
                [_("Participant"), breach.participation.name],
                [_("State"), str(breach.get_state_display())],
                [_("Notice served"), _day(breach.noticed_at)],
                [_("To be cured by"), _day(clock.due_at) if clock else _("no limit is set")],
            ],
            participation_id=breach.participation_id,
            due_at=clock.due_at if clock else None,
        )


def overdue(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Overdue obligations of clauses, one item per participant. What a decision asks for stays with the item of that decision."""
    rows = (
        obligations()
        .owed()
        .filter(is_overdue=True, clause__isnull=False)
        .order_by("participation__name", "participation", "due_at", "pk")
    )
    for party, owed in groupby(rows, key=lambda row: row.participation):
        found = list(owed)
        yield Proposed(
            ItemKind.OVERDUE,
            _("%(name)s: overdue obligations") % {"name": party.name},
            ("programs.participation", party.pk),
            rows=[[_owed(row), _("due %(day)s") % {"day": _day(row.due_at)}] for row in found],
            participation_id=party.pk,
        )


def suspended(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Suppliers on a rung that stops purchases, with how many brands have a duty and how many have proven that they stopped."""
    stopping = dict(Rung.objects.filter(stops_purchases=True).values_list("key", "label"))
    found = []
    for supplier in Participation.objects.suppliers().filter(rung__in=stopping).order_by("name", "pk"):
        event = supplier.standing_events.order_by("-effective_on", "-recorded_at", "-pk").first()
        duties = StopDuty.objects.active().filter(supplier=supplier)
        said = {
            "rung": stopping[supplier.rung],
            "day": date_format(event.effective_on, "DATE_FORMAT") if event else "–",
            "count": duties.count(),
            "proven": duties.filter(state="accepted").count(),
        }
        found.append(
            [
                supplier.name,
                _("%(rung)s since %(day)s; duties to stop: %(count)s, proven: %(proven)s") % said,
            ]
        )
    if found:
        yield Proposed(
            ItemKind.SUSPENDED, _("Suspended suppliers"), ("agreements.sitting", sitting.pk), rows=found
        )


def figures(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """The season in numbers: standing, duties, obligations, education, premium. Totals of the program, nobody's own."""
    season = Season.objects.filter(starts_on__lte=on).order_by("-starts_on", "-pk").first()
    labels = dict(Rung.objects.values_list("key", "label"))
    suppliers = list(Participation.objects.suppliers().present().values_list("rung", flat=True))
    rows = [[_("Suppliers that take part"), str(len(suppliers))]]
    rows += [[label, str(suppliers.count(key))] for key, label in labels.items() if key in suppliers]
    duties = StopDuty.objects.active()
    stopped = duties.filter(state="accepted").count()
    rows.append(
        [
            _("Duties to stop purchases, proven"),
            _("%(done)s of %(all)s") % {"done": stopped, "all": duties.count()},
        ]
    )
    rows.append([_("Obligations overdue"), str(Obligation.objects.owed().filter(is_overdue=True).count())])
    taught = coverage_of_program(on=on)
    rows.append([_("Sessions with workers held"), str(taught.sessions)])
    for sums in money_overview.chain():
        said = {"code": sums.currency}
        rows.append([_("Premium earned, %(code)s") % said, f"{sums.accrued:,.2f}"])
        rows.append([_("Premium passed on to workers, %(code)s") % said, f"{sums.passed_on:,.2f}"])
    name = season.name if season else date_format(on, "DATE_FORMAT")
    yield Proposed(
        ItemKind.FIGURES,
        _("Figures: %(name)s") % {"name": name},
        ("programs.season", season.pk if season else sitting.pk),
        rows=rows,
    )


def open_decisions(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Decisions of earlier meetings that somebody has not carried out. Those about one participant stay with its item, and so do those on
    an item in which a member has an interest.
    """
    interests = Interest.objects.filter(item=OuterRef("item"))
    rows = Resolution.objects.filter(~Exists(interests), is_adopted=True, done_at=None).exclude(actor="")
    rows = rows.filter(participation=None, item__participation=None).order_by("due_on", "pk")
    found = [
        [
            row.number,
            _("%(who)s, by %(day)s: %(text)s")
            % {"who": row.actor, "day": row.due_on or "–", "text": row.text},
        ]
        for row in rows
    ]
    if found:
        yield Proposed(
            ItemKind.FOLLOW_UP,
            _("Decisions that are not carried out"),
            ("agreements.sitting", sitting.pk),
            rows=found,
        )


def undecided_rules(sitting: Sitting, on: date) -> Iterator[Proposed]:
    """Rules of the program that nobody has set, or whose figure nobody has verified."""
    rows = rules(on=on).exclude(section__in=COMPARED)
    rows = rows.filter(Q(value__isnull=True) | Q(certainty=Certainty.UNVERIFIED)).order_by("section", "key")
    found = [
        [
            f"{title_of(rule.section)}: {in_words(rule.label)}",
            _("nobody has set it") if rule.value is None else _("not verified"),
        ]
        for rule in rows[:MOST_RULES]
    ]
    if found:
        more = rows.count() - len(found)
        text = _("And %(count)s more, on the page of rules.") % {"count": more} if more > 0 else ""
        yield Proposed(
            ItemKind.RULES, _("Rules to decide on"), ("agreements.sitting", sitting.pk), text=text, rows=found
        )


def _clock(subject: Breach | Dispute, kind: str) -> Clock | None:
    return Clock.objects.open().of(subject).filter(kind=kind).first()


def _owed(row: Obligation) -> str:
    period = f" ({row.period_start} – {row.period_end})" if row.period_end else ""
    return f"{row.clause.reference} {row.title}{period}"


def _day(moment: datetime | None) -> str:
    return date_format(moment, "DATE_FORMAT") if moment else "–"

"""Reads of breaches and what became of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agreements.enums import BreachState, ClauseKind
from agreements.models import Arbitration, Breach, BreachStep, Clause, Dispute
from agreements.queries.obligations import Entry
from wsr.deadlines.kinds import kinds
from wsr.deadlines.models import Clock


def breaches() -> QuerySet[Breach]:
    """Breaches of the active program with agreement, clause and participant; a portal's own, from the notice on."""
    return Breach.objects.select_related("participation", "agreement", "clause", "letter")


@dataclass(frozen=True)
class Running:
    """A clock that runs about a breach or its dispute."""

    clock: Clock
    label: str

    @property
    def due_on(self) -> date:
        """The last day, in the time zone it was counted in."""
        return self.clock.due_at.astimezone(ZoneInfo(self.clock.time_zone)).date()


def clocks_of(breach: Breach, dispute: Dispute | None) -> list[Running]:
    """What is being waited for, the earliest first. A portal sees its own clocks."""
    found = list(Clock.objects.open().of(breach))
    if dispute is not None:
        found += Clock.objects.open().of(dispute)
    known = kinds()
    return [
        Running(clock, str(known[clock.kind].label) if clock.kind in known else clock.kind)
        for clock in sorted(found, key=lambda clock: clock.due_at)
    ]


def dispute_of(breach: Breach) -> Dispute | None:
    """The latest petition about a breach."""
    return breach.disputes.order_by("-filed_at", "-pk").first()


def arbitration_of(dispute: Dispute | None) -> Arbitration | None:
    """The arbitration about a petition."""
    return dispute.arbitrations.first() if dispute is not None else None


def timeline(breach: Breach, *, with_names: bool) -> list[Entry]:
    """What was said and decided, the latest first. Names of the program's people only `with_names`."""
    rows = breach.steps.select_related("file", "by") if with_names else breach.steps.select_related("file")
    return [_entry(step, breach, with_names=with_names) for step in rows.order_by("-at", "-pk")]


def votes_of(dispute: Dispute | None) -> list[Any]:
    """The votes with the names of who cast them; for the committee and the program."""
    return list(dispute.votes.select_related("person", "seat")) if dispute is not None else []


def missing_limits(breach: Breach) -> list[str]:
    """What the console says is missing: limits that neither the agreement nor the program has set."""
    clause = (
        Clause.objects.of_kind(ClauseKind.DISPUTE_RESOLUTION)
        .filter(version__agreement_id=breach.agreement_id, version__state="in_force")
        .first()
        if breach.agreement_id
        else None
    )
    missing = []
    if breach.state == BreachState.NOTICED and not Clock.objects.open().of(breach).filter(
        kind="agreements.breach_cured"
    ):
        missing.append(
            _("No time to cure runs: the dispute clause gives none, and the program has set none.")
            if clause is not None
            else _("No time to cure runs: there is no dispute clause, and the program has set none.")
        )
    return missing


def _entry(step: BreachStep, breach: Breach, *, with_names: bool) -> Entry:
    """A portal reads no directory of people: it sees which side spoke."""
    label = str(BreachState(step.state).label)
    side = breach.participation.name if step.is_from_party else _("The program")
    who = str(step.by or (side if step.is_from_party else _("by rule"))) if with_names else side
    if step.is_internal:
        who = f"{who}, {_('not shown to the party')}"
    files = ((str(step.file_id), step.file.name),) if step.file_id else ()
    return Entry(step.at, label, who, step.text, "" if step.is_from_party else label, "", files)

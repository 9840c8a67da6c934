"""Which obligations each kind of clause creates: one table to read.

A clause creates a duty when it has the parameters the duty needs. How often and by when are parameters of the clause too; a clause that
gives no time limit creates an obligation without a date, and the console says so. What is owed because something happened (a payment, a
standing that stops purchases) is opened by the room's own operations when it happens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements.enums import ClauseKind, Side
from agreements.models import Clause
from wsr.deadlines.enums import Basis
from wsr.deadlines.lengths import Length


class From(StrEnum):
    """The moment from which the limit of a duty is counted."""

    START = "start"  # the day the version takes effect
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    EVENT = "event"  # whatever opens it


@dataclass(frozen=True)
class Duty:
    """One obligation that a kind of clause creates.

    `who`: the side that owes it, or the name of the parameter that says so. `every`: the parameter with the frequency, or a frequency
    itself; empty for a duty that is owed once. `within`: the parameter with the limit. `needs`: there is no duty without this parameter.
    """

    key: str
    kind: ClauseKind
    title: Any
    ask: Any
    within: str
    counted: From
    every: str = ""
    needs: str = ""
    who: str = Side.BRAND
    own_title: str = ""

    def frequency(self, clause: Clause) -> str:
        """`monthly`, `quarterly`, `half_yearly`, `yearly`; empty for once."""
        found = clause.parameters.get(self.every, "") if self.every and self.every != "yearly" else self.every
        return "" if found == "once" else found

    def side(self, clause: Clause) -> str:
        """Which side owes it."""
        return self.who if self.who in Side.values else clause.parameters.get(self.who, Side.BRAND)

    def length(self, clause: Clause) -> Length | None:
        """The limit that the clause gives."""
        return length_in(clause, self.within)

    def title_in(self, clause: Clause) -> str:
        """What the obligation is called."""
        return str(clause.parameters.get(self.own_title) or self.title)[:200]


DUTIES: tuple[Duty, ...] = (
    Duty(
        "sourcing_disclosure.first",
        ClauseKind.SOURCING_DISCLOSURE,
        _("First list of suppliers and workplaces"),
        _("Tell the program from whom you buy, down to each farm or factory."),
        within="first_within",
        counted=From.START,
    ),
    Duty(
        "sourcing_disclosure.update",
        ClauseKind.SOURCING_DISCLOSURE,
        _("Updated list of suppliers and workplaces"),
        _("Send the list as it stood at the end of the period; say so where nothing has changed."),
        every="update_every",
        needs="update_every",
        within="report_within",
        counted=From.PERIOD_END,
    ),
    Duty(
        "reporting.report",
        ClauseKind.REPORTING,
        _("Report of purchases"),
        _("Report what was bought in the period, by supplier."),
        every="report_every",
        needs="report_every",
        within="report_within",
        counted=From.PERIOD_END,
    ),
    Duty(
        "premium.pass_on",
        ClauseKind.PREMIUM,
        _("Premium passed on to workers"),
        _("Pay the premium to the workers and send the payroll that shows it."),
        needs="pass_on_within",
        within="pass_on_within",
        counted=From.EVENT,
        who=Side.SUPPLIER,
    ),
    Duty(
        "financial_support.report",
        ClauseKind.FINANCIAL_SUPPORT,
        _("Report of financial support"),
        _(
            "Report the support given in the period: price, orders, prepayments, loans or payments, by supplier."
        ),
        every="report_every",
        needs="report_every",
        within="report_within",
        counted=From.PERIOD_END,
    ),
    Duty(
        "financial_support.talk",
        ClauseKind.FINANCIAL_SUPPORT,
        _("Talks about support with a supplier"),
        _("Talk with the supplier about how the repairs are paid for, and record what was agreed."),
        needs="negotiate_within",
        within="negotiate_within",
        counted=From.EVENT,
    ),
    Duty(
        "purchase_preference.report",
        ClauseKind.PURCHASE_PREFERENCE,
        _("Report of the shares bought from suppliers in good standing"),
        _("Report which share of the period's purchases came from suppliers in good standing."),
        every="report_every",
        needs="report_every",
        within="report_within",
        counted=From.PERIOD_END,
    ),
    Duty(
        "general.task",
        ClauseKind.GENERAL,
        _("Duty of the clause"),
        _("Do what the clause says, and send what shows it."),
        every="done_every",
        needs="task",
        within="done_within",
        counted=From.PERIOD_END,
        who="done_by",
        own_title="task",
    ),
)
BY_KEY = {duty.key: duty for duty in DUTIES}
# What clauses opened once and open no more, with the reason that whoever owed it reads. Premium and fee have one date: that of the invoice.
RETIRED = {
    "premium.payment": _("Each invoice asks for the premium, with its own date."),
    "program_fee.fee": _("The invoice of the year asks for the fee, with its own date."),
}


def duties_of(clause: Clause) -> Iterator[Duty]:
    """What a clause creates by itself when its version comes into force."""
    for duty in DUTIES:
        if duty.kind == clause.kind and duty.counted != From.EVENT and _is_given(duty, clause):
            yield duty


def length_in(clause: Clause, parameter: str) -> Length | None:
    """A duration among the parameters of a clause, as the length of a clock; None where the clause leaves it open."""
    said = clause.parameters.get(parameter)
    if not said:
        return None
    source = f"{clause.reference} {clause.title}".strip()
    return Length(said["value"], said["unit"], Basis.AGREEMENT, clause.certainty or "documented", source)


def _is_given(duty: Duty, clause: Clause) -> bool:
    return not duty.needs or bool(clause.parameters.get(duty.needs))

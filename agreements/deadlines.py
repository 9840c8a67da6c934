"""The clocks of agreements and what each step of their ladders does. Each noun has its list."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import ClockKind, Rung

_REMINDERS = (
    Rung("week_left", _("One week left"), after=-7),
    Rung("day_left", _("One day left"), after=-1),
)
_EFFECTS = "agreements.operations"

OBLIGATIONS = [
    ClockKind(
        key="agreements.obligation_due",
        label=_("Obligation, to the answer of whoever owes it"),
        actor=_("Whoever owes it"),
        permission=Permission.OBLIGATION_DECIDE,
        ladder=(
            *_REMINDERS,
            Rung("overdue", _("Overdue"), effect=f"{_EFFECTS}.obligations.mark_overdue"),
            # At once, or after the time of grace that the program has set.
            Rung(
                "breach",
                _("Suspected breach"),
                length_key="clocks.obligation_grace",
                effect=f"{_EFFECTS}.obligations.suspect_breach",
            ),
        ),
    ),
    ClockKind(
        key="agreements.obligation_returned",
        label=_("Returned answer, to the next one"),
        actor=_("Whoever owes it"),
        permission=Permission.OBLIGATION_DECIDE,
        ladder=(
            Rung("day_left", _("One day left"), after=-1),
            Rung("overdue", _("Overdue"), effect=f"{_EFFECTS}.obligations.mark_overdue"),
            Rung(
                "breach",
                _("Suspected breach"),
                length_key="clocks.obligation_grace",
                effect=f"{_EFFECTS}.obligations.suspect_breach",
            ),
        ),
    ),
    ClockKind(
        key="agreements.obligation_decided",
        label=_("Answer to an obligation, to its acceptance or return"),
        length_key="clocks.obligation_decided",
        actor=_("The program"),
        permission=Permission.OBLIGATION_DECIDE,
    ),
]
DISPUTES = [
    ClockKind(
        key="agreements.breach_noticed",
        label=_("Suspected breach, to the notice or its withdrawal"),
        length_key="clocks.breach_noticed",
        actor=_("The program"),
        permission=Permission.OBLIGATION_DECIDE,
    ),
    ClockKind(
        key="agreements.breach_acknowledged",
        label=_("Notice of breach, to its acknowledgement"),
        length_key="clocks.breach_acknowledged",
        actor=_("The party in breach"),
        permission=Permission.OBLIGATION_DECIDE,
    ),
    ClockKind(
        key="agreements.breach_cured",
        label=_("Notice of breach, to its cure"),
        length_key="clocks.breach_cured",
        actor=_("The party in breach"),
        permission=Permission.OBLIGATION_DECIDE,
        ladder=(
            *_REMINDERS,
            Rung("not_cured", _("Not cured in time"), effect=f"{_EFFECTS}.breaches.mark_not_cured"),
        ),
    ),
    ClockKind(
        key="agreements.cure_decided",
        label=_("Cure claimed, to its acceptance or refusal"),
        length_key="clocks.cure_decided",
        actor=_("The program"),
        permission=Permission.OBLIGATION_DECIDE,
    ),
    ClockKind(
        key="agreements.dispute_decided",
        label=_("Petition, to the decision of the committee"),
        length_key="clocks.dispute_decided",
        actor=_("The committee"),
        permission=Permission.DISPUTE_DECIDE,
        ladder=(
            *_REMINDERS,
            Rung("undecided", _("Not decided in time"), effect=f"{_EFFECTS}.disputes.mark_undecided"),
        ),
    ),
    ClockKind(
        key="agreements.dispute_appealed",
        label=_("Decision, to the end of the time for arbitration"),
        length_key="clocks.dispute_appealed",
        actor=_("Either side"),
        permission=Permission.DISPUTE_FILE,
        ladder=(
            *_REMINDERS,
            Rung("final", _("The decision is final"), effect=f"{_EFFECTS}.disputes.mark_final"),
        ),
    ),
    ClockKind(
        key="agreements.arbitration_filed",
        label=_("Arbitration asked for, to its filing"),
        length_key="clocks.arbitration_filed",
        actor=_("Whoever asked for it"),
        permission=Permission.DISPUTE_FILE,
    ),
]
KINDS = [*OBLIGATIONS, *DISPUTES]

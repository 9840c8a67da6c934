"""The clocks of agreements and what each step of their ladders does. Each noun has its list."""

from django.utils.translation import gettext_lazy as _

from agreements.money.clock_kinds import MONEY
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
        webhook=True,
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
        webhook=True,
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
        webhook=True,
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
        webhook=True,
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
        webhook=True,
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
        webhook=True,
    ),
    ClockKind(
        key="agreements.arbitration_filed",
        label=_("Arbitration asked for, to its filing"),
        length_key="clocks.arbitration_filed",
        actor=_("Whoever asked for it"),
        permission=Permission.DISPUTE_FILE,
        webhook=True,
    ),
]
# The ladder. How long a supplier may stand on a rung is a rule of that rung (`programs.ladder`); the lengths of a duty stand in the
# brand's stop-purchase clause. None of them has a length of its own here.
ESCALATION = [
    ClockKind(
        key="agreements.escalation_review",
        label=_("Review of a supplier on a rung of the ladder"),
        actor=_("The program"),
        permission=Permission.STANDING_CHANGE,
        ladder=(
            Rung("reminder", _("One week left"), after=-7),
            Rung(
                "over",
                _("The time of this rung is over"),
                effect=f"{_EFFECTS}.escalation.limit_passed",
            ),
            Rung("late", _("A week without a decision"), after=7),
        ),
        pause_ceiling=90,
        extension_ceiling=3,
    ),
]


def _duty(key: str, label: object) -> ClockKind:
    return ClockKind(
        key=key,
        label=label,
        actor=_("Whoever buys, or hires on a site"),
        permission=Permission.STANDING_CHANGE,
        ladder=(
            Rung("reminder", _("Two days left"), after=-2),
            Rung("overdue", _("Not done in time")),
            Rung(
                "breach",
                _("A day late: recorded as a suspected breach"),
                after=1,
                effect=f"{_EFFECTS}.duty_breaches.clock_missed",
            ),
        ),
        webhook=True,
    )


DUTIES = [
    _duty("agreements.duty_acknowledge", _("Duty to stop purchases, to its acknowledgment")),
    _duty("agreements.duty_stop", _("Duty to stop purchases, to the stop")),
    _duty("agreements.duty_prove", _("Duty to stop purchases, to its proof")),
]

COMMITTEE = [
    ClockKind(
        key="agreements.resolution_due",
        label=_("Decision of the committee, to what it asks for"),
        actor=_("Whoever the decision names"),
        permission=Permission.COMMITTEE_CHANGE,
        ladder=_REMINDERS,
    ),
    ClockKind(
        key="agreements.minutes_approved",
        label=_("Minutes sent to the members, to their approval"),
        length_key="clocks.minutes_approved",
        actor=_("The committee"),
        permission=Permission.COMMITTEE_CHANGE,
        ladder=_REMINDERS,
    ),
    ClockKind(
        key="agreements.minutes_public",
        label=_("Minutes approved or changed, to their publication"),
        length_key="clocks.minutes_public",
        actor=_("The program"),
        permission=Permission.PUBLISH,
        ladder=(
            Rung("week_left", _("One week left"), after=-7),
            # As the last day begins, so that the limit is kept.
            Rung(
                "publish",
                _("Published by the rule"),
                after=-1,
                effect=f"{_EFFECTS}.committee.minutes.publish_due",
                tells=False,
            ),
        ),
    ),
]
KINDS = [*MONEY, *OBLIGATIONS, *DISPUTES, *ESCALATION, *DUTIES, *COMMITTEE]

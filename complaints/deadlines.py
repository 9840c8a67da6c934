"""The clocks of complaints and what each step of their ladders does."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.enums import Unit
from wsr.deadlines.kinds import ClockKind, Rung

_CHECK_INS = "complaints.operations.check_ins"
_QUARANTINE = "complaints.operations.quarantine"

KINDS = [
    ClockKind(
        key="complaints.acknowledged",
        label=_("Complaint received, to the first answer"),
        length_key="clocks.complaint_acknowledged",
        actor=_("The program"),
        permission=Permission.COMPLAINT_TRIAGE,
        ladder=(Rung("day_left", _("One day left"), after=-1),),
    ),
    # One for all that is set aside, of a length of the platform's own: see `complaints.operations.quarantine`.
    ClockKind(
        key="complaints.set_aside",
        label=_("Complaints set aside as possible abuse, until somebody has looked at each"),
        actor=_("The program"),
        permission=Permission.COMPLAINT_TRIAGE,
        ladder=(
            Rung("over", _("Nobody has looked"), effect=f"{_QUARANTINE}.nobody_looked", tells=False),
            Rung(
                "day_later",
                _("Nobody has looked, a day later"),
                after=1,
                effect=f"{_QUARANTINE}.still_nobody",
                tells=False,
            ),
        ),
    ),
    ClockKind(
        key="complaints.closed",
        label=_("Complaint received, to its resolution"),
        length_key="clocks.complaint_closed",
        actor=_("The program"),
        permission=Permission.COMPLAINT_HANDLE,
        ladder=(
            Rung("week_left", _("One week left"), after=-7),
            Rung("day_left", _("One day left"), after=-1),
        ),
        extension_ceiling=None,
    ),
    ClockKind(
        key="complaints.callback",
        label=_("Somebody wants to be called, to the call"),
        length_key="clocks.callback",
        actor=_("The hotline"),
        permission=Permission.COMPLAINT_ENTER,
        ladder=(Rung("late", _("An hour late"), after=1, unit=Unit.HOURS),),
    ),
    ClockKind(
        key="complaints.appeal",
        label=_("Complaint closed, to the end of the time for an appeal"),
        length_key="clocks.complaint_appeal",
        actor=_("The worker, or the employer"),
        permission=Permission.COMPLAINT_HANDLE,
        ladder=(
            Rung(
                "over",
                _("Nobody appealed in time"),
                effect="complaints.operations.appeals.time_over",
                tells=False,
            ),
        ),
    ),
    ClockKind(
        key="complaints.appeal_decided",
        label=_("Appeal received, to its decision"),
        length_key="clocks.complaint_appeal_decided",
        actor=_("Whoever decides the appeal"),
        permission=Permission.COMPLAINT_HANDLE,
        ladder=(
            Rung("week_left", _("One week left"), after=-7),
            Rung("day_left", _("One day left"), after=-1),
        ),
        extension_ceiling=None,
    ),
    # Its length is the platform's own, not a program's: see `complaints.operations.parts`.
    ClockKind(
        key="complaints.emergency",
        label=_("Complaint opened in an emergency, until it is closed again"),
        actor=_("Nobody; it closes by itself"),
        permission=Permission.COMPLAINT_ASSIGN,
        ladder=(
            Rung(
                "over",
                _("Closed again"),
                effect="complaints.operations.parts.emergency_over",
                tells=False,
            ),
        ),
    ),
    # The day is set with each remedy; what follows when it passes is the program's to say.
    ClockKind(
        key="complaints.remedy_due",
        label=_("Remedy of a complaint, to the day on which it is due"),
        actor=_("Whoever owes it; the handler sees to it"),
        permission=Permission.COMPLAINT_HANDLE,
        ladder=(
            Rung("week_left", _("One week left"), after=-7),
            Rung("overdue", _("Not paid in time"), effect="complaints.operations.remedy_clocks.overdue"),
        ),
    ),
    ClockKind(
        key="complaints.remedy_overdue",
        label=_("Remedy of a complaint overdue, to what follows from it"),
        length_key="clocks.remedy_overdue",
        actor=_("The program"),
        permission=Permission.COMPLAINT_ASSIGN,
        ladder=(Rung("over", _("Still not paid: decide what follows")),),
    ),
    # A number of days of the platform or of the program after what the employer could see: see `complaints.operations.check_ins`.
    ClockKind(
        key="complaints.check_in",
        label=_("Check-in with a worker who complained"),
        actor=_("The handler"),
        permission=Permission.COMPLAINT_HANDLE,
        ladder=(
            Rung("ask", _("To be asked"), after=-1, effect=f"{_CHECK_INS}.time_to_ask", tells=False),
            Rung("day_over", _("The day is over"), after=0, tells=False),
            Rung(
                "not_asked", _("Nobody has asked"), after=3, effect=f"{_CHECK_INS}.nobody_asked", tells=False
            ),
            Rung(
                "once_more",
                _("To be asked once more"),
                after=7,
                effect=f"{_CHECK_INS}.time_to_ask",
                tells=False,
            ),
            Rung(
                "not_reached",
                _("Nobody was reached"),
                after=14,
                effect=f"{_CHECK_INS}.not_reached",
                tells=False,
            ),
        ),
    ),
    # As many hours as were approved: see `complaints.operations.releases`.
    ClockKind(
        key="complaints.release",
        label=_("Release of a name or a contact, until it ends"),
        actor=_("Nobody; it ends by itself"),
        permission=Permission.COMPLAINT_RELEASE,
        ladder=(Rung("over", _("Ended"), effect="complaints.operations.releases_ending.over", tells=False),),
    ),
]

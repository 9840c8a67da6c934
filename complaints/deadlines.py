"""The clocks of complaints and what each step of their ladders does."""

from django.utils.translation import gettext_lazy as _

from wsr.accounts.grants import Permission
from wsr.deadlines.kinds import ClockKind, Rung

KINDS = [
    ClockKind(
        key="complaints.acknowledged",
        label=_("Complaint received, to the first answer"),
        length_key="clocks.complaint_acknowledged",
        actor=_("The program"),
        permission=Permission.COMPLAINT_TRIAGE,
        ladder=(Rung("day_left", _("One day left"), after=-1),),
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
]

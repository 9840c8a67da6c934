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
]

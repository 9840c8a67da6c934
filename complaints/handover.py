"""Parts in complaints are passed on inside each complaint, by those who are in it; here they are only counted, and walls hold."""

from django.utils.translation import gettext_lazy as _

from complaints.enums import OPEN_STATES
from complaints.models import Complaint
from wsr.handover.kinds import Counted, Leaving


def handled(leaving: Leaving) -> int:
    """Open complaints that she handles, of those that the reader may know of."""
    return Complaint.objects.filter(handler_id__in=leaving.people, state__in=OPEN_STATES).count()


COUNTED = [
    Counted(
        _("Complaints that she handles"),
        _(
            "They are passed on inside each complaint: ask her to hand her parts over before she goes. When the membership ends, her parts end,"
            " and everybody who may take complaints is told."
        ),
        handled,
    )
]
APART = ("complaints.",)

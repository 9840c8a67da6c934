"""What endorsements put into a person's work of today: those that wait for a moderator."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.enums import EndorsementState
from programs.models import Endorsement
from wsr.accounts.grants import Permission
from wsr.ui.inbox import MOST, Reader, Task


def endorsements_waiting(reader: Reader) -> Iterator[Task]:
    """One line, however many wait."""
    if Permission.ENDORSEMENT_MODERATE not in reader.standing.permissions:
        return
    waiting = Endorsement.objects.filter(state=EndorsementState.WAITING)[:MOST].count()
    if waiting:
        title = ngettext("%(count)d endorsement to look at", "%(count)d endorsements to look at", waiting)
        yield Task(
            title=title % {"count": waiting},
            url=reverse("programs:endorsements", args=[reader.standing.program.slug]),
            why=_("Confirmed by e-mail; it counts once somebody has looked at it."),
            is_new=True,
        )


INBOX = [endorsements_waiting]

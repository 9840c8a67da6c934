"""What clocks say on a program's first page."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wsr.accounts.grants import Permission
from wsr.deadlines.enums import State
from wsr.deadlines.models import Clock
from wsr.deadlines.queries import missing_lengths
from wsr.ui.home import Step, Tile


def overdue(request: HttpRequest) -> Tile | None:
    """How many limits have passed and still wait."""
    if Permission.CLOCK_READ not in request.permissions:
        return None
    rows = Clock.objects.open().exclude(state=State.PAUSED).filter(due_at__lt=timezone.now())
    count = rows.count()
    url = reverse("deadlines:clocks", args=[request.program.slug])
    return Tile(_("Limits passed"), count, url, tone="due" if count else "", order=5)


def missing(request: HttpRequest) -> Step | None:
    """That clocks cannot run because nobody has set their length, for those who may."""
    if Permission.RULE_CHANGE not in request.permissions:
        return None
    count = len({entry.kind.key for entry in missing_lengths(on=timezone.localdate())})
    if not count:
        return None
    text = ngettext("Set the length of %(count)s limit", "Set the length of %(count)s limits", count)
    return Step(
        text % {"count": count},
        reverse("deadlines:lengths", args=[request.program.slug]),
        why=_("Until a length is set, no clock runs and nobody is reminded."),
        order=45,
    )


TILES = [overdue, missing]

"""What people are told about clocks: that there is something, and where. Never what it is about."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from wsr.deadlines.kinds import MISSED, ClockKind, kinds
from wsr.deadlines.models import Clock
from wsr.notices.kinds import Telling, notice_kind
from wsr.tenancy.models import Program


@notice_kind("deadline", label=_("A limit that is near or has passed"))
def deadline(telling: Telling) -> dict[str, object]:
    """One step of one clock."""
    program = Program.objects.get(pk=telling.program_id)
    clock = Clock.objects.filter(pk=telling.context["clock"]).first()
    return {
        "title": _("A limit in %(program)s") % {"program": program.name},
        "program": program.name,
        "due_at": clock.due_at if clock else None,
        "url": reverse("deadlines:clock", args=[program.slug, telling.context["clock"]]),
    }


@notice_kind("deadlines", label=_("Many limits that are near or have passed"))
def deadlines(telling: Telling) -> dict[str, object]:
    """Many steps at once, after a time in which nothing ran or on a busy morning."""
    program = Program.objects.get(pk=telling.program_id)
    return {
        "title": _("Limits in %(program)s") % {"program": program.name},
        "program": program.name,
        "count": telling.context["count"],
        "url": reverse("deadlines:clocks", args=[program.slug]),
    }


def _register(kind: ClockKind) -> None:
    label = format_lazy(_("Limit passed: {what}"), what=kind.label)

    @notice_kind(f"{MISSED}{kind.key}", label=label, webhook=True, to=frozenset())
    def missed(telling: Telling) -> dict[str, object]:
        return {"title": str(label)}


for _kind in kinds().values():
    if _kind.webhook:
        _register(_kind)

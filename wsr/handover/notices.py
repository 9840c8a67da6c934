"""What people are told: that there is work for them, and where. Never what it is about."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import Telling, notice_kind
from wsr.tenancy import Audience
from wsr.tenancy.models import Program

_INSIDE = frozenset({Audience.STAFF, Audience.AUDITOR})


@notice_kind("handed_over", label=_("Work was handed to you"), mandatory=True, to=_INSIDE)
def handed_over(telling: Telling) -> dict[str, object]:
    """However many things; the page says which, to her alone."""
    program = Program.objects.get(pk=telling.program_id)
    return {
        "title": _("Work was handed to you in %(program)s") % {"program": program.name},
        "url": reverse("handover:given", args=[program.slug]),
    }


@notice_kind(
    "stand_in", label=_("You stand in for a colleague"), mandatory=True, to=frozenset({Audience.STAFF})
)
def stand_in(telling: Telling) -> dict[str, object]:
    """From when to when stands on the page."""
    program = Program.objects.get(pk=telling.program_id)
    return {
        "title": _("You stand in for a colleague in %(program)s") % {"program": program.name},
        "url": reverse("handover:away", args=[program.slug]),
    }


@notice_kind(
    "end_not_reached",
    label=_("A membership should have ended and has not"),
    mandatory=True,
    to=frozenset({Audience.STAFF}),
)
def end_not_reached(telling: Telling) -> dict[str, object]:
    """The last director: nobody else could change the members."""
    program = Program.objects.get(pk=telling.program_id)
    return {
        "title": _("A membership in %(program)s should have ended and has not") % {"program": program.name},
        "url": reverse("accounts:members", args=[program.slug]),
    }

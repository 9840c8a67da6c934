"""What people are told about inspections: that there is something to read, and where. Never which workplace, when, or what was found."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_INSPECTORS = frozenset({Audience.STAFF, Audience.AUDITOR})

# kind → (words, options of the kind)
_VISITS: dict[str, tuple[Any, dict[str, Any]]] = {
    "inspection_asked": (
        _("You are asked to join an inspection"),
        {"mandatory": True, "webhook": True, "to": _INSPECTORS},
    ),
    "inspection_answered": (_("Somebody you asked has answered"), {"to": _STAFF}),
    "inspection_changed": (
        _("The plan of an inspection has changed"),
        {"mandatory": True, "to": _INSPECTORS},
    ),
    "inspection_cancelled": (_("An inspection was cancelled"), {"mandatory": True, "to": _INSPECTORS}),
    "inspection_removed": (
        _("You are no longer on the team of an inspection"),
        {"mandatory": True, "to": _INSPECTORS},
    ),
    "inspection_handed_over": (_("An inspection is in your hands now"), {"mandatory": True, "to": _STAFF}),
    "inspection_submitted": (_("An inspection waits for review"), {"webhook": True, "to": _STAFF}),
}


def _register(kind: str, label: Any, options: dict[str, Any]) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": reverse("audits:inspection", args=[outbox.program.slug, outbox.context["inspection"]]),
        }


for _kind, (_label, _options) in _VISITS.items():
    _register(_kind, _label, _options)

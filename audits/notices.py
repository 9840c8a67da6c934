"""What people are told about inspections: that there is something to read, and where. Never which workplace, when, or what was found."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audits import notices_of_actions  # noqa: F401 -- registers its kinds
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
    "inspection_answered": (_("Somebody you asked has answered"), {"webhook": True, "to": _STAFF}),
    "inspection_changed": (
        _("The plan of an inspection has changed"),
        {"mandatory": True, "to": _INSPECTORS},
    ),
    "inspection_cancelled": (_("An inspection was cancelled"), {"mandatory": True, "to": _INSPECTORS}),
    "inspection_removed": (
        _("You are no longer on the team of an inspection"),
        {"mandatory": True, "webhook": True, "to": _INSPECTORS},
    ),
    "inspection_handed_over": (_("An inspection is in your hands now"), {"mandatory": True, "to": _STAFF}),
    "inspection_returned": (
        _("An inspection came back to its team"),
        {"mandatory": True, "webhook": True, "to": _INSPECTORS},
    ),
}

_REVIEWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "inspection_submitted": (_("An inspection waits for review"), {"webhook": True, "to": _STAFF}),
    "report_replied": (_("A supplier has replied to a report"), {"webhook": True, "to": _STAFF}),
    "report_not_replied": (
        _("The time for a supplier's reply has passed; its report may be issued"),
        {"to": _STAFF},
    ),
}
_REPLIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "report_shared": (
        _("A report of an inspection is before you; you may reply to it"),
        {"mandatory": True, "webhook": True, "to": frozenset({Audience.SUPPLIER})},
    ),
}
_REPORTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "report_to_read": (
        _("A report of an inspection was issued"),
        {"to": frozenset({Audience.BRAND, Audience.SUPPLIER})},
    ),
    # For webhooks alone: once per report, whoever reads it.
    "report_issued": (_("A report of an inspection was issued"), {"webhook": True, "to": frozenset()}),
}


def _register(kind: str, label: Any, options: dict[str, Any], page: str, key: str) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": reverse(page, args=[outbox.program.slug, outbox.context[key]]),
        }


for _kinds, _page, _key in (
    (_VISITS, "audits:inspection", "inspection"),
    (_REVIEWS, "audits:review", "inspection"),
    (_REPLIES, "audits:reply", "report"),
    (_REPORTS, "audits:report", "report"),
):
    for _kind, (_label, _options) in _kinds.items():
        _register(_kind, _label, _options, _page, _key)

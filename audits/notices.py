"""What people are told about inspections and corrective actions: that there is something, and where. Never which workplace, when, or what was found."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_INSPECTORS = frozenset({Audience.STAFF, Audience.AUDITOR})
_SUPPLIER = frozenset({Audience.SUPPLIER})

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
    "inspection_place_closed": (
        _("A workplace where a visit is planned has closed"),
        {"mandatory": True, "to": _INSPECTORS},
    ),
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

_REQUESTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "visit_asked": (_("Somebody asks for a visit to a workplace"), {"mandatory": True, "to": _STAFF}),
    "visit_declined": (_("There will be no visit that you asked for"), {"mandatory": True, "to": _STAFF}),
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
        {"mandatory": True, "webhook": True, "to": _SUPPLIER},
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
_ACTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "action_agreed": (
        _("A corrective action has its date"),
        {"mandatory": True, "webhook": True, "to": _SUPPLIER},
    ),
    "action_date_set": (
        _("A corrective action has a new date"),
        {"mandatory": True, "webhook": True, "to": _SUPPLIER},
    ),
    "action_news_asked": (_("The program asks how far a corrective action is"), {"to": _SUPPLIER}),
    "action_reported": (_("A corrective action is reported as fixed"), {"webhook": True, "to": _STAFF}),
    "action_verified": (_("A corrective action is verified as fixed"), {"webhook": True, "to": _SUPPLIER}),
    "action_rejected": (
        _("A corrective action is not fixed"),
        {"mandatory": True, "webhook": True, "to": _SUPPLIER},
    ),
    "action_not_fixed": (_("A corrective action was found not fixed"), {"to": _STAFF}),
    "action_withdrawn": (_("A corrective action was withdrawn"), {"webhook": True, "to": _SUPPLIER}),
    "action_overdue": (_("A supplier has missed a date; decide about the ladder"), {"to": _STAFF}),
    "action_plan_changed": (_("Who pays for a corrective action was changed"), {"to": _SUPPLIER}),
    "action_plan_signed": (_("Who pays for a corrective action was signed"), {"to": _STAFF}),
    "extension_asked": (_("A supplier asks for more time"), {"to": _STAFF}),
    "extension_refused": (_("A request for more time was refused"), {"mandatory": True, "to": _SUPPLIER}),
    "milestone_reached": (_("A milestone is reported as reached"), {"to": _STAFF}),
    "milestone_verified": (_("A milestone is verified"), {"to": _SUPPLIER}),
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
    (_REQUESTS, "audits:visit_request", "request"),
    (_REVIEWS, "audits:review", "inspection"),
    (_REPLIES, "audits:reply", "report"),
    (_REPORTS, "audits:report", "report"),
    (_ACTIONS, "audits:action", "action"),
):
    for _kind, (_label, _options) in _kinds.items():
        _register(_kind, _label, _options, _page, _key)

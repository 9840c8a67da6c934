"""What people are told about corrective actions: that there is something, and where. Never what it is about."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_VERIFIERS = frozenset({Audience.STAFF, Audience.AUDITOR})
_SUPPLIER = frozenset({Audience.SUPPLIER})

# kind → (words, options of the kind)
_ACTIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "action_agreed": (
        _("A corrective action has its date"),
        {"mandatory": True, "webhook": True, "to": _SUPPLIER},
    ),
    "action_date_set": (
        _("A corrective action has a new date"),
        {"mandatory": True, "webhook": True, "to": _SUPPLIER},
    ),
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


def _register(kind: str, label: Any, options: dict[str, Any]) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": reverse("audits:action", args=[outbox.program.slug, outbox.context["action"]]),
        }


for _kind, (_label, _options) in _ACTIONS.items():
    _register(_kind, _label, _options)

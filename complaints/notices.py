"""What people are told about complaints: that there is something to read, and where. Never what, by whom, or about which workplace."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_PART: dict[str, Any] = {"to": _STAFF, "mandatory": True}

# kind → (words, options of the kind)
_INTAKE: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_received": (_("A complaint waits to be read"), {"to": _STAFF}),
    "complaint_danger": (
        _("A complaint waits that must be read at once"),
        {"to": _STAFF, "mandatory": True, "urgent": True, "sms": True},
    ),
    "complaint_from_worker": (_("A worker has written about her complaint"), {"to": _STAFF}),
    "complaint_set_aside": (
        _("Complaints were set aside as possible abuse; somebody must look"),
        {"to": _STAFF},
    ),
}
_PARTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_asked": (_("You are asked to take a part in a complaint"), _PART),
    "complaint_answered": (_("Somebody you asked about a complaint has answered"), _PART),
    "complaint_opened": (_("A complaint was opened in an emergency"), _PART),
    "complaint_unhandled": (_("A complaint is without a handler"), _PART),
}


def _register(kind: str, label: Any, options: dict[str, Any], page: str, *keys: str) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": reverse(page, args=[outbox.program.slug, *(outbox.context[key] for key in keys)]),
        }


for _kind, (_label, _options) in _INTAKE.items():
    _register(_kind, _label, _options, "complaints:complaints")
for _kind, (_label, _options) in _PARTS.items():
    _register(_kind, _label, _options, "complaints:complaint", "complaint")

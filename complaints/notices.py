"""What people are told about complaints: that there is something to read. Never what, by whom, or where it happened."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience
from wsr.ui.navigation import url_or_nothing

_STAFF = frozenset({Audience.STAFF})

# kind → (words, options of the kind)
_INTAKE: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_received": (_("A complaint waits to be read"), {"to": _STAFF}),
    "complaint_danger": (
        _("A complaint waits that must be read at once"),
        {"to": _STAFF, "mandatory": True, "urgent": True, "sms": True},
    ),
    "complaint_set_aside": (
        _("Complaints were set aside as possible abuse; somebody must look"),
        {"to": _STAFF},
    ),
}


def _register_intake(kind: str, label: Any, options: dict[str, Any]) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": url_or_nothing("complaints:complaints", program_slug=outbox.program.slug),
        }


for _kind, (_label, _options) in _INTAKE.items():
    _register_intake(_kind, _label, _options)

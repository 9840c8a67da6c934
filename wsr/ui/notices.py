"""What people are told of files and reports: that there is one, and where. Never a word of what is in it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.enums import Choice
from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_KINDS = (
    ("export_ready", _("A file that you asked for is ready"), "ui:exports", Choice.IN_APP),
    ("report_ready", _("A report that is sent to you regularly is ready"), "ui:exports", Choice.NOW),
    (
        "report_stopped",
        _("A report was stopped because its reader lost the role for it"),
        "history:list",
        Choice.NOW,
    ),
)


def _register(kind: str, label: object, page: str, default: Choice) -> None:
    @notice_kind(kind, label=label, default=default, to=_STAFF)
    def prepare(outbox: Outbox) -> dict[str, object]:
        words = "?event=report.stopped" if kind == "report_stopped" else ""
        return {"title": str(label), "url": reverse(page, args=[outbox.program.slug]) + words}


for _kind, _label, _page, _default in _KINDS:
    _register(_kind, _label, _page, _default)

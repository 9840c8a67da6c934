"""What this room tells people and webhooks: that there is something, and where."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import Telling, notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_SUPPLIER = frozenset({Audience.SUPPLIER})
_STAFF = frozenset({Audience.STAFF})

# kind → (words, page, options of the kind)
_EDUCATION: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "education_planned": (
        _("A session with workers is planned; say whether time and place are possible"),
        "programs:own_session",
        {"to": _SUPPLIER},
    ),
    "education_moved": (
        _("A session with workers has another time or place"),
        "programs:own_session",
        {"mandatory": True, "to": _SUPPLIER},
    ),
    "education_cancelled": (
        _("A session with workers was cancelled"),
        "programs:own_session",
        {"mandatory": True, "to": _SUPPLIER},
    ),
    "education_answer": (
        _("A supplier has answered on time and place of a session"),
        "programs:education_session",
        {"to": _STAFF},
    ),
    "education_to_confirm": (
        _("The report of a session waits to be confirmed"),
        "programs:education_session",
        {"to": _STAFF},
    ),
}


@notice_kind("standing_changed", label=_("The standing of a supplier changed"), webhook=True, to=frozenset())
def standing_changed(telling: Telling) -> dict[str, object]:
    """Whose, and the entry on record, as ids."""
    return {"title": _("The standing of a supplier changed")}


def _register(kind: str, label: Any, page: str, options: dict[str, Any]) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        url = reverse(page, args=[outbox.program.slug, outbox.context["session"]])
        return {"title": str(label), "url": url}


for _kind, (_label, _page, _options) in _EDUCATION.items():
    _register(_kind, _label, _page, _options)

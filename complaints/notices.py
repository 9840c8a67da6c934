"""What people are told about complaints: that there is something to read, and where. Never what, by whom, or about which workplace."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.operations.texting import reached
from complaints.short_texts import TEXTS
from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_PART: dict[str, Any] = {"to": _STAFF, "mandatory": True}

_URGENT: dict[str, Any] = {**_PART, "urgent": True, "sms": True}

# kind → (words, options of the kind)
_INTAKE: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_received": (_("A complaint waits to be read"), {"to": _STAFF}),
    "complaint_danger": (
        _("A complaint waits that must be read at once"),
        {
            "to": _STAFF,
            "mandatory": True,
            "urgent": True,
            "sms": True,
            "reason": _("A worker may be in danger; minutes count."),
        },
    ),
    "complaint_from_worker": (_("A worker has written about her complaint"), {"to": _STAFF}),
    "complaint_set_aside": (
        _("Complaints were set aside as possible abuse; somebody must look"),
        {"to": _STAFF},
    ),
    "complaint_set_aside_waits": (
        _("Complaints that were set aside have waited for a day; a true one may be among them"),
        _PART,
    ),
}
_CALLS: dict[str, tuple[Any, dict[str, Any]]] = {
    "callback_wanted": (_("Somebody wants to be called"), {"to": _STAFF}),
}
_LEFT: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaints_unhandled": (_("Somebody who worked on complaints has left; some wait for another"), _PART),
}
_PARTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_asked": (_("You are asked to take a part in a complaint"), _PART),
    "complaint_answered": (_("Somebody you asked about a complaint has answered"), _PART),
    "complaint_opened": (_("A complaint was opened in an emergency"), _PART),
    "complaint_unhandled": (_("A complaint is without a handler"), _PART),
}
_INQUIRY: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_step": (_("You are to do a step of an investigation"), _PART),
    "complaint_remedy_unpaid": (_("A remedy of a complaint is overdue"), _PART),
    "complaint_remedy_missing": (
        _("A worker says that she did not get what is owed to her"),
        {**_PART, "urgent": True},
    ),
}
_OUTCOME: dict[str, tuple[Any, dict[str, Any]]] = {
    "complaint_proposal_answered": (_("A worker has answered what was proposed to her"), {"to": _STAFF}),
    "complaint_to_review": (_("The outcome of a complaint waits for you as the second person"), _PART),
    "complaint_reviewed": (_("A second person has looked at the outcome of a complaint"), _PART),
    "complaint_appealed": (_("An outcome was appealed; somebody who had no part in it must decide"), _PART),
    "complaint_appeal_decided": (_("The appeal in a complaint was decided"), _PART),
}

_WATCH: dict[str, tuple[Any, dict[str, Any]]] = {
    "check_in_missed": (_("Nobody has asked a worker who complained how she is treated"), _PART),
    "retaliation_reported": (
        _("A worker reports that she is treated worse since she complained"),
        {**_URGENT, "reason": _("She is paying for her complaint now; the program promised to protect her.")},
    ),
}
_WATCHED: dict[str, tuple[Any, dict[str, Any]]] = {
    "check_in_due": (_("A worker who complained is to be asked how she is treated"), _PART),
    "retaliation": (_("A complaint waits that must be read at once"), _URGENT),
    "measure_held": (_("Words for an employer wait for a second person"), _PART),
    "release_asked": (_("A release waits for your decision"), _PART),
    "release_answered": (_("A release you asked for was decided"), _PART),
}


def _register(kind: str, label: Any, options: dict[str, Any], page: str, *keys: str) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": reverse(page, args=[outbox.program.slug, *(outbox.context[key] for key in keys)]),
        }


for _kind, (_label, _options) in {**_INTAKE, **_LEFT, **_WATCH}.items():
    _register(_kind, _label, _options, "complaints:complaints")
for _kind, (_label, _options) in _CALLS.items():
    _register(_kind, _label, _options, "complaints:calls")
for _kind, (_label, _options) in {**_PARTS, **_INQUIRY, **_WATCHED, **_OUTCOME}.items():
    _register(_kind, _label, _options, "complaints:complaint", "complaint")


def _register_text(kind: str) -> None:
    @notice_kind(kind, reach=reached, to=frozenset())
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {"title": str(TEXTS[kind])}


for _kind in TEXTS:
    _register_text(_kind)

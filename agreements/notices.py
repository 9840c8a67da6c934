"""What people are told about agreements: that there is something, and where. Never what it is about."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models import StopDuty
from agreements.money import notice_kinds  # noqa: F401 -- registers its kinds
from wsr.notices.enums import Choice
from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_STAFF = frozenset({Audience.STAFF})
_PORTALS = frozenset({Audience.BRAND, Audience.SUPPLIER})

# kind → (words, options of the kind)
_AGREEMENTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "agreement_proposed": (
        _("A version of an agreement is before you to read and sign"),
        {"mandatory": True, "webhook": True, "to": _PORTALS},
    ),
    "agreement_withdrawn": (_("A proposed version of an agreement was taken back"), {"to": _PORTALS}),
    "agreement_signed": (_("A party has signed an agreement"), {"webhook": True, "to": _STAFF}),
    "agreement_declined": (_("A party has declined to sign an agreement and says why"), {"to": _STAFF}),
    "agreement_complete": (_("Everyone has signed an agreement"), {"webhook": True, "to": _PORTALS}),
    "agreement_in_force": (
        _("A version of an agreement has taken effect"),
        {"mandatory": True, "webhook": True, "to": _PORTALS},
    ),
    "agreement_suspended": (
        _("An agreement was suspended; what it says still holds"),
        {"mandatory": True, "to": _PORTALS},
    ),
    "agreement_notice": (_("Notice was given that an agreement ends"), {"mandatory": True, "to": _PORTALS}),
    "agreement_ended": (_("An agreement has ended"), {"mandatory": True, "webhook": True, "to": _PORTALS}),
}
_OBLIGATIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "obligation_opened": (_("A new obligation from an agreement"), {"webhook": True}),
    "obligation_asked": (
        _("A decision of the committee asks something of you"),
        {"mandatory": True, "webhook": True, "to": _PORTALS},
    ),
    "obligation_reminder": (_("The program reminds you of an obligation"), {}),
    "obligation_answered": (_("An obligation was answered"), {"to": _STAFF}),
    "obligation_accepted": (_("An answer to an obligation was accepted"), {"webhook": True}),
    "obligation_returned": (
        _("An answer to an obligation was returned"),
        {"mandatory": True, "webhook": True},
    ),
    "obligation_waived": (_("An obligation was waived"), {"webhook": True}),
    "obligation_cancelled": (_("An obligation is no longer owed"), {"webhook": True}),
}
_BREACHES: dict[str, tuple[Any, dict[str, Any]]] = {
    "breach_suspected": (_("A breach of an agreement is suspected"), {"to": _STAFF}),
    "breach_noticed": (
        _("A notice of breach was served on you"),
        {"mandatory": True, "webhook": True, "to": _PORTALS},
    ),
    "breach_cure_claimed": (_("A breach is said to be cured"), {"to": _STAFF}),
    "breach_not_cured": (_("A breach was not cured in time"), {"to": _STAFF}),
    "breach_decided": (_("A breach has moved on"), {"mandatory": True, "webhook": True, "to": _PORTALS}),
    "dispute_decided": (_("A petition to the committee has moved on"), {"mandatory": True, "webhook": True}),
    "arbitration_asked": (_("Arbitration was asked for"), {"mandatory": True, "webhook": True}),
}
_SEATS = _STAFF | _PORTALS
_PETITIONS: dict[str, tuple[Any, dict[str, Any]]] = {
    "dispute_filed": (_("A petition waits for the committee"), {"mandatory": True, "to": _STAFF}),
    "dispute_withdrawn": (
        _("A petition to the committee was withdrawn"),
        {"mandatory": True, "to": _STAFF},
    ),
}
_COMMITTEE: dict[str, tuple[Any, dict[str, Any]]] = {
    "committee_called": (
        _("You are called to a meeting of the committee"),
        {"mandatory": True, "to": _SEATS},
    ),
    "committee_cancelled": (
        _("A meeting of the committee does not take place"),
        {"mandatory": True, "to": _SEATS},
    ),
    "committee_item_gone": (
        _("A petition on your agenda is not before the committee any more"),
        {"mandatory": True, "to": _SEATS},
    ),
    "committee_decided": (_("The committee has decided"), {"to": _SEATS}),
    "committee_minutes": (_("Minutes of the committee are before you"), {"to": _SEATS}),
}
_DUTIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "stop_purchase": (
        _("You have a duty to stop purchases"),
        {
            "mandatory": True,
            "urgent": True,
            "webhook": True,
            "to": _PORTALS,
            "reason": _(
                "From this notice on every purchase, and work that goes on, is a breach of the agreement."
            ),
        },
    ),
    "stop_purchase_over": (_("A duty to stop purchases has ended"), {"webhook": True, "to": _PORTALS}),
    "stop_purchase_answer": (_("The program has answered your proof"), {"to": _PORTALS}),
    "stop_purchase_reply": (
        _("A duty to stop purchases was answered"),
        {"default": Choice.DAILY, "to": _STAFF},
    ),
}
_OF_THOSE_WHO_HIRE = {
    "stop_purchase": _("You have a duty to end somebody's work on a site"),
    "stop_purchase_over": _("A duty to end somebody's work on a site has ended"),
    "stop_purchase_reply": _("A duty to end somebody's work on a site was answered"),
}
_LADDER: dict[str, tuple[Any, dict[str, Any]]] = {
    "own_standing": (
        _("Something changed in your standing"),
        {"mandatory": True, "to": frozenset({Audience.SUPPLIER})},
    ),
    "escalation_proposed": (_("A supplier is due for the next rung"), {"to": _STAFF}),
}


def _register(kind: str, label: Any, page: str, key: str, options: dict[str, Any]) -> None:
    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        return {
            "title": str(label),
            "url": reverse(page, args=[outbox.program.slug, outbox.context[key]]),
        }


def _register_duty(kind: str, label: Any, of_those_who_hire: Any, options: dict[str, Any]) -> None:
    """Whoever hires on a site is told in words of work, not of purchases."""

    @notice_kind(kind, label=label, **options)
    def prepare(outbox: Outbox) -> dict[str, object]:
        duty_id = outbox.context["duty"]
        hires = StopDuty.objects.filter(pk=duty_id, hires=True).exists()
        return {
            "title": str(of_those_who_hire if hires else label),
            "url": reverse("agreements:duty", args=[outbox.program.slug, duty_id]),
        }


for _kind, (_label, _options) in _AGREEMENTS.items():
    _register(_kind, _label, "agreements:agreement", "agreement", _options)
for _kind, (_label, _options) in _OBLIGATIONS.items():
    _register(_kind, _label, "agreements:obligation", "obligation", _options)
for _kind, (_label, _options) in _BREACHES.items():
    _register(_kind, _label, "agreements:breach", "breach", _options)
for _kind, (_label, _options) in _PETITIONS.items():
    _register(_kind, _label, "agreements:petition", "dispute", _options)
for _kind, (_label, _options) in _COMMITTEE.items():
    _register(_kind, _label, "agreements:sitting", "sitting", _options)
_register(
    "committee_asks",
    _("A decision of the committee asks something of you"),
    "agreements:resolution",
    "resolution",
    {"mandatory": True, "to": _PORTALS},
)
_register(
    "committee_seat_empty",
    _("A member has left, and her seat on the committee is empty"),
    "agreements:set_term",
    "seat",
    {"to": _STAFF},
)
for _kind, (_label, _options) in _DUTIES.items():
    _register_duty(_kind, _label, _OF_THOSE_WHO_HIRE.get(_kind, _label), _options)
for _kind, (_label, _options) in _LADDER.items():
    _register(_kind, _label, "agreements:escalation", "escalation", _options)
_register(
    "letter", _("A letter of the program waits for you"), "agreements:letter", "letter", {"mandatory": True}
)

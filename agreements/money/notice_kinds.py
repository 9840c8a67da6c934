"""What people are told about money: that there is something, and where. Never how much."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wsr.notices.kinds import notice_kind
from wsr.notices.models import Outbox
from wsr.tenancy import Audience

_INVOICE = _("An invoice to pay")
_PAYMENT = _("A payment waits for your confirmation")
_DIFFERENCE = _("Two reported figures differ")


@notice_kind("invoice_issued", label=_INVOICE, mandatory=True, to=frozenset({Audience.BRAND}))
def invoice_issued(outbox: Outbox) -> dict[str, object]:
    """To the brand that owes it."""
    url = reverse("agreements:invoice", args=[outbox.program.slug, outbox.context["invoice"]])
    return {"title": str(_INVOICE), "url": url}


@notice_kind("payment_claimed", label=_PAYMENT, to=frozenset({Audience.SUPPLIER, Audience.STAFF}))
def payment_claimed(outbox: Outbox) -> dict[str, object]:
    """To whoever should have the money."""
    return {"title": str(_PAYMENT), "url": reverse("agreements:payments", args=[outbox.program.slug])}


@notice_kind("difference_found", label=_DIFFERENCE)
def difference_found(outbox: Outbox) -> dict[str, object]:
    """To staff, and to the sides whose figures differ."""
    url = reverse("agreements:difference", args=[outbox.program.slug, outbox.context["difference"]])
    return {"title": str(_DIFFERENCE), "url": url}

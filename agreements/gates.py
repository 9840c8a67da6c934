"""The essentials that this room can show: brands carry part of the cost, and stop buying from who breaks the code."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.enums import ClauseKind, Side
from agreements.models import Clause
from programs.queries import today
from wsr.registry.gates import Gate


def financial_support(program_id: UUID) -> bool | str:
    """A clause on financial support or a premium is in force with at least one brand. In the program's scope."""
    if _holds([ClauseKind.FINANCIAL_SUPPORT, ClauseKind.PREMIUM]):
        return True
    return _("No agreement in force with a brand has a clause on financial support or a premium.")


def stop_purchase(program_id: UUID) -> bool | str:
    """A clause on the stop of purchases is in force with at least one brand. In the program's scope."""
    if _holds([ClauseKind.STOP_PURCHASE]):
        return True
    return _("No agreement in force with a brand has a clause on the stop of purchases.")


def _holds(kinds: Iterable[ClauseKind]) -> bool:
    clauses = Clause.objects.in_force(on=today(timezone.now())).filter(kind__in=kinds)
    return clauses.filter(
        version__agreement__parties__side=Side.BRAND, version__agreement__parties__signs=True
    ).exists()


GATES = [
    Gate(
        "financial_support",
        gettext_lazy("Brands pay part of the cost: a financial-support clause in force"),
        financial_support,
        "agreements:agreements",
    ),
    Gate(
        "stop_purchase",
        gettext_lazy("Brands stop buying from who breaks the code: a stop-purchase clause in force"),
        stop_purchase,
        "agreements:agreements",
    ),
]

"""What follows when an invoice is not paid in time."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agreements.enums import ClauseKind
from agreements.models import Clause
from agreements.models.money import Invoice
from agreements.money.enums import InvoiceState
from agreements.operations import breaches
from wsr.deadlines.models import Clock


def suspect_breach(*, clock: Clock, at: datetime, **_said: Any) -> None:
    """A suspected breach is opened, once; the program looks at it before any notice is served. Effect of the clock of an invoice."""
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=clock.subject_id)
    if invoice.state != InvoiceState.OPEN:
        return
    clause = _clause_of(invoice)
    breaches.open_breach(
        agreement_id=clause.version.agreement_id if clause else None,
        participation_id=invoice.brand_id,
        clause_id=clause.pk if clause else None,
        subject=(Invoice._meta.label_lower, invoice.pk),
        title=_("Overdue: invoice %(number)s") % {"number": invoice.number},
        facts=_("The whole amount had not been received by %(day)s.")
        % {"day": clock.due_at.astimezone(breaches.zone()).strftime("%Y-%m-%d")},
        at=at,
    )


def _clause_of(invoice: Invoice) -> Clause | None:
    """The clause by which the latest line was worked out; of a fee, the one on fees that binds the brand."""
    clauses = Clause.objects.select_related("version")
    line = invoice.lines.select_related("accrual").order_by("accrual__ends_on", "accrual_id").last()
    if line is not None:
        return clauses.get(pk=line.accrual.clause_id)
    fees = clauses.in_force(on=invoice.issued_on).of_kind(ClauseKind.PROGRAM_FEE)
    return fees.binding_party(invoice.brand_id).order_by("pk").last()

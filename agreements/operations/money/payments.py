"""Payments: claimed by the brand, then confirmed or denied by who should have the money."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agreements.models.money import Invoice, Payment
from agreements.money.amounts import is_whole, split
from agreements.money.enums import PAYMENT_MOVES, InvoiceKind, PaymentState, PaymentWay
from agreements.operations.money import escrow
from agreements.operations.money.locking import lock
from agreements.operations.money.waking import settle_soon
from wsr.accounts.grants import Permission
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import Audience, atomic, current_audience


class CannotPay(DomainError):
    """The payment cannot be recorded or answered so."""


def left_to_claim(invoice: Invoice) -> Decimal:
    """What no payment covers yet, claimed or received."""
    said = invoice.payments.exclude(state=PaymentState.NOT_RECEIVED).aggregate(total=Sum("amount"))["total"]
    return invoice.amount - (said or Decimal(0))


@atomic
def claim(
    *,
    invoice_id: UUID,
    amount: Decimal,
    paid_on: date,
    way: PaymentWay,
    reference: str = "",
    by: Person,
    at: datetime,
) -> Payment:
    """Record that a brand paid on an invoice; it counts once it is confirmed. Raises CannotPay and Invoice.DoesNotExist."""
    lock("invoice", invoice_id)
    invoice = Invoice.objects.select_related("brand", "supplier").get(pk=invoice_id)
    way, reference = PaymentWay(way), reference.strip()
    _check_claim(invoice, amount, way, reference)
    parts = _parts(invoice, amount)
    payment = Payment.objects.create(
        invoice=invoice,
        brand=invoice.brand,
        supplier=invoice.supplier,
        way=way,
        currency=invoice.currency,
        amount=amount,
        supplier_part=parts[0],
        workers_part=parts[1],
        paid_on=paid_on,
        reference=reference,
        claimed_by=by,
        claimed_at=at,
    )
    record(
        "payment.claimed",
        payment,
        by=by,
        at=at,
        after={"amount": amount, "currency": payment.currency, "paid_on": paid_on},
    )
    _tell_receiver(payment, at)
    return payment


def _check_claim(invoice: Invoice, amount: Decimal, way: PaymentWay, reference: str) -> None:
    if (invoice.kind == InvoiceKind.FEE) != (way == PaymentWay.PROGRAM):
        raise CannotPay(_("A program fee is paid to the program, a premium is not."))
    left = left_to_claim(invoice)
    if amount <= 0 or not is_whole(amount, invoice.currency):
        raise CannotPay(
            _("Write an amount above 0 in whole units of %(currency)s.") % {"currency": invoice.currency}
        )
    if amount > left:
        words = {
            "left": number_format(left.normalize() if left else left, force_grouping=True),
            "currency": invoice.currency,
        }
        raise CannotPay(_("At most %(left)s %(currency)s of this invoice are not paid yet.") % words)
    answered = invoice.payments.exclude(state=PaymentState.NOT_RECEIVED)
    if reference and answered.filter(reference=reference).exists():
        raise CannotPay(_("A payment with this reference is on record already."))


def _parts(invoice: Invoice, amount: Decimal) -> tuple[Decimal, Decimal]:
    """How a payment is shared: so that the payments of an invoice together share it exactly as the invoice does."""
    if invoice.kind == InvoiceKind.FEE:
        return Decimal(0), Decimal(0)
    said = invoice.payments.exclude(state=PaymentState.NOT_RECEIVED).aggregate(
        s=Sum("supplier_part"), w=Sum("workers_part")
    )
    left = [invoice.supplier_part - (said["s"] or 0), invoice.workers_part - (said["w"] or 0)]
    kept, to_workers = split(amount, left, invoice.currency)
    return kept, to_workers


@atomic
def confirm(*, payment_id: UUID, by: Person, at: datetime) -> Payment:
    """Say that the money came: the supplier for its own, the program for all. Raises CannotPay and Payment.DoesNotExist."""
    payment = _answer(payment_id, PaymentState.RECEIVED, note="", by=by, at=at)
    if payment.way == PaymentWay.ESCROW:
        escrow.put_in(payment=payment, by=by, at=at)
    return payment


@atomic
def deny(*, payment_id: UUID, note: str, by: Person, at: datetime) -> Payment:
    """Say that the money did not come; the brand may claim it anew. Raises CannotPay and Payment.DoesNotExist."""
    if not note.strip():
        raise CannotPay(_("Say what you know: which account was looked at, until which day."))
    return _answer(payment_id, PaymentState.NOT_RECEIVED, note=note.strip(), by=by, at=at)


def _answer(payment_id: UUID, to: PaymentState, *, note: str, by: Person, at: datetime) -> Payment:
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    if to not in PAYMENT_MOVES[PaymentState(payment.state)]:
        words = {"state": PaymentState(payment.state).label.lower()}
        raise CannotPay(_("Somebody has answered already: %(state)s.") % words)
    if payment.way in (PaymentWay.ESCROW, PaymentWay.PROGRAM) and current_audience() != Audience.STAFF:
        raise CannotPay(_("The program confirms what goes to the program."))
    payment.state, payment.answered_by, payment.answered_at, payment.answer_note = to, by, at, note
    payment.save(update_fields=["state", "answered_by", "answered_at", "answer_note"])
    record(
        f"payment.{to}",
        payment,
        by=by,
        at=at,
        after={"amount": payment.amount, "currency": payment.currency},
        reason=note,
    )
    settle_soon()
    return payment


def _tell_receiver(payment: Payment, at: datetime) -> None:
    context = {"payment": str(payment.pk)}
    key = f"payment:{payment.pk}"
    to_supplier = (
        payment.way in (PaymentWay.DIRECT, PaymentWay.SUPPLY_CHAIN)
        and payment.supplier
        and payment.supplier.organization_id
    )
    if to_supplier and payment.supplier:
        tell_role(
            kind="payment_claimed",
            key=key,
            permission=Permission.SALE_REPORT,
            organization_id=payment.supplier.organization_id,
            at=at,
            context=context,
        )
    else:
        tell_role(kind="payment_claimed", key=key, permission=Permission.MONEY_CHANGE, at=at, context=context)

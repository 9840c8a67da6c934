"""Premium that waits for a supplier's workers. A balance is never below zero: the database holds it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agreements.models.money import EscrowAccount, EscrowEntry, Payment
from agreements.money.amounts import is_whole, split
from agreements.money.enums import Direction
from agreements.operations.money.waking import settle_soon
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id


class CannotRelease(DomainError):
    """There is not enough, or it is no amount."""


@atomic
def put_in(*, payment: Payment, by: Person, at: datetime) -> EscrowEntry:
    """Enter a received payment. The caller holds the payment's lock; a payment is entered once."""
    account = _account(payment.supplier_id, payment.currency)
    account.supplier_part += payment.supplier_part
    account.workers_part += payment.workers_part
    account.save(update_fields=["supplier_part", "workers_part"])
    return _entry(
        account,
        Direction.IN,
        payment.supplier_part,
        payment.workers_part,
        on=payment.paid_on,
        payment=payment,
        by=by,
        at=at,
    )


@atomic
def release(
    *, account_id: UUID, amount: Decimal, on: date, note: str, by: Person, at: datetime
) -> EscrowEntry:
    """Pay out of escrow to the supplier, which passes it on. Raises CannotRelease and EscrowAccount.DoesNotExist."""
    account = EscrowAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    balance = account.supplier_part + account.workers_part
    if not note.strip():
        raise CannotRelease(_("Say why it is paid out now."))
    if amount <= 0 or not is_whole(amount, account.currency):
        raise CannotRelease(
            _("Write an amount above 0 in whole units of %(currency)s.") % {"currency": account.currency}
        )
    if amount > balance:
        words = {"balance": number_format(balance, force_grouping=True), "currency": account.currency}
        raise CannotRelease(_("Only %(balance)s %(currency)s are in escrow for this supplier.") % words)
    kept, to_workers = split(amount, [account.supplier_part, account.workers_part], account.currency)
    account.supplier_part -= kept
    account.workers_part -= to_workers
    account.save(update_fields=["supplier_part", "workers_part"])
    entry = _entry(account, Direction.OUT, kept, to_workers, on=on, note=note.strip(), by=by, at=at)
    settle_soon()
    return entry


def _account(supplier_id: UUID, currency: str) -> EscrowAccount:
    EscrowAccount.objects.bulk_create(
        [EscrowAccount(program_id=current_program_id(), supplier_id=supplier_id, currency=currency)],
        ignore_conflicts=True,
    )
    return EscrowAccount.objects.select_for_update(of=("self",)).get(
        supplier_id=supplier_id, currency=currency
    )


def _entry(
    account: EscrowAccount,
    direction: Direction,
    kept: Decimal,
    to_workers: Decimal,
    *,
    on: date,
    by: Person,
    at: datetime,
    payment: Payment | None = None,
    note: str = "",
) -> EscrowEntry:
    entry = EscrowEntry.objects.create(
        account=account,
        supplier_id=account.supplier_id,
        direction=direction,
        currency=account.currency,
        amount=kept + to_workers,
        supplier_part=kept,
        workers_part=to_workers,
        balance=account.supplier_part + account.workers_part,
        payment=payment,
        happened_on=on,
        note=note,
        entered_by=by,
        entered_at=at,
    )
    after = {"amount": entry.amount, "currency": entry.currency, "balance": entry.balance}
    record(f"escrow.{direction}", entry, by=by, at=at, after=after, reason=note)
    return entry

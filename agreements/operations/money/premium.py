"""Working out the premium. One rule for every brand, supplier, period and rate; what changes later is a row of its own."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from agreements.models.money import Accrual
from agreements.money.amounts import shared
from agreements.operations.money.locking import lock
from agreements.queries.money_terms import MoneyRules
from agreements.queries.premium import Key, Owed, Sums, accrued, owed
from wsr.accounts.models import Person
from wsr.history.operations import record
from wsr.tenancy import atomic, current_program_id

SUBJECT = Accrual._meta.label_lower
_VOLUME = Decimal("0.000001")


@atomic
def accrue(*, brand_id: UUID, rules: MoneyRules, at: datetime, by: Person | None = None) -> list[Accrual]:
    """Write what a brand owes more, or less, than is accrued; nothing where nothing changed. Returns the new rows.

    The rows of a key always add up to what its present reports earn, rounded once, and so do their shares.
    """
    lock("accrual", brand_id)
    now, _unpriced = owed(brand_id, rules)
    before = accrued(brand_id)
    rows = []
    for key in sorted(now.keys() | before.keys(), key=str):
        row = _change(brand_id, key, now.get(key), before.get(key), at)
        if row is not None:
            rows.append(row)
    made = Accrual.objects.bulk_create(rows)
    for row in made:
        after = {
            "amount": row.amount,
            "currency": row.currency,
            "starts_on": row.starts_on,
            "is_difference": row.is_difference,
        }
        record("premium.accrued", (SUBJECT, row.pk), by=by, at=at, after=after)
    return made


def _change(brand_id: UUID, key: Key, now: Owed | None, before: Sums | None, at: datetime) -> Accrual | None:
    """The row by which what is accrued becomes what is owed."""
    had = before or Sums()
    amount = now.amount(key) if now else Decimal(0)
    volume = _rounded_volume(now) if now else Decimal(0)
    # A key that nobody buys under any more owes nothing, whatever its percentage was.
    kept = shared(amount, now.supplier_percent, key.currency)[0] if now else Decimal(0)
    change = Sums(volume - had.volume, amount - had.amount, kept - had.supplier_part)
    if not any(change):
        return None
    return Accrual(
        program_id=current_program_id(),
        brand_id=brand_id,
        **key._asdict(),
        volume=change.volume,
        amount=change.amount,
        supplier_part=change.supplier_part,
        workers_part=change.amount - change.supplier_part,
        is_difference=before is not None,
        accrued_at=at,
    )


def _rounded_volume(now: Owed) -> Decimal:
    whole = now.volume * 1_000_000
    return Decimal(round(whole)) * _VOLUME

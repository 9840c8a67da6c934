"""What follows from reports and answers, in the program's own name: premium, paid invoices, differences. Running it twice changes nothing."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from agreements.models.money import Invoice, Payment, PayrollReport, Purchase
from agreements.money.enums import InvoiceState, PaymentState
from agreements.operations.money import differences
from agreements.operations.money.clocks import KIND
from agreements.operations.money.locking import lock
from agreements.operations.money.premium import accrue
from agreements.queries import reconciling
from agreements.queries.money_terms import money_rules
from programs import queries
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.history.operations import record
from wsr.reactions import react
from wsr.tenancy import atomic, engine_scope, program_scope


@atomic
def settle(*, at: datetime, by: Person | None = None) -> Counter[str]:
    """Work out premium from purchases nobody has looked at yet, close paid invoices, compare figures. Returns {what: how many}."""
    lock("settle")
    done: Counter[str] = Counter()
    rules = money_rules(on=queries.today(at))
    unseen = list(Purchase.objects.filter(seen_at=None).order_by("pk"))
    for brand_id in sorted({row.brand_id for row in unseen}):
        done["accruals"] += len(accrue(brand_id=brand_id, rules=rules, at=at, by=by))
    new = [row for row in unseen if row.ended_at is None]
    if new:
        react("purchases.reported", purchases=new, at=at)
    Purchase.objects.filter(pk__in=[row.pk for row in unseen]).update(seen_at=at)
    done["purchases"] = len(unseen)
    done["paid"] = close_paid(at=at, by=by)
    answered = Payment.objects.filter(seen_at=None).exclude(state=PaymentState.CLAIMED)
    answered.update(seen_at=at)
    PayrollReport.objects.filter(seen_at=None).update(seen_at=at)
    done["differences"] = len(compare(at=at, by=by))
    return done


@atomic
def compare(*, at: datetime, by: Person | None = None) -> list[differences.Difference]:
    """Compare all figures of the program; returns the new differences."""
    today = queries.today(at)
    rules = money_rules(on=today)
    found = [
        *reconciling.volumes(rules, today=today),
        *reconciling.payments(rules),
        *reconciling.passing_on(rules, today=today),
    ]
    return differences.note_all(found=found, at=at, by=by)


@atomic
def close_paid(*, at: datetime, by: Person | None = None) -> int:
    """Invoices whose whole amount was received are paid; their clocks are met. Returns how many."""
    received = Sum("payments__amount", filter=Q(payments__state=PaymentState.RECEIVED))
    ids = (
        Invoice.objects.filter(state=InvoiceState.OPEN)
        .annotate(got=received)
        .filter(got__gte=F("amount"))
        .values_list("pk", flat=True)
    )
    rows = list(
        Invoice.objects.select_for_update(of=("self",)).filter(pk__in=list(ids), state=InvoiceState.OPEN)
    )
    for invoice in rows:
        invoice.state, invoice.paid_at = InvoiceState.PAID, at
        invoice.save(update_fields=["state", "paid_at"])
        clocks.meet(kind=KIND, subject=invoice, at=at, by=by)
        record(
            "invoice.paid",
            invoice,
            by=by,
            at=at,
            after={"amount": invoice.amount},
            reason=_("The whole amount was received."),
        )
    return len(rows)


def waiting_programs() -> list[UUID]:
    """Programs in which something was reported or answered that nobody has looked at. Cost grows with these, not with what exists."""
    with engine_scope():
        found = set(Purchase.objects.filter(seen_at=None).values_list("program_id", flat=True))
        answered = Payment.objects.filter(seen_at=None).exclude(state=PaymentState.CLAIMED)
        found |= set(answered.values_list("program_id", flat=True))
        found |= set(PayrollReport.objects.filter(seen_at=None).values_list("program_id", flat=True))
    return sorted(found)


def settle_program(program_id: UUID, *, at: datetime) -> Counter[str]:
    """Settle one program, from outside any scope."""
    with program_scope(program_id):
        return settle(at=at)


def programs_with_money() -> list[UUID]:
    """Programs in which purchases or payroll were ever reported."""
    with engine_scope():
        found = set(Purchase.objects.order_by().values_list("program_id", flat=True).distinct())
        found |= set(PayrollReport.objects.order_by().values_list("program_id", flat=True).distinct())
    return sorted(found)

"""Invented money of the demo: two seasons of purchases from both ends, one season paid and passed on, and one difference."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from agreements.money.enums import PaymentWay, ReportSide
from agreements.operations.money import invoices, payments, payroll, purchases, settling
from agreements.queries.money_terms import money_rules, premium_terms
from programs.models import Participation, Rung, Sourcing
from programs.queries import today
from wsr.accounts.models import Person

_MONTHS = 6


def fill(*, director: Person, at: datetime) -> None:
    """Money between the first brand and the suppliers it buys from, the third of them for one season; nothing where it buys from nobody."""
    stopping = Rung.objects.filter(stops_purchases=True).values("key")
    pairs = list(
        Sourcing.objects.filter(ended_on=None, workplace=None)
        .exclude(supplier__rung__in=stopping)
        .select_related("brand", "supplier")
        .order_by("brand__name", "supplier_id", "pk")  # in the order in which they joined
    )
    if not pairs:
        return
    brand = pairs[0].brand
    suppliers = [pair.supplier for pair in pairs if pair.brand_id == brand.pk][:3]
    months = _last_months(today(at))
    if not premium_terms(brand.pk):
        return
    _season(brand, suppliers, months[:3], director, at)
    settling.settle(at=at, by=director)
    for supplier in suppliers:
        _pay(brand, supplier, director, at)
    _season(brand, suppliers[:2], months[3:], director, at, more_sold=Decimal("1.04"))
    settling.settle(at=at, by=director)


def _season(
    brand: Participation,
    suppliers: list[Participation],
    months: list[tuple[date, date]],
    by: Person,
    at: datetime,
    *,
    more_sold: Decimal = Decimal(1),
) -> None:
    """Three months from both ends; in the last one the first supplier reports `more_sold` times what the brand bought."""
    for place, supplier in enumerate(suppliers):
        product = supplier.workplaces.order_by("name")[0].products[0]
        for number, (start, end) in enumerate(months):
            bought = Decimal(240_000 + 60_000 * place + 36_000 * number)
            is_last = place == 0 and number == len(months) - 1
            sold = (bought * more_sold).quantize(Decimal(1)) if is_last else bought
            for side, owner, partner, volume in (
                (ReportSide.BRAND, brand, supplier, bought),
                (ReportSide.SUPPLIER, supplier, brand, sold),
            ):
                values = {
                    "partner": str(partner.pk),
                    "product": product,
                    "unit": "lb",
                    "volume": str(volume),
                    "starts_on": start.isoformat(),
                    "ends_on": end.isoformat(),
                }
                purchases.report(side=side, owner_id=owner.pk, values=values, by=by, at=at)


def _pay(brand: Participation, supplier: Participation, by: Person, at: datetime) -> None:
    """One season invoiced, paid, received and passed on to workers."""
    day = today(at)
    invoice = invoices.issue(
        brand_id=brand.pk, supplier_id=supplier.pk, currency="USD", rules=money_rules(on=day), by=by, at=at
    )
    payment = payments.claim(
        invoice_id=invoice.pk,
        amount=invoice.amount,
        paid_on=day - timedelta(days=14),
        way=PaymentWay.DIRECT,
        reference=f"Demo {invoice.number}",
        by=by,
        at=at,
    )
    payments.confirm(payment_id=payment.pk, by=by, at=at)
    payroll.report(
        supplier_id=supplier.pk,
        starts_on=day - timedelta(days=14),
        ends_on=day - timedelta(days=8),
        paid_on=day - timedelta(days=5),
        worker_count=sum(place.worker_count or 0 for place in supplier.workplaces.all()),
        currency="USD",
        total_paid=payment.workers_part,
        share_kept=payment.supplier_part,
        by=by,
        at=at,
    )


def _last_months(day: date) -> list[tuple[date, date]]:
    """First and last day of the last whole months, the earliest first."""
    found: list[tuple[date, date]] = []
    end = day.replace(day=1) - timedelta(days=1)
    while len(found) < _MONTHS:
        found.insert(0, (end.replace(day=1), end))
        end = end.replace(day=1) - timedelta(days=1)
    return found

"""Invented money of the demo: two seasons of purchases from both ends, one season paid and passed on, and one difference."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from agreements.enums import AgreementState, ClauseKind, Side, VersionState
from agreements.models import Agreement, AgreementVersion, Clause, Party
from agreements.money.enums import PaymentWay, ReportSide
from agreements.operations.money import invoices, payments, payroll, purchases, settling
from agreements.queries.money_terms import money_rules, premium_terms
from programs.models import Participation, Rung, Sourcing
from programs.queries import today
from wsr.accounts.models import Person
from wsr.files.operations import store

PRODUCT = "Tomatoes"
_MONTHS = 6
_PARAMETERS = {
    "rates": [{"product": "", "unit": "lb", "amount": "0.01", "currency": "USD"}],
    "paid_by": "direct",
    "period": "monthly",
    "supplier_share": "10",
    "pay_within": {"value": 30, "unit": "days"},
    "pass_on_within": {"value": 30, "unit": "days"},
}


def fill(*, director: Person, at: datetime) -> None:
    """Money between the first brand and the suppliers it may buy from; nothing where it buys from nobody."""
    stopping = Rung.objects.filter(stops_purchases=True).values("key")
    pairs = list(
        Sourcing.objects.filter(ended_on=None, workplace=None)
        .exclude(supplier__rung__in=stopping)
        .select_related("brand", "supplier")
        .order_by("brand__name", "supplier__name", "pk")
    )
    if not pairs:
        return
    brand = pairs[0].brand
    suppliers = [pair.supplier for pair in pairs if pair.brand_id == brand.pk][:2]
    months = _last_months(today(at))
    if not premium_terms(brand.pk):
        _agree(brand, months[0][0], director, at)
    _season(brand, suppliers, months[:3], director, at)
    settling.settle(at=at, by=director)
    for supplier in suppliers:
        _pay(brand, supplier, director, at)
    _season(brand, suppliers, months[3:], director, at, more_sold=Decimal("1.04"))
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
                    "product": PRODUCT,
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
        worker_count=60,
        currency="USD",
        total_paid=payment.workers_part,
        share_kept=payment.supplier_part,
        by=by,
        at=at,
    )


def _agree(brand: Participation, since: date, by: Person, at: datetime) -> None:
    """An agreement with a premium, where the demo has none."""
    number = f"DEMO-{Agreement.objects.count() + 1}"
    agreement = Agreement.objects.create(number=number, title="Premium (demo)", created_at=at, updated_at=at)
    Party.objects.create(agreement=agreement, participation=brand, side=Side.BRAND)
    paper = store(chunks=[b"Demo"], name=f"{number}.txt", media_type="text/plain", by=by, at=at)
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, starts_on=since, created_at=at, proposed_at=at
    )
    Clause.objects.create(
        version=version,
        kind=ClauseKind.PREMIUM,
        reference="1",
        title="Premium",
        text="The brand pays a premium on each pound (demo).",
        parameters=_PARAMETERS,
    )
    version.text_file, version.text_sha256 = paper, paper.sha256
    for state in ("proposed", "signed", "in_force"):
        version.state, agreement.state = VersionState(state), AgreementState(state)
        version.in_force_at = at if state == "in_force" else None
        version.save()
        agreement.save()


def _last_months(day: date) -> list[tuple[date, date]]:
    """First and last day of the last whole months, the earliest first."""
    found: list[tuple[date, date]] = []
    end = day.replace(day=1) - timedelta(days=1)
    while len(found) < _MONTHS:
        found.insert(0, (end.replace(day=1), end))
        end = end.replace(day=1) - timedelta(days=1)
    return found

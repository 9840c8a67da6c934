"""Asking brands to pay: invoices with numbers that have no gap, over accruals that are asked for once."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from agreements.documents import invoices as documents
from agreements.enums import ClauseKind
from agreements.models import Clause
from agreements.models.money import Accrual, Invoice, InvoiceLine, InvoiceSeries
from agreements.money.amounts import rounded
from agreements.money.enums import InvoiceKind
from agreements.money.fees import fee_of
from agreements.operations.money.clocks import due_on_of, start_payment_clock
from agreements.operations.money.locking import lock
from agreements.queries.money_terms import MoneyRules
from agreements.queries.premium import Key, Owed, explained, open_accruals, owed
from programs import queries
from programs.models import Participation
from wsr.accounts.grants import Role
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.operations import store
from wsr.history.operations import record
from wsr.notices.operations import tell_role
from wsr.tenancy import atomic, current_program_id
from wsr.tenancy.models import Program


class CannotInvoice(DomainError):
    """There is nothing to ask for."""


@atomic
def issue(
    *, brand_id: UUID, supplier_id: UUID, currency: str, rules: MoneyRules, by: Person, at: datetime
) -> Invoice:
    """Ask a brand for the premium of one supplier that no invoice has asked for yet, corrections included.

    Raises CannotInvoice where it comes to nothing or less; then it waits for the next one. Raises Participation.DoesNotExist.
    """
    brand = Participation.objects.brands().get(pk=brand_id)
    supplier = Participation.objects.suppliers().get(pk=supplier_id)
    lock("accrual", brand_id)
    rows = list(open_accruals(brand_id, supplier_id=supplier_id, currency=currency))
    amount = rounded(sum((row.amount for row in rows), Decimal(0)), currency)
    if amount <= 0:
        raise CannotInvoice(
            _(
                "Nothing is owed that was not asked for already. What corrections took off waits for the next invoice."
            )
        )
    clause = Clause.objects.get(pk=max(rows, key=lambda row: (row.ends_on, str(row.pk))).clause_id)
    invoice = _made(
        Invoice(
            kind=InvoiceKind.PREMIUM,
            brand=brand,
            supplier=supplier,
            currency=currency,
            amount=amount,
            supplier_part=rounded(sum(row.supplier_part for row in rows), currency),
            workers_part=rounded(sum(row.workers_part for row in rows), currency),
            explained=_explained(rows, owed(brand_id, rules)[0], currency),
        ),
        clause,
        since=max(row.ends_on for row in rows),
        by=by,
        at=at,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(program_id=current_program_id(), invoice=invoice, accrual=row, brand=brand)
        for row in rows
    )
    return invoice


def _explained(rows: Iterable[Accrual], now: Mapping[Key, Owed], currency: str) -> list[dict[str, object]]:
    """The lines of an invoice: how each premium was worked out, with the purchases behind it. Amounts are decimal texts."""
    return [
        {
            "text": row.product,
            "period": f"{row.starts_on.isoformat()} – {row.ends_on.isoformat()}",
            "volume": _plain(row.volume),
            "unit": row.unit,
            "rate": _plain(row.rate),
            "amount": str(rounded(row.amount, currency)),
            "is_difference": row.is_difference,
            "purchases": [
                {
                    "text": line.text,
                    "volume": _plain(line.volume),
                    "unit": line.unit,
                    "amount": str(line.amount),
                }
                for line in explained(row, now)
            ],
        }
        for row in rows
    ]


@atomic
def issue_fee(*, brand_id: UUID, year: int, volume: Decimal, by: Person, at: datetime) -> Invoice:
    """Ask a brand for the program fee of a year, by the bands of its agreement. `volume`: its yearly volume in the clause's currency.

    Raises CannotInvoice, NoFee and Participation.DoesNotExist.
    """
    brand = Participation.objects.brands().get(pk=brand_id)
    lock("fee", brand_id)
    clause = (
        Clause.objects.in_force(on=queries.today(at))
        .of_kind(ClauseKind.PROGRAM_FEE)
        .binding_party(brand_id)
        .order_by("pk")
        .last()
    )
    if clause is None:
        raise CannotInvoice(
            _("No agreement in force with %(name)s has a clause on a program fee.") % {"name": brand.name}
        )
    said = Invoice.objects.filter(brand=brand, kind=InvoiceKind.FEE, explained__0__year=year).first()
    if said:
        raise CannotInvoice(
            _("Invoice %(number)s asks for this year's fee already.") % {"number": said.number}
        )
    fee = fee_of(clause.parameters["bands"], volume, boundary=clause.parameters["boundary"])
    if not fee.amount:
        raise CannotInvoice(_("The fee for this volume is 0."))
    line = {
        "text": _("Program fee"),
        "year": year,
        "period": str(year),
        "volume": _plain(volume),
        "unit": clause.parameters["currency"],
        "band": [_plain(fee.start), _plain(fee.end) if fee.end is not None else ""],
        "boundary": clause.parameters["boundary"],
        "amount": str(rounded(fee.amount, clause.parameters["currency"])),
        "purchases": [],
    }
    invoice = Invoice(
        kind=InvoiceKind.FEE,
        brand=brand,
        currency=clause.parameters["currency"],
        amount=rounded(fee.amount, clause.parameters["currency"]),
        explained=[line],
    )
    return _made(invoice, clause, since=date(year, 1, 1), by=by, at=at)


def _made(invoice: Invoice, clause: Clause, *, since: date, by: Person, at: datetime) -> Invoice:
    """Number, paper, clock, history and notice of an invoice."""
    program = Program.objects.get(pk=current_program_id())
    invoice.issued_on = queries.today(at)
    invoice.issued_by, invoice.issued_at = by, at
    invoice.year = invoice.issued_on.year
    invoice.sequence = _next_number(invoice.year)
    invoice.due_on = due_on_of(clause, since=since, at=at)
    invoice.file = store(
        chunks=[documents.pdf(invoice, program, at=at)],
        name=f"invoice-{invoice.number}.pdf",
        media_type="application/pdf",
        by=by,
        at=at,
        participation_id=invoice.brand_id,
    )
    invoice.save()
    start_payment_clock(invoice, clause, since=since, by=by, at=at)
    facts: dict[str, Any] = {"number": invoice.number, "amount": invoice.amount, "currency": invoice.currency}
    record("invoice.issued", invoice, by=by, at=at, after=facts)
    if invoice.brand.organization_id:
        tell_role(
            kind="invoice_issued",
            key=f"invoice:{invoice.pk}",
            roles=[Role.BRAND_FINANCE, Role.BRAND_OFFICER],
            organization_id=invoice.brand.organization_id,
            at=at,
            context={"invoice": str(invoice.pk)},
        )
    return invoice


def _next_number(year: int) -> int:
    """The next number of the year. The row stays locked until the invoice is there, or neither is."""
    InvoiceSeries.objects.bulk_create(
        [InvoiceSeries(program_id=current_program_id(), year=year)], ignore_conflicts=True
    )
    series = InvoiceSeries.objects.select_for_update(of=("self",)).get(year=year)
    series.last = F("last") + 1
    series.save(update_fields=["last"])
    series.refresh_from_db(fields=["last"])
    return series.last


def _plain(value: Decimal) -> str:
    """Without zeros at the end and without an exponent."""
    return format(value.normalize(), "f")

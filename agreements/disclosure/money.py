"""What of money is ever public: totals of the program by year, and nothing of a single brand, supplier or workplace.

Only where the program discloses totals (`disclosure.premium`), only years that are over, and only where at least three brands and three
suppliers stand behind a year's figure: with fewer, one of them could subtract its own and read the other's. What is left out for this is
named with its reason.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models.money import Accrual, Payment, PayrollReport
from agreements.money.amounts import minor_units
from agreements.money.enums import PaymentState, PaymentWay
from programs import queries
from wsr.registry.disclosure import Column, PublicKind, PublicRecord, Since
from wsr.registry.enums import Reason
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

LEAST = 3
KEY = "premium"
_KIND = PublicKind(
    KEY,
    "premium",
    _("Premium of the program"),
    _("Premium of the program"),
    (
        Column("name", _("Program"), "Name of the program."),
        Column(
            "earned",
            _("Earned by purchases"),
            "Premium by what brands reported, per year that is over: year, amount, ISO 4217 currency.",
        ),
        Column(
            "received",
            _("Paid and received"),
            "Premium that brands paid and its receivers confirmed, per year that is over.",
        ),
        Column(
            "passed_on",
            _("Passed on to workers"),
            "Premium that payrolls paid to workers, per year that is over.",
        ),
    ),
)


KINDS = [_KIND]


def present(kind: str) -> QuerySet:
    """The program itself, where it discloses totals."""
    rows = Program.objects.filter(pk=current_program_id())
    today = queries.today(timezone.now())
    return (
        rows if queries.rule_value("disclosure.premium", on=today) in ("totals", "published") else rows.none()
    )


def records(kind: str, as_of: date, only: set[UUID] | None = None) -> Iterator[PublicRecord]:
    """One record, where the program discloses totals."""
    rows = present(kind) if only is None else present(kind).filter(pk__in=only)
    for program in rows:
        yield _record_of(program, as_of)


def changed(kind: str, since: Since) -> set[UUID]:
    """One record: comparing it costs less than asking whether a number changed."""
    return set(present(kind).values_list("pk", flat=True))


def _record_of(program: Program, as_of: date) -> PublicRecord:
    """The totals of every year before the one of `as_of`."""
    withheld: dict[str, str] = {}
    content: dict[str, Any] = {"name": program.name}
    for name, rows, day, amount, has_brand in _sources():
        content[name] = _totals(name, rows, day, amount, has_brand, as_of.year, withheld)
    return PublicRecord(KEY, program.pk, content, withheld)


def _sources() -> list[tuple[str, QuerySet, str, str, bool]]:
    received = Payment.objects.filter(state=PaymentState.RECEIVED).exclude(way=PaymentWay.PROGRAM)
    return [
        ("earned", Accrual.objects.all(), "ends_on", "amount", True),
        ("received", received, "paid_on", "amount", True),
        ("passed_on", PayrollReport.objects.filter(ended_at=None), "paid_on", "total_paid", False),
    ]


def _totals(
    name: str, rows: QuerySet, day: str, amount: str, has_brand: bool, before: int, withheld: dict[str, str]
) -> list[str]:
    """ "2025: 1234.50 USD" for every year that enough stand behind."""
    behind = {"suppliers": Count("supplier", distinct=True)}
    if has_brand:
        behind["brands"] = Count("brand", distinct=True)
    years = (
        rows.order_by()
        .annotate(year=ExtractYear(day))
        .filter(year__lt=before)
        .values("year", "currency")
        .annotate(total=Sum(amount), **behind)
    )
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for year in years:
        if year["suppliers"] < LEAST or year.get("brands", LEAST) < LEAST:
            withheld[name] = Reason.SMALL_NUMBER
            continue
        found[year["year"], year["currency"]] = year["total"]
    return [
        f"{year}: {total:.{minor_units(currency)}f} {currency}"
        for (year, currency), total in sorted(found.items())
    ]

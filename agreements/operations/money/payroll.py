"""What suppliers report that their payroll passed on: totals of a period, never a worker's name or wage."""

import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from agreements.models.money import PayrollReport
from agreements.money.amounts import is_whole
from agreements.money.enums import Ended
from agreements.operations.money.locking import lock
from agreements.operations.money.waking import settle_soon
from programs import queries
from programs.models import Participation
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files.models import StoredFile
from wsr.files.operations import TABLES, take_in, too_large
from wsr.history.operations import record
from wsr.imports.mapping import names_a_person
from wsr.imports.names import header_key
from wsr.imports.reading import open_book
from wsr.imports.reading.errors import ReadError
from wsr.tenancy import atomic

MOST_BYTES = 5 * 1024 * 1024
# Words of headers that stand over single workers: who she is, or what she alone got.
_PERSONAL = (
    "name", "nombre", "apellido", "worker id", "employee id", "employee no", "employee number", "badge", "clock number", "ssn",
    "social security", "id number", "passport", "date of birth", "birth", "phone", "gross pay", "net pay", "wage", "wages", "hourly rate",
    "pay rate", "hours worked", "employee", "worker", "empleado", "trabajador", "salary", "earnings", "check number",
)  # fmt: skip
_TOTALS = ("workers", "employees", "number of", "count", "headcount", "total", "company name", "farm name", "supplier name", "site name", "workplace name", "period name")  # fmt: skip


class CannotReportPayroll(DomainError):
    """The report cannot stand."""


@atomic
def report(
    *,
    supplier_id: UUID,
    starts_on: date,
    ends_on: date,
    paid_on: date,
    worker_count: int,
    currency: str,
    total_paid: Decimal,
    share_kept: Decimal,
    by: Person,
    at: datetime,
    proof: StoredFile | None = None,
    replaces_id: UUID | None = None,
    reason: str = "",
) -> PayrollReport:
    """Record what the payroll of one period passed on; `replaces_id`: the report that this one corrects.

    Raises CannotReportPayroll, Participation.DoesNotExist and PayrollReport.DoesNotExist.
    """
    supplier = Participation.objects.suppliers().get(pk=supplier_id)
    lock("payroll", supplier_id)
    old = _replaced(supplier_id, replaces_id, reason, at)
    _check_days(starts_on, ends_on, paid_on, today=queries.today(at))
    _check_amounts(worker_count, total_paid, share_kept, currency)
    _check_no_overlap(supplier, starts_on, ends_on, currency)
    made = PayrollReport.objects.create(
        supplier=supplier,
        starts_on=starts_on,
        ends_on=ends_on,
        paid_on=paid_on,
        worker_count=worker_count,
        currency=currency,
        total_paid=total_paid,
        share_kept=share_kept,
        proof=proof,
        replaces=old,
        reason=reason.strip(),
        reported_by=by,
        reported_at=at,
    )
    after = {name: getattr(made, name) for name in ("starts_on", "ends_on", "total_paid", "currency")}
    after["workers"] = worker_count
    record("payroll.reported", made, by=by, at=at, after=after, reason=reason.strip())
    settle_soon()
    return made


def _check_days(starts_on: date, ends_on: date, paid_on: date, *, today: date) -> None:
    if ends_on < starts_on:
        raise CannotReportPayroll(_("The last day of the payroll period is before the first."))
    if paid_on > today or ends_on > today:
        raise CannotReportPayroll(_("Report what was paid out, not what is planned."))


def _check_amounts(worker_count: int, total_paid: Decimal, share_kept: Decimal, currency: str) -> None:
    if worker_count < 1 or total_paid <= 0 or share_kept < 0:
        raise CannotReportPayroll(_("Write how many workers were paid, and how much in total."))
    if not is_whole(total_paid, currency) or not is_whole(share_kept, currency):
        raise CannotReportPayroll(_("%(currency)s has no such fraction of a unit.") % {"currency": currency})


def _check_no_overlap(supplier: Participation, starts_on: date, ends_on: date, currency: str) -> None:
    same = PayrollReport.objects.filter(supplier=supplier, currency=currency, ended_at=None)
    if clash := same.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first():
        words = {"start": clash.starts_on, "end": clash.ends_on}
        raise CannotReportPayroll(
            _("The payroll of %(start)s to %(end)s is on record already. Correct that report.") % words
        )


def _replaced(supplier_id: UUID, replaces_id: UUID | None, reason: str, at: datetime) -> PayrollReport | None:
    if replaces_id is None:
        return None
    if not reason.strip():
        raise CannotReportPayroll(_("Say why the report is corrected."))
    old = PayrollReport.objects.get(pk=replaces_id, supplier_id=supplier_id)
    if not PayrollReport.objects.filter(pk=old.pk, ended_at=None).update(
        ended_at=at, ended=Ended.REPLACED, seen_at=None
    ):
        raise CannotReportPayroll(_("Somebody has corrected this report already."))
    return old


def keep_proof(
    *, chunks: Iterable[bytes], name: str, supplier_id: UUID, by: Person, at: datetime
) -> StoredFile:
    """Keep the cleaned copy of a table of totals that proves a report.

    Raises CannotReportPayroll for anything with columns about single workers, and CannotTake.

    Only tables are taken, because only in them can the program see that no worker is named.
    """
    content = b""
    for chunk in chunks:
        content += chunk
        if len(content) > MOST_BYTES:
            raise too_large()
    with tempfile.NamedTemporaryFile(prefix="payroll-") as taken:
        taken.write(content)
        taken.flush()
        try:
            sheets = open_book(Path(taken.name), name).sheets
        except ReadError as error:
            raise CannotReportPayroll(
                _(
                    "Send a table of totals, as CSV or XLSX: only in a table can be seen that no worker is named. %(why)s"
                )
                % {"why": error}
            ) from error
    for header in (column.header for sheet in sheets for column in sheet.columns):
        if is_about_one_worker(header):
            raise CannotReportPayroll(
                _(
                    "The column “%(header)s” is about single workers. Remove such columns: the program keeps totals only, no names and no single wages."
                )
                % {"header": header[:60]}
            )
    return take_in(chunks=[content], name=name, by=by, at=at, participation_id=supplier_id, only=TABLES).file


def is_about_one_worker(header: str) -> bool:
    """Whether a column holds names or wages of single workers, by its header."""
    words = f" {header_key(header)} "
    if any(f" {word} " in words for word in _TOTALS):
        return False
    return names_a_person(header) or any(f" {word} " in words for word in _PERSONAL)

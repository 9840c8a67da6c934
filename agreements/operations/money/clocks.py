"""The clock of an invoice: by when a brand pays, by the length its clause states."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.clauses.duties import length_in
from agreements.models import Clause
from agreements.models.money import Invoice
from agreements.periods import end_of
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.calendars import calendar_of
from wsr.deadlines.counting import CannotCount
from wsr.deadlines.kinds import kind_of
from wsr.deadlines.timing import timing
from wsr.tenancy import current_program_id
from wsr.tenancy.models import Program

KIND = "agreements.invoice_payment"


def since_of(since: date, at: datetime) -> datetime:
    """When the time to pay begins: at the end of the period, and not before the invoice is there."""
    program = Program.objects.get(pk=current_program_id())
    return max(end_of(since, ZoneInfo(program.time_zone)), at)


def due_on_of(clause: Clause, *, since: date, at: datetime) -> date | None:
    """The last day on which the invoice can be paid in time."""
    length = length_in(clause, "pay_within")
    if length is None:
        return None
    calendar = calendar_of("")
    try:
        found = timing(
            kind_of(KIND), started_at=since_of(since, at), length=length, target=None, calendar=calendar
        )
    except CannotCount:
        return None
    return found.due_at.astimezone(calendar.zone).date()


def start_payment_clock(invoice: Invoice, clause: Clause, *, since: date, by: Person, at: datetime) -> None:
    """Start it; nothing runs where the clause gives no time."""
    length = length_in(clause, "pay_within")
    if length is None:
        return
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    clocks.start(
        kind=KIND,
        subject=invoice,
        started_at=since_of(since, at),
        at=at,
        by=by,
        responsible_participation_id=invoice.brand_id,
        title=_("Pay invoice %(number)s") % {"number": invoice.number},
        url=reverse("agreements:invoice", args=[slug, invoice.pk]),
        length=length,
    )

"""What agreements put into a person's work of today, beside the clocks: what waits without one, and what is due further ahead."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.enums import BreachState, DutyState
from agreements.models import Breach, Escalation, Obligation, StopDuty
from agreements.models.money import Difference, Payment
from agreements.money.enums import DifferenceState, PaymentState
from agreements.operations.obligations import title_of
from agreements.operations.schedules import zone_of_program
from agreements.periods import end_of
from agreements.queries import money_overview
from agreements.queries import obligations as queries
from programs.queries import today as programs_today
from wsr.accounts.grants import Permission
from wsr.deadlines.inbox import AHEAD
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience
from wsr.ui.inbox import MOST, Reader, Task

_PORTALS = (Audience.BRAND, Audience.SUPPLIER)


def owed(reader: Reader) -> Iterator[Task]:
    """In a portal: what is owed without a date, or after those that the clocks show."""
    if reader.standing.audience not in _PORTALS:
        return
    later = Q(due_at=None) | Q(due_at__gt=reader.at + AHEAD)
    for one in queries.obligations().owed().filter(later).order_by("due_at", "pk")[:MOST]:
        yield Task(
            title=title_of(one),
            url=_page(reader, "obligation", one),
            why=queries.reason_of(one, queries.clock_of(one) if one.due_at else None),
            due_at=one.due_at,
        )


def to_accept(reader: Reader) -> Iterator[Task]:
    """For staff: answers that wait to be accepted or returned, where no clock shows them."""
    if Permission.OBLIGATION_DECIDE not in reader.standing.permissions:
        return
    rows = queries.obligations().to_decide().filter(~_has_clock(Obligation))
    for one in rows.order_by("submitted_at", "pk")[:MOST]:
        said = {"name": one.participation.name, "reference": one.clause.reference}
        yield Task(
            title=title_of(one),
            url=_page(reader, "obligation", one),
            why=_("%(name)s has answered (clause %(reference)s); accept or return it.") % said,
        )


def breaches(reader: Reader) -> Iterator[Task]:
    """For staff: suspicions and claims of a cure, where no clock shows them."""
    if Permission.OBLIGATION_DECIDE not in reader.standing.permissions:
        return
    words = {
        BreachState.SUSPECTED: _("A breach is suspected: serve the notice or withdraw it."),
        BreachState.CURE_CLAIMED: _("Said to be cured: accept or refuse it."),
        BreachState.NOT_CURED: _("Not cured: petition the committee, or withdraw it."),
    }
    rows = Breach.objects.filter(~_has_clock(Breach), state__in=list(words))
    for breach in rows.order_by("opened_at", "pk")[:MOST]:
        yield Task(
            title=str(breach), url=_page(reader, "breach", breach), why=words[BreachState(breach.state)]
        )


def duties(reader: Reader) -> Iterator[Task]:
    """For a brand: duties to stop purchases that no clock shows, because no clause says by when."""
    if reader.standing.audience != Audience.BRAND:
        return
    words = {
        DutyState.OPEN: _("Acknowledge it."),
        DutyState.ACKNOWLEDGED: _("Send the proof that you stopped."),
        DutyState.RETURNED: _("The proof came back: send another."),
    }
    rows = StopDuty.objects.filter(~_has_clock(StopDuty), state__in=list(words)).select_related("supplier")
    for duty in rows.order_by("opened_at", "pk")[:MOST]:
        yield Task(
            title=_("Stop buying from %(name)s") % {"name": duty.supplier.name},
            url=_page(reader, "duty", duty),
            why=words[DutyState(duty.state)],
        )


def ladder(reader: Reader) -> Iterator[Task]:
    """For staff: suppliers that are due for the next rung, and proofs of brands that wait for an answer."""
    if Permission.STANDING_CHANGE not in reader.standing.permissions:
        return
    due = Escalation.objects.open().exclude(proposed_at=None).select_related("supplier", "proposed_rung")
    for case in due.order_by("proposed_at", "pk")[:MOST]:
        name = case.proposed_rung.label if case.proposed_rung else _("a decision")
        yield Task(
            title=case.supplier.name,
            url=_page(reader, "escalation", case),
            why=_("It is due for the next rung: %(rung)s.") % {"rung": name},
        )
    sent = StopDuty.objects.filter(state=DutyState.SUBMITTED).select_related("brand", "supplier")
    for duty in sent.order_by("proof_at", "pk")[:MOST]:
        yield Task(
            title=_("%(brand)s: stop buying from %(name)s")
            % {"brand": duty.brand.name, "name": duty.supplier.name},
            url=_page(reader, "duty", duty),
            why=_("The brand has sent proof; accept or return it."),
        )


def money(reader: Reader) -> Iterator[Task]:
    """Payments that wait for an answer, and figures that differ: for who must answer, explain or decide."""
    may = reader.standing.permissions
    confirms = Permission.MONEY_CHANGE in may or Permission.SALE_REPORT in may
    if confirms:
        waiting = Payment.objects.filter(state=PaymentState.CLAIMED)
        for payment in waiting.order_by("claimed_at", "pk")[:MOST]:
            yield Task(
                title=_("Confirm a payment"),
                url=_page(reader, "payment", payment),
                why=_("The brand says that it paid. Say whether it came."),
            )
    wanted = [DifferenceState.OPEN]
    if Permission.MONEY_CHANGE in may:
        wanted.append(DifferenceState.EXPLAINED)
    if not confirms and Permission.PURCHASE_REPORT not in may:
        return
    for row in Difference.objects.filter(state__in=wanted).order_by("found_at", "pk")[:MOST]:
        is_open = row.state == DifferenceState.OPEN
        yield Task(
            title=row.get_kind_display(),
            url=_page(reader, "difference", row),
            why=_("Explain why the figures differ, or correct the report.")
            if is_open
            else _("It was explained; somebody else decides on it."),
        )


def to_invoice(reader: Reader) -> Iterator[Task]:
    """For who keeps the money: premium that was earned, and fees of the year, that no invoice asks for."""
    if Permission.MONEY_CHANGE not in reader.standing.permissions:
        return
    today, zone = programs_today(reader.at), zone_of_program()
    slug = reader.standing.program.slug
    for row in sorted(money_overview.uninvoiced(), key=lambda row: row.payable_on or date.max)[:MOST]:
        if row.total > 0:
            said = {"supplier": row.supplier, "day": date_format(row.earned_until, "DATE_FORMAT")}
            yield Task(
                title=_("Ask %(brand)s for premium") % {"brand": row.brand},
                url=reverse("agreements:money", args=[slug]),
                why=_("Earned until %(day)s for workers of %(supplier)s, and on no invoice yet.") % said,
                due_at=end_of(row.payable_on, zone) if row.payable_on else None,
            )
    for brand in money_overview.brands_without_fee(on=today)[:MOST]:
        yield Task(
            title=_("Ask %(brand)s for the program fee") % {"brand": brand.name},
            url=reverse("agreements:issue_fee", args=[slug]),
            why=_("Its agreement has a fee, and no invoice asks for that of %(year)s.")
            % {"year": today.year},
        )


def _has_clock(model: Any) -> Exists:
    clocks = Clock.objects.open().filter(subject_type=model._meta.label_lower, subject_id=OuterRef("pk"))
    return Exists(clocks)


def _page(reader: Reader, name: str, row: Any) -> str:
    return reverse(f"agreements:{name}", args=[reader.standing.program.slug, row.pk])


INBOX = [owed, to_accept, breaches, duties, ladder, money, to_invoice]

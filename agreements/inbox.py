"""What agreements put into a person's work of today, beside the clocks: what waits without one, and what is due further ahead."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.enums import (
    BreachState,
    DisputeState,
    DutyState,
    ItemKind,
    ItemState,
    MeetingState,
    MinutesState,
    SittingState,
)
from agreements.models import (
    AgendaItem,
    Breach,
    Dispute,
    Escalation,
    Letter,
    Meeting,
    Minutes,
    Obligation,
    Seat,
    StopDuty,
    Vote,
)
from agreements.models.money import Difference, Payment
from agreements.money.enums import DifferenceState, PaymentState
from agreements.operations.disputes import APPEALED, DECIDED, is_barred
from agreements.operations.obligations import title_of
from agreements.periods import end_of
from agreements.queries import committee as sitting
from agreements.queries import money_overview
from agreements.queries import obligations as queries
from wsr.accounts.grants import Permission
from wsr.deadlines.inbox import AHEAD, Name
from wsr.deadlines.models import Clock
from wsr.tenancy import Audience
from wsr.ui.inbox import MOST, Reader, Task, few

_PORTALS = (Audience.BRAND, Audience.SUPPLIER)


def owed(reader: Reader) -> Iterator[Task]:
    """In a portal: what is owed without a date, or after those that the clocks show."""
    if reader.standing.audience not in _PORTALS:
        return
    later = Q(due_at=None) | Q(due_at__gt=reader.until + AHEAD)
    for one in few(queries.obligations().owed().filter(later).order_by("due_at", "pk")):
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
    for one in few(rows.order_by("submitted_at", "pk")):
        yield Task(
            title=title_of(one),
            url=_page(reader, "obligation", one),
            why=queries.why_decided(one),
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
    for breach in few(rows.order_by("opened_at", "pk")):
        yield Task(
            title=str(breach), url=_page(reader, "breach", breach), why=words[BreachState(breach.state)]
        )


def petitions(reader: Reader) -> Iterator[Task]:
    """For the committee: petitions that stand on no agenda yet."""
    if Permission.DISPUTE_DECIDE not in reader.standing.permissions:
        return
    on_agenda = AgendaItem.objects.filter(dispute=OuterRef("pk"), state=ItemState.OPEN)
    rows = Dispute.objects.filter(~Exists(on_agenda), state=DisputeState.FILED)
    for dispute in few(rows.select_related("breach__participation").order_by("filed_at", "pk")):
        if not is_barred(dispute, reader.person):
            yield Task(
                title=str(dispute.breach),
                url=_page(reader, "petition", dispute),
                why=_("A petition waits for the committee; it stands on no agenda yet."),
                act=(DECIDED, dispute.pk),
            )


def decided(reader: Reader) -> Iterator[Task]:
    """For both sides: petitions that the committee has decided, while arbitration can be asked for, and those it has not in its time."""
    if Permission.DISPUTE_FILE not in reader.standing.permissions:
        return
    words = {
        DisputeState.DECIDED: _(
            "The committee has decided; until this day either side may ask for arbitration."
        ),
        DisputeState.UNDECIDED: _(
            "The committee has not decided in its time: either side may ask for arbitration."
        ),
    }
    appeal = Clock.objects.open().filter(kind=APPEALED, subject_id=OuterRef("pk"))
    rows = Dispute.objects.annotate(ends_at=Subquery(appeal.values("due_at")[:1]))
    rows = rows.filter(Q(state=DisputeState.UNDECIDED) | Q(state=DisputeState.DECIDED, ends_at__isnull=False))
    for dispute in few(rows.select_related("breach").order_by("filed_at", "pk")):
        yield Task(
            title=str(dispute.breach),
            url=_page(reader, "breach", dispute.breach),
            why=words[DisputeState(dispute.state)],
            due_at=dispute.ends_at,
            act=(APPEALED if dispute.ends_at else DECIDED, dispute.pk),
        )


def duties(reader: Reader) -> Iterator[Task]:
    """For a brand or a contractor that hires: duties that no clock shows, because no clause says by when."""
    if reader.standing.audience not in (Audience.BRAND, Audience.SUPPLIER):
        return
    words = {
        DutyState.OPEN: _("Acknowledge it."),
        DutyState.ACKNOWLEDGED: _("Send the proof that you stopped."),
        DutyState.RETURNED: _("The proof came back: send another."),
    }
    rows = StopDuty.objects.filter(~_has_clock(StopDuty), state__in=list(words)).select_related("supplier")
    for duty in few(rows.order_by("opened_at", "pk")):
        yield Task(
            title=(_("End the work of %(name)s") if duty.hires else _("Stop buying from %(name)s"))
            % {"name": duty.supplier.name},
            url=_page(reader, "duty", duty),
            why=words[DutyState(duty.state)],
        )


def ladder(reader: Reader) -> Iterator[Task]:
    """For staff: suppliers that are due for the next rung, and proofs of brands that wait for an answer."""
    if Permission.STANDING_CHANGE not in reader.standing.permissions:
        return
    due = Escalation.objects.open().exclude(proposed_at=None).select_related("supplier", "proposed_rung")
    for case in few(due.order_by("proposed_at", "pk")):
        name = case.proposed_rung.label if case.proposed_rung else _("a decision")
        yield Task(
            title=case.supplier.name,
            url=_page(reader, "escalation", case),
            why=_("It is due for the next rung: %(rung)s.") % {"rung": name},
            due_at=case.proposed_at,
        )
    sent = StopDuty.objects.filter(state=DutyState.SUBMITTED).select_related("brand", "supplier")
    for duty in few(sent.order_by("proof_at", "pk")):
        yield Task(
            title=(
                _("%(brand)s: end the work of %(name)s")
                if duty.hires
                else _("%(brand)s: stop buying from %(name)s")
            )
            % {"brand": duty.brand.name, "name": duty.supplier.name},
            url=_page(reader, "duty", duty),
            why=_("Proof has come; accept or return it."),
        )


def meetings(reader: Reader) -> Iterator[Task]:
    """Meetings about a supplier's standing that are planned: for who records what came of them, and for the supplier."""
    is_staff = Permission.STANDING_CHANGE in reader.standing.permissions
    if not is_staff and reader.standing.audience != Audience.SUPPLIER:
        return
    rows = Meeting.objects.filter(state=MeetingState.PLANNED).select_related("supplier", "rung")
    for one in few(rows.order_by("planned_for", "pk")):
        why = _("Record what came of it, also where the supplier did not come.") if is_staff else one.place
        yield Task(
            title=_("Meeting with %(name)s") % {"name": one.supplier.name}
            if is_staff
            else _("Meeting with the program: %(rung)s") % {"rung": one.rung.label},
            url=reverse("agreements:escalation", args=[reader.standing.program.slug, one.escalation_id]),
            why=why,
            due_at=end_of(one.planned_for, reader.zone),
        )


def letters(reader: Reader) -> Iterator[Task]:
    """In a portal: letters that nobody there has said to have received."""
    if reader.standing.audience not in _PORTALS:
        return
    rows = Letter.objects.filter(acknowledged_at=None).exclude(sent_at=None)
    for one in few(rows.order_by("sent_at", "pk")):
        yield Task(
            title=_("Letter %(number)s: %(subject)s") % {"number": one.number, "subject": one.subject},
            url=_page(reader, "letter", one),
            why=_("Read it, and say that you received it."),
        )


def money(reader: Reader) -> Iterator[Task]:
    """Payments that wait for an answer, and figures that differ: for who must answer, explain or decide."""
    may = reader.standing.permissions
    confirms = Permission.MONEY_CHANGE in may or Permission.SALE_REPORT in may
    if confirms:
        waiting = Payment.objects.filter(state=PaymentState.CLAIMED)
        for payment in few(waiting.order_by("claimed_at", "pk")):
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
    for row in few(Difference.objects.filter(state__in=wanted).order_by("found_at", "pk")):
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
    slug = reader.standing.program.slug
    for row in sorted(money_overview.uninvoiced(), key=lambda row: row.payable_on or date.max)[:MOST]:
        if row.total > 0:
            said = {"supplier": row.supplier, "day": date_format(row.first_until, "DATE_FORMAT")}
            yield Task(
                title=_("Ask %(brand)s for premium") % {"brand": row.brand},
                url=reverse("agreements:money", args=[slug]),
                why=_("Earned until %(day)s for workers of %(supplier)s, and on no invoice yet.") % said,
                due_at=end_of(row.payable_on, reader.zone) if row.payable_on else None,
            )
    for brand in money_overview.brands_without_fee(on=reader.day)[:MOST]:
        yield Task(
            title=_("Ask %(brand)s for the program fee") % {"brand": brand.name},
            url=reverse("agreements:issue_fee", args=[slug]),
            why=_("Its agreement has a fee, and no invoice asks for that of %(year)s.")
            % {"year": reader.day.year},
        )


def committee(reader: Reader) -> Iterator[Task]:
    """For a member: calls to answer, items to vote on, minutes to approve. For who prepares meetings: minutes that nobody has sent."""
    may = reader.standing.permissions
    if Permission.COMMITTEE_SIT not in may:
        return
    seat = sitting.seat_of(reader.person.pk, on=reader.day)
    if seat is not None:
        yield from _of_seat(seat, reader)
    if Permission.COMMITTEE_CHANGE in may:
        drafts = Minutes.objects.filter(state=MinutesState.DRAFT).select_related("sitting")
        for row in few(drafts.order_by("sitting__starts_at", "pk")):
            yield Task(
                title=_("Minutes of %(number)s") % {"number": row.sitting.number},
                url=_page(reader, "sitting", row.sitting),
                why=_("The meeting was held: finish the minutes and send them to the members."),
            )


def _of_seat(seat: Seat, reader: Reader) -> Iterator[Task]:
    called = seat.attendances.filter(sitting__state=SittingState.CALLED).select_related("sitting")
    for row in few(called.order_by("sitting__starts_at", "pk")):
        if row.comes is None:
            yield Task(
                title=_("Meeting %(number)s of the committee") % {"number": row.sitting.number},
                url=_page(reader, "sitting", row.sitting),
                why=_("You are called: say whether you come, and read the pack."),
                due_at=row.sitting.starts_at,
            )
    if seat.has_vote and seat.alternate_for_id is None:
        held = AgendaItem.objects.filter(
            state=ItemState.OPEN, kind=ItemKind.PETITION, sitting__attendances__seat=seat
        ).exclude(Exists(Vote.objects.filter(seat=seat, dispute_id=OuterRef("dispute_id"))))
        for item in few(held.order_by("due_at", "pk")):
            yield Task(
                title=item.title,
                url=_page(reader, "item", item),
                why=_("A petition on the agenda waits for your vote."),
                due_at=item.due_at,
            )
    for row in few(sitting.to_approve(seat).order_by("circulated_at", "pk")):
        yield Task(
            title=_("Minutes of %(number)s") % {"number": row.sitting.number},
            url=_page(reader, "sitting", row.sitting),
            why=_("The minutes are before you: approve them, or say what must be changed."),
        )


def petition_names(clocks: list[Clock], reader: Reader) -> dict[UUID, Name]:
    """Clocks of petitions lead a member of the committee to the petition: the breach is not hers to look through."""
    if Permission.DISPUTE_READ in reader.standing.permissions:
        return {}
    found = [clock for clock in clocks if clock.kind == "agreements.dispute_decided"]
    slug = reader.standing.program.slug
    return {
        clock.pk: Name(clock.title, reverse("agreements:petition", args=[slug, clock.subject_id]))
        for clock in found
    }


def _has_clock(model: Any) -> Exists:
    clocks = Clock.objects.open().filter(subject_type=model._meta.label_lower, subject_id=OuterRef("pk"))
    return Exists(clocks)


def _page(reader: Reader, name: str, row: Any) -> str:
    return reverse(f"agreements:{name}", args=[reader.standing.program.slug, row.pk])


INBOX = [
    owed,
    to_accept,
    breaches,
    petitions,
    decided,
    duties,
    ladder,
    meetings,
    letters,
    money,
    to_invoice,
    committee,
]
NAMES = [petition_names]

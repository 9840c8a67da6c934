"""What makes it good: owed until a day, split among workers, paid or done, and got, as each of them says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.money.amounts import is_whole, minor_units, split
from complaints.enums import Act, ComplaintState, Got, OwedBy, RemedyKind
from complaints.models import Complainant, Complaint, Remedy, RemedyShare, WorkerKey
from complaints.operations import giveaways, watch
from complaints.operations.attachments import note_reading
from complaints.operations.inquiry import checked_text, investigating
from complaints.operations.remedy_clocks import DUE, OVERDUE, alarm, start_due
from complaints.operations.states import CannotMove, locked, save
from programs.queries import today
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.errors import DomainError
from wsr.files import sealed
from wsr.files.models import SealedFile
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault.operations import EVERY_WORKER, seal

MOST_WORKERS = 500  # of one remedy: as many as a page can tick off


class CannotSet(DomainError):
    """The remedy cannot stand like this."""


class CannotAnswer(DomainError):
    """This cannot be said of the remedy as it stands."""


@dataclass(frozen=True)
class Money:
    """An amount and, where they differ, what each worker gets of it. Without `each` it is split evenly, to the minor unit."""

    amount: Decimal
    currency: str
    each: Sequence[Decimal] = ()


@atomic
def owe(
    *,
    complaint_id: UUID,
    kind: RemedyKind,
    words: str,
    owed_by: OwedBy,
    due_on: date,
    worker_count: int,
    complainant_ids: Sequence[UUID],
    money: Money | None = None,
    by: Person,
    at: datetime,
) -> Remedy:
    """Set what is owed, to how many workers, until which day. Those who complain have the first shares, in the order given.

    `words` are for the worker and go to the vault. A clock runs to the end of the day. Raises Complaint.DoesNotExist, NotInvolved,
    CannotMove and CannotSet.
    """
    complaint = locked(complaint_id)
    investigating(complaint, by)
    if complaint.state != ComplaintState.RESOLVING:
        raise CannotMove(
            _("Remedies are set once there is a finding, and before a second person looks at the outcome.")
        )
    words = checked_text(words)
    days = (due_on - today(at)).days
    if days < 1:
        raise CannotSet(_("Choose a day after today."))
    people = _complainants(complaint, complainant_ids, worker_count)
    each = amounts(kind, money, worker_count)
    last = Remedy.objects.filter(complaint=complaint).aggregate(last=Max("ordinal"))["last"] or 0
    remedy = Remedy.objects.create(
        complaint=complaint,
        ordinal=last + 1,
        kind=kind,
        owed_by=owed_by,
        due_on=due_on,
        worker_count=worker_count,
        currency=money.currency if money else "",
        amount=money.amount if money else None,
        set_by=by,
        set_at=at,
    )
    _share_out(remedy, each, people)
    seal(complaint.pk, "complaints_remedy", "words", remedy.pk, words, reader=EVERY_WORKER)
    start_due(remedy, days, since=at, by=by, at=at)
    save(complaint, at=at)
    record("complaint.remedy_set", complaint, by=by, at=at, after={"remedy": remedy.pk})
    return remedy


@atomic
def pay(*, remedy_id: UUID, proof: sealed.Clean | None = None, by: Person, at: datetime) -> Remedy:
    """It is paid or done, says whoever owes it; whether they got it, workers say. Said again after a worker did not get it.

    `proof`: a file that shows it, cleaned (`wsr.files.sealed.cleaned`); it may name workers, so it is sealed under the key of the case.
    Raises Remedy.DoesNotExist, NotInvolved, CannotAnswer and CaseErased.
    """
    complaint, remedy = _standing(remedy_id, by)
    missing = RemedyShare.objects.filter(remedy=remedy, got=Got.NO)
    if remedy.paid_at is not None and not missing.exists():
        raise CannotAnswer(_("It is recorded as paid or done already."))
    missing.update(got="", answered_at=None, answered_by=None)
    remedy.paid_at, remedy.paid_by = at, by
    if proof is not None:
        remedy.proof = sealed.keep(case_id=complaint.pk, file_id=uuid4(), made=proof, at=at)
    remedy.save(update_fields=["paid_at", "paid_by", "proof"])
    for kind in (DUE, OVERDUE):
        clocks.meet(kind=kind, subject=remedy, at=at, by=by)
    save(complaint, at=at)
    record("complaint.remedy_paid", complaint, by=by, at=at, after={"remedy": remedy.pk})
    watch.employer_can_see(complaint, Act.REMEDY, at=at, by=by)
    return remedy


@atomic
def open_proof(*, remedy_id: UUID, by: Person, at: datetime) -> SealedFile:
    """What shows that it was paid, for somebody on the complaint; the reading stands in history.

    Raises Remedy.DoesNotExist, also where nothing shows it, and NotInvolved.
    """
    remedy = Remedy.objects.select_related("proof").get(pk=remedy_id, proof__isnull=False)
    note_reading(remedy.complaint_id, remedy.proof_id, by=by, at=at)
    return remedy.proof


@atomic
def confirm(*, remedy_id: UUID, share_ids: Collection[UUID], by: Person, at: datetime) -> int:
    """These workers told the program that they got their share; returns how many that is. What a worker answered herself stays.

    Raises Remedy.DoesNotExist, NotInvolved and CannotAnswer.
    """
    complaint, remedy = _standing(remedy_id, by)
    if remedy.paid_at is None:
        raise CannotAnswer(_("Record first that it was paid or done."))
    waiting = RemedyShare.objects.filter(remedy=remedy, pk__in=share_ids).filter(
        Q(got="") | Q(got=Got.NO, answered_by__isnull=False)
    )
    told = waiting.update(got=Got.YES, answered_at=at, answered_by=by)
    if not told:
        raise CannotAnswer(_("Mark at least one worker who has not said yet that she got it."))
    save(complaint, at=at)
    record(
        "complaint.remedy_confirmed", complaint, by=by, at=at, after={"remedy": remedy.pk, "workers": told}
    )
    return told


@atomic
def drop(*, remedy_id: UUID, reason: str, by: Person, at: datetime) -> Remedy:
    """It is not owed after all; only while the resolution is under way. `reason` holds no facts. Raises as `confirm`, CannotMove and GivesAway."""
    complaint, remedy = _standing(remedy_id, by)
    if not reason.strip():
        raise CannotAnswer(_("Say why, without facts of the case."))
    if complaint.state != ComplaintState.RESOLVING:
        raise CannotMove(
            _("A remedy is dropped only while the resolution is under way; a second person looks at it then.")
        )
    if remedy.paid_at is not None:
        raise CannotAnswer(_("It is recorded as paid or done already."))
    giveaways.check_reason(reason, complaint)
    remedy.dropped_at, remedy.dropped_by = at, by
    remedy.save(update_fields=["dropped_at", "dropped_by"])
    for kind in (DUE, OVERDUE):
        clocks.cancel(kind=kind, subject=remedy, reason=_("The remedy was dropped."), at=at, by=by)
    save(complaint, at=at)
    record(
        "complaint.remedy_dropped",
        complaint,
        by=by,
        at=at,
        after={"remedy": remedy.pk},
        reason=reason.strip(),
    )
    return remedy


@atomic
def answer(*, key: WorkerKey, share_id: UUID, got: Got, at: datetime) -> RemedyShare:
    """A worker says that she got her share, or that she did not: then whoever handles it and the directors are told at once.

    In her scope of the case; she may change her answer. Raises RemedyShare.DoesNotExist, also for another's, and CannotAnswer.
    """
    complaint = locked(key.complaint_id)
    share = RemedyShare.objects.select_related("remedy").get(
        pk=share_id, complaint=complaint, complainant_id=key.complainant_id
    )
    if share.remedy.dropped_at is not None:
        raise CannotAnswer(_("This is not owed to you any more. Write to us if you think that is wrong."))
    if not may_be_missing(share.remedy, on=today(at)) and got == Got.NO:
        raise CannotAnswer(_("There is still time until the day on which you must have it."))
    if share.got == got:
        return share
    share.got, share.answered_at, share.answered_by = got, at, None
    share.save(update_fields=["got", "answered_at", "answered_by"])
    event = "complaint.share_got" if got == Got.YES else "complaint.share_missing"
    record(event, ("complaints.complaint", complaint.pk), by=None, at=at, after={"remedy": share.remedy_id})
    if got == Got.NO:
        alarm(complaint, "complaint_remedy_missing", f"{share.pk}:{at.isoformat()}", at)
    return share


def amounts(kind: RemedyKind, money: Money | None, worker_count: int) -> list[Decimal | None]:
    """What each worker gets, one for each of them; they add up to the amount. None where it is not money. Raises CannotSet."""
    if kind != RemedyKind.MONEY:
        if money is not None:
            raise CannotSet(_("Only money has an amount."))
        return [None] * worker_count
    if money is None or money.amount <= 0:
        raise CannotSet(_("Write the amount and its currency."))
    for amount in (money.amount, *money.each):
        if not is_whole(amount, money.currency):
            raise CannotSet(_("%(currency)s has no such fraction of a unit.") % {"currency": money.currency})
    each = list(money.each) or split(money.amount, [1] * worker_count, money.currency)
    if len(each) != worker_count:
        raise CannotSet(
            ngettext(
                "There is %(found)d amount for %(wanted)d workers.",
                "There are %(found)d amounts for %(wanted)d workers.",
                len(each),
            )
            % {"found": len(each), "wanted": worker_count}
        )
    if any(amount <= 0 for amount in each):
        raise CannotSet(_("Every worker gets more than nothing."))
    if sum(each) != money.amount:
        found = f"{sum(each):.{minor_units(money.currency)}f}"
        raise CannotSet(_("What the workers get adds up to %(found)s, not to the amount.") % {"found": found})
    return list(each)


def may_be_missing(remedy: Remedy, *, on: date) -> bool:
    """Whether a worker can say that she did not get it: it is said to be paid, or its day is over."""
    return remedy.paid_at is not None or remedy.due_on < on


def _standing(remedy_id: UUID, by: Person) -> tuple[Complaint, Remedy]:
    """A remedy that was not dropped with its complaint, locked, of somebody who investigates."""
    remedy = Remedy.objects.get(pk=remedy_id)
    complaint = locked(remedy.complaint_id)
    investigating(complaint, by)
    remedy.refresh_from_db()
    if remedy.dropped_at is not None:
        raise CannotAnswer(_("This remedy was dropped."))
    return complaint, remedy


def _complainants(
    complaint: Complaint, complainant_ids: Sequence[UUID], worker_count: int
) -> list[Complainant]:
    if not 1 <= worker_count <= MOST_WORKERS:
        raise CannotSet(
            _("Write to how many workers it is owed, at most %(most)d; split it for more.")
            % {"most": MOST_WORKERS}
        )
    found = Complainant.objects.filter(complaint=complaint).in_bulk(list(complainant_ids))
    if len(found) != len(complainant_ids):
        raise CannotSet(_("Choose among those who complain, each once."))
    if len(found) > worker_count:
        raise CannotSet(_("It is owed to fewer workers than you chose among those who complain."))
    return [found[pk] for pk in complainant_ids]


def _share_out(remedy: Remedy, each: Sequence[Decimal | None], people: Sequence[Complainant]) -> None:
    """One share for each worker, those who complain first."""
    RemedyShare.objects.bulk_create(
        RemedyShare(
            program_id=remedy.program_id,
            complaint_id=remedy.complaint_id,
            remedy=remedy,
            ordinal=number,
            complainant=people[number - 1] if number <= len(people) else None,
            amount=amount,
        )
        for number, amount in enumerate(each, 1)
    )

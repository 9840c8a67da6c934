"""How a worker comes back to her complaint: number and secret, and a secret that she alone knows."""

from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import CheckIn, Complaint, Joined, WorkerKey
from complaints.operations.complainants import number_of
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import Scope, atomic, case_scope, current_program_id, worker_scope
from wsr.vault import numbers, secrets, throttle

DO_NOT_FIT = gettext_lazy(
    "This number and this code do not fit together. Look at both again, digit by digit."
)


class DoNotFit(DomainError):
    """Wrong secret, unknown number, or one that has ended: nobody learns which."""


class Wait(DomainError):
    """She may try again after some seconds, with the ticket."""

    def __init__(self, seconds: int, ticket: str) -> None:
        """`ticket`: for the hidden field of the form."""
        super().__init__(
            _("Please wait %(seconds)s seconds, then press again. Nothing you typed is lost.")
            % {"seconds": seconds}
        )
        self.seconds, self.ticket = seconds, ticket


@dataclass(frozen=True)
class Entry:
    """Whose case she has entered, and which of several complainants she is, by ids alone."""

    program_id: UUID
    case_id: UUID
    key_id: UUID
    complainant_id: UUID

    @property
    def scope(self) -> AbstractContextManager[Scope]:
        """The worker's scope, in which she reads and writes."""
        return worker_scope(self.program_id, self.case_id, self.complainant_id)


@dataclass(frozen=True)
class Way:
    """Another complaint of hers, and which complainant she is there."""

    case_id: UUID
    complainant_id: UUID

    @property
    def scope(self) -> AbstractContextManager[Scope]:
        """Her scope of it, inside that of the one she is in."""
        return case_scope(self.case_id, self.complainant_id)


def sign_in(*, number: str, secret: str, network: str, ticket: str = "", at: datetime) -> Entry:
    """Check what she typed, in whatever script, and note the visit. Outside a scope.

    The work is the same for a wrong secret, an unknown number and one that has ended. Raises Wait, DoNotFit and TooBusy.
    """
    read, typed = numbers.read_number(number), secrets.read_secret(secret)
    counted = read or number.strip()[:40]
    if seconds := throttle.wait_before(counted, network, ticket=ticket, at=at):
        raise Wait(seconds, throttle.new_ticket(counted, seconds, at=at))
    entry, anew = None, ""
    for *ids, hashed in _behind(read) or [(None, None, None, None, None)]:
        if secrets.is_right(read, typed, hashed):
            entry, anew = Entry(*ids), _under_first_pepper(read, typed, hashed)
    if entry is None or not _visit(entry, at):
        throttle.note_failure(counted, network)
        raise DoNotFit(str(DO_NOT_FIT))
    throttle.note_success(counted)
    return _kept_anew(entry, anew, at) if anew else entry


def key_of(entry: Entry) -> WorkerKey | None:
    """Her key with the complaint, while it has not ended. In the worker's scope of the case."""
    found = WorkerKey.objects.filter(pk=entry.key_id, complaint_id=entry.case_id, ended_at=None)
    return found.select_related("complaint", "complainant").first()


def linked_entry(key: WorkerKey, linked_id: UUID, *, at: datetime) -> Entry:
    """Her way into a complaint that follows from this one or that this one is merged into, or back. In her scope of this one.

    Raises Complaint.DoesNotExist where there is no way for her.
    """
    before = came_from(key)
    if before and before.case_id == linked_id:
        own = _key_before(before)
        return Entry(current_program_id(), linked_id, own.pk, own.complainant_id)
    for way in ways(key.complainant_id):
        if way.case_id == linked_id:
            with way.scope:
                linked = _led_to(way)
                linked.visited_before_at, linked.visited_at = linked.visited_at, at
                linked.save(update_fields=["visited_before_at", "visited_at"])
                return Entry(current_program_id(), linked_id, linked.pk, linked.complainant_id)
    raise Complaint.DoesNotExist


def ways(complainant_id: UUID) -> list[Way]:
    """The other complaints that a complainant's own secret leads to: what followed from hers, and what hers is merged into. In her scope."""
    rows = CheckIn.objects.filter(complainant_id=complainant_id).exclude(linked=None)
    followed = dict.fromkeys(rows.order_by("answered_at").values_list("linked_id", flat=True))
    return [Way(linked_id, linked_id) for linked_id in followed] + joined_to(complainant_id)


def joined_to(complainant_id: UUID) -> list[Way]:
    """The complaint that hers is merged into, and who she is there; none or one. In her scope."""
    rows = Joined.objects.filter(complainant_id=complainant_id, ended_at=None)
    return [Way(*row) for row in rows.values_list("other_id", "other_complainant_id")]


def joined_from(complainant_id: UUID) -> list[Way]:
    """Her own complaint, and who she is there, for somebody who is in this one because hers was merged into it; none or one. In her scope."""
    rows = Joined.objects.filter(other_complainant_id=complainant_id, ended_at=None)
    return [Way(*row) for row in rows.values_list("complaint_id", "complainant_id")]


def came_from(key: WorkerKey) -> Way | None:
    """Her complaint by which she came into this one; None where her own secret opens this one. In her scope."""
    if key.hash:
        return None
    if merged := joined_from(key.complainant_id):
        return merged[0]
    before = key.complaint.continues_id
    if before is None:
        return None
    with case_scope(before):
        who = CheckIn.objects.filter(linked_id=key.complaint_id).values_list("complainant_id", flat=True)[0]
    return Way(before, who)


def with_secret(key: WorkerKey) -> WorkerKey:
    """The key that has her secret: this one, or that of the complaint by which she came here. In her scope of this one."""
    before = came_from(key)
    if before is None:
        return key
    with before.scope:
        return with_secret(_key_before(before))


def _key_before(way: Way) -> WorkerKey:
    """Her key of the complaint by which she came."""
    with way.scope:
        rows = WorkerKey.objects.select_related("complaint", "complainant")
        return rows.get(complainant_id=way.complainant_id, ended_at=None)


def _led_to(way: Way) -> WorkerKey:
    """Her key of a complaint that another secret leads to, locked. In her scope of it."""
    rows = WorkerKey.objects.select_for_update(of=("self",))
    return rows.get(complainant_id=way.complainant_id, hash="", ended_at=None)


def _renew_linked(complainant_id: UUID, at: datetime) -> None:
    """Whoever came in with the old secret is out of the complaints that follow, too."""
    for way in ways(complainant_id):
        with way.scope:
            old = _led_to(way)
            old.ended_at = at
            old.save(update_fields=["ended_at"])
            WorkerKey.objects.create(
                complaint_id=way.case_id,
                complainant_id=old.complainant_id,
                hash="",
                made_at=at,
                visited_at=old.visited_at,
                visited_before_at=old.visited_before_at,
            )
            _renew_linked(old.complainant_id, at)


@atomic
def seen_by_staff(*, entry: Entry, by: Person, at: datetime) -> None:
    """She said her secret on the phone, so somebody else has seen it: from now on it opens only the page that makes another.

    In the worker's scope of the case.
    """
    WorkerKey.objects.filter(pk=entry.key_id, ended_at=None).update(must_change=True)
    record("complaint.checked_on_phone", ("complaints.complaint", entry.case_id), by=by, at=at)


@atomic
def refuse_staff(*, entry: Entry, by: Person, at: datetime) -> None:
    """Somebody signed in to the console tried a worker's one-time secret: on record. In the worker's scope of the case."""
    record("complaint.code_refused_to_staff", ("complaints.complaint", entry.case_id), by=by, at=at)


@atomic
def change_secret(*, entry: Entry, secret: str, at: datetime) -> None:
    """From now on this secret opens her case, and the one before it no more. In the worker's scope of the case.

    She has read the new one already and confirms it, so that a broken line cannot leave her with neither. Raises DoNotFit where the key has
    ended meanwhile, and TooBusy.
    """
    old = (
        WorkerKey.objects.select_for_update(of=("self",))
        .select_related("complaint", "complainant")
        .filter(pk=entry.key_id, ended_at=None)
        .first()
    )
    if old is None:
        raise DoNotFit(_("Your code was changed already. Sign in with the new one."))
    number = number_of(old.complaint, old.complainant)
    hashed = secrets.hash_secret(number, secret)
    old.ended_at = at
    old.save(update_fields=["ended_at"])
    WorkerKey.objects.create(
        complaint_id=entry.case_id,
        complainant_id=old.complainant_id,
        hash=hashed,
        made_at=at,
        visited_at=old.visited_at,
        visited_before_at=old.visited_before_at,
    )
    _renew_linked(old.complainant_id, at)
    record("complaint.secret_made", ("complaints.complaint", entry.case_id), by=None, at=at)


def _behind(number: str) -> list[tuple[UUID, UUID, UUID, UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT program_id, complaint_id, key_id, complainant_id, hash FROM complaints_behind(%s)",
            [number or "-"],
        )
        return cursor.fetchall()


def _under_first_pepper(number: str, secret: str, hashed: str) -> str:
    """The hash of her secret made anew where it lies under a pepper from before; else "", also while many are here."""
    if not secrets.is_stale(hashed):
        return ""
    with suppress(secrets.TooBusy):
        return secrets.hash_secret(number, secret)
    return ""


def _kept_anew(entry: Entry, hashed: str, at: datetime) -> Entry:
    """The same secret under the first pepper, in a key of its own; nothing else of it changes."""
    with entry.scope:
        old = WorkerKey.objects.select_for_update(of=("self",)).filter(pk=entry.key_id, ended_at=None).first()
        if old is None:
            return entry
        old.ended_at = at
        old.save(update_fields=["ended_at"])
        same = ("program_id", "complaint_id", "complainant_id", "made_by_id", "must_change", "made_at")
        visits = ("visited_at", "visited_before_at")
        new = WorkerKey(hash=hashed, **{name: getattr(old, name) for name in (*same, *visits)})
        new.save(force_insert=True)
        return replace(entry, key_id=new.pk)


def _visit(entry: Entry, at: datetime) -> bool:
    """Keep the date of this visit and of the one before it; False where the key ended a moment ago."""
    with entry.scope:
        key = WorkerKey.objects.select_for_update(of=("self",)).filter(pk=entry.key_id, ended_at=None).first()
        if key is None:
            return False
        key.visited_before_at, key.visited_at = key.visited_at, at
        key.save(update_fields=["visited_before_at", "visited_at"])
        return True

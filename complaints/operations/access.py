"""How a worker comes back to her complaint: number and secret, and a secret that she alone knows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from complaints.models import Complaint, WorkerKey
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, worker_scope
from wsr.vault import numbers, secrets, throttle


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
    """Whose case she has entered, by ids alone."""

    program_id: UUID
    case_id: UUID
    key_id: UUID


def sign_in(*, number: str, secret: str, network: str, ticket: str = "", at: datetime) -> Entry:
    """Check what she typed, in whatever script, and note the visit. Outside a scope.

    The work is the same for a wrong secret, an unknown number and one that has ended. Raises Wait, DoNotFit and TooBusy.
    """
    read, typed = numbers.read_number(number), secrets.read_secret(secret)
    counted = read or number.strip()[:40]
    if seconds := throttle.wait_before(counted, network, ticket=ticket, at=at):
        raise Wait(seconds, throttle.new_ticket(counted, seconds, at=at))
    entry = None
    for program_id, case_id, key_id, hashed in _behind(read) or [(None, None, None, None)]:
        if secrets.is_right(read, typed, hashed):
            entry = Entry(program_id, case_id, key_id)
    if entry is None or not _visit(entry, at):
        throttle.note_failure(counted, network)
        raise DoNotFit(
            _("This number and this code do not fit together. Look at both again, digit by digit.")
        )
    throttle.note_success(counted)
    return entry


def key_of(entry: Entry) -> WorkerKey | None:
    """Her key with the complaint, while it has not ended. In the worker's scope of the case."""
    found = WorkerKey.objects.filter(pk=entry.key_id, complaint_id=entry.case_id, ended_at=None)
    return found.select_related("complaint", "complainant").first()


@atomic
def change_secret(*, entry: Entry, secret: str, at: datetime) -> None:
    """From now on this secret opens her case, and the one before it no more. In the worker's scope of the case.

    She has read the new one already and confirms it, so that a broken line cannot leave her with neither. Raises DoNotFit where the key has
    ended meanwhile, and TooBusy.
    """
    old = WorkerKey.objects.select_for_update(of=("self",)).filter(pk=entry.key_id, ended_at=None).first()
    if old is None:
        raise DoNotFit(_("Your code was changed already. Sign in with the new one."))
    number = Complaint.objects.values_list("number", flat=True).get(pk=entry.case_id)
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
    record("complaint.secret_made", ("complaints.complaint", entry.case_id), by=None, at=at)


def _behind(number: str) -> list[tuple[UUID, UUID, UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT program_id, complaint_id, key_id, hash FROM complaints_behind(%s)", [number or "-"]
        )
        return cursor.fetchall()


def _visit(entry: Entry, at: datetime) -> bool:
    """Keep the date of this visit and of the one before it; False where the key ended a moment ago."""
    with worker_scope(entry.program_id, entry.case_id):
        key = WorkerKey.objects.select_for_update(of=("self",)).filter(pk=entry.key_id, ended_at=None).first()
        if key is None:
            return False
        key.visited_before_at, key.visited_at = key.visited_at, at
        key.save(update_fields=["visited_before_at", "visited_at"])
        return True

"""Photos, recordings and documents of a complaint. Cleaned before, in memory (`wsr.files.sealed.cleaned`); here they get their place, sealed.

What a file was called lies in the vault, its content under the key of the case: erased with it, and read by the circle and whoever sent it alone.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from complaints.enums import Direction
from complaints.models import Attachment, Message, WorkerKey
from complaints.operations import states, thread
from complaints.operations.telling import tell_staff
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.files import sealed
from wsr.files.models import SealedFile
from wsr.history.operations import record
from wsr.tenancy import atomic
from wsr.vault import operations as vault

MOST = 50  # files of one complaint
MOST_OF_DRAFT = 5
_LONGEST_NAME = 120


class TooMany(DomainError):
    """Enough files; the rest is said, or shown to somebody."""


@dataclass(frozen=True, repr=False)
class Sent:
    """A cleaned file on its way in, and what its sender called it. The id is that of the attachment and of the file."""

    made: sealed.Clean
    name: str = ""
    id: UUID = field(default_factory=uuid4)


def shown_name(name: str) -> str:
    """What somebody called a file, without folders and without what cannot be seen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()[:_LONGEST_NAME]


@atomic
def attach(message: Message, sent: Sent, *, is_for_worker: bool, by: Person | None, at: datetime) -> Attachment:  # fmt: skip
    """Keep a file with a message. The caller holds the complaint, or has just made it. Raises TooMany and CaseErased."""
    case_id = message.complaint_id
    if Attachment.objects.filter(complaint_id=case_id).count() >= MOST:
        raise TooMany(_("There are %(most)d files already. Tell us what the others show.") % {"most": MOST})
    file = sealed.keep(case_id=case_id, file_id=sent.id, made=sent.made, at=at)
    made = Attachment.objects.create(
        id=sent.id,
        complaint_id=case_id,
        message=message,
        file=file,
        complainant_id=message.complainant_id,
        is_for_worker=is_for_worker,
        by=by,
        at=at,
    )
    if name := shown_name(sent.name):
        reader = (message.complainant_id or vault.EVERY_WORKER) if is_for_worker else vault.NO_WORKER
        vault.seal(case_id, "complaints_attachment", "name", made.pk, name, reader=reader)
    return made


def begin_with(message: Message | None, files: Iterable[Sent], *, by: Person | None, at: datetime) -> None:
    """The files that a complaint arrives with."""
    for sent in files:
        if message is not None:
            attach(message, sent, is_for_worker=True, by=by, at=at)


@atomic
def send(*, key: WorkerKey, sent: Sent, at: datetime) -> Attachment:
    """A worker adds a file to her thread, and whoever handles the complaint is told. In her scope. Raises TooMany."""
    complaint = states.locked(key.complaint_id)
    message = Message.objects.create(
        complaint=complaint, direction=Direction.FROM_WORKER, complainant_id=key.complainant_id, at=at
    )
    if thread.holds_secret(key, sent.name):
        sent = Sent(sent.made, "", sent.id)
    made = attach(message, sent, is_for_worker=True, by=None, at=at)
    record("complaint.from_worker", ("complaints.complaint", complaint.pk), by=None, at=at)
    tell_staff(complaint, f"complaint_from_worker:{message.pk}", at)
    return made


@atomic
def add(*, complaint_id: UUID, sent: Sent, is_for_worker: bool, by: Person, at: datetime) -> Attachment:
    """Somebody on the complaint adds a file: for the worker to see, or as a note among those inside.

    Raises Complaint.DoesNotExist, NotInvolved and TooMany.
    """
    complaint = states.locked(complaint_id)
    states.involved(complaint, by)
    direction = Direction.TO_WORKER if is_for_worker else Direction.NOTE
    message = Message.objects.create(complaint=complaint, direction=direction, by=by, at=at)
    made = attach(message, sent, is_for_worker=is_for_worker, by=by, at=at)
    states.save(complaint, at=at)
    record("complaint.file_added", complaint, by=by, at=at)
    return made


@atomic
def open_file(*, complaint_id: UUID, attachment_id: UUID, by: Person, at: datetime) -> SealedFile:
    """A file, for somebody on the complaint; the reading stands in history.

    Raises Complaint.DoesNotExist, NotInvolved and Attachment.DoesNotExist.
    """
    row = Attachment.objects.select_related("file").get(pk=attachment_id, complaint_id=complaint_id)
    note_reading(complaint_id, row.pk, by=by, at=at)
    return row.file


@atomic
def note_reading(complaint_id: UUID, file_id: UUID, *, by: Person, at: datetime) -> None:
    """Somebody on the complaint reads a file of it. Raises Complaint.DoesNotExist and NotInvolved."""
    complaint = states.locked(complaint_id)
    parts = states.involved(complaint, by)
    after = {"file": str(file_id), "as": sorted(part.part for part in parts)}
    record("complaint.file_read", complaint, by=by, at=at, after=after)


@atomic
def open_own(*, key: WorkerKey, attachment_id: UUID, at: datetime) -> SealedFile:
    """A file that she sent or was sent. In her scope. Raises Attachment.DoesNotExist."""
    rows = Attachment.objects.select_related("file").filter(complaint_id=key.complaint_id, is_for_worker=True)
    row = rows.get(pk=attachment_id)
    subject = ("complaints.complaint", key.complaint_id)
    record("complaint.file_read", subject, by=None, at=at, after={"file": str(row.pk)})
    return row.file

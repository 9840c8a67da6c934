"""Who complains: several may bring one complaint, each with her own consent, and with a number and a secret of her own where she wants them.

All of it happens in the scope of a worker, so whoever enters it cannot read it afterwards.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import connections
from django.utils.translation import gettext as _

from complaints.enums import ComplaintState, Direction, FiledBy, Recipient, Said
from complaints.models import Complainant, Complaint, Consent, Message, WorkerKey
from complaints.operations import check_ins, states
from complaints.operations.drafts import Slip, Token
from complaints.operations.telling import tell_staff
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.history.operations import record
from wsr.tenancy import atomic, case_scope, current_alias
from wsr.vault import index, numbers, secrets
from wsr.vault import operations as vault
from wsr.vault.envelope import Place

TEXTS = ("name", "phone", "safe_contact", "code_word")  # of a complainant in the vault
CALL = timedelta(
    hours=1
)  # as long as a call or a visit lasts: whoever gave a one-time secret may make another
MOST = 50  # complainants of one complaint
_TRIES = 8  # for a number that is not taken; one in ninety million is


class CannotJoin(DomainError):
    """Nobody can join this complaint any more."""


class CannotRenew(DomainError):
    """There is no one-time secret that this person may replace."""


class NoNumberLeft(Exception):
    """So many numbers in a row were taken that something is wrong."""


@dataclass(frozen=True, repr=False)
class Who:
    """One complainant: how she may be reached, and what she lets be said to whom. Texts as she gave them, all of them optional.

    `call_from`, `call_until`: hours of the program's clocks, both or neither. `filed_by`: as the complaint says where it is None.
    `has_slip`: she gets a number and a one-time secret; the first complainant always does.
    """

    name: str = ""
    phone: str = ""
    safe_contact: str = ""
    code_word: str = ""
    may_call: bool = False
    may_text: bool = False
    call_from: time | None = None
    call_until: time | None = None
    consents: Sequence[tuple[Recipient, Said]] = ()
    filed_by: FiledBy | None = None
    has_slip: bool = True


def enrol(
    complaint: Complaint, people: Sequence[Who], *, ids: Sequence[UUID] = (), by: Person | None, at: datetime
) -> list[Complainant]:
    """Write complainants down after those there are; every text goes into the vault. The first of all has the id of the complaint.

    `ids`: those that they will have. The caller holds the complaint, or has just made it. Raises NoNumberLeft.
    """
    before = len(everybody())
    ids = ids or [complaint.pk if not before + n else uuid4() for n in range(len(people))]
    rows = []
    for ordinal, (row_id, who) in enumerate(zip(ids, people, strict=True), before + 1):
        row = Complainant(
            id=row_id,
            program_id=complaint.program_id,
            complaint=complaint,
            ordinal=ordinal,
            filed_by=who.filed_by or complaint.filed_by,
            has_name=bool(who.name),
            has_phone=bool(who.phone),
            may_call=who.may_call,
            may_text=who.may_text,
            call_from=who.call_from,
            call_until=who.call_until,
            added_at=at,
        )
        with scope_of(row):
            _write(row, is_numbered=ordinal > 1 and who.has_slip)
            _seal(complaint, row, who)
            _consent(row, who, by=by, at=at)
        rows.append(row)
    return rows


def everybody() -> dict[UUID, bool]:
    """Who complains in the case of the scope, in order, and whether she has left: ids alone, of the others too. In a worker's scope."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT id, has_left FROM complaints_everybody()")
        return dict(cursor.fetchall())


def scope_of(row: Complainant) -> AbstractContextManager[object]:
    """Her own scope, inside that of her case."""
    is_first = row.pk == row.complaint_id
    return case_scope(row.complaint_id, None if is_first else row.pk)


def give_key(complaint: Complaint, row: Complainant, *, by: Person | None, at: datetime) -> Slip:
    """A secret for one complainant; `by`: somebody else sees it, so it opens one thing only. Raises TooBusy."""
    slip = Slip(row.pk, number_of(complaint, row), secrets.new_secret())
    is_flood = by is None and complaint.state == ComplaintState.SET_ASIDE
    WorkerKey.objects.create(
        complaint=complaint,
        complainant=row,
        hash=secrets.hash_secret(slip.number, slip.secret, is_flood=is_flood),
        must_change=by is not None,
        made_by=by,
        made_at=at,
    )
    return slip


def number_of(complaint: Complaint, row: Complainant) -> str:
    """The number that she says: her own, or that of the complaint."""
    return row.number or complaint.number


def say(complaint: Complaint, row: Complainant, texts: Mapping[str, str], *, at: datetime) -> None:
    """What she said, question by question, in her own words. In the scope of this complainant."""
    said = {question: text for question, text in texts.items() if text}
    messages = Message.objects.bulk_create(
        Message(
            program_id=complaint.program_id,
            complaint=complaint,
            direction=Direction.FROM_WORKER,
            question=question,
            complainant=row,
            at=at,
        )
        for question in said
    )
    if messages:
        vault.seal_many(
            complaint.pk,
            {Place("complaints_message", "text", row.pk): said[row.question] for row in messages},
        )


@atomic
def join(
    *, complaint_id: UUID, token: Token, place: int, who: Who, words: str, by: Person, at: datetime
) -> Slip:
    """One more worker joins a complaint. In her scope: `worker_scope(program, complaint_id, joining_id(token, place))`.

    The same token and place again is the same worker, and her secret is not shown again. Raises Complaint.DoesNotExist, CannotJoin, TooBusy.
    """
    complaint = states.locked(complaint_id)
    new = joining_id(token, place)
    if there := Complainant.objects.filter(pk=new).first():
        return Slip(new, there.number)
    if not complaint.is_open:
        raise CannotJoin(_("This complaint is closed. Enter what they have to say as a new one."))
    if len(everybody()) >= MOST:
        raise CannotJoin(_("So many have joined this complaint that a new one is easier to work on."))
    [row] = enrol(complaint, [who], ids=[new], by=by, at=at)
    say(complaint, row, {"what": words.strip()}, at=at)
    slip = give_key(complaint, row, by=by, at=at)
    check_ins.joined(row, at=at, by=None)
    record("complaint.joined", ("complaints.complaint", complaint.pk), by=by, at=at)
    tell_staff(complaint, f"complaint_from_worker:joined:{new}", at)
    return slip


def joining_id(token: Token, place: int) -> UUID:
    """The id of the worker in one place of the form that a token belongs to."""
    return token.made_id(f"joining {place}")


@atomic
def renew(*, complaint_id: UUID, complainant_id: UUID, by: Person, at: datetime) -> Slip:
    """Another one-time secret for one that went wrong while she is still on the phone or at the table; the one before opens nothing.

    Only for whoever gave her the first one, within the hour, and not after she made her own. In her scope of the complaint.
    Raises CannotRenew and TooBusy.
    """
    row = (
        Complainant.objects.select_related("complaint")
        .filter(pk=complainant_id, complaint_id=complaint_id, added_at__gt=at - CALL)
        .first()
    )
    old = row and (
        WorkerKey.objects.select_for_update(of=("self",))
        .filter(complainant=row, must_change=True, made_by_id=by.pk, ended_at=None)
        .first()
    )
    if not old:
        raise CannotRenew(
            _("She has a code of her own already, or this call is long over. A new one cannot be made here.")
        )
    old.ended_at = at
    old.save(update_fields=["ended_at"])
    slip = give_key(row.complaint, row, by=by, at=at)
    record("complaint.secret_renewed", ("complaints.complaint", complaint_id), by=by, at=at)
    return slip


def _write(row: Complainant, *, is_numbered: bool) -> None:
    for _try in range(_TRIES):
        row.number = numbers.new_number() if is_numbered else ""
        Complainant.objects.bulk_create([row], ignore_conflicts=True)  # the number may be taken
        if Complainant.objects.filter(pk=row.pk).exists():
            return
    raise NoNumberLeft


def _seal(complaint: Complaint, row: Complainant, who: Who) -> None:
    texts = {
        Place("complaints_complainant", column, row.pk): text
        for column in TEXTS
        if (text := getattr(who, column))
    }
    if texts:
        vault.seal_many(complaint.pk, texts)
    for kind, text in ((index.PHONE, who.phone), (index.NAME, who.name)):
        if text:
            index.add(complaint.pk, kind, [text])


def _consent(row: Complainant, who: Who, *, by: Person | None, at: datetime) -> None:
    Consent.objects.bulk_create(
        Consent(
            program_id=row.program_id,
            complaint_id=row.complaint_id,
            complainant=row,
            recipient=recipient,
            said=said,
            given_at=at,
            asked_by=by,
        )
        for recipient, said in dict.fromkeys(who.consents)
    )

"""Somebody is made to pay for her complaint: a complaint of its own opens at once, of the gravest severity, and everybody is told.

It happens in her scope of the first complaint and goes on in that of the new one, in one transaction. She reaches the new one through the
first: it has a key of hers without a hash, which no secret opens.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Q
from django.utils.translation import get_language, override

from complaints.enums import (
    Act,
    Channel,
    CheckInAnswer,
    ComplaintState,
    Direction,
    FiledBy,
    Harm,
    Scope,
)
from complaints.models import CheckIn, Complainant, Complaint, Message, WorkerKey
from complaints.operations import check_ins, intake, telling
from complaints.operations.complainants import TEXTS, Who, enrol
from complaints.operations.states import ACKNOWLEDGED
from programs.models import Severity
from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Person
from wsr.deadlines.operations.starting import start
from wsr.history.operations import record
from wsr.notices.operations import tell_people, tell_role
from wsr.tenancy import case_scope, current_alias
from wsr.vault import operations as vault
from wsr.vault.envelope import Place

QUESTION = "harm"  # key of the question that the first message of such a complaint answers


def told(harms: Iterable[Harm], words: str) -> str:
    """What she said, in one text: her marks in her language, and in English where that is another; then her own words."""
    marks = [Harm(harm) for harm in dict.fromkeys(harms)]
    hers = "; ".join(str(mark.label) for mark in marks)
    with override("en"):
        english = "; ".join(str(mark.label) for mark in marks)
    if get_language() and english != hers:
        hers = f"{hers} ({english})"
    return "\n\n".join(part for part in (hers, words.strip()) if part)


def still_open(complainant_id: UUID) -> UUID | None:
    """The complaint that an earlier report of hers opened, while it is worked on. In her scope of the first complaint."""
    rows = CheckIn.objects.filter(complainant_id=complainant_id, answer=CheckInAnswer.HARM)
    for linked_id in dict.fromkeys(rows.order_by("-answered_at").values_list("linked_id", flat=True)):
        with case_scope(linked_id):
            if Complaint.objects.get(pk=linked_id).is_open:
                return linked_id
    return None


def add_to(linked_id: UUID, text: str, *, entered_by: Person | None, at: datetime) -> UUID:
    """She reports more of it while the first report is worked on: one complaint, and everybody is told again."""
    with case_scope(linked_id):
        complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=linked_id)
        her = Complainant.objects.get(pk=linked_id)  # others may have joined her
        message = _say(complaint, her, text, at)
        record("complaint.from_worker", ("complaints.complaint", linked_id), by=entered_by, at=at)
        _tell(complaint, next(iter(telling.present(complaint)), None), f"{message.pk}", at)
    return linked_id


def open_linked(
    before: Complaint,
    who: Complainant,
    text: str,
    *,
    channel: Channel,
    entered_by: Person | None,
    at: datetime,
) -> UUID:
    """Open the complaint that follows from `before` and return its id. In her scope of `before`, which the caller has locked."""
    places = {column: Place("complaints_complainant", column, who.pk) for column in TEXTS}
    opened = vault.unseal_many(before.pk, places.values())
    herself = {column: opened[place] or "" for column, place in places.items()}
    linked_id = uuid4()
    with case_scope(linked_id):
        complaint = intake.insert(
            Complaint(
                id=linked_id,
                program_id=before.program_id,
                channel=channel,
                filed_by=FiledBy.PROGRAM if entered_by else FiledBy.WORKER,
                language=before.language,
                is_anonymous=not herself["name"],
                scope=Scope.WITHIN,
                severity=Severity.objects.order_by("position", "pk").first(),
                is_urgent=True,
                is_retaliation=True,
                supplier_id=before.supplier_id,
                workplace_id=before.workplace_id,
                continues_id=before.pk,
                received_at=at,
                entered_by=entered_by,
                updated_at=at,
            )
        )
        vault.open_case(linked_id)
        same = _same_person(complaint, who, herself, at)
        _say(complaint, same, text, at)
        _announce(complaint, by=entered_by, at=at)
        check_ins.begin(same, Act.HARM, at=at, by=None)
    return linked_id


def add_linked(*, case_id: UUID, found: set[UUID]) -> None:
    """The complaints of the same worker that a complaint follows from, or that follow from it, however far; they hold her name and phone as well."""
    reached = {case_id}
    while reached:
        found |= reached
        rows = Complaint.objects.filter(Q(pk__in=reached) | Q(continues__in=reached), is_retaliation=True)
        near = {one for pair in rows.values_list("pk", "continues_id") for one in pair if one is not None}
        reached = near - found


def _same_person(complaint: Complaint, who: Complainant, told: dict[str, str], at: datetime) -> Complainant:
    """Her again, with what she told of herself and her wishes how to be reached; what may be said to others she says anew."""
    wishes = {name: getattr(who, name) for name in ("may_call", "may_text", "call_from", "call_until")}
    [same] = enrol(complaint, [Who(**told, **wishes, filed_by=FiledBy(who.filed_by))], by=None, at=at)
    WorkerKey.objects.create(complaint=complaint, complainant=same, hash="", made_at=at)
    return same


def _say(complaint: Complaint, who: Complainant, text: str, at: datetime) -> Message:
    message = Message.objects.create(
        complaint=complaint, direction=Direction.FROM_WORKER, question=QUESTION, complainant=who, at=at
    )
    vault.seal(complaint.pk, "complaints_message", "text", message.pk, text)
    return message


def _announce(complaint: Complaint, *, by: Person | None, at: datetime) -> None:
    """History, the clock of the first answer, whoever handled the first complaint; and everybody is told."""
    subject = ("complaints.complaint", complaint.pk)
    after = {"state": ComplaintState.RECEIVED, "channel": complaint.channel, "is_urgent": True}
    record("complaint.retaliation", subject, by=by, at=at, after=after)
    start(kind=ACKNOWLEDGED, subject=subject, started_at=at, at=at)
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_follow_on(%s, %s)", [complaint.pk, at])
        [handler] = cursor.fetchone()
    _tell(complaint, handler, f"{complaint.pk}", at)


def _tell(complaint: Complaint, handler: UUID | None, key: str, at: datetime) -> None:
    """Whoever handles it, or those who may triage; and the directors in any case."""
    key, page = f"retaliation:{key}", {"complaint": str(complaint.pk)}
    if handler:
        tell_people(
            kind="retaliation",
            key=key,
            people=[handler],
            context=page,
            at=at,
            secret_of=complaint.pk,
            about=complaint.pk,
        )
    else:
        permission = Permission.COMPLAINT_TRIAGE
        tell_role(kind="retaliation", key=key, permission=permission, context=page, at=at, about=complaint.pk)
    tell_role(
        kind="retaliation_reported",
        key=f"{key}:directors",
        roles=[Role.DIRECTOR],
        context={},
        at=at,
        about=complaint.pk,
    )

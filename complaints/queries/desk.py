"""What the desk of a handler shows."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from complaints.enums import AssignmentState
from complaints.models import Assignment, Complainant, Complaint, Message, Referral, Wall
from complaints.operations.parts import HANDLERS
from programs.enums import Part as PartInProgram
from programs.models import Participation, Severity, Workplace
from programs.queries import workplaces_found
from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Membership
from wsr.tenancy import Audience
from wsr.vault.envelope import Place
from wsr.vault.operations import unseal_many

STAFF = [role for role in Role if AUDIENCE_OF[role] == Audience.STAFF]
FOUND = 50
MOST = 500  # messages on one page; the oldest of a longer thread are left out and the page says so


@dataclass(frozen=True)
class Line:
    """One message of the thread, opened."""

    message: Message
    text: str


@dataclass(frozen=True)
class Known:
    """What a complainant told of herself, opened; empty where she told nothing."""

    row: Complainant
    name: str
    phone: str
    safe_contact: str


def complaints() -> QuerySet[Complaint]:
    """The program's complaints as a list shows them, those the person is walled off from left out by the database."""
    return Complaint.objects.select_related("severity", "supplier", "workplace", "handler", "rule")


def thread(complaint_id: UUID) -> list[Line]:
    """The newest messages of a complaint in their order, opened with its key once. For its circle."""
    rows = list(
        Message.objects.filter(complaint_id=complaint_id).select_related("by").order_by("-at", "-pk")[:MOST]
    )
    texts = unseal_many(complaint_id, [_text(row) for row in rows])
    return [Line(row, texts[_text(row)] or "") for row in reversed(rows)]


def complainants(complaint_id: UUID) -> list[Known]:
    """Who complains, as far as she said. For its circle."""
    rows = list(Complainant.objects.filter(complaint_id=complaint_id))
    places = {
        (row.pk, column): Place("complaints_complainant", column, row.pk)
        for row in rows
        for column in ("name", "phone", "safe_contact")
    }
    texts = unseal_many(complaint_id, places.values())
    return [
        Known(
            row,
            *(texts[places[row.pk, column]] or "" for column in ("name", "phone", "safe_contact")),
        )
        for row in rows
    ]


def parts(complaint_id: UUID) -> QuerySet[Assignment]:
    """Who has, had or was asked to take a part, the present ones first."""
    return (
        Assignment.objects.filter(complaint_id=complaint_id)
        .select_related("person", "asked_by")
        .order_by("ended_at", "asked_at", "pk")
    )


def own_parts(complaint_id: UUID, person_id: UUID) -> QuerySet[Assignment]:
    """A person's parts in it that are asked or accepted."""
    return Assignment.objects.filter(
        complaint_id=complaint_id,
        person_id=person_id,
        state__in=(AssignmentState.ASKED, AssignmentState.ACCEPTED),
    )


def referrals(complaint_id: UUID) -> QuerySet[Referral]:
    """Where it went."""
    return Referral.objects.filter(complaint_id=complaint_id).order_by("at")


def handlers() -> list[tuple[str, str]]:
    """(id, name) of everybody who handles complaints here."""
    rows = Membership.objects.filter(role__in=HANDLERS, ended_at=None).select_related("person")
    return sorted({(str(row.person_id), str(row.person)) for row in rows}, key=lambda row: row[1])


def severities() -> list[tuple[str, str]]:
    """(id, name) of the program's severities."""
    return [(str(row.pk), row.label) for row in Severity.objects.order_by("position", "pk")]


def workplaces_to_choose(typed: str, chosen: str) -> list[tuple[str, str]]:
    """(id, name and supplier) of what a search finds, the first of them, and what is chosen already."""
    rows = Workplace.objects.select_related("supplier")
    found = list(workplaces_found(rows, typed).order_by("name", "pk")[:FOUND]) if typed.strip() else []
    with suppress(ValueError):
        kept = UUID(chosen)
        found += [row for row in rows.filter(pk=kept) if kept not in {one.pk for one in found}]
    return [(str(row.pk), f"{row.name}, {row.supplier.name}") for row in found]


def staff() -> list[tuple[str, str]]:
    """(id, name) of everybody on the program's side."""
    rows = Membership.objects.filter(role__in=STAFF, ended_at=None).select_related("person")
    return sorted({(str(row.person_id), str(row.person)) for row in rows}, key=lambda row: row[1])


def suppliers() -> list[tuple[str, str]]:
    """(id, name) of the program's suppliers."""
    rows = Participation.objects.filter(part=PartInProgram.SUPPLIER).order_by("name", "pk")
    return [(str(row.pk), row.name) for row in rows]


def walls() -> QuerySet[Wall]:
    """Who must not know of what; a wall around the person herself is left out by the database."""
    return Wall.objects.select_related("person", "complaint", "supplier", "begun_by").order_by(
        "ended_at", "-begun_at"
    )


def _text(row: Message) -> Place:
    return Place("complaints_message", "text", row.pk)

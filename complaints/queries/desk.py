"""What the desk of a handler shows."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from complaints.enums import AssignmentState
from complaints.models import Assignment, Complainant, Complaint, Joined, Message, Referral, Wall
from complaints.operations.parts import HANDLERS
from complaints.queries.files import Shown, by_message
from programs.enums import Part as PartInProgram
from programs.models import Participation, Severity, Workplace
from programs.queries import workplaces_found
from wsr.accounts.grants import AUDIENCE_OF, Role
from wsr.accounts.models import Membership
from wsr.notices.sms import masked
from wsr.tenancy import Audience
from wsr.vault.envelope import Place
from wsr.vault.numbers import shown
from wsr.vault.operations import unseal_many

STAFF = [role for role in Role if AUDIENCE_OF[role] == Audience.STAFF]
FOUND = 50
MOST = 500  # messages on one page; the oldest of a longer thread are left out and the page says so


@dataclass(frozen=True)
class Line:
    """One message of the thread, opened."""

    message: Message
    text: str
    files: list[Shown]


@dataclass(frozen=True)
class Known:
    """What a complainant told of herself, opened; empty where she told nothing. `phone` is masked: see `complaints.operations.phones`.

    Of one whose complaint was merged into this one, `name` is the number of hers, where more of her is kept.
    """

    row: Complainant
    name: str
    phone: str
    safe_contact: str
    code_word: str = ""


@dataclass(frozen=True)
class Passed:
    """Where a complaint went, and what was told there, opened."""

    row: Referral
    words: str


def complaints() -> QuerySet[Complaint]:
    """The program's complaints as a list shows them, those the person is walled off from left out by the database."""
    return Complaint.objects.select_related("severity", "supplier", "workplace", "handler", "rule")


def thread(complaint_id: UUID) -> list[Line]:
    """The newest messages of a complaint in their order, opened with its key once. For its circle."""
    rows = list(
        Message.objects.filter(complaint_id=complaint_id).select_related("by").order_by("-at", "-pk")[:MOST]
    )
    texts = unseal_many(complaint_id, [_text(row) for row in rows])
    files = by_message(complaint_id)
    return [Line(row, texts[_text(row)] or "", files.get(row.pk, [])) for row in reversed(rows)]


def complainants(complaint_id: UUID) -> list[Known]:
    """Who complains, as far as she said. For its circle."""
    rows = list(Complainant.objects.filter(complaint_id=complaint_id))
    places = {
        (row.pk, column): Place("complaints_complainant", column, row.pk)
        for row in rows
        for column in ("name", "phone", "safe_contact", "code_word")
    }
    texts = unseal_many(complaint_id, places.values()) if rows else {}
    came = Joined.objects.filter(other_id=complaint_id).values_list("other_complainant", "complaint__number")
    joined = {pk: _("of complaint %(number)s") % {"number": shown(number)} for pk, number in came}
    return [
        Known(
            row,
            texts[places[row.pk, "name"]] or joined.get(row.pk, ""),
            masked(texts[places[row.pk, "phone"]] or ""),
            texts[places[row.pk, "safe_contact"]] or "",
            texts[places[row.pk, "code_word"]] or "",
        )
        for row in rows
    ]


def to_choose(complaint_id: UUID) -> list[tuple[str, str]]:
    """(id, words) of whom one may write to. For its circle."""
    return [
        (
            str(one.row.pk),
            " · ".join(filter(None, (str(one.row.ordinal), one.name, str(one.row.get_filed_by_display())))),
        )
        for one in complainants(complaint_id)
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


def is_inside(complaint_id: UUID, person_id: UUID) -> bool:
    """Whether she has a part in it that holds."""
    return own_parts(complaint_id, person_id).filter(state=AssignmentState.ACCEPTED).exists()


def referrals(complaint_id: UUID) -> list[Passed]:
    """Where it went, and what was told there. For its circle."""
    rows = list(Referral.objects.filter(complaint_id=complaint_id).order_by("at", "pk"))
    places = {row.pk: Place("complaints_referral", "words", row.pk) for row in rows}
    texts = unseal_many(complaint_id, places.values()) if rows else {}
    return [Passed(row, texts[places[row.pk]] or "") for row in rows]


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

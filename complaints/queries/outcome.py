"""How a complaint ends, as its page shows it: proposals and answers, reviews, appeals, complaints about the same thing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.enums import AssignmentState, ComplaintState, Part
from complaints.models import (
    Appeal,
    Assignment,
    Complaint,
    Link,
    Reopening,
    Resolution,
    ResolutionAnswer,
    Review,
    Wall,
)
from complaints.operations import appeals, independence, resolutions, reviews
from complaints.operations.joining import TAKES_OTHERS
from complaints.queries import desk
from wsr.accounts.models import Person
from wsr.vault.envelope import Place
from wsr.vault.numbers import shown
from wsr.vault.operations import unseal_many

NEAR = timedelta(
    days=45
)  # two reports of one event come within weeks; beyond that the same place alone says little
MOST_SUGGESTED = 5
_NOT_SUGGESTED = (ComplaintState.MERGED, ComplaintState.ABUSE, ComplaintState.SET_ASIDE)
_SEALED = {
    Resolution: ("text",),
    ResolutionAnswer: ("words",),
    Review: ("reason", "words"),
    Appeal: ("words", "answer"),
    Reopening: ("reason",),
}


@dataclass(frozen=True)
class Opened:
    """A row with its texts, opened; `more`: rows that hang below it."""

    row: Any
    texts: dict[str, str]
    more: list["Opened"] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """Everything about how a complaint ended, newest first."""

    proposals: list[Opened]
    reviews: list[Opened]
    appeals: list[Opened]
    reopenings: list[Opened]


@dataclass(frozen=True)
class Waiting:
    """Who a step waits for: those who accepted it and may, and those who could be asked."""

    accepted: list[str]
    candidates: list[tuple[str, str]]


@dataclass(frozen=True)
class Near:
    """A complaint that may be about the same thing, and why it is named."""

    complaint: Complaint
    number: str
    why: str
    link: Link | None = None


def section(complaint: Complaint, person: Person, *, at: datetime) -> dict[str, object]:
    """What the section on the page of a complaint shows to somebody inside."""
    return {
        "outcome": outcome(complaint.pk),
        "ends": may(complaint, person, at=at),
        "second_person": second_person(complaint),
        "decider": decider(complaint),
        "merged": merged(complaint),
        "linked": linked(complaint),
        "suggested": suggested(complaint),
    }


def outcome(complaint_id: UUID) -> Outcome:
    """For the circle of a complaint, opened with its key once."""
    of = {"complaint_id": complaint_id}
    answers = ResolutionAnswer.objects.filter(**of).select_related("complainant", "entered_by")
    found: dict[type, list[Any]] = {
        Resolution: list(Resolution.objects.filter(**of).select_related("proposed_by").order_by("-number")),
        ResolutionAnswer: list(answers.order_by("at", "pk")),
        Review: list(
            Review.objects.filter(**of).select_related("handed_by", "reviewer", "resolution").order_by("-pk")
        ),
        Appeal: list(Appeal.objects.filter(**of).select_related("entered_by", "decider").order_by("-pk")),
        Reopening: list(Reopening.objects.filter(**of).select_related("by").order_by("-pk")),
    }
    places = {
        (row.pk, column): Place(row._meta.db_table, column, row.pk)
        for model, rows in found.items()
        for row in rows
        for column in _SEALED[model]
    }
    texts = unseal_many(complaint_id, places.values()) if places else {}

    def opened(row: Any, more: Iterable[Opened] = ()) -> Opened:
        said = {column: texts[places[row.pk, column]] or "" for column in _SEALED[type(row)]}
        return Opened(row, said, list(more))

    return Outcome(
        [
            opened(row, (opened(one) for one in found[ResolutionAnswer] if one.resolution_id == row.pk))
            for row in found[Resolution]
        ],
        *([opened(row) for row in found[model]] for model in (Review, Appeal, Reopening)),
    )


def may(complaint: Complaint, person: Person, *, at: datetime) -> dict[str, bool]:
    """What the page offers somebody inside who handles complaints; the operations decide."""
    state = complaint.state
    is_handler = complaint.handler_id == person.pk
    is_proposed = resolutions.newest(complaint) is not None
    own = set(
        Assignment.objects.filter(
            complaint=complaint, person=person, state=AssignmentState.ACCEPTED
        ).values_list("part", flat=True)
    )
    return {
        "propose": is_handler and state == ComplaintState.RESOLVING,
        "enter_answer": is_handler and is_proposed and state in resolutions.OPEN_TO_ANSWERS,
        "hand_over": is_handler and is_proposed and state == ComplaintState.RESOLVING,
        "review": state == ComplaintState.IN_REVIEW
        and Part.REVIEWER in own
        and person.pk not in independence.barred_from_review(complaint),
        "enter_appeal": appeals.may_appeal(complaint, reviews.closing(complaint), at=at),
        "decide": state == ComplaintState.APPEALED
        and Part.DECIDER in own
        and person.pk not in independence.barred_from_deciding(complaint),
        "reopen": state == ComplaintState.CLOSED,
        "merge": complaint.may_become(ComplaintState.MERGED),
        "take_apart": state == ComplaintState.MERGED,
    }


def second_person(complaint: Complaint) -> Waiting | None:
    """Who checks the outcome, or could be asked to; None before and after that."""
    if complaint.state not in (ComplaintState.RESOLVING, ComplaintState.IN_REVIEW):
        return None
    return _waiting(complaint, Part.REVIEWER, independence.barred_from_review(complaint))


def decider(complaint: Complaint) -> Waiting | None:
    """Who decides the appeal, or could be asked to; None where none waits."""
    if complaint.state != ComplaintState.APPEALED:
        return None
    return _waiting(complaint, Part.DECIDER, independence.barred_from_deciding(complaint))


def linked(complaint: Complaint) -> list[Near]:
    """Complaints that were linked with it, those the person is walled off from left out by the database."""
    rows = Link.objects.filter(Q(first=complaint) | Q(second=complaint), ended_at=None)
    found = []
    for row in rows.select_related("first", "second").order_by("at", "pk"):
        other = row.second if row.first_id == complaint.pk else row.first
        found.append(Near(other, shown(other.number), "", row))
    return found


def merged(complaint: Complaint) -> list[Near]:
    """What it was merged into, or what was merged into it."""
    rows = Complaint.objects.filter(Q(pk=complaint.merged_into_id) | Q(merged_into=complaint))
    return [Near(row, shown(row.number), "") for row in rows.order_by("received_at", "pk")]


def suggested(complaint: Complaint) -> list[Near]:
    """Others that may be about the same event: at the same workplace, or about the same thing at the same supplier, within some weeks.

    Never more than a hint: nothing is linked or merged by itself.
    """
    same = Q(pk__in=[])  # none
    if complaint.workplace_id:
        same |= Q(workplace_id=complaint.workplace_id)
    if complaint.supplier_id and complaint.rule_id:
        same |= Q(supplier_id=complaint.supplier_id, rule__key=complaint.rule.key)
    known = [near.complaint.pk for near in linked(complaint)]
    span = (complaint.received_at - NEAR, complaint.received_at + NEAR)
    rows = (
        Complaint.objects.filter(same, received_at__range=span)
        .exclude(pk__in=[complaint.pk, *known])
        .exclude(state__in=_NOT_SUGGESTED)
        .select_related("rule")
        .order_by("-received_at", "pk")[:50]
    )
    near = [(_alike(complaint, row), row) for row in rows]
    near.sort(key=lambda pair: -len(pair[0]))
    return [Near(row, shown(row.number), ", ".join(why)) for why, row in near[:MOST_SUGGESTED]]


def takes_others(complaint: Complaint, person: Person) -> list[tuple[str, str]]:
    """(id, number and state) of complaints that the person has a part in and that this one could be merged into."""
    inside = Assignment.objects.filter(person=person, state=AssignmentState.ACCEPTED).values("complaint_id")
    rows = (
        Complaint.objects.filter(pk__in=inside, state__in=TAKES_OTHERS)
        .exclude(pk=complaint.pk)
        .order_by("-received_at", "pk")[:50]
    )
    return [(str(row.pk), f"{shown(row.number)}, {row.get_state_display()}") for row in rows]


def complainants(complaint_id: UUID) -> list[tuple[str, str]]:
    """(id, name or number) of each complainant. For its circle."""
    return [
        (
            str(known.row.pk),
            known.name or _("Complainant %(number)s") % {"number": known.row.ordinal},
        )
        for known in desk.complainants(complaint_id)
    ]


def _waiting(complaint: Complaint, part: Part, barred: set[UUID]) -> Waiting:
    rows = Assignment.objects.filter(
        complaint=complaint, part=part, state__in=(AssignmentState.ASKED, AssignmentState.ACCEPTED)
    ).select_related("person")
    accepted = [
        str(row.person)
        for row in rows
        if row.state == AssignmentState.ACCEPTED and row.person_id not in barred
    ]
    walls = Wall.objects.filter(
        Q(complaint=complaint) | Q(supplier=complaint.supplier_id), ended_at=None
    ).values_list("person_id", flat=True)
    out = {str(key) for key in (*barred, *walls, *(row.person_id for row in rows))}
    return Waiting(accepted, [pair for pair in desk.handlers() if pair[0] not in out])


def _alike(complaint: Complaint, row: Complaint) -> list[str]:
    """In which points two complaints are alike."""
    why = []
    if complaint.workplace_id and row.workplace_id == complaint.workplace_id:
        why.append(_("same workplace"))
    if complaint.rule_id and row.rule_id and row.rule.key == complaint.rule.key:
        why.append(_("about the same"))
    days = abs((row.received_at - complaint.received_at).days)
    why.append(_("received on the same day") if days == 0 else _("%(days)s days apart") % {"days": days})
    return why

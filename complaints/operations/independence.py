"""Who may look at an outcome as a second person, and who may decide an appeal. The database keeps the same (`0011_ended_by_another`, `0017_reviewed_by_no_former_handler`)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.enums import AssignmentState, Part
from complaints.models import Assignment, Complaint, Finding, Resolution
from wsr.accounts.models import Person
from wsr.errors import DomainError


class NotIndependent(DomainError):
    """Nobody reviews her own work, or decides an appeal against it."""


def barred_from_review(complaint: Complaint) -> set[UUID]:
    """Who ever handled or investigated it, made a finding, or proposed a resolution."""
    had = _had(complaint, [Part.HANDLER, Part.INVESTIGATOR])
    return {complaint.handler_id} | _made_it(complaint) | had


def barred_from_deciding(complaint: Complaint) -> set[UUID]:
    """Who ever handled, investigated or reviewed it, made a finding, or proposed a resolution."""
    return _made_it(complaint) | _had(complaint, [Part.HANDLER, Part.INVESTIGATOR, Part.REVIEWER])


def reviewer(complaint: Complaint, person: Person) -> None:
    """Raises NotIndependent unless she accepted to be the second pair of eyes and had no hand in the outcome."""
    _accepted(
        complaint, person, Part.REVIEWER, _("Only who accepted to be the second pair of eyes does this.")
    )
    if person.pk in barred_from_review(complaint):
        raise NotIndependent(
            _("You worked on this outcome yourself. Ask somebody else to be the second pair of eyes.")
        )


def decider(complaint: Complaint, person: Person) -> None:
    """Raises NotIndependent unless she accepted to decide the appeal and had no other part in the complaint."""
    _accepted(complaint, person, Part.DECIDER, _("Only who accepted to decide the appeal does this."))
    if person.pk in barred_from_deciding(complaint):
        raise NotIndependent(
            _("You had a part in this complaint before. Somebody who had none decides the appeal.")
        )


def _accepted(complaint: Complaint, person: Person, part: Part, otherwise: str) -> None:
    held = Assignment.objects.filter(
        complaint=complaint, person=person, part=part, state=AssignmentState.ACCEPTED
    )
    if not held.exists():
        raise NotIndependent(otherwise)


def _had(complaint: Complaint, parts: Iterable[Part]) -> set[UUID]:
    """Who accepted such a part, whether it has ended or not."""
    accepted = Q(state=AssignmentState.ACCEPTED) | Q(state=AssignmentState.ENDED, answered_at__isnull=False)
    rows = Assignment.objects.filter(accepted, complaint=complaint, part__in=list(parts))
    return set(rows.values_list("person_id", flat=True))


def _made_it(complaint: Complaint) -> set[UUID]:
    """Who made a finding or proposed a resolution, also one that holds no more."""
    proposed = Resolution.objects.filter(complaint=complaint).values_list("proposed_by_id", flat=True)
    found = Finding.objects.filter(complaint=complaint).values_list("found_by_id", flat=True)
    return {*proposed, *found}

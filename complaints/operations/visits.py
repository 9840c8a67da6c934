"""A complaint leads to a visit: the inspectors are asked for one, and nothing of the complaint goes along."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from audits.operations import requests
from complaints.operations import giveaways
from complaints.operations.states import locked, stays
from programs.models import Workplace
from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.tenancy import atomic, current_alias


class CannotAskForVisit(DomainError):
    """No visit can be asked for like this."""


@atomic
def ask(
    *, complaint_id: UUID, words: str, wanted_by: date | None, by: Person, at: datetime
) -> requests.VisitRequest:
    """Ask the inspectors for a visit to the workplace of a complaint. They read `words` and nothing of the complaint.

    No row ties the request to the complaint. Raises Complaint.DoesNotExist, NotInvolved, CannotAskForVisit and what
    `audits.operations.requests.ask` raises.
    """
    complaint = locked(complaint_id)
    stays(complaint, by)
    if complaint.workplace_id is None:
        raise CannotAskForVisit(_("Decide on the workplace first: accept the complaint."))
    if found := giveaways.found_in(words, complaint):
        told = ", ".join(f"“{hit.words}” ({hit.kind})" for hit in found)
        raise CannotAskForVisit(
            _("This may point to her: %(words)s. Say it in other words.") % {"words": told}
        )
    return requests.ask(workplace_id=complaint.workplace_id, words=words, wanted_by=wanted_by, by=by, at=at)


def visit_offered(
    *, workplace: Workplace, planners: Collection[UUID], apart: set[UUID], **_others: Any
) -> None:
    """Whoever must not know of a complaint there, or of any about the supplier, is neither asked for a visit nor given one.

    In the database, since nobody sees the walls around herself, and an inspector sees no complaint.
    """
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_kept_from_visits(%s, %s)", [workplace.pk, sorted(planners)])
        apart.update(cursor.fetchone()[0])

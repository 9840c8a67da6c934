"""Whom a complaint is about, and whether others are about the same person: for those inside it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connections

from complaints.models import Complaint, Respondent
from complaints.operations import respondents
from wsr.tenancy import current_alias, current_program_id
from wsr.vault.index import every_index
from wsr.vault.numbers import shown


@dataclass(frozen=True, repr=False)
class Named:
    """One person. `others`: how many further complaints name the same one; `own`: (id, number as shown) of those that the reader works on."""

    row: Respondent
    name: str
    others: int
    own: list[tuple[UUID, str]]


def named(complaint: Complaint) -> list[Named]:
    """The persons a complaint is about, with what is known of others about the same one.

    Complaints that the reader is walled off from are neither counted nor linked; where she has no part she learns the number alone.
    """
    said = respondents.names(complaint)
    rows = Respondent.objects.filter(pk__in=said).select_related("employer")
    return [Named(row, said[row.pk], *_others(complaint, said[row.pk])) for row in rows]


def _others(complaint: Complaint, name: str) -> tuple[int, list[tuple[UUID, str]]]:
    digests = every_index(current_program_id(), respondents.KIND, name)
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT others, own FROM complaints_same_respondent(%s, %s)", [complaint.pk, digests])
        others, own = cursor.fetchone()
    rows = Complaint.objects.filter(pk__in=own).order_by("received_at", "pk")
    return others, [(pk, shown(number)) for pk, number in rows.values_list("pk", "number")]

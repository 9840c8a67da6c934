"""Another pepper: what complaints are found by is keyed anew case by case, while people work; secrets when their workers come.

Each case is one transaction, and what is not done yet stands in its rows, so that it may be stopped at any moment and run again.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import connections

from complaints.models import Complaint
from complaints.operations import respondents
from complaints.operations.complainants import everybody
from wsr.tenancy import case_scope, current_alias, engine_scope, worker_scope
from wsr.vault import index
from wsr.vault.envelope import Place
from wsr.vault.keys import peppers
from wsr.vault.operations import unseal_many

BATCH = 500
FOUND_BY = {index.PHONE: "phone", index.NAME: "name"}


def key_anew(program_id: UUID) -> Iterator[int]:
    """Key what the complaints of a program are found by with the first pepper; yields how many were done in each batch. Outside a scope."""
    while True:
        with engine_scope(program_id):
            cases = index.stale_cases(most=BATCH)
        if not cases:
            return
        for case_id in cases:
            _case(program_id, case_id)
        yield len(cases)


def secrets_left(program_id: UUID) -> int:
    """How many workers' secrets are still hashed under a pepper from before: their workers have not come back since. Outside a scope."""
    with engine_scope(program_id), connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_secrets_under_others(%s)", [peppers()[0].id])
        return cursor.fetchone()[0]


def _case(program_id: UUID, case_id: UUID) -> None:
    with worker_scope(program_id, case_id):
        for her in everybody():
            with case_scope(case_id, None if her == case_id else her):
                _complainant(case_id, her)
        if complaint := Complaint.objects.filter(pk=case_id).first():
            index.add(case_id, respondents.KIND, respondents.names(complaint).values())
        index.forget_stale(case_id)


def _complainant(case_id: UUID, complainant_id: UUID) -> None:
    places = {kind: Place("complaints_complainant", name, complainant_id) for kind, name in FOUND_BY.items()}
    texts = unseal_many(case_id, places.values())
    for kind, place in places.items():
        if text := texts[place]:
            index.add(case_id, kind, [text])

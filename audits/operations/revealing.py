"""The end of a secret: an unannounced visit is over, and what was held back becomes an ordinary part of the program."""

from django.db import connections

from audits.models import (
    Bar,
    Declaration,
    Evidence,
    EvidencePlace,
    FieldSubmission,
    Finding,
    Inspection,
    Interview,
    Response,
    Seal,
    TeamMember,
)
from wsr.files.models import StoredFile
from wsr.history.operations import release
from wsr.tenancy import circles, current_alias
from wsr.tenancy.models import OPEN

OF_A_VISIT = (
    TeamMember,
    Declaration,
    Bar,
    Response,
    Interview,
    Finding,
    Evidence,
    EvidencePlace,
    Seal,
    FieldSubmission,
)


def next_number() -> int:
    """The next number of an inspection in the active program; kept from others until the transaction ends."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT audits_next_number()")
        return cursor.fetchone()[0]


def reveal(inspection: Inspection) -> None:
    """Open an inspection to all who may read inspections, with everything that belongs to it. The caller holds its lock.

    Inside the transaction of the act that ends the visit, and before its state leaves those in which records may be written. It
    gets its number now: a gap in the numbers would have told. History takes in what was held back. Where it is open already
    nothing happens. Tell others only after this.
    """
    if not inspection.is_secret:
        return
    for model in OF_A_VISIT:
        model.objects.filter(inspection=inspection).update(secret_of=OPEN)
    StoredFile.objects.filter(circle_id=inspection.pk).update(secret_of=OPEN)
    inspection.number = next_number()
    inspection.secret_of = OPEN
    inspection.save(update_fields=["number", "secret_of"])
    release(inspection.pk)
    circles.open_up(inspection.pk)

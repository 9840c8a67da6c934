"""Running numbers of what a program counts: escalations, letters."""

from django.db import connections, models
from django.db.models import Max

from wsr.tenancy import current_alias, current_program_id


def next_serial(model: type[models.Model]) -> int:
    """The next `serial` of a table in the active program. Held until the end of the transaction, so that no two get the same."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{model._meta.db_table}:{current_program_id()}"],
        )
    return (model._default_manager.aggregate(last=Max("serial"))["last"] or 0) + 1

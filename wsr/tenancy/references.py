"""Whether anything of the program points at a row, be it secret or not.

What a person may not see still holds the row it belongs to. Asked here before anything is deleted, the answer is the same for a use that
everybody knows of and for one that is secret; left to the database, a secret use would show as an error at the end of the transaction.
"""

from django.db import connections

from wsr.tenancy.models import ProgramModel
from wsr.tenancy.scope import current_alias

# The rows among $2 of table $1 that others than $3 point at.
IN_USE = "wsr_in_use(%(table)s, %(ids)s::uuid[], %(but)s::uuid[])"


def in_use(row: ProgramModel) -> bool:
    """Whether any row of the active program points at this one. For staff; the caller holds the lock of the row."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {IN_USE})",  # noqa: S608 -- a constant
            {"table": row._meta.db_table, "ids": [row.pk], "but": []},
        )
        return bool(cursor.fetchone()[0])

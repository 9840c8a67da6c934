"""One at a time where there is no row that everybody concerned may lock."""

from django.db import connections

from wsr.tenancy import current_alias, current_program_id


def lock(*parts: object) -> None:
    """Wait until nobody else in the program holds a lock of this name; held until the end of the transaction."""
    name = " ".join(map(str, (current_program_id(), *parts)))
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

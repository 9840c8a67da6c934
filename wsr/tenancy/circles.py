"""Closed groups of people inside a program, for matters whose very existence is confidential.

An unannounced inspection, and later a case, has a circle whose id is its own id. Rows that belong to it carry `secret_of`: that id while
nobody else may know, OPEN afterwards. Policies compare it with KNOWN_CIRCLES (staff: open rows and those of her circles), and
outside roles that only ever see their own matters compare the matter's id with OWN_CIRCLES. Both are evaluated once per
statement. The rows of this module can be reached through its functions alone: `wsr_searcher` owns them, and each
of them reads program and person from the scope and never from its caller.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connections

from wsr.tenancy.scope import current_alias


def admit(circle_id: UUID, person_id: UUID) -> None:
    """Take a person into a circle of the active program; the first call makes the circle.

    Into a closed circle only a member admits others. Raises InsufficientPrivilege of the database otherwise.
    """
    _call("SELECT wsr_admit(%s, %s)", circle_id, person_id)


def dismiss(circle_id: UUID, person_id: UUID) -> None:
    """Take a person out: herself, or another one by a member; of an open circle by any staff."""
    _call("SELECT wsr_dismiss(%s, %s)", circle_id, person_id)


def open_up(circle_id: UUID) -> None:
    """The matter is no secret any more. The caller sets `secret_of` of its rows to OPEN in the same transaction."""
    _call("SELECT wsr_open_circle(%s)", circle_id)


def hidden_matters() -> list[UUID]:
    """Ids of what the person must not know of although it is no secret of a circle: in the scope of staff."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT wsr_hidden_matters()")
        return cursor.fetchone()[0]


def hidden_from(matter_id: UUID, people: Iterable[UUID]) -> set[UUID]:
    """Who of these people must not know of a matter: it is among her `hidden_matters`. In the scope of the engine."""
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT wsr_hidden_from(%s, %s)", [matter_id, list(people)])
        return set(cursor.fetchone()[0])


def _call(statement: str, *values: UUID) -> None:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(statement, values)

"""A secret visit is never without somebody in charge."""

from datetime import datetime
from uuid import UUID

from django.db import connections

from wsr.accounts.models import Membership
from wsr.tenancy import current_alias


def hand_over(*, person_id: UUID, at: datetime, inspection_id: UUID | None = None) -> None:
    """Who leaves a circle as its last who plans inspections leaves it to the program's inspectors in charge, else to its directors.

    Never to somebody who is barred from the supplier. With `inspection_id` for that one, called by somebody in its circle; without it
    for all of a person who plans no inspections any more. Returns nothing: the caller need not be in the circle, and learns neither
    that there is one nor who took over. They are told by a message that only the circle sees.
    """
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT audits_hand_over(%s, %s, %s)", [person_id, inspection_id, at])


def member_left(*, membership: Membership, at: datetime) -> None:
    """A membership ended or became another: her visits stay in hand."""
    hand_over(person_id=membership.person_id, at=at)

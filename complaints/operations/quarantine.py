"""What is set aside as possible abuse runs by one clock of the program, whatever lies there.

A flood sets thousands aside: a clock for each would wake everybody a thousand times, and none would let a true complaint among them be forgotten. So
the first one starts the clock, it ends when nothing is left, and a complaint that is brought back owes its first answer from when it was received.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.enums import ComplaintState
from complaints.operations.states import in_english
from wsr.accounts.grants import Permission, Role
from wsr.accounts.models import Person
from wsr.deadlines import operations as clocks
from wsr.deadlines.enums import Basis, Unit
from wsr.deadlines.lengths import Length
from wsr.deadlines.operations.starting import start
from wsr.notices.operations import tell_role
from wsr.tenancy import current_alias, current_program_id
from wsr.tenancy.models import Program

SET_ASIDE = "complaints.set_aside"
HOURS = (
    24  # whoever is in danger among them waits for a day at most, and nobody is woken for a flood at night
)


def begin(*, at: datetime) -> None:
    """Something was set aside; the clock starts where it does not run. In the scope of staff or of a worker."""
    slug = Program.objects.values_list("slug", flat=True).get(pk=current_program_id())
    with in_english(None):
        start(
            kind=SET_ASIDE,
            subject=_subject(),
            started_at=at,
            at=at,
            title=_("Complaints set aside as possible abuse"),
            url=f"{reverse('complaints:complaints', args=[slug])}?state={ComplaintState.SET_ASIDE}",
            length=Length(HOURS, Unit.HOURS, Basis.PLATFORM),
        )


def looked_at(*, by: Person, at: datetime) -> None:
    """Somebody has decided on one; where it was the last, nothing waits any more."""
    if not _is_any_left():
        clocks.meet(kind=SET_ASIDE, subject=_subject(), at=at, by=by)


def nobody_looked(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: whoever may triage is told, once for all of it."""
    if _waits(clock, at):
        _tell(clock, rung, at, permission=Permission.COMPLAINT_TRIAGE)


def still_nobody(*, clock: Any, rung: Any, at: datetime) -> None:
    """Effect of the clock: the directors are told."""
    if _waits(clock, at):
        _tell(clock, rung, at, roles=[Role.DIRECTOR])


def _waits(clock: Any, at: datetime) -> bool:
    """Whether anything is left; otherwise, workers having taken back what was, nothing was missed and the clock is called off."""
    if not _is_any_left():
        clocks.cancel(clock_id=clock.pk, reason=_("Nothing is set aside any more."), at=at)
        return False
    return True


def _tell(clock: Any, rung: Any, at: datetime, **whom: Any) -> None:
    key = f"set_aside_waits:{clock.pk}:{rung.key}"
    tell_role(kind="complaint_set_aside_waits", key=key, at=at, context={}, **whom)


def _is_any_left() -> bool:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute("SELECT complaints_any_set_aside()")
        return cursor.fetchone()[0]


def _subject() -> tuple[str, UUID]:
    return ("tenancy.program", current_program_id())

"""Memberships that end on a day that was entered before: each in a transaction of its own, again until it is done."""

import logging
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from wsr.accounts.grants import Permission
from wsr.accounts.models import Membership
from wsr.accounts.operations import LastDirector, end_membership
from wsr.notices.operations import tell_role
from wsr.tenancy import program_scope
from wsr.tenancy.models import Program

logger = logging.getLogger(__name__)


def end_due(*, at: datetime) -> int:
    """End memberships whose last day is over in the program's time zone; returns how many. The last director stays, and it is told."""
    return sum(_end_in(program, at) for program in Program.objects.order_by("pk"))


def _end_in(program: Program, at: datetime) -> int:
    day = at.astimezone(ZoneInfo(program.time_zone)).date()
    with program_scope(program.pk):
        due = Membership.objects.active().filter(ends_on__lt=day).order_by("pk")
        ids = list(due.values_list("pk", flat=True))
    return sum(_end(program.pk, membership_id, at) for membership_id in ids)


def _end(program_id: UUID, membership_id: UUID, at: datetime) -> bool:
    try:
        with program_scope(program_id):
            end_membership(membership_id=membership_id, handover="", by=None, at=at)
    except LastDirector:
        with program_scope(program_id):
            tell_role(
                kind="end_not_reached",
                key=f"end_not_reached:{membership_id}:{at:%Y%m%d}",
                permission=Permission.MEMBER_CHANGE,
                at=at,
                context={"membership": str(membership_id)},
            )
        return False
    except Exception:  # one bad row must not hold up the others
        logger.exception("membership not ended membership=%s", membership_id)
        return False
    return True

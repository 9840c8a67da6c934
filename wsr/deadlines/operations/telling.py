"""Telling the people concerned that a step was reached: one message for each, one for many where many come at once."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from wsr.accounts.grants import Role
from wsr.deadlines.kinds import MISSED, kinds
from wsr.deadlines.lengths import organizations_of
from wsr.deadlines.models import Clock, Fired
from wsr.notices.operations import emit, tell_role
from wsr.notices.webhooks.events import listened_to
from wsr.tenancy import current_alias, current_program_id, engine_scope, program_scope

BATCH = 10_000
SINGLY = 5  # more for the same people at once become one message

_TELL = """
WITH claimed AS MATERIALIZED (
  SELECT id, clock_id, planned_at FROM deadlines_fired
  WHERE told_at IS NULL AND program_id = %(program)s ORDER BY fired_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), told AS (
  UPDATE deadlines_fired AS fired SET told_at = %(at)s FROM claimed
  WHERE fired.id = claimed.id AND fired.program_id = %(program)s
)
SELECT clock.kind, clock.responsible_participation_id, claimed.planned_at >= clock.due_at AS is_over, count(*),
       (array_agg(claimed.id ORDER BY claimed.planned_at, claimed.id))[:%(singly)s],
       (array_agg(claimed.clock_id ORDER BY claimed.planned_at, claimed.id))[:%(singly)s],
       jsonb_agg(jsonb_build_array(claimed.id, claimed.clock_id, clock.subject_id))
         FILTER (WHERE claimed.planned_at >= clock.due_at AND clock.kind = ANY(%(heard)s))
FROM claimed JOIN deadlines_clock AS clock ON clock.id = claimed.clock_id AND clock.program_id = %(program)s
GROUP BY 1, 2, 3 ORDER BY 5
"""


@dataclass(frozen=True)
class Concerned:
    """Who is told: the staff with a permission (the directors without one), or the members of an organization."""

    permission: object = None
    organization_id: UUID | None = None

    @property
    def address(self) -> dict[str, object]:
        """In the words of notices."""
        if self.organization_id:
            return {"organization_id": self.organization_id}
        return {"permission": self.permission} if self.permission else {"roles": [Role.DIRECTOR]}

    def __str__(self) -> str:
        return str(self.organization_id or self.permission or Role.DIRECTOR)


@dataclass
class Message:
    """What the same people are told of in one tick: how many steps, and the first few of them with their clocks."""

    count: int = 0
    steps: list[tuple[UUID, UUID]] = field(default_factory=list)


def tell_fired(*, at: datetime) -> int:
    """Tell of all steps that nobody was told of yet, program by program; returns how many. Own transactions."""
    told = 0
    while programs := _waiting():
        done = sum(_tell_program(program_id, at) for program_id in programs)
        if not done:  # others hold them
            break
        told += done
    return told


def _waiting() -> list[UUID]:
    with engine_scope():
        rows = Fired.objects.filter(told_at=None).order_by()
        return list(rows.values_list("program_id", flat=True).distinct())


def _tell_program(program_id: UUID, at: datetime) -> int:
    """One transaction: the messages, and that these steps were told."""
    with program_scope(program_id):
        heard = listened_to()
        with connections[current_alias()].cursor() as cursor:
            values: dict[str, Any] = {
                "program": current_program_id(),
                "at": at,
                "limit": BATCH,
                "singly": SINGLY,
                "heard": [key for key in kinds() if f"{MISSED}{key}" in heard],
            }
            cursor.execute(_TELL, values)
            groups = cursor.fetchall()
        for concerned, message in _messages(groups).items():
            _tell(concerned, message, at)
        _emit(groups, at)
        return sum(group[3] for group in groups)


def _emit(groups: list[tuple], at: datetime) -> None:
    """Webhooks hear of each missed limit, and of each later step of its ladder."""
    for key, *_told, heard in groups:
        for step, clock, subject in json.loads(heard or "[]"):  # Django reads jsonb as text
            emit(
                kind=f"{MISSED}{key}",
                key=f"missed:{step}",
                at=at,
                context={"clock": clock, "subject": subject},
            )


def _messages(groups: list[tuple]) -> dict[Concerned, Message]:
    """Who must act is told of every step; the staff who watch such clocks are told of reminders only where it is they who act."""
    organizations = organizations_of({group[1] for group in groups} - {None})
    found: dict[Concerned, Message] = defaultdict(Message)
    for key, participation, is_over, count, steps, clocks, _heard in groups:
        concerned = []
        if participation in organizations:
            concerned.append(Concerned(organization_id=organizations[participation]))
        if participation is None or is_over:
            kind = kinds().get(key)
            concerned.append(Concerned(permission=kind.permission if kind else None))
        for one in concerned:
            found[one].count += count
            found[one].steps += zip(steps, clocks, strict=True)
    return found


def _tell(concerned: Concerned, message: Message, at: datetime) -> None:
    """The key names the first step of the message, so that the same one is never put out twice."""
    several = message.count > SINGLY
    told = message.steps[:1] if several else message.steps
    subjects = dict(
        Clock.objects.filter(pk__in=[clock for _step, clock in told]).values_list("pk", "subject_id")
    )
    for step, clock in told:
        tell_role(
            kind="deadlines" if several else "deadline",
            key=f"clock:{step}:{concerned}",
            at=at,
            context={"count": message.count} if several else {"clock": str(clock)},
            about=None if several else subjects[clock],
            **concerned.address,
        )

"""The demo has a past: time passes for the clocks of one program, each step at its own moment."""

from datetime import datetime, timedelta
from uuid import UUID

from wsr.deadlines.models import Asked, Clock
from wsr.deadlines.operations.sweeping import answer_one, fire_next
from wsr.tenancy import program_scope

TICK = timedelta(seconds=20)  # after the moment itself, as the sweep would come


def pass_until(program_id: UUID, at: datetime) -> None:
    """What portals and workers asked of clocks, and every step that was due by `at`, one after the other. Outside any scope.

    The sweep itself would fire all of it at once, today.
    """
    with program_scope(program_id):
        asked = list(Asked.objects.filter(at__lte=at).order_by("at", "pk").values_list("pk", "at"))
    for pk, asked_at in asked:
        answer_one(program_id=program_id, pk=pk, at=asked_at)
    while step := _next(program_id, at):
        clock_id, due_at = step
        if not fire_next(program_id=program_id, clock_id=clock_id, at=due_at + TICK):
            return


def _next(program_id: UUID, at: datetime) -> tuple[UUID, datetime] | None:
    with program_scope(program_id):
        rows = Clock.objects.open().filter(wake_at__lte=at).order_by("wake_at", "pk")
        return rows.values_list("pk", "wake_at").first()

"""The handlers of long work, registered by name in each app's `tasks.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone

from wsr.accounts.models import Person
from wsr.errors import DomainError
from wsr.jobs.models import Job
from wsr.tenancy import Audience, aside_scope


class JobCancelled(Exception):
    """Somebody pressed cancel; the handler's transaction rolls back whole."""


@dataclass
class JobContext:
    """What a handler is given."""

    id: UUID
    program_id: UUID
    params: dict[str, Any]
    asked_by: Person | None
    _last: int = -1

    @property
    def asker(self) -> Person:
        """Who asked for it, where the kind is only ever asked for by people. Raises TypeError."""
        if self.asked_by is None:
            raise TypeError("Nobody asked for this job.")
        return self.asked_by

    def progress(self, done: int, total: int) -> None:
        """Show progress at once. Raises JobCancelled when somebody asked to stop.

        Written in a transaction of its own, so that it is seen while the handler's is open; only when the percentage moves.
        """
        percent = done * 100 // total if total else 0
        if percent == self._last:
            return
        self._last = percent
        with aside_scope(self.program_id):
            rows = Job.objects.filter(pk=self.id)
            rows.update(done=done, total=total, beat_at=timezone.now())
            if rows.values_list("cancel_asked", flat=True).get():
                raise JobCancelled


@dataclass(frozen=True)
class Handler:
    """How one kind of job runs."""

    kind: str
    function: Callable[[JobContext], str]
    audience: Audience

    registry: ClassVar[dict[str, "Handler"]] = {}


def job_handler(
    kind: str, audience: Audience = Audience.STAFF
) -> Callable[[Callable[[JobContext], str]], Any]:
    """Register a function that does one kind of job inside the program scope and returns the closing sentence."""

    def register(function: Callable[[JobContext], str]) -> Callable[[JobContext], str]:
        Handler.registry[kind] = Handler(kind, function, audience)
        return function

    return register


def handler_of(kind: str) -> Handler:
    """The handler of a kind. Raises DomainError for an unknown one."""
    try:
        return Handler.registry[kind]
    except KeyError:
        raise DomainError(f"No part of this installation knows how to do {kind}.") from None

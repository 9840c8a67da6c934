"""What rooms say of the work that waits for a person today.

An app lists functions in its `inbox.py`: `INBOX = [function]`, each `function(reader: Reader) -> Iterable[Task]`. They run inside the scope
of one program, as the audience of the reader there; one cheap query each, at most MOST rows, the earliest first. `NARROWS = [function]`,
each `function(tasks, reader) -> list[Task]`, look over what all of them said.

What they say is kept until something that they read may have changed (`wsr.ui.answers`), so they ask for no time but the day: `reader.day`,
and `reader.until`, its end. What appears or goes within the day carries its moment. `reader.at` can be had, but what was made with it
is asked anew at each visit.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet

from wsr.accounts.models import Person
from wsr.accounts.queries import Standing

MOST = 50


def few[M: Model](rows: QuerySet[M]) -> list[M]:
    """The first MOST of ordered rows. Most of what is asked finds none, so the keys are asked for first: putting a query of all columns,
    those of related rows too, together costs more than the database takes to say no.
    """
    keys = list(rows.values_list("pk", flat=True)[:MOST])
    return list(rows.filter(pk__in=keys)) if keys else []


@dataclass
class Noticed:
    """What of the time a function asked for."""

    day: bool = False
    moment: bool = False


@dataclass(frozen=True)
class Reader:
    """Who reads, and what she is in the program being asked."""

    person: Person
    standing: Standing
    _at: datetime
    noticed: Noticed = field(default_factory=Noticed, compare=False)

    @property
    def zone(self) -> ZoneInfo:
        """Where the program counts its days."""
        return ZoneInfo(self.standing.program.time_zone)

    @property
    def at(self) -> datetime:
        """The moment. Noticed: what is made with it is not kept."""
        self.noticed.moment = True
        return self._at

    @property
    def day(self) -> date:
        """The day where the program counts its days. Noticed: what is made with it is kept for that day at most."""
        self.noticed.day = True
        return self._at.astimezone(self.zone).date()

    @property
    def until(self) -> datetime:
        """The end of that day: what becomes due or late until then may be shown before the next one is asked."""
        return datetime.combine(self.day + timedelta(days=1), time(), self.zone)


@dataclass(frozen=True)
class Task:
    """One thing that waits. `why`: why it is here and what sets its date. `waits_for`: who must act, where that is somebody else.

    `act`: the kind of the clock that waits for the same, and its subject; a clock's line and a room's line with one act are one line, with
    the words of the room and the date of the clock. `from_at`, `until_at`: it is shown between these moments; `is_due_now`: it is due
    whenever somebody looks.
    """

    title: str
    url: str
    why: str = ""
    due_at: datetime | None = None
    waits_for: str = ""
    is_paused: bool = False
    act: tuple[str, UUID] | None = None
    is_clock: bool = False
    is_new: bool = False  # nobody has looked at it yet: somebody takes it on first
    is_due_now: bool = False
    from_at: datetime | None = None
    until_at: datetime | None = None
    program: str = ""
    due_on: Any = None
